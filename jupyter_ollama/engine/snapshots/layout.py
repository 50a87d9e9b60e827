"""A snapshot as a file: what a context holds after some tokens, as llama.cpp wrote it.

    offset  bytes
    0       8    "JOSNAP" and the version of this layout       (numbers are little endian)
    8       32   seal: HMAC-SHA256 of everything behind it, with the key of the cache
    40      4    length of the header, at most MAX_HEADER
    44      4    number of tokens, at most MAX_TOKENS
    48      8    length of the state
    56      ...  header: JSON object {"family": text, "kind": text, "model": text}
    ...     ...  token ids, four bytes each
    ...     ...  state, as llama_state_seq_get_data writes it

Native code believes what a state says about itself. So it is given none before the seal was compared: the key is random, lies beside the
snapshots and never leaves this user's cache, and a file that was cut short, damaged, or made by anybody else has another seal.
"""

from __future__ import annotations

import hmac
import json
import os
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...errors import EngineError
from ...sentences import Sentence
from ..frames import pack_ids, unpack_ids

MAGIC = b"JOSNAP" + struct.pack("<H", 1)
SEAL_BYTES = 32
MAX_HEADER = 1 << 16
MAX_TOKENS = 1 << 22
MAX_STATE = 1 << 40
_SIZES = struct.Struct("<IIQ")
_FIXED = len(MAGIC) + SEAL_BYTES + _SIZES.size

PREFIX, CONVERSATION = "prefix", "conversation"


@dataclass(frozen=True, slots=True)
class Head:
    """All but the state.

    Args:
        family: a digest of what a state depends on besides its tokens: weights, adapters, build of llama.cpp, options.
        kind: ``prefix`` for what all prompts of a model begin with, ``conversation`` for one that somebody wanted to keep.
        model: what people call the model.
        tokens: those that were evaluated.
    """

    family: str
    kind: str
    model: str
    tokens: tuple[int, ...]
    state_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A head with the state that belongs to it: the bytes of ``buffer`` from ``offset`` on."""

    head: Head
    buffer: bytearray
    offset: int = 0


def write(path: Path, key: bytes, head: Head, state: bytearray) -> int:
    """Write a new file for this user only. Returns its size in bytes. Raises: OSError, FileExistsError."""
    header = json.dumps({"family": head.family, "kind": head.kind, "model": head.model}).encode()
    front = _SIZES.pack(len(header), len(head.tokens), len(state)) + header + pack_ids(head.tokens)
    seal = hmac.new(key, front, "sha256")
    seal.update(state)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(descriptor, "wb", buffering=0) as file:
        for part in (MAGIC + seal.digest() + front, state):
            rest = memoryview(part)
            while rest:
                rest = rest[file.write(rest) :]
    return len(MAGIC) + SEAL_BYTES + len(front) + len(state)


def read_head(path: Path) -> Head:
    """What a file says of itself, which nobody has checked yet. Raises: EngineError if it is no snapshot, OSError."""
    with path.open("rb", buffering=0) as file:
        return _head(file, path)[1]


def read(path: Path, key: bytes) -> Snapshot:
    """Read a whole snapshot and compare its seal. Raises: EngineError if it is not to be trusted, OSError."""
    with path.open("rb", buffering=0) as file:
        start, head = _head(file, path)
        size = os.fstat(file.fileno()).st_size - len(MAGIC)
        buffer = bytearray(size)
        file.seek(len(MAGIC))
        view, filled = memoryview(buffer), 0
        while filled < size and (count := file.readinto(view[filled:])):
            filled += count
    found = hmac.new(key, view[SEAL_BYTES:], "sha256").digest()
    if filled < size or not hmac.compare_digest(found, bytes(view[:SEAL_BYTES])):
        raise _no_snapshot(path, "its seal is wrong")
    again = _parse(bytes(view[SEAL_BYTES : start - len(MAGIC)]), size - SEAL_BYTES, path)
    if again != head:
        raise _no_snapshot(path, "it changed while it was read")
    return Snapshot(head, buffer, start - len(MAGIC))


def _head(file: Any, path: Path) -> tuple[int, Head]:
    """Where the state begins, and what stands before it."""
    size = os.fstat(file.fileno()).st_size
    fixed = file.read(_FIXED)
    if len(fixed) < _FIXED or not fixed.startswith(MAGIC):
        raise _no_snapshot(path, "it does not begin like one")
    sizes = fixed[-_SIZES.size :]
    n_header, n_tokens, n_state = _SIZES.unpack(sizes)
    start = _FIXED + n_header + 4 * n_tokens
    if n_header > MAX_HEADER or n_tokens > MAX_TOKENS or n_state > MAX_STATE or start + n_state != size:
        raise _no_snapshot(path, "its size is not what it says")
    return start, _parse(sizes + file.read(start - _FIXED), size - len(MAGIC) - SEAL_BYTES, path)


def _parse(front: bytes, sealed_bytes: int, path: Path) -> Head:
    """Everything from the sizes up to the state."""
    n_header, n_tokens, n_state = _SIZES.unpack_from(front)
    middle = _SIZES.size + n_header
    if len(front) != middle + 4 * n_tokens or len(front) + n_state != sealed_bytes:
        raise _no_snapshot(path, "it changed while it was read")
    try:
        facts = json.loads(front[_SIZES.size : middle])
        texts = [facts[name] for name in ("family", "kind", "model")]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise _no_snapshot(path, "its header cannot be read") from None
    if not all(isinstance(one, str) for one in texts):
        raise _no_snapshot(path, "its header cannot be read")
    family, kind, model = texts
    return Head(family, kind, model, tuple(unpack_ids(front[middle:])), n_state)


def _no_snapshot(path: Path, why: str) -> EngineError:
    return EngineError(
        Sentence("%1 is no snapshot to be trusted: %2.", path.name, Sentence.of(why)), hint="It is dropped; the prompt is evaluated again.",
        path=path,
    )  # fmt: skip
