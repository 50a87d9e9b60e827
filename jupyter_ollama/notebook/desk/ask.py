"""A request of a front end as a verb reads it, and how a verb says that it works for long.

Whatever a page sends is read here, checked: a handler never touches what came in.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ...errors import BadRequest

if TYPE_CHECKING:
    from jupyter_ollama import Ollama, Run

    from ..session import Session

T = TypeVar("T")
MAX_ITEMS = 100_000
"""Longest list that is read."""
_MISSING: Any = object()
_KINDS = {bool: "true or false", int: "a whole number", float: "a number", str: "a text", list: "a list", dict: "an object"}


@dataclass(frozen=True, slots=True)
class Started(Generic[T]):
    """What a handler returns for work that goes on: the run, whose events travel, and what its result is to the front end, as JSON.

    ``stays`` work goes on when the page that asked for it is gone (a pull); what only that page wanted (an answer) is cancelled after a
    moment, unless another page has begun to follow it.
    """

    run: Run[T]
    finish: Callable[[T], Any]
    stays: bool = True


@dataclass(frozen=True, slots=True)
class Ask:
    """One request.

    Each reader gives an argument of one kind. Without a default an argument has to be there; null is as if it were not.

    Args:
        ollama: the one that is asked, be it here or an engine elsewhere.
        session: what the magics of this kernel share (Modelfiles, conversations); None where there are no magics.
    Raises: BadRequest, each reader, for what is missing or of another kind.
    """

    ollama: Ollama
    verb: str = ""
    args: Mapping[str, Any] = field(default_factory=dict)
    session: Session | None = None

    def text(self, name: str, default: str = _MISSING) -> str:
        value: str = self._read(name, default, str)
        return value

    def flag(self, name: str, default: bool = _MISSING) -> bool:
        value: bool = self._read(name, default, bool)
        return value

    def number(self, name: str, default: int = _MISSING, *, least: int = 0, most: int = 1 << 53) -> int:
        """A whole number between ``least`` and ``most``; one beyond is brought there."""
        value = self._read(name, default, int)
        return value if value is default else max(least, min(most, int(value)))

    def texts(self, name: str, default: list[str] = _MISSING) -> list[str]:
        """A list of texts."""
        return self._items(name, default, str)

    def object(self, name: str, default: dict[str, Any] = _MISSING) -> dict[str, Any]:
        value: dict[str, Any] = self._read(name, default, dict)
        return value

    def objects(self, name: str, default: list[dict[str, Any]] = _MISSING) -> list[dict[str, Any]]:
        """A list of objects."""
        return self._items(name, default, dict)

    def any(self, name: str, default: Any = None) -> Any:
        """An argument of any kind: the handler checks it."""
        value = self.args.get(name)
        return default if value is None else value

    def refuse(self, text: str, hint: str | None = None) -> BadRequest:
        """The error for a request that cannot be meant so."""
        return BadRequest(f"{self.verb}: {text}", hint=hint, verb=self.verb, text=text, status=400)

    def _items(self, name: str, default: list[Any], kind: type) -> list[Any]:
        held: list[Any] = self._read(name, default, list)
        if held is default:
            return held
        if len(held) > MAX_ITEMS:
            raise self.refuse(f"{name} has more than {MAX_ITEMS:,} items.")
        wrong = next((one for one in held if not isinstance(one, kind)), None)
        if any(not isinstance(one, kind) for one in held):
            raise self.refuse(f"{name} is a list in which each item is {_KINDS[kind]}, not {_found(wrong)}.")
        return held

    def _read(self, name: str, default: Any, kind: type) -> Any:
        value = self.args.get(name)
        if value is None:
            if default is _MISSING:
                raise self.refuse(f"{name} is missing.")
            return default
        if kind is int and isinstance(value, float) and math.isfinite(value) and value == int(value):
            return int(value)
        if isinstance(value, kind) and (kind is bool or not isinstance(value, bool)):
            return value
        raise self.refuse(f"{name} is {_KINDS[kind]}, not {_found(value)}.")


def _found(value: Any) -> str:
    return "null" if value is None else _KINDS.get(type(value), type(value).__name__)
