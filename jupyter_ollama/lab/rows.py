"""Results as a table: a sequence of dataclasses that shows itself, and becomes a pandas DataFrame where that is there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields
from typing import Any, Generic, TypeVar, overload

from ..cards import Table
from ..errors import NotSupported
from ..render import human_bytes
from ..shown import Shown

T = TypeVar("T")
SHOWN = 60
"""Rows that are displayed."""
IDS = frozenset({"id", "seed"})
"""Numbers that count nothing."""
_DIGITS = {"rate": ",.0f", "seconds": ".2g", "tokens": ",.1f"}
PERCENT = frozenset({"adapted", "after", "agreement", "before", "plain", "probability", "same_top", "share"})


class Rows(Sequence[T], Generic[T]):
    """Rows of one kind, in order.

    Args:
        rows: instances of one dataclass.
        title: what they are.
        columns: the fields or properties that are displayed; all fields by default.
    Units: what is displayed of fields that end in ``_bytes`` has its own; fields in ``PERCENT`` are displayed as such, rates as tokens
        per second.
    """

    def __init__(self, rows: Sequence[T], title: str = "", columns: Sequence[str] = ()) -> None:
        self._rows = tuple(rows)
        self.title = title
        self.displayed = tuple(columns) or (tuple(field.name for field in fields(rows[0])) if rows else ())  # type: ignore[arg-type]

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Rows[T]: ...
    def __getitem__(self, index: int | slice) -> T | Rows[T]:
        return Rows(self._rows[index], self.title, self.displayed) if isinstance(index, slice) else self._rows[index]

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[T]:
        return iter(self._rows)

    def frame(self) -> Any:
        """As a pandas DataFrame with a column for each field.

        Raises: NotSupported where pandas is not installed.
        """
        return data_frame([{field.name: getattr(row, field.name) for field in fields(row)} for row in self._rows])  # type: ignore[arg-type]

    def __str__(self) -> str:
        return str(self._table())

    __repr__ = __str__

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return self._table()._repr_mimebundle_(include, exclude)

    def _table(self) -> Shown:
        shown = self._rows[:SHOWN]
        numeric = {name for name in self.displayed if shown and all(_is_number(getattr(row, name)) for row in shown)}
        cells = tuple(tuple(cell(getattr(row, name), name) for name in self.displayed) for row in shown)
        titles = {name: _title(name) for name in self.displayed}
        hint = "frame() has all of them." if len(self) > SHOWN else ""
        return Table(self.title, tuple(titles.values()), cells, len(self), hint, frozenset(titles[name] for name in numeric))


def data_frame(records: Sequence[dict[str, Any]]) -> Any:
    """Records as a pandas DataFrame.

    Raises: NotSupported where pandas is not installed.
    """
    try:
        import pandas as pd
    except ImportError as error:
        raise NotSupported("pandas is not installed.", hint='pip install "jupyter-ollama[lab]".') from error
    return pd.DataFrame.from_records(records)


def cell(value: object, name: str = "") -> str:
    """A value as people read it; its name tells the unit."""
    if value is None or isinstance(value, str):
        return value or ""
    if name.endswith("_bytes") and isinstance(value, int):
        return human_bytes(value)
    if name in IDS:
        return str(value)
    if isinstance(value, float) and (spec := _DIGITS.get(name.rpartition("_")[2])):
        return format(value, spec)
    if isinstance(value, float):
        return f"{value:.1%}" if name in PERCENT else f"{value:,.4g}" if abs(value) < 10_000 else f"{value:,.0f}"
    if isinstance(value, list | tuple):
        return ", ".join(map(cell, value))
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _is_number(value: object) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _title(name: str) -> str:
    words = name.removesuffix("_bytes")
    words = words.removesuffix("rate") + "tokens/s" if words == "rate" or words.endswith("_rate") else words
    return words.replace("_", " ").upper()
