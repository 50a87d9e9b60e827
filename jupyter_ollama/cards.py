"""Cards: what is displayed for things that are not values themselves, or larger than is good to read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .models import LayerInfo
from .shown import Shown


@dataclass(frozen=True, slots=True)
class Card(Shown):
    """A title and facts. Rows with nothing in them are left out; numbers get thousands separators.

    Args:
        about: quiet words beside the title.
        folds: long parts, to be opened with a click and left out in text: a text, or a mapping as of a GGUF's metadata.
    """

    title: str
    about: str = ""
    digest: str = ""
    size_bytes: int | None = None
    rows: Mapping[str, str | int | None] = field(default_factory=dict)
    layers: tuple[LayerInfo, ...] = ()
    folds: Mapping[str, str | Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table(Shown):
    """Rows of cells below a title, the first of ``total``; ``hint`` says how to get at the rest. Columns in ``numbers`` are set flush
    right.
    """

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: int
    hint: str = ""
    numbers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Recipe(Shown):
    """The instructions of a Modelfile, one text each, and what may be wrong with them."""

    instructions: tuple[str, ...]
    warnings: tuple[str, ...] = ()


class ShownAs:
    """Is displayed as a card (or anything else that shows itself) that it makes when asked for."""

    __slots__ = ()

    def _card(self) -> Shown:
        raise NotImplementedError

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return self._card()._repr_mimebundle_(include, exclude)
