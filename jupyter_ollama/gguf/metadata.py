"""The metadata of a header: keys to values, looked up by key, searched, and told a page at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from ..cards import ShownAs, Table
from ..options import float32
from ..shown import Fields
from .values import Array, Typed, ValueType

SHOWN_ROWS = 200
SHOWN_CHARACTERS = 120
SHOWN_ITEMS = 8
"""How many items of an array stand in its text; one of so many has all of them there."""


@dataclass(frozen=True, slots=True)
class Entry(Fields):
    """One key. ``type`` is as people say it: uint32, array of string. ``text`` is the value, or its beginning and three dots; ``length``
    is that of an array.
    """

    key: str
    type: str
    text: str
    length: int | None = None


class Metadata(ShownAs, Mapping[str, Any]):
    """Keys to plain Python values; arrays stay `Array`, of which a slice is a list. `typed` says which type a value has in the file.

        metadata = ollama.metadata("llama3.2")
        metadata["llama.context_length"]
        metadata["tokenizer.ggml.tokens"][1000:1010]
        metadata.find("rope")
    """

    def __init__(self, held: Mapping[str, Typed]) -> None:
        self.typed = held

    def __getitem__(self, key: str) -> Any:
        return self.typed[key].value

    def __iter__(self) -> Iterator[str]:
        return iter(self.typed)

    def __len__(self) -> int:
        return len(self.typed)

    def __repr__(self) -> str:
        return f"Metadata({dict(self)!r})"

    @property
    def arrays(self) -> dict[str, Array]:
        """Those that are arrays."""
        return {key: held.value for key, held in self.typed.items() if isinstance(held.value, Array)}

    def find(self, search: str) -> Metadata:
        """Those whose key, or value if it is no array, contains this text, in any case."""
        wanted = search.lower()
        if not wanted:
            return self
        return Metadata({key: held for key, held in self.typed.items() if wanted in key.lower() or wanted in _searched(held).lower()})

    def entries(self, offset: int = 0, limit: int = SHOWN_ROWS, *, characters: int = SHOWN_CHARACTERS) -> list[Entry]:
        """``limit`` keys from the one at ``offset`` on, in the order of the file; texts are cut behind so many characters."""
        return [entry(key, held, characters) for key, held in islice(self.typed.items(), offset, offset + limit)]

    def _card(self) -> Table:
        rows = tuple((one.key, one.type, one.text) for one in self.entries())
        return Table(f"Metadata · {len(self):,} keys", ("KEY", "TYPE", "VALUE"), rows, len(self), 'metadata.find("rope") searches')


def entry(key: str, held: Typed, characters: int = SHOWN_CHARACTERS) -> Entry:
    """A key and its value as they are told."""
    if isinstance(held.value, Array):
        array: Array = held.value
        kind = f"array of {array.element.name.lower()}"
        return Entry(_cut(key, characters), kind, _cut(_items(array, characters), characters), len(array))
    return Entry(_cut(key, characters), held.type.name.lower(), _cut(_text(held), characters))


def _text(held: Typed) -> str:
    value = held.value
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, bool):
        return str(value).lower()
    return str(float32(value) if held.type is ValueType.FLOAT32 else value)


def _searched(held: Typed) -> str:
    return "" if isinstance(held.value, Array) else _text(held)


def _items(array: Array, characters: int) -> str:
    """``[0.25, 1.0]``, ``[<s>, </s>, ...]``."""
    shown = [_cut(text, characters) for text in array.texts(0, SHOWN_ITEMS)]
    return f"[{', '.join(shown)}{', …' if len(array) > len(shown) else ''}]"


def _cut(text: str, characters: int) -> str:
    return text if len(text) <= characters else f"{text[: characters - 1]}…"
