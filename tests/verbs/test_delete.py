"""``delete``: what it removes, what that frees, and what still holds the rest."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from jupyter_ollama import Ollama
from jupyter_ollama.errors import ModelNotFound

from .conftest import Create, kinds, snapshot


@pytest.fixture
def unlinked(tiny_gguf: Path, create: Create) -> str:
    """A FROM line whose file is not shared with the store: what is deleted is free."""
    create("seed", "PARAMETER quantization q8_0")
    return "FROM seed"


def test_it_says_what_is_free_and_who_holds_the_rest(ollama: Ollama, create: Create, unlinked: str) -> None:
    create("one", f"{unlinked}\nSYSTEM only of one")
    create("two", f"{unlinked}\nLICENSE only of two")
    deleted = ollama.delete("one")

    assert ("one:latest",) == deleted.names
    assert {blob.kind: blob.held_by for blob in deleted.kept} == {"model": ("seed:latest", "two:latest"), "config": ("seed:latest", "two:latest")}
    assert deleted.freed_bytes == len("only of one")
    assert "seed:latest and two:latest hold the model and the config, too" in str(deleted)


def test_the_last_holder_frees_everything(ollama: Ollama, create: Create, unlinked: str) -> None:
    size = create("two", unlinked).path.stat().st_size
    files = snapshot(ollama)["files"]
    deleted = ollama.delete("seed", "two", "TWO")

    assert ({"seed:latest", "two:latest"}, ()) == (set(deleted.names), deleted.kept)
    assert deleted.freed_bytes == sum(count for path, count in files.items() if path.startswith("blobs"))
    assert deleted.freed_bytes > size
    assert not [path for path in snapshot(ollama)["files"] if not path.startswith(".")]


def test_a_file_that_is_also_the_users_frees_nothing(ollama: Ollama, create: Create, tiny_gguf: Path) -> None:
    create("linked")
    deleted = ollama.delete("linked")

    assert deleted.freed_bytes < 1000
    assert [("model", ())] == [(blob.kind, blob.held_by) for blob in deleted.kept]
    assert tiny_gguf.stat().st_size == deleted.kept_bytes
    assert "the model is also a file of yours outside the store" in str(deleted)
    assert tiny_gguf.is_file()


def test_a_removal_says_before_what_deleting_frees_and_removes_nothing(ollama: Ollama, create: Create, unlinked: str) -> None:
    create("one", f"{unlinked}\nSYSTEM only of one")
    create("two", f"{unlinked}\nLICENSE only of two")
    create("linked")
    before = snapshot(ollama)

    for names in (["one"], ["ONE", "two"], ["one", "two", "seed"], ["linked"]):
        planned = ollama.removal(*names)

        assert snapshot(ollama) == before
        assert "would free" in str(planned)
        if names[-1] in ("seed", "linked"):
            done = ollama.delete(*names)
            assert (planned.names, planned.freed_bytes, planned.kept) == (done.names, done.freed_bytes, done.kept)
            before = snapshot(ollama)
    with pytest.raises(ModelNotFound):
        ollama.removal("linked")


def test_nothing_is_deleted_when_one_name_is_not_there(ollama: Ollama, create: Create) -> None:
    create("mario")
    before = snapshot(ollama)
    with pytest.raises(ModelNotFound):
        ollama.delete("mario", "nobody")

    assert before == snapshot(ollama)


def test_a_model_whose_blobs_are_gone_can_be_deleted(ollama: Ollama, create: Create) -> None:
    """26, and a store that somebody cleaned by hand."""
    model = create("mario", "SYSTEM s\nLICENSE s")
    assert ["model", "system", "license"] == kinds(model)
    shutil.rmtree(model.path.parent)

    assert (("mario:latest",), 0, ()) == ((deleted := ollama.delete("mario")).names, deleted.freed_bytes, deleted.kept)
