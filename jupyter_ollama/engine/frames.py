"""Messages between a kernel and its engine processes, over any byte stream (a pipe today, a socket as well).

    offset  bytes
    0       3      "JOE"
    3       1      version of this layout
    4       4      length of the header     (little endian, at most MAX_HEADER)
    8       4      length of the payload    (little endian, at most MAX_PAYLOAD)
    12      ...    header: JSON object {"kind": text, "id": number, "fields": object}
    ...     ...    payload: token ids, text or nothing

``id`` names the request that a message belongs to, so that many requests share one stream. Bulk is payload, never JSON.
"""

from __future__ import annotations

import json
import struct
import sys
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, Protocol

from ..errors import EngineError, OllamaError, by_name
from ..sentences import Sentence, as_json, from_json

MAGIC = b"JOE"
VERSION = 1
MAX_HEADER = 1 << 20
MAX_PAYLOAD = 1 << 26
_PREFIX = struct.Struct("<3sBII")


class ByteReader(Protocol):
    """Where frames come from. ``read`` returns at least one byte, or nothing at the end of the stream."""

    def read(self, size: int, /) -> bytes | None: ...


class ByteWriter(Protocol):
    """Where frames go to."""

    def write(self, data: bytes, /) -> object: ...

    def flush(self) -> object: ...


@dataclass(frozen=True, slots=True)
class Frame:
    """One message: what it is, whose it is, its facts, its bulk."""

    kind: str
    id: int = 0
    fields: Mapping[str, Any] = field(default_factory=dict)
    payload: bytes = b""

    @classmethod
    def of_error(cls, error: OllamaError, request: int = 0) -> Frame:
        """An error on its way to the other side, where ``raise_error`` raises it again with its facts."""
        said = {"message": as_json(error.message), "hint": error.hint and as_json(error.hint)}
        fields = {"error": type(error).__name__, **said, "facts": error.facts}
        return cls("error", request, fields)

    def raise_error(self) -> None:
        """Raises: the error this frame carries, if it is an error frame."""
        if self.kind == "error":
            fields, hint = self.fields, self.fields.get("hint")
            raise by_name(fields["error"])(from_json(fields["message"]), hint=hint and from_json(hint), **fields.get("facts", {}))


def encode(frame: Frame) -> bytes:
    """The bytes of a frame.

    Raises: EngineError if it is larger than the other side would accept.
    """
    values = {"kind": frame.kind, "id": frame.id, "fields": frame.fields}
    header = json.dumps(values, default=_plain, separators=(",", ":")).encode()
    _check_sizes(len(header), len(frame.payload))
    return b"".join((_PREFIX.pack(MAGIC, VERSION, len(header), len(frame.payload)), header, frame.payload))


def write_frame(stream: ByteWriter, frame: Frame) -> None:
    """Write one frame and flush it. Raises: EngineError (too large), OSError (the other side is gone)."""
    stream.write(encode(frame))
    stream.flush()


def read_frame(stream: ByteReader) -> Frame | None:
    """Read one frame; None at the end of the stream.

    Raises: EngineError for another version, a size out of bounds, a stream that ends inside a frame, or bytes that are no frame.
    """
    prefix = _read_exactly(stream, _PREFIX.size, may_end=True)
    if not prefix:
        return None
    magic, version, header_size, payload_size = _PREFIX.unpack(prefix)
    if magic != MAGIC:
        raise EngineError(Sentence("The engine process sent something that is no message: %1.", repr(prefix)))
    if version != VERSION:
        raise EngineError(
            Sentence("The engine process speaks version %1 of the message format, this kernel version %2.", version, VERSION),
            hint="Restart the kernel, so that both come from one installation.", version=version, expected=VERSION,
        )  # fmt: skip
    _check_sizes(header_size, payload_size)
    header = _read_exactly(stream, header_size)
    payload = _read_exactly(stream, payload_size)
    return _parse(header, payload)


def _parse(header: bytes, payload: bytes) -> Frame:
    try:
        values = json.loads(header)
        kind, request, fields = values["kind"], values["id"], values["fields"]
    except (ValueError, KeyError, TypeError) as error:
        raise EngineError(Sentence("The engine process sent a message with a broken header: %1.", repr(header[:80]))) from error
    if not (isinstance(kind, str) and isinstance(request, int) and isinstance(fields, dict)):
        raise EngineError(Sentence("The engine process sent a message with a broken header: %1.", repr(header[:80])))
    return Frame(kind, request, fields, payload)


def _check_sizes(header: int, payload: int) -> None:
    if header > MAX_HEADER or payload > MAX_PAYLOAD:
        raise EngineError(
            Sentence("A message to or from the engine process is too large: %1 bytes.", f"{max(header, payload):,}"),
            hint=Sentence("At most %1 MiB of text or tokens fit in one request.", MAX_PAYLOAD >> 20),
        )


def _read_exactly(stream: ByteReader, size: int, *, may_end: bool = False) -> bytes:
    parts: list[bytes] = []
    missing = size
    while missing:
        part = stream.read(missing)
        if not part:
            if may_end and missing == size:
                return b""
            raise EngineError("The engine process ended in the middle of a message.")
        parts.append(part)
        missing -= len(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _plain(value: object) -> object:
    """Facts that JSON does not know: a path is its text, a set or tuple a list."""
    if isinstance(value, PurePath):
        return str(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} cannot cross the process border")


def pack_ids(tokens: Iterable[int]) -> bytes:
    """Token ids as a payload: 32-bit little endian. Raises: OverflowError for a number that is no token id."""
    ids = array("i", tokens)
    if sys.byteorder == "big":
        ids.byteswap()
    return ids.tobytes()


def unpack_ids(payload: bytes) -> list[int]:
    """Token ids from a payload. Raises: EngineError if it is not a whole number of ids."""
    if len(payload) % 4:
        raise EngineError("The engine process sent a message with a broken list of tokens.")
    ids = array("i", payload)
    if sys.byteorder == "big":
        ids.byteswap()
    return ids.tolist()


def pack_pieces(tokens: Iterable[tuple[int, bytes]]) -> bytes:
    """Generated tokens as a payload: for each its id and the length of its piece, then all pieces."""
    pairs = list(tokens)
    numbers = [number for token, piece in pairs for number in (token, len(piece))]
    return pack_ids([len(pairs), *numbers]) + b"".join(piece for _, piece in pairs)


def unpack_pieces(payload: bytes) -> list[tuple[int, bytes]]:
    """What ``pack_pieces`` packed. Raises: EngineError if the lengths do not add up."""
    count = unpack_ids(payload[:4])[0] if len(payload) >= 4 else -1
    start = 4 + 8 * count
    if count < 0 or len(payload) < start:
        raise EngineError("The engine process sent a message with a broken list of tokens.")
    numbers = unpack_ids(payload[4:start])
    tokens: list[tuple[int, bytes]] = []
    for token, size in zip(numbers[::2], numbers[1::2], strict=True):
        tokens.append((token, payload[start : start + size]))
        start += size
    if start != len(payload):
        raise EngineError("The engine process sent a message with a broken list of tokens.")
    return tokens
