"""Blobs: content under its digest, published in one step, never half."""

from __future__ import annotations

import hashlib
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from typing import TypeVar

import pytest

from jupyter_ollama.cancelling import CancelToken
from jupyter_ollama.errors import BlobNotFound, Cancelled, DigestMismatch, DiskFull, SourceError, StoreError
from jupyter_ollama.events import Event, Progress
from jupyter_ollama.names import Digest
from jupyter_ollama.store import Store, disk

T = TypeVar("T")


def finish(work: Generator[Event, None, T]) -> tuple[list[Event], T]:
    events = []
    while True:
        try:
            events.append(next(work))
        except StopIteration as stop:
            return events, stop.value


def blobs_of(store: Store) -> list[str]:
    return sorted(path.name for path in store.blobs.folder.iterdir()) if store.blobs.folder.exists() else []


def test_put_names_content_by_its_sha256_and_says_whether_it_is_new(store: Store) -> None:
    digest, new = store.blobs.put(b"{{ .Prompt }}")
    again, new_again = store.blobs.put(b"{{ .Prompt }}")

    assert digest.hex.startswith("b507b9c2")
    assert (True, False) == (new, new_again)
    assert digest == again
    assert [digest.file_name] == blobs_of(store)
    assert b"{{ .Prompt }}" == store.blobs.read(digest)


def test_what_is_reserved_leaves_nothing_behind(store: Store) -> None:
    with pytest.raises(KeyError), store.blobs.reserve() as path:
        path.write_bytes(b"half")
        raise KeyError

    assert [] == blobs_of(store)


@pytest.mark.parametrize("linkable", [True, False])
def test_an_import_has_the_files_content_and_digest(store: Store, tmp_path: Path, linkable: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not linkable:
        monkeypatch.setattr(os, "link", _refuse)
    source = tmp_path / "model.gguf"
    source.write_bytes(os.urandom(9_000_001))

    events, (digest, size, new) = finish(store.blobs.import_file(source, CancelToken()))

    assert hashlib.sha256(source.read_bytes()).hexdigest() == digest.hex
    assert (9_000_001, True) == (size, new)
    assert source.read_bytes() == store.blobs.path(digest).read_bytes()
    last = events[-1]
    assert isinstance(last, Progress)
    assert last.completed == last.total == 9_000_001
    assert linkable == (source.stat().st_ino == store.blobs.path(digest).stat().st_ino)


def _refuse(*_: object, **__: object) -> None:
    raise OSError(1, "no links here")


def test_a_linked_import_leaves_the_users_file_as_it_was(store: Store, tmp_path: Path) -> None:
    source = tmp_path / "model.gguf"
    source.write_bytes(b"x" * 100)
    source.chmod(0o600)
    os.utime(source, (1_000_000_000, 1_000_000_000))

    finish(store.blobs.import_file(source, CancelToken()))
    finish(store.blobs.import_file(source, CancelToken()))

    assert (0o600, 1_000_000_000) == (source.stat().st_mode & 0o777, int(source.stat().st_mtime))


def test_a_cancelled_import_leaves_the_store_as_it_was(store: Store, tmp_path: Path) -> None:
    source = tmp_path / "model.gguf"
    source.write_bytes(b"x" * 100)
    cancel = CancelToken()
    cancel.cancel()

    with pytest.raises(Cancelled):
        finish(store.blobs.import_file(source, cancel))
    assert [] == blobs_of(store)


def test_an_import_that_is_given_up_in_the_middle_ends_at_once_and_leaves_nothing(store: Store, tmp_path: Path) -> None:
    source = tmp_path / "model.gguf"
    with source.open("wb") as file:
        file.truncate(2 << 30)
    work = store.blobs.import_file(source, CancelToken())
    event = next(work)
    work.close()

    assert event.completed is not None
    assert event.completed < 2 << 30
    assert [] == blobs_of(store)
    assert source.stat().st_nlink == 1


def test_a_file_that_cannot_be_read_is_named(store: Store, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"gone\.gguf"):
        finish(store.blobs.import_file(tmp_path / "gone.gguf", CancelToken()))


def test_a_disk_without_room_is_found_before_the_first_byte(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "link", _refuse)
    huge = tmp_path / "huge.gguf"
    with huge.open("wb") as file:
        file.truncate(disk.free_bytes(tmp_path) + (1 << 40))

    with pytest.raises(DiskFull) as caught:
        finish(store.blobs.import_file(huge, CancelToken()))

    assert caught.value.needed_bytes > caught.value.free_bytes
    assert [] == blobs_of(store)


def test_a_write_that_hits_a_limit_is_a_full_disk_and_leaves_nothing(store: Store) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(DiskFull, match="rm NAME"):
            store.blobs.put(b"x" * 100_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)

    assert [] == blobs_of(store)


def test_a_store_where_a_file_is_in_the_way_says_so(tmp_path: Path) -> None:
    (tmp_path / "models").write_bytes(b"")

    with pytest.raises(StoreError, match="OLLAMA_MODELS"):
        Store(tmp_path / "models").blobs.put(b"x")


def test_damaged_content_is_found(store: Store) -> None:
    digest, _ = store.blobs.put(b"right")
    store.blobs.verify(digest)
    store.blobs.path(digest).write_bytes(b"wrong")

    with pytest.raises(DigestMismatch) as caught:
        store.blobs.verify(digest)
    assert str(digest) == caught.value.expected
    with pytest.raises(BlobNotFound):
        store.blobs.verify(Digest("0" * 64))


def test_a_kill_at_any_moment_leaves_at_worst_a_stray_temporary(tmp_path: Path) -> None:
    """Law 3. The child imports files for ever and is killed in the middle; every blob that has a digest for a name hashes to it."""
    program = (
        "import os, sys, pathlib\n"
        "from jupyter_ollama.store import Store\n"
        "from jupyter_ollama.cancelling import CancelToken\n"
        "store = Store(pathlib.Path(sys.argv[1]) / 'models')\n"
        "print('go', flush=True)\n"
        "while True:\n"
        "    store.blobs.put(os.urandom(3_000_000))\n"
    )
    child = subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.readline()
    try:
        child.wait(0.3)
    except subprocess.TimeoutExpired:
        child.kill()
    child.wait()
    child.stdout.close()

    named = [path for path in (tmp_path / "models" / "blobs").iterdir() if len(path.name) == 71]
    assert named
    for path in named:
        assert path.name == "sha256-" + hashlib.sha256(path.read_bytes()).hexdigest()
