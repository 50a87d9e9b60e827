"""Rows that a prompt is filled from: each has a key, names, and a value for each name."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from ..errors import ExperimentError, OptionError
from .journal import Journal, fingerprint

_PLACE = re.compile(r"\{\{\s*([^\W\d]\w*)\s*\}\}")


class Sheet:
    """Rows by number: each a mapping of names to texts."""

    def __init__(self, rows: list[Mapping[str, Any]], keys: list[Any], index: Any) -> None:
        self._rows, self.keys, self.index = rows, keys, index
        self._names = [_name(key) for key in keys]
        if len(set(self._names)) < len(keys):
            twice = next(key for key in keys if self._names.count(_name(key)) > 1)
            raise ExperimentError(f"two rows have the key {twice!r}.", hint="Give keys=... that occur once each, or reset the index.")

    @classmethod
    def read(cls, rows: Any, keys: Iterable[Any] | None) -> Sheet:
        if hasattr(rows, "to_dict") and hasattr(rows, "columns"):  # a DataFrame
            index: Any = rows.index
            read: list[Mapping[str, Any]] = [{str(name): value for name, value in row.items()} for row in rows.to_dict("records")]
        else:
            index = getattr(rows, "index", None)
            if callable(index):  # of a list
                index = None
            read = [row if isinstance(row, Mapping) else {"x": row} for row in rows]
        given = list(keys) if keys is not None else list(index) if index is not None else list(range(len(read)))
        if len(given) != len(read):
            raise ExperimentError(f"there are {len(read):,} rows and {len(given):,} keys.", hint="Give one key for each row.")
        return cls(read, given, index)

    def __len__(self) -> int:
        return len(self._rows)

    def check(self, prompt: str) -> None:
        """Raises: OptionError."""
        if not self._rows:
            return
        known = set.intersection(*(set(row) for row in self._rows))
        for name in _PLACE.findall(prompt):
            if name not in known:
                there = ", ".join(sorted(known)) or "no names"
                raise OptionError(f"the prompt names {{{{{name}}}}}, which not every row has.", hint=f"There are {there}.")

    def fill(self, prompt: str, number: int) -> str:
        """The prompt of a row; what is put in is not looked at again."""
        return _PLACE.sub(lambda found: str(self._rows[number][found[1]]), prompt)

    def key(self, number: int) -> tuple[str]:
        return (self._names[number],)

    def print_of(self, number: int) -> str:
        """Tells whether the row is still the same."""
        return fingerprint({name: str(value) for name, value in self._rows[number].items()})[:16]

    def is_there(self, journal: Journal, number: int) -> bool:
        """Whether it is known what became of this very row."""
        key = self.key(number)
        return key in journal and journal[key]["row"] == self.print_of(number)

    def same(self, journal: Journal, number: int) -> bool:
        """Whether the answer to this very row is there already. A row that failed is asked again."""
        return self.is_there(journal, number) and not journal[self.key(number)]["error"]


def _name(key: Any) -> str:
    return json.dumps(key, ensure_ascii=False, default=str)
