"""Metadata values with their GGUF types: what a file holds, what a `Plan` carries, what the writer writes.

A plain Python ``5`` does not say whether it is a uint32 or an int64, and llama.cpp insists on the right one; so metadata
travels as `Typed` values. Make them with the functions named after the types: ``u32(5)``, ``f32(1e-5)``, ``text("llama")``,
``texts(tokens)``.

Arrays stay encoded (`Array.payload`), and only those items are decoded that somebody asks for: a vocabulary of 128,000 tokens is one
bytes object.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any, overload

import numpy as np
from gguf import GGUFValueType
from numpy.typing import NDArray

ValueType = GGUFValueType

LENGTH = struct.Struct("<Q")
SCALARS: dict[ValueType, struct.Struct] = {
    ValueType.UINT8: struct.Struct("<B"),
    ValueType.INT8: struct.Struct("<b"),
    ValueType.UINT16: struct.Struct("<H"),
    ValueType.INT16: struct.Struct("<h"),
    ValueType.UINT32: struct.Struct("<I"),
    ValueType.INT32: struct.Struct("<i"),
    ValueType.FLOAT32: struct.Struct("<f"),
    ValueType.BOOL: struct.Struct("<?"),
    ValueType.UINT64: struct.Struct("<Q"),
    ValueType.INT64: struct.Struct("<q"),
    ValueType.FLOAT64: struct.Struct("<d"),
}

MARK_EVERY = 256
"""Of so many strings of an array, the place of one is remembered."""


class Array(Sequence[Any]):
    """An array as it lies in the file. Items are decoded when they are asked for; a slice is a list of them.

    Args:
        element: type of the items, never ARRAY.
        n_items: how many.
        payload: their bytes; strings each with their length in front.
    """

    def __init__(self, element: ValueType, n_items: int, payload: bytes) -> None:
        self.element = element
        self.n_items = n_items
        self.payload = payload
        self._found: tuple[str, array[int]] | None = None

    @classmethod
    def of(cls, element: ValueType, items: Iterable[Any]) -> Array:
        """Encode Python values.

        Raises: struct.error when a value does not fit its type.
        """
        if element is ValueType.STRING:
            encoded = [_utf8(item) for item in items]
            return cls(element, len(encoded), b"".join(LENGTH.pack(len(item)) + item for item in encoded))
        held = list(items)
        return cls(element, len(held), struct.pack(f"<{len(held)}{SCALARS[element].format[1:]}", *held))

    def strings(self) -> Iterator[bytes]:
        """The raw bytes of each string, without decoding them."""
        return islice(self._walk(0), self.n_items)

    def numbers(self) -> NDArray[Any]:
        """The items of a numeric array as a read-only NumPy array of shape (n_items,)."""
        return np.frombuffer(self.payload, dtype=SCALARS[self.element].format)

    @cached_property
    def _marks(self) -> list[int]:
        """Where every 256th string begins."""
        marks, position, unpack = [], 0, LENGTH.unpack_from
        for number in range(self.n_items):
            if not number % MARK_EVERY:
                marks.append(position)
            position += 8 + unpack(self.payload, position)[0]
        return marks

    def _strings(self, start: int, stop: int) -> list[str]:
        if start >= stop:
            return []
        mark = start // MARK_EVERY
        found = islice(self._walk(self._marks[mark]), start - mark * MARK_EVERY, stop - mark * MARK_EVERY)
        return [item.decode("utf-8", "replace") for item in found]

    def _walk(self, position: int) -> Iterator[bytes]:
        """The strings from a place on; whoever walks knows where they end."""
        while True:
            (length,) = LENGTH.unpack_from(self.payload, position)
            position += 8 + length
            yield self.payload[position - length : position]

    def __len__(self) -> int:
        return self.n_items

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> list[Any]: ...
    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            wanted = range(*index.indices(self.n_items))
            if wanted.step != 1:
                return [self[number] for number in wanted]
            if self.element is ValueType.STRING:
                return self._strings(wanted.start, wanted.stop)
            return self.numbers()[index].tolist()
        number = range(self.n_items)[index]
        return self[number : number + 1][0]

    def __iter__(self) -> Iterator[Any]:
        if self.element is ValueType.STRING:
            return (item.decode("utf-8", "replace") for item in self.strings())
        return iter(self.numbers().tolist())

    def texts(self, start: int = 0, stop: int | None = None) -> list[str]:
        """Items as people read them: strings as they are, floats with the digits that matter."""
        items = self[start:stop]
        if self.element is ValueType.BOOL:
            return [str(item).lower() for item in items]
        if self.element in (ValueType.FLOAT32, ValueType.FLOAT64):
            return [str(item) for item in self.numbers()[start:stop]]
        return items if self.element is ValueType.STRING else [str(item) for item in items]

    def find(self, search: str) -> Sequence[int]:
        """The indices of the items whose text contains this, in any case. The last search is remembered."""
        wanted = search.lower()
        if not wanted:
            return range(self.n_items)
        if self._found is None or self._found[0] != wanted:
            texts: Iterable[str] = self if self.element is ValueType.STRING else self.texts()
            self._found = wanted, array("Q", (index for index, text in enumerate(texts) if wanted in text.lower()))
        return self._found[1]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Array):
            return NotImplemented
        return (self.element, self.n_items, self.payload) == (other.element, other.n_items, other.payload)

    def __hash__(self) -> int:
        return hash((self.element, self.n_items, self.payload))

    def __repr__(self) -> str:
        return f"<array of {self.n_items:,} {self.element.name.lower()}>"


@dataclass(frozen=True, slots=True)
class Typed:
    """A value and the type it has in the file. ``value`` is an int, float, bool, str or `Array`."""

    type: ValueType
    value: Any

    def encode(self) -> bytes:
        """The value as it is written, without its type.

        Raises: struct.error when the value does not fit the type.
        """
        if self.type is ValueType.STRING:
            raw = _utf8(self.value)
            return LENGTH.pack(len(raw)) + raw
        if self.type is ValueType.ARRAY:
            array: Array = self.value
            return struct.pack("<IQ", array.element, array.n_items) + array.payload
        return SCALARS[self.type].pack(self.value)


def _utf8(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode("utf-8", "replace")  # half a surrogate pair becomes "?"


def text(value: str | bytes) -> Typed:
    """A string; bytes are taken as they are."""
    return Typed(ValueType.STRING, value)


def u32(value: int) -> Typed:
    """An unsigned 32 bit integer: counts, sizes and token ids."""
    return Typed(ValueType.UINT32, int(value))


def i32(value: int) -> Typed:
    """A signed 32 bit integer."""
    return Typed(ValueType.INT32, int(value))


def u64(value: int) -> Typed:
    """An unsigned 64 bit integer."""
    return Typed(ValueType.UINT64, int(value))


def f32(value: float) -> Typed:
    """A 32 bit float; the value is rounded to one, so that it is what a reader of the file sees."""
    return Typed(ValueType.FLOAT32, float(np.float32(value)))


def flag(value: bool) -> Typed:
    """A boolean."""
    return Typed(ValueType.BOOL, bool(value))


def texts(values: Iterable[str | bytes]) -> Typed:
    """An array of strings."""
    return Typed(ValueType.ARRAY, Array.of(ValueType.STRING, values))


def i32s(values: Iterable[int]) -> Typed:
    """An array of signed 32 bit integers."""
    return Typed(ValueType.ARRAY, Array.of(ValueType.INT32, values))


def u32s(values: Iterable[int]) -> Typed:
    """An array of unsigned 32 bit integers."""
    return Typed(ValueType.ARRAY, Array.of(ValueType.UINT32, values))


def f32s(values: Iterable[float]) -> Typed:
    """An array of 32 bit floats."""
    return Typed(ValueType.ARRAY, Array.of(ValueType.FLOAT32, values))
