"""Damaged models by the hundred: a small GGUF with some bytes changed, the same ones for the same seed.

    python -m tests.engine.mutations MODEL.gguf SEED TARGET.gguf       writes one of them, to look at
"""

from __future__ import annotations

import random
import struct
import sys
from collections.abc import Callable
from pathlib import Path

from jupyter_ollama.gguf import read_index

NUMBERS = (0, 1, 2, 3, 31, 33, 255, 256, 0x7FFF, 0x8000, 0xFFFF, 1 << 16, (1 << 31) - 1, 1 << 31, (1 << 32) - 1, 1 << 40, (1 << 63) - 1, (1 << 64) - 1)
FLOATS = (0.0, -0.0, -1.0, 1e-38, 1e38, float("inf"), float("-inf"), float("nan"))
Edit = Callable[[bytearray, int, random.Random], None]


def mutated(model: bytes, header_bytes: int, seed: int) -> bytes:
    """The same model with one to four mistakes, most of them in its header."""
    chance, data = random.Random(seed), bytearray(model)
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        chance.choice(EDITS)(data, min(header_bytes, len(data)), chance)
    return bytes(data)


def header_bytes(path: Path) -> int:
    """Where the weights begin."""
    return read_index(path).data_offset


def _place(data: bytearray, header: int, chance: random.Random) -> int:
    return chance.randrange(max(1, header if chance.random() < 0.9 else len(data)))


def flip(data: bytearray, header: int, chance: random.Random) -> None:
    """One bit."""
    if data:
        data[_place(data, header, chance)] ^= 1 << chance.randrange(8)


def scramble(data: bytearray, header: int, chance: random.Random) -> None:
    """Some bytes in a row."""
    at = _place(data, header, chance)
    data[at : at + 8] = chance.randbytes(chance.randrange(1, 9))


def number(data: bytearray, header: int, chance: random.Random) -> None:
    """A number that is at the edge of something, where a number may be."""
    at = _place(data, header, chance) // 4 * 4
    size, kind = chance.choice(((4, "<I"), (8, "<Q")))
    data[at : at + size] = struct.pack(kind, chance.choice(NUMBERS) % (1 << 8 * size))


def real(data: bytearray, header: int, chance: random.Random) -> None:
    """A float that is none to calculate with."""
    at = _place(data, header, chance) // 4 * 4
    data[at : at + 4] = struct.pack("<f", chance.choice(FLOATS))


def cut(data: bytearray, header: int, chance: random.Random) -> None:
    """The end is missing."""
    del data[_place(data, header, chance) :]


def lose(data: bytearray, header: int, chance: random.Random) -> None:
    """Something in the middle is missing."""
    at = _place(data, header, chance)
    del data[at : at + chance.choice((1, 4, 8, 32, 100))]


def repeat(data: bytearray, header: int, chance: random.Random) -> None:
    """Something is there twice."""
    at = _place(data, header, chance)
    data[at:at] = data[at : at + chance.choice((1, 4, 8, 32, 100))]


def move(data: bytearray, header: int, chance: random.Random) -> None:
    """Something stands where something else should."""
    here, there = _place(data, header, chance), _place(data, header, chance)
    data[here : here + 8] = bytes(data[there : there + 8])


EDITS: tuple[Edit, ...] = (flip, flip, scramble, number, number, number, real, cut, lose, repeat, move)


if __name__ == "__main__":
    source, seed, target = Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    target.write_bytes(mutated(source.read_bytes(), header_bytes(source), seed))
