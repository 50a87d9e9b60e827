"""Prune: what goes, what stays, and when nothing goes at all."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from jupyter_ollama import Ollama
from jupyter_ollama.errors import CorruptManifest
from jupyter_ollama.models import Pruned
from jupyter_ollama.store import Store
from jupyter_ollama.store.prune import prune

from .conftest import AddModel
from .test_crashes import files, needed

HEX = "ab" * 32


def lay(store: Store, name: str, age_s: float = 7200, size: int = 8192) -> Path:
    """A file in ``blobs`` of that age."""
    path = store.blobs.folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * size)
    os.utime(path, (time.time() - age_s, time.time() - age_s))
    return path


def test_blobs_that_no_model_holds_go_after_an_hour(store: Store, add_model: AddModel) -> None:
    """As Ollama does at its start; younger ones may belong to an Ollama that is at work."""
    add_model("mario")
    for path in store.blobs.folder.iterdir():
        os.utime(path, (1, 1))
    old, young = lay(store, f"sha256-{HEX}"), lay(store, f"sha256-{'cd' * 32}", age_s=3000)
    temporary, young_temporary = lay(store, "sha256-1234567890"), lay(store, "sha256-987", age_s=3000)

    assert Pruned(2, 16384) == store.prune()

    assert needed(store) | {young.name, young_temporary.name} == files(store)
    assert not old.exists()
    assert not temporary.exists()


def test_a_file_that_work_makes_while_prune_looks_stays(store: Store) -> None:
    """Work says what it relies on before it makes a file; so prune first looks which files there are, then what is relied on."""
    lay(store, f"sha256-{HEX}")

    def relied_on() -> set[str]:
        lay(store, "sha256-123456789012")
        return set()

    assert 1 == prune(store.tags, store.blobs, relied_on, 0).files
    assert {"sha256-123456789012"} == files(store)


def test_downloads_that_can_go_on_stay_however_old(store: Store) -> None:
    names = [f"sha256-{HEX}-partial", f"sha256-{HEX}-partial-0", f"sha256-{HEX}-partial-12"]
    for name in names:
        lay(store, name, age_s=1e8)

    assert Pruned(0, 0, 3 * 8192) == store.prune()
    assert set(names) == files(store)


def test_what_is_left_of_a_download_that_is_complete_goes(store: Store) -> None:
    for name in (f"sha256-{HEX}-partial", f"sha256-{HEX}-partial-0", f"sha256-{HEX}"):
        lay(store, name)

    assert Pruned(3, 3 * 8192) == store.prune()
    assert set() == files(store)


def test_what_is_not_ours_stays(store: Store) -> None:
    names = ["notes.txt", "sha256:abc", "sha259-abc", "sha256-xyz", f"sha256-{HEX}.bak", "ollama-safetensors123", "sha256-" + "1" * 40]
    for name in names:
        lay(store, name)
    (store.blobs.folder / f"sha256-{'ef' * 32}").mkdir()

    assert Pruned(0, 0) == store.prune(grace_s=0)
    assert {*names, f"sha256-{'ef' * 32}"} == files(store)


@pytest.mark.parametrize("raw", [b"", b"{}", b"not json"])
def test_nothing_is_pruned_while_a_manifest_cannot_be_read(store: Store, add_model: AddModel, raw: bytes) -> None:
    """What it needs cannot be known. The error says which it is and what to do."""
    add_model("good")
    bad = add_model("bad", weights=b"2")
    store.tags.path(bad).write_bytes(raw)
    orphan = lay(store, f"sha256-{HEX}")

    with pytest.raises(CorruptManifest, match=r"nothing was pruned: .*bad:latest.*%ollama rm bad:latest"):
        store.prune()
    assert orphan.exists()

    store.delete(bad)
    store.prune()
    assert not orphan.exists()


def test_folders_without_models_and_half_written_manifests_go(store: Store, add_model: AddModel) -> None:
    add_model("mario")
    (store.tags.folder / "registry.ollama.ai" / "me" / "luigi").mkdir(parents=True)
    (store.tags.folder / ".0123456789abcdef").write_bytes(b"{")
    (store.tags.folder / "registry.ollama.ai" / ".DS_Store").write_bytes(b"x")

    store.prune()

    assert {"registry.ollama.ai"} == {path.name for path in store.tags.folder.iterdir()}
    assert {"library", ".DS_Store"} == {path.name for path in (store.tags.folder / "registry.ollama.ai").iterdir()}
    assert ["mario:latest"] == [model.name for model in store.models()]


def test_a_store_that_is_not_there_is_pruned_of_nothing(tmp_path: Path) -> None:
    assert Pruned(0, 0) == Store(tmp_path / "none").prune()


def test_only_prune_prunes(tmp_path: Path) -> None:
    """Not a new Ollama, not its verbs."""
    store = Store(tmp_path / "models")
    orphan, temporary = lay(store, f"sha256-{HEX}"), lay(store, "sha256-123456789012")
    with Ollama(tmp_path / "models") as ollama:
        ollama.list()
        with store.begin() as work:
            work.put(b"x", "y")
        assert orphan.exists()
        assert temporary.exists()

        assert Pruned(2, 16384) == ollama.prune()
    assert set() == files(store)


