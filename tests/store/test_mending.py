"""Names of blobs from the time when they had a colon: mended at the first use of a store, and at no other time."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from jupyter_ollama import Ollama
from jupyter_ollama.manifest import CONFIG_TYPE, MODEL, Config, Manifest
from jupyter_ollama.names import ModelName
from jupyter_ollama.store import Store
from jupyter_ollama.store.mending import mend

from .conftest import AddModel, unprivileged


def old_names(store: Store) -> None:
    """Rename every blob as it was named once."""
    for path in store.blobs.folder.iterdir():
        path.rename(path.with_name(path.name.replace("sha256-", "sha256:")))


def test_files_and_folders_with_a_colon_get_a_dash_and_all_others_stay(tmp_path: Path) -> None:
    for name in ("sha256:abc", "sha256-def", "sha259:abc", "x:y"):
        (tmp_path / name).write_bytes(name.encode())
    for name in ("sha256:folder", "sha259:folder"):
        (tmp_path / name).mkdir()

    mend(tmp_path)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["sha256-abc", "sha256-def", "sha256-folder", "sha259:abc", "sha259:folder", "x:y"]
    assert (tmp_path / "sha256-abc").read_bytes() == b"sha256:abc"


def test_a_blob_that_is_there_under_both_names_keeps_its_content(tmp_path: Path) -> None:
    (tmp_path / "sha256:a").write_bytes(b"old")
    (tmp_path / "sha256-a").write_bytes(b"new")

    mend(tmp_path)

    assert (tmp_path / "sha256-a").read_bytes() == b"new"


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    mend(tmp_path / "none")

    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("use", ["open", "models", "begin"])
def test_a_store_is_mended_when_it_is_used_for_the_first_time(store: Store, add_model: AddModel, use: str) -> None:
    name = add_model("mario", system="You are Mario.")
    old_names(store)
    again = Store(store.root)
    assert list(store.blobs.folder.glob("sha256:*"))

    match use:
        case "open":
            assert again.open(name).system == "You are Mario."
        case "models":
            assert [model.name for model in again.models()] == ["mario:latest"]
        case "begin":
            with again.begin():
                pass
    assert not list(store.blobs.folder.glob("sha256:*"))


def test_making_an_ollama_changes_no_name(store: Store, add_model: AddModel) -> None:
    """Which is all that loading the extension may do, at most."""
    add_model("mario")
    old_names(store)
    with Ollama(store.root):
        pass

    assert len(list(store.blobs.folder.glob("sha256:*"))) == 2


def test_many_at_once_mend_without_an_error_and_lose_nothing(tmp_path: Path) -> None:
    for number in range(200):
        (tmp_path / f"sha256:{number}").write_bytes(str(number).encode())
    failed: list[BaseException] = []

    def work() -> None:
        try:
            mend(tmp_path)
        except BaseException as error:  # noqa: BLE001 (shown by the test)
            failed.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {f"sha256-{number}": str(number).encode() for number in range(200)}


def test_where_names_cannot_be_changed_blobs_are_read_by_their_old_ones(open_path: Path) -> None:
    store = Store(open_path / "models")
    config, _ = store.put(Config("gguf").encode(), CONFIG_TYPE)
    name = store.tag(ModelName.valid("mario"), Manifest.build(config, [store.put(b"weights", MODEL)[0]]))
    old_names(store)
    store.blobs.folder.chmod(0o555)

    with unprivileged():
        again = Store(store.root)
        assert [model.name for model in again.models()] == ["mario:latest"]
        assert again.open(name).path.name.startswith("sha256:")
