"""A cursor over the header of a file: reads ahead in growing steps, never beyond the file, never more than a header may have.

Whoever reads through it can trust that no length or count of a hostile file costs memory or time that the file itself
does not have.
"""

from __future__ import annotations

import struct
from pathlib import Path

from ..errors import GGUFError
from ..pread import RangeReader
from ..sentences import Sentence
from .values import LENGTH, SCALARS, Array, ValueType

FIRST_READ_BYTES = 1 << 20
MAX_HEADER_BYTES = 256 << 20
MAX_STRINGS = 8_000_000
MAX_TEXT_BYTES = 64 << 20

_BROKEN = "The file is truncated or corrupt: copy or download it again."


class Cursor:
    """Position within a header. Every method moves past what it returns.

    Raises: GGUFError from every method when the header goes beyond the file or its limits.
    """

    def __init__(self, reader: RangeReader) -> None:
        self._reader = reader
        self.path: Path = reader.path
        self.size_bytes = reader.size_bytes
        self.position = 0
        self._buffer = bytearray()

    @property
    def left_bytes(self) -> int:
        """Bytes of the file behind the position."""
        return self.size_bytes - self.position

    def fail(self, what: str, hint: str = _BROKEN) -> GGUFError:
        """An error about this file."""
        return GGUFError(Sentence("%1 is not a usable GGUF file: %2.", self.path, Sentence.of(what)), hint=hint, path=self.path)

    def _need(self, end: int, what: str) -> None:
        """Have the buffer reach ``end``."""
        if end <= len(self._buffer):
            return
        if end > self.size_bytes:
            raise self.fail(Sentence("it ends at byte %1, within %2", f"{self.size_bytes:,}", Sentence.of(what)))
        if end > MAX_HEADER_BYTES:
            raise self.fail(Sentence("its header is larger than %1 MiB", MAX_HEADER_BYTES >> 20), "No known model needs that.")
        goal = min(max(end, 2 * len(self._buffer), FIRST_READ_BYTES), self.size_bytes, MAX_HEADER_BYTES)
        self._buffer += self._reader.read(len(self._buffer), goal - len(self._buffer))

    def take(self, count: int, what: str) -> bytes:
        """The next ``count`` bytes."""
        start, self.position = self.position, self.position + count
        self._need(self.position, what)
        return bytes(self._buffer[start : self.position])

    def number(self, kind: ValueType, what: str) -> int:
        """The next integer."""
        held = self.scalar(kind, what)
        assert isinstance(held, int)
        return held

    def scalar(self, kind: ValueType, what: str) -> int | float | bool:
        """The next number or boolean."""
        form = SCALARS[kind]
        value: int | float | bool = form.unpack(self.take(form.size, what))[0]
        return value

    def text(self, what: str, limit: int = MAX_TEXT_BYTES) -> str:
        """The next string. Bytes that are no UTF-8 become the replacement character."""
        (length,) = LENGTH.unpack(self.take(8, what))
        if length > min(limit, self.left_bytes):
            raise self.fail(Sentence("%1 claims to be %2 bytes long", Sentence.of(what), f"{length:,}"))
        return self.take(length, what).decode("utf-8", "replace")

    def array(self, what: str) -> Array:
        """The next array, still encoded."""
        number = self.number(ValueType.UINT32, what)
        if number == ValueType.ARRAY:
            raise self.fail(Sentence("%1 is an array of arrays", Sentence.of(what)), "GGUF files do not have those.")
        element = self.value_type(number, what)
        count = self.number(ValueType.UINT64, what)
        if element is ValueType.STRING:
            return self._strings(count, what)
        size = SCALARS[element].size
        if count > self.left_bytes // size:
            raise self.fail(Sentence("%1 claims %2 items, more than the file can hold", Sentence.of(what), f"{count:,}"))
        return Array(element, count, self.take(count * size, what))

    def _strings(self, count: int, what: str) -> Array:
        if count > min(MAX_STRINGS, self.left_bytes // 8):
            raise self.fail(Sentence("%1 claims %2 strings, more than the file can hold", Sentence.of(what), f"{count:,}"))
        start = self.position
        position, unpack, index = start, LENGTH.unpack_from, 0
        while index < count:
            try:
                while index < count:  # one step for each token of the vocabulary: nothing else belongs in this loop
                    position += 8 + unpack(self._buffer, position)[0]
                    index += 1
            except (struct.error, OverflowError):
                self._need(position + 8, what)
        self.position = start
        return Array(ValueType.STRING, count, self.take(position - start, what))

    def value_type(self, number: int, what: str) -> ValueType:
        """The type with that number."""
        try:
            return ValueType(number)
        except ValueError:
            raise self.fail(Sentence("%1 has the unknown value type %2", Sentence.of(what), number)) from None
