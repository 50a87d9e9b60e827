"""Imports by a hard link: the user's file stays the user's, and a change of it does not go unnoticed."""

from __future__ import annotations

import fcntl
import grp
import os
import pwd
from pathlib import Path

import pytest

from jupyter_ollama.cancelling import CancelToken
from jupyter_ollama.errors import Cancelled, DigestMismatch
from jupyter_ollama.events import Progress
from jupyter_ollama.manifest import MODEL, Layer, Manifest
from jupyter_ollama.names import ModelName
from jupyter_ollama.store import Store, disk
from jupyter_ollama.store.links import Linked
from jupyter_ollama.store.model import StoredModel

from .test_blobs import finish

NAME = ModelName.valid("mario")


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "mine.gguf"
    path.write_bytes(b"original" * 1000)
    os.utime(path, (1_000_000_000, 1_000_000_000))
    return path


def import_model(store: Store, source: Path) -> StoredModel:
    with store.begin() as work:
        _, (digest, size, _) = finish(work.blobs.import_file(source, CancelToken()))
        layer = Layer(MODEL, digest, size)
        config, _ = work.put(b'{"model_format":"gguf"}\n', "config")
        work.tag(NAME, Manifest.build(config, [layer]))
    return store.open(NAME)


def confirm(store: Store) -> list[Progress]:
    """What has to be read before the model is used."""
    return list(store.confirm(store.open(NAME), CancelToken()))


def is_linked(source: Path, model: StoredModel) -> bool:
    return source.samefile(model.path)


def test_a_linked_file_that_nobody_touched_is_not_read_again(store: Store, mine: Path) -> None:
    assert is_linked(mine, import_model(store, mine))
    assert [] == confirm(store)


def test_a_linked_file_that_was_changed_in_place_is_refused_with_the_way_out(store: Store, mine: Path) -> None:
    model = import_model(store, mine)
    with mine.open("r+b") as file:
        file.write(b"CHANGED!")

    with pytest.raises(DigestMismatch) as caught:
        confirm(store)

    told = str(caught.value)
    assert "mario:latest" in told
    assert str(mine) in told
    assert "create the model again" in told
    assert str(model.manifest.layers[0].digest) == caught.value.expected
    with pytest.raises(DigestMismatch):
        confirm(store)


def test_creating_again_from_the_changed_file_is_the_way_out(store: Store, mine: Path) -> None:
    import_model(store, mine)
    mine.write_bytes(b"new content")

    model = import_model(store, mine)

    assert [] == confirm(store)
    assert b"new content" == model.path.read_bytes()
    assert 2 == len(list(store.blobs.folder.iterdir())), "the old blob is gone"


def test_bringing_back_the_old_content_is_the_other_way_out(store: Store, mine: Path, tmp_path: Path) -> None:
    """Be it in the same file, or by a model that is made from an intact copy: that replaces the damaged blob."""
    content = mine.read_bytes()
    import_model(store, mine)
    mine.write_bytes(b"x" * len(content))
    with pytest.raises(DigestMismatch):
        confirm(store)
    mine.write_bytes(content)
    assert 1 == len(confirm(store))
    assert [] == confirm(store), "it is remembered that it was read"

    mine.write_bytes(b"y" * len(content))
    copy = tmp_path / "copy.gguf"
    copy.write_bytes(content)
    model = import_model(store, copy)
    assert [] == confirm(store)
    assert is_linked(copy, model)
    assert b"y" == mine.read_bytes()[:1]


def test_a_file_that_was_only_touched_is_read_once_more(store: Store, mine: Path) -> None:
    import_model(store, mine)
    mine.touch()

    (event,) = confirm(store)
    assert ("verifying sha256 digest", 8000, 8000) == (event.status, event.completed, event.total)
    assert [] == confirm(store)


def test_a_file_that_grew_is_found_though_its_time_was_set_back(store: Store, mine: Path) -> None:
    import_model(store, mine)
    with mine.open("ab") as file:
        file.write(b"more")
    os.utime(mine, (1_000_000_000, 1_000_000_000))

    with pytest.raises(DigestMismatch):
        confirm(store)


def test_a_change_between_the_hash_and_its_record_shows(store: Store, mine: Path) -> None:
    """What is remembered is what the file was before it was hashed."""
    layer = import_model(store, mine).manifest.layers[0]
    before = mine.stat()
    store.blobs.path(layer.digest).unlink()
    with store.blobs.reserve() as temporary:
        os.link(mine, temporary)
        mine.write_bytes(b"x" * before.st_size)
        store.blobs.adopt(temporary, layer.digest, linked=Linked(str(mine), before))

    with pytest.raises(DigestMismatch):
        confirm(store)


