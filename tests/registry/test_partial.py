"""What has arrived of a blob, on the disk and counted; how patient one is."""

from __future__ import annotations

import hashlib
import json
import threading
from pathlib import Path

import pytest

from jupyter_ollama.registry import Limits, Partial, arrived_bytes
from jupyter_ollama.registry.follower import Follower
from jupyter_ollama.registry.partial import DiskTrouble
from jupyter_ollama.registry.session import wished_s

LIMITS = Limits(min_part_bytes=10, max_part_bytes=1000)


def states(blob: Path) -> list[dict[str, int]]:
    return [json.loads(path.read_bytes()) for path in sorted(blob.parent.glob("*-partial-*"))]


def test_parts_and_counts_are_those_of_ollama(tmp_path: Path) -> None:
    blob = tmp_path / "sha256-x"
    partial = Partial(blob, 25, LIMITS)
    with partial.open() as file:
        partial.write(partial.parts[1], b"0123", file, note_every=1)

    assert 25 == (tmp_path / "sha256-x-partial").stat().st_size
    assert [
        {"N": 0, "Offset": 0, "Size": 10, "Completed": 0}, {"N": 1, "Offset": 10, "Size": 10, "Completed": 4},
        {"N": 2, "Offset": 20, "Size": 5, "Completed": 0},
    ] == states(blob)  # fmt: skip
    assert (0, 4, 4) == (partial.front, partial.completed, arrived_bytes(blob))
    assert all(path.read_bytes().endswith(b"\n") for path in tmp_path.glob("*-partial-*"))


def test_a_part_is_a_sixteenth_of_a_blob_between_100_and_1000_megabytes() -> None:
    sizes = [Limits().part_bytes(gigabytes * 10**9) for gigabytes in (0, 1, 2, 8, 16, 40)]

    assert [100_000_000, 100_000_000, 125_000_000, 500_000_000, 1_000_000_000, 1_000_000_000] == sizes


def test_a_later_download_goes_on_with_the_counts(tmp_path: Path) -> None:
    blob = tmp_path / "sha256-x"
    first = Partial(blob, 25, LIMITS)
    with first.open() as file:
        for part in first.parts[:2]:
            first.write(part, b"0123456789", file, note_every=1000)
    second = Partial(blob, 25, LIMITS)

    assert (20, 20) == (second.front, second.completed)
    assert 0 == Partial(blob, 26, LIMITS).completed


def test_counts_become_shorter_without_leaving_a_rest(tmp_path: Path) -> None:
    blob = tmp_path / "sha256-x"
    partial = Partial(blob, 25, LIMITS)
    for completed in (10, 3):
        partial.parts[0].completed = completed
        partial.note(partial.parts[0])

    assert 3 == states(blob)[0]["Completed"]
    partial.discard()
    assert [] == list(tmp_path.iterdir())


def test_a_full_disk_is_no_trouble_of_the_network(tmp_path: Path) -> None:
    partial = Partial(tmp_path / "sha256-x", 25, LIMITS)
    with Path("/dev/full").open("r+b", buffering=0) as full, pytest.raises(DiskTrouble, match="No space left"):
        partial.write(partial.parts[0], b"0123", full, note_every=1)

    assert 0 == partial.parts[0].completed


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 1, 0], [1, 2, 0]])
def test_a_file_is_hashed_in_order_whatever_comes_first(tmp_path: Path, order: list[int]) -> None:
    data, changed = bytes(range(25)), threading.Condition()
    partial = Partial(tmp_path / "sha256-x", 25, LIMITS)
    follower = Follower(partial.path, 25, lambda: partial.front, changed)
    with partial.open() as file:
        for number in order:
            part = partial.parts[number]
            partial.write(part, data[part.offset : part.offset + part.size], file, note_every=1)
            with changed:
                changed.notify_all()
    with changed:
        assert changed.wait_for(lambda: follower.is_done, 20)
    follower.stop()

    assert hashlib.sha256(data).hexdigest() == follower.hex


def test_pauses_grow_and_a_registry_may_wish_for_longer_ones_within_bounds() -> None:
    limits = Limits()

    assert [1, 2, 4, 8, 16, 32, 32] == [limits.pause_after(failures) for failures in range(1, 8)]
    assert [20, 60] == [limits.pause_after(1, wished) for wished in (20, 86_400)]
    assert [7, 0, 0, 0] == [wished_s(header) for header in ("7", "-1", "Wed, 21 Oct 2026 07:28:00 GMT", "9" * 400)]
