"""What the steps of a job need of files, as payloads of frames: numbers of 64 bits, little endian.

    for each step   how many ranges, then of each: number of the file, offset, size
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from ..errors import EngineError
from ..pread import FileRange

Step = tuple[FileRange, ...]


def pack_steps(steps: Iterable[Step], numbers: Mapping[Path, int]) -> bytes:
    """Steps as a payload. ``numbers``: of the files."""
    packed = array("q")
    for step in steps:
        packed.append(len(step))
        for one in step:
            packed.extend((numbers[one.path], one.offset, one.size))
    if sys.byteorder == "big":
        packed.byteswap()
    return packed.tobytes()


def unpack_steps(payload: bytes, files: Sequence[Path]) -> list[Step]:
    """What ``pack_steps`` packed. Raises: EngineError if it is something else."""
    packed, steps, place = array("q"), list[Step](), 0
    try:
        packed.frombytes(payload)
        if sys.byteorder == "big":
            packed.byteswap()
        while place < len(packed):
            end = place + 1 + 3 * packed[place]
            ranges = [FileRange(files[packed[at]], packed[at + 1], packed[at + 2]) for at in range(place + 1, end, 3)]
            if end <= place or any(one.offset < 0 or one.size < 0 for one in ranges):
                raise ValueError
            steps.append(tuple(ranges))
            place = end
    except (ValueError, IndexError) as error:
        raise EngineError("The engine process sent a message with a broken list of what it needs.") from error
    return steps