def test_a_clone_is_a_file_of_the_stores_own(store: Store, mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the file system shares blocks between files (here one that pretends to), the blob is not the user's file."""
    monkeypatch.setattr(fcntl, "ioctl", lambda target, request, source: os.sendfile(target, source, 0, 1 << 20))
    mine.chmod(0o600)
    model = import_model(store, mine)
    mine.write_bytes(b"changed")

    assert not is_linked(mine, model)
    assert b"original" * 1000 == model.path.read_bytes()
    assert 0o644 == model.path.stat().st_mode & 0o777
    assert [] == confirm(store)
    assert not store.blobs.links.has(model.manifest.layers[0].digest)


def test_reading_once_more_can_be_cancelled(store: Store, mine: Path) -> None:
    import_model(store, mine)
    mine.touch()
    cancel = CancelToken()
    cancel.cancel()

    with pytest.raises(Cancelled):
        list(store.confirm(store.open(NAME), cancel))


def test_a_record_that_cannot_be_read_means_reading_the_blob(store: Store, mine: Path) -> None:
    model = import_model(store, mine)
    record = store.root / ".jupyter_ollama" / "links" / model.manifest.layers[0].digest.hex
    for broken in (b"", b"[]", b"\x00" * 100, b"[" * 60_000, b'{"inode": null}'):
        record.write_bytes(broken)
        assert 1 == len(confirm(store))
        assert [] == confirm(store)


def test_a_blob_of_which_the_users_name_is_gone_becomes_the_stores_own(store: Store, mine: Path) -> None:
    model = import_model(store, mine)
    mine.unlink()
    assert [] == confirm(store)
    model.path.touch()
    confirm(store)

    assert not store.blobs.links.has(model.manifest.layers[0].digest)


def test_the_record_goes_with_the_blob(store: Store, mine: Path) -> None:
    import_model(store, mine)
    store.delete(NAME)

    assert [] == list((store.root / ".jupyter_ollama" / "links").iterdir())
    assert mine.exists()


def test_a_failed_import_touches_nothing_of_the_users(store: Store, mine: Path) -> None:
    before = mine.stat()
    with pytest.raises(KeyError), store.begin() as work:
        finish(work.blobs.import_file(mine, CancelToken()))
        raise KeyError
    store.prune(grace_s=0)
    after = mine.stat()

    assert (before.st_mode, before.st_mtime_ns, before.st_atime_ns // 10**9, 1) == (
        after.st_mode, after.st_mtime_ns, before.st_atime_ns // 10**9, after.st_nlink,
    )  # fmt: skip


@pytest.mark.parametrize("mode", [0o666, 0o646, 0o602])
def test_a_file_that_everybody_can_write_to_is_copied(store: Store, mine: Path, mode: int) -> None:
    mine.chmod(mode)
    model = import_model(store, mine)

    assert not is_linked(mine, model)
    assert mode == mine.stat().st_mode & 0o777
    assert 0o644 == model.path.stat().st_mode & 0o777


def test_a_file_that_a_group_can_write_to_is_linked_only_if_the_group_is_the_users_own(
    store: Store, mine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where every user has a group of the same name with nobody else in it, that is how files are made."""
    mine.chmod(0o664)
    user = pwd.getpwuid(os.geteuid())
    gid = mine.stat().st_gid

    def group(name: str, members: list[str]) -> bool:
        monkeypatch.setattr(grp, "getgrgid", lambda _: grp.struct_group((name, "x", gid, members)))
        return disk.is_private(mine)

    assert group(user.pw_name, []) == group(user.pw_name, [user.pw_name]) == (user.pw_gid == gid)
    assert not group(user.pw_name, [user.pw_name, "luigi"])
    assert not group("users", [])
    assert not is_linked(mine, import_model(store, mine))


def test_a_file_of_somebody_else_is_copied(store: Store, mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: mine.stat().st_uid + 1)

    assert not is_linked(mine, import_model(store, mine))


def test_a_cut_blob_is_replaced_when_its_content_comes_again(store: Store) -> None:
    """What a power cut or another program damaged heals by creating again: a blob of the wrong size does not count as being there."""
    digest, _ = store.blobs.put(b"whole")
    store.blobs.path(digest).write_bytes(b"wh")

    assert (digest, True) == store.blobs.put(b"whole")
    assert b"whole" == store.blobs.read(digest)


def test_a_link_to_a_link_is_the_users_file(store: Store, mine: Path, tmp_path: Path) -> None:
    (tmp_path / "symbolic.gguf").symlink_to(mine)
    model = import_model(store, tmp_path / "symbolic.gguf")

    assert is_linked(mine, model)
    assert not model.path.is_symlink()
