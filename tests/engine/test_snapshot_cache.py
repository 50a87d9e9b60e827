"""The folder of snapshots: what it keeps, what it refuses to hand out, what goes first."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_ollama.engine.snapshots import Head, SnapshotCache, layout
from jupyter_ollama.engine.snapshots.cache import Entry
from jupyter_ollama.errors import EngineError

FAMILY = "f" * 64
STATE = bytes(range(256)) * 40


def head(*tokens: int, kind: str = layout.PREFIX, family: str = FAMILY) -> Head:
    return Head(family, kind, "mario", tokens)


@pytest.fixture
def cache(tmp_path: Path) -> SnapshotCache:
    return SnapshotCache(tmp_path / "cache" / "snapshots", 1 << 20)


def only(cache: SnapshotCache) -> Entry:
    (entry,) = cache.entries()
    return entry


def state_of(cache: SnapshotCache, entry: Entry) -> bytes | None:
    loan = cache.borrow(entry)
    if loan is None:
        return None
    loan.end()
    return bytes(loan.snapshot.buffer[loan.snapshot.offset :])


def test_what_is_kept_is_handed_out_again(cache: SnapshotCache) -> None:
    size = cache.add(head(1, 2, 3), bytearray(STATE))
    loan = cache.borrow(only(cache))
    assert loan is not None
    assert loan.snapshot.head == Head(FAMILY, "prefix", "mario", (1, 2, 3), len(STATE))
    assert loan.snapshot.buffer[loan.snapshot.offset :] == STATE
    loan.end()
    assert only(cache).size_bytes == size == only(cache).path.stat().st_size


def test_nobody_else_can_read_it(cache: SnapshotCache) -> None:
    cache.add(head(1), bytearray(STATE))
    modes = {path.name.partition(".")[2] or path.name: path.stat().st_mode & 0o777 for path in cache.folder.iterdir()}
    assert modes == {"snapshot": 0o600, "key": 0o600}
    assert cache.folder.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_others_can_write_to_is_not_used(cache: SnapshotCache) -> None:
    cache.add(head(1), bytearray(STATE))
    cache.folder.chmod(0o770)
    assert state_of(cache, only(cache)) is None
    with pytest.raises(EngineError, match="not a folder of this user alone"):
        cache.add(head(2), bytearray(STATE))


def flip(path: Path, place: int) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "empty": lambda path: path.write_bytes(b""),
    "another magic": lambda path: flip(path, 0),
    "another version": lambda path: flip(path, 6),
    "seal": lambda path: flip(path, 8),
    "header": lambda path: flip(path, 60),
    "tokens": lambda path: flip(path, path.stat().st_size - len(STATE) - 1),
    "state": lambda path: flip(path, path.stat().st_size - 1),
    "cut by one byte": lambda path: os.truncate(path, path.stat().st_size - 1),
    "cut in the head": lambda path: os.truncate(path, 57),
    "longer": lambda path: path.write_bytes(path.read_bytes() + b"x"),
    "huge sizes": lambda path: path.write_bytes(path.read_bytes()[:40] + struct.pack("<IIQ", 1 << 31, 1 << 31, 1 << 63) + b"x" * 99),
    "a folder": lambda path: (path.unlink(), path.mkdir()),
    "a link": lambda path: (path.rename(path.with_name("elsewhere")), path.symlink_to(path.with_name("elsewhere"))),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damaged_file_is_dropped_and_never_handed_out(cache: SnapshotCache, damage: Callable[[Path], object]) -> None:
    cache.add(head(1, 2, 3), bytearray(STATE))
    entry = only(cache)
    damage(entry.path)
    for found in cache.entries():
        assert state_of(cache, found) is None
    assert cache.entries() == []


def test_a_file_sealed_with_another_key_is_dropped(cache: SnapshotCache, tmp_path: Path) -> None:
    other = SnapshotCache(tmp_path / "other", 1 << 20)
    for one in (cache, other):
        one.add(head(1, 2, 3), bytearray(STATE))
    only(cache).path.write_bytes(only(other).path.read_bytes())
    assert state_of(cache, only(cache)) is None
    assert cache.entries() == []


def test_a_file_with_the_name_of_another_snapshot_is_dropped(cache: SnapshotCache) -> None:
    cache.add(head(1, 2, 3), bytearray(STATE))
    entry = only(cache)
    moved = entry.path.with_name(entry.path.name.replace("f" * 32, "e" * 32))
    entry.path.rename(moved)
    assert state_of(cache, only(cache)) is None


def test_without_its_key_nothing_is_handed_out_and_a_new_one_is_made(cache: SnapshotCache) -> None:
    cache.add(head(1), bytearray(STATE))
    (cache.folder / "key").write_bytes(b"short")
    assert state_of(cache, only(cache)) is None
    cache.add(head(1), bytearray(STATE))
    assert state_of(cache, only(cache)) == STATE


def test_what_kills_the_reader_is_not_met_again(cache: SnapshotCache) -> None:
    cache.add(head(1), bytearray(STATE))
    loan = cache.borrow(only(cache))
    assert loan is not None
    assert cache.entries() == []  # what a process would find that is started after this one was killed here
    loan.end(good=False)
    assert [path.name for path in cache.folder.iterdir()] == ["key"]


def test_the_one_used_longest_ago_goes_first(cache: SnapshotCache) -> None:
    cache.max_bytes = 3 * (len(STATE) + 500)
    for number in range(3):
        cache.add(head(number), bytearray(STATE))
    for number, entry in enumerate(sorted(cache.entries(), key=lambda one: layout.read_head(one.path).tokens)):
        os.utime(entry.path, (1000 + number, 1000 + number))
    assert cache.holds(head(0))  # asked for: used
    cache.add(head(3), bytearray(STATE))
    assert {layout.read_head(entry.path).tokens for entry in cache.entries()} == {(0,), (2,), (3,)}


def test_reading_one_counts_as_using_it(cache: SnapshotCache) -> None:
    cache.add(head(1), bytearray(STATE))
    os.utime(only(cache).path, (1000, 1000))
    assert state_of(cache, only(cache)) == STATE
    assert only(cache).used_at > 1000


def test_one_that_would_push_out_most_others_is_not_kept(cache: SnapshotCache) -> None:
    assert cache.add(head(1), bytearray((1 << 19) + 1)) == 0
    assert SnapshotCache(cache.folder, 0).add(head(1), bytearray(1)) == 0
    assert not cache.folder.exists()


def test_a_conversation_that_went_on_takes_the_place_of_what_it_was(cache: SnapshotCache) -> None:
    cache.add(head(1, 2), bytearray(STATE))
    for tokens in ((1, 2, 3), (1, 2, 4), (1, 2, 3, 4)):
        cache.add(head(*tokens, kind=layout.CONVERSATION), bytearray(STATE))
    kept = {layout.read_head(entry.path).tokens for entry in cache.entries()}
    assert kept == {(1, 2), (1, 2, 4), (1, 2, 3, 4)}


def test_families_do_not_see_one_another(cache: SnapshotCache) -> None:
    cache.add(head(1), bytearray(STATE))
    cache.add(head(1, family="a" * 64), bytearray(STATE))
    assert len(cache.entries()) == 2
    assert len(cache.entries(FAMILY)) == 1


def test_clearing_removes_all(cache: SnapshotCache) -> None:
    assert cache.clear() == (0, 0)
    sizes = [cache.add(head(number), bytearray(STATE)) for number in range(3)]
    assert cache.clear() == (3, sum(sizes))
    assert cache.entries() == []


def test_left_overs_of_killed_processes_go_away(cache: SnapshotCache) -> None:
    cache.add(head(1), bytearray(STATE))
    old, new = cache.folder / "a.part", cache.folder / "b.loading"
    for path in (old, new):
        path.write_bytes(b"")
    os.utime(old, (1000, 1000))
    cache.add(head(2), bytearray(STATE))
    assert (old.exists(), new.exists()) == (False, True)


def test_no_single_changed_byte_is_accepted(cache: SnapshotCache) -> None:
    state = STATE[:64]
    cache.add(head(1, 2, 3), bytearray(state))
    path = only(cache).path
    whole = path.read_bytes()
    for place in range(len(whole)):
        cache.folder.joinpath(path.name).write_bytes(whole[:place] + bytes([whole[place] ^ 1 << place % 8]) + whole[place + 1 :])
        assert state_of(cache, Entry(path, len(whole), 0.0)) is None
    path.write_bytes(whole)
    assert state_of(cache, only(cache)) == state
