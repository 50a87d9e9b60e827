"""A large file goes to the disk while it is written, and what the disk refuses reaches its writer."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_ollama.engine.worker.builder.output import Output
from jupyter_ollama.engine.worker.builder.writeback import KEPT_BYTES, Writeback

STEP = 1 << 16


@pytest.fixture
def descriptor(tmp_path: Path) -> Iterator[int]:
    opened = os.open(tmp_path / "file", os.O_WRONLY | os.O_CREAT)
    yield opened
    os.close(opened)


@pytest.fixture
def closed_door() -> Iterator[int]:
    """A descriptor of what is on no disk."""
    other, opened = os.pipe()
    yield opened
    os.close(opened)
    os.close(other)


def threads() -> set[str]:
    return {thread.name for thread in threading.enumerate()}


def test_what_was_written_stays_what_it_is(descriptor: int, tmp_path: Path) -> None:
    pieces = [os.urandom(STEP // 2 + 1) for _ in range(9)]
    writeback, end = Writeback(descriptor, 9 * (STEP // 2 + 1), step=STEP, kept=0), 0
    for piece in pieces:
        os.write(descriptor, piece)
        end += len(piece)
        writeback.wrote(end)
    assert "writeback" in threads()
    writeback.finish(end)

    assert "writeback" not in threads()
    assert (tmp_path / "file").read_bytes() == b"".join(pieces)


def test_a_large_output_has_the_digest_of_what_is_on_the_disk(tmp_path: Path) -> None:
    block, count = os.urandom((1 << 20) + 1), 1 + KEPT_BYTES // (1 << 20)
    with Output(tmp_path / "large", count * len(block)) as output:
        for _ in range(count):
            output.write(block)
        assert "writeback" in threads()
        digest = output.digest()

    with (tmp_path / "large").open("rb") as file:
        assert digest.hex == hashlib.file_digest(file, "sha256").hexdigest()
    assert "writeback" not in threads()


def test_a_small_file_is_left_to_the_system(closed_door: int) -> None:
    writeback = Writeback(closed_door, 10 * STEP, step=STEP, kept=10 * STEP)
    writeback.wrote(10 * STEP)
    assert "writeback" not in threads()
    writeback.finish(10 * STEP)


def test_what_the_disk_refuses_late_reaches_the_writer(closed_door: int) -> None:
    writeback = Writeback(closed_door, 10 * STEP, step=STEP, kept=0)
    with pytest.raises(OSError, match=r"Illegal seek|Invalid argument"):
        for end in range(STEP, 11 * STEP, STEP):
            writeback.wrote(end)
    writeback.finish()
    assert "writeback" not in threads()


def test_what_it_refuses_in_the_end_does_too(closed_door: int) -> None:
    writeback = Writeback(closed_door, 2 * STEP, step=2 * STEP, kept=0)
    with pytest.raises(OSError, match=r"Illegal seek|Invalid argument"):  # whether it is known already when the step is sent is a matter of luck
        writeback.wrote(2 * STEP)
        writeback.finish(2 * STEP)
    writeback.finish()
    assert "writeback" not in threads()
