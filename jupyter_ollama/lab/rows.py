"""Results as a table: a sequence of dataclasses that shows itself, and becomes a pandas DataFrame where that is there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields
from typing import Any, Generic, TypeVar, overload

from ..cards import Table
from ..errors import NotSupported
from ..shown import Shown

T = TypeVar("T")
SHOWN = 60


class Rows(Sequence[T], Generic[T]):
    """Rows of one kind, in order.

    Args:
        rows: instances of one dataclass.
        title: what they are.
        columns: the fields that are displayed; all by default.
    """

    def __init__(self, rows: Sequence[T], title: str = "", columns: Sequence[str] = ()) -> None:
        self._rows = tuple(rows)
        self.title = title
        self.columns = tuple(columns) or (tuple(field.name for field in fields(rows[0])) if rows else ())  # type: ignore[arg-type]

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Rows[T]: ...
    def __getitem__(self, index: int | slice) -> T | Rows[T]:
        return Rows(self._rows[index], self.title, self.columns) if isinstance(index, slice) else self._rows[index]

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
        numeric = {name for name in self.columns if shown and all(isinstance(getattr(row, name), int | float) for row in shown)}
        cells = tuple(tuple(_cell(getattr(row, name)) for name in self.columns) for row in shown)
        titles = {name: name.replace("_", " ").upper() for name in self.columns}
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


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.4g}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else "" if value is None else str(value)
