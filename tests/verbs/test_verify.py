"""``verify``: every blob against its digest; what is wrong is a report, never an error."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from jupyter_ollama import Ollama, Progress
from jupyter_ollama.errors import Cancelled, InvalidName, ModelNotFound
from jupyter_ollama.names import Digest
from jupyter_ollama.settings import Settings

from ..weights import tiny_gguf  # noqa: F401 (fixture)
from .conftest import Create, digest_of


def blob(ollama: Ollama, hex_digest: str) -> Path:
    return ollama.store.blobs.path(Digest(hex_digest))


def spoil(path: Path) -> None:
    """Change one byte; where the store linked the file, only the store's name of it gets the change."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.unlink()
    path.write_bytes(content)


def test_a_whole_store_is_whole(ollama: Ollama, create: Create) -> None:
    create("mario", "SYSTEM s")
    found = ollama.verify().result(60)

    assert found.ok
    assert ((), (), (), ()) == (found.damaged, found.missing, found.unreferenced, found.unreadable)
    assert (3, sum(path.stat().st_size for path in ollama.store.blobs.folder.iterdir())) == (found.checked_count, found.checked_bytes)
    assert "3 blobs" in str(found)
    assert "nothing is damaged or missing" in str(found)


def test_an_empty_store_is_whole(ollama: Ollama) -> None:
    assert (True, 0) == ((found := ollama.verify().result(60)).ok, found.checked_count)


def test_a_damaged_blob_is_named_with_its_models(ollama: Ollama, create: Create) -> None:
    model = create("mario", "SYSTEM hello")
    create("luigi", "FROM mario")
    spoil(blob(ollama, digest_of(model, "system")))
    found = ollama.verify().result(60)

    [damaged] = found.damaged
    assert (f"sha256:{digest_of(model, 'system')}", ("system",), ("luigi:latest", "mario:latest")) == (damaged.digest, damaged.kinds, damaged.models)
    assert damaged.reason.startswith("hashes to sha256:")
    assert not found.ok
    assert "Create or pull luigi:latest and mario:latest again." in str(found)


def test_a_file_that_its_owner_changed_is_damaged_and_the_report_says_how(ollama: Ollama, create: Create, tiny_gguf: Path) -> None:  # noqa: F811
    create("mario")
    with tiny_gguf.open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        file.write(b"\x77")
    [damaged] = ollama.verify().result(60).damaged

    assert "changed through its other name outside the store" in damaged.reason


def test_a_missing_blob_is_named_with_its_models(ollama: Ollama, create: Create) -> None:
    model = create("mario", "SYSTEM hello")
    blob(ollama, digest_of(model, "system")).unlink()
    found = ollama.verify().result(60)

    [missing] = found.missing
    assert (("system",), 5, ("mario:latest",), "is not there") == (missing.kinds, missing.size_bytes, missing.models, missing.reason)
    assert not found.ok


def test_blobs_that_no_model_holds_are_told_and_do_no_harm(ollama: Ollama, create: Create) -> None:
    create("mario")
    digest, _ = ollama.store.blobs.put(b"nobody needs me")
    (ollama.store.blobs.folder / f"sha256-{'0' * 64}-partial").write_bytes(b"begun")
    found = ollama.verify().result(60)

    assert [str(digest)] == [one.digest for one in found.unreferenced]
    assert found.ok
    assert "1 blob (15 B) is held by no model: prune frees them." in str(found)


def test_a_damaged_blob_that_nobody_holds_is_damaged_too(ollama: Ollama) -> None:
    digest, _ = ollama.store.blobs.put(b"nobody needs me")
    spoil(ollama.store.blobs.path(digest))
    found = ollama.verify().result(60)

    assert [(str(digest), ())] == [(one.digest, one.models) for one in found.damaged]
    assert "unused" in str(found)


def test_an_unreadable_manifest_is_reported_and_the_rest_is_checked(ollama: Ollama, create: Create) -> None:
    """While nobody knows what it held, nothing is called unreferenced."""
    create("mario", "SYSTEM s")
    model = create("luigi", "SYSTEM t")
    ollama.store.tags.path(model.name).write_text("{")
    found = ollama.verify().result(60)

    assert (("luigi:latest",), (), (), ()) == (found.unreadable, found.damaged, found.missing, found.unreferenced)
    assert not found.ok
    assert found.checked_count >= 3
    assert ("luigi:latest",) == ollama.verify("luigi").result(60).unreadable


def test_only_named_models_are_looked_at(ollama: Ollama, create: Create) -> None:
    create("good", "SYSTEM good")
    bad = create("bad", "SYSTEM bad")
    spoil(blob(ollama, digest_of(bad, "system")))

    assert ollama.verify("good").result(60).ok
    assert 1 == len(ollama.verify("BAD", "good").result(60).damaged)
    assert ((), 3) == ((found := ollama.verify("good").result(60)).unreferenced, found.checked_count)


def test_a_name_that_is_not_there_is_an_error(ollama: Ollama, create: Create) -> None:
    create("mario")
    with pytest.raises(ModelNotFound, match="Did you mean mario"):
        ollama.verify("maroi").result(60)
    with pytest.raises(InvalidName):
        ollama.verify("a/b/c/d:e").result(60)


def test_progress_is_one_bar_over_all_blobs(ollama: Ollama, create: Create) -> None:
    create("mario", "SYSTEM s")
    run = ollama.verify()
    found = run.result(60)
    steps = [event for event in run if isinstance(event, Progress)]

    assert {"verifying 3 blobs"} == {event.status for event in steps}
    assert {found.checked_bytes} == {event.total for event in steps}
    assert steps[-1].completed == found.checked_bytes


def test_it_can_be_cancelled(ollama: Ollama) -> None:
    large = ollama.store.blobs.path(Digest("0" * 64))
    large.parent.mkdir(parents=True)
    large.touch()
    os.truncate(large, 1 << 40)  # a hole that would take an hour to hash
    run = ollama.verify()
    next(iter(run))
    run.cancel()

    with pytest.raises(Cancelled):
        run.result(20)


def test_a_blob_that_cannot_be_read_is_reported(ollama: Ollama, create: Create) -> None:
    path = blob(ollama, digest_of(create("mario", "SYSTEM hello"), "system"))
    path.unlink()
    path.symlink_to("/proc/self/mem")  # opens, and fails at the first read
    found = ollama.verify().result(60)

    assert ["cannot be read"] == [one.reason.split(":")[0] for one in found.damaged]


def test_a_model_of_a_system_wide_ollama_is_verified_where_it_lies(create: Create, ollama: Ollama, tmp_path: Path) -> None:
    bad = create("bad", "SYSTEM bad")
    spoil(blob(ollama, digest_of(bad, "system")))
    with Ollama(settings=Settings(models=tmp_path / "own", service_models=ollama.store.root)) as other:
        own = other.create("own", f"FROM {bad.path}").result(60)
        found = other.verify("bad", own.name).result(60)

        assert [("bad:latest",)] == [one.models for one in found.damaged]
        assert 2 + 3 == found.checked_count
        assert other.verify().result(60).ok
