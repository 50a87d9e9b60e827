"""Names, copies, deletion: what Ollama's own tests of its store require."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from jupyter_ollama.errors import BlobNotFound, CorruptManifest, InvalidName, ModelNotFound
from jupyter_ollama.manifest import Manifest
from jupyter_ollama.names import ModelName
from jupyter_ollama.store import Store
from jupyter_ollama.store.store import OWN_FOLDER

from .conftest import AddModel


def files(store: Store) -> set[str]:
    """What the store keeps, without its locks and records."""
    return {str(path.relative_to(store.root)) for path in store.root.rglob("*") if path.is_file() and OWN_FOLDER not in path.parts}


def test_a_model_opens_with_all_it_says(store: Store, add_model: AddModel) -> None:
    name = add_model("mario", system="You are Mario.", parameters=b'{"stop":["<|x|>"],"temperature":0.2}\n')

    model = store.open(name)

    assert b"weights" == model.path.read_bytes()
    assert "You are Mario." == model.system
    assert {"stop": ["<|x|>"], "temperature": 0.2} == model.parameters
    assert (None, ()) == (model.template, model.messages)
    assert "test" == model.config.model_family


def test_names_are_found_in_any_case_and_kept_as_first_written(store: Store, add_model: AddModel) -> None:
    """Creating again in another case changes the model that is there."""
    add_model("FOO:Bar")
    add_model("foo:bar", system="second")

    assert ["FOO:Bar"] == [model.name for model in store.models()]
    assert "second" == store.open(ModelName.valid("fOo:BAR")).system


def test_a_new_tag_of_an_existing_model_takes_over_its_spelling(store: Store, add_model: AddModel) -> None:
    add_model("foo")

    assert "foo:bar" == str(add_model("FOO:bar"))


def test_hidden_files_and_stray_folders_are_no_models(store: Store, add_model: AddModel) -> None:
    """`.DS_Store` and a folder at tag level."""
    add_model("Good")
    library = store.tags.folder / "registry.ollama.ai" / "library" / "Good"
    (library / ".DS_Store").write_bytes(b"x")
    (library / "folder").mkdir()
    (store.tags.folder / "shallow").write_bytes(b"x")

    assert ["Good:latest"] == [str(name) for name in store.tags.names()]


def test_shared_blobs_stay_until_their_last_model_goes(store: Store, add_model: AddModel) -> None:
    """Afterwards nothing is left, folders included."""
    add_model("one", system="shared")
    add_model("two", system="shared", weights=b"other weights")

    freed = store.delete(ModelName.valid("one"))
    assert len(b"weights") == freed
    assert "shared" == store.open(ModelName.valid("two")).system

    store.delete(ModelName.valid("two"))
    assert set() == files(store)
    assert [] == list(store.tags.folder.iterdir())


def test_a_digest_listed_twice_is_deleted_once(store: Store, add_model: AddModel) -> None:
    """A manifest may do that; a blob that is gone already is no error."""
    held = store.open(add_model("one")).manifest
    store.tag(ModelName.valid("twice"), Manifest.build(held.config, [*held.layers, *held.layers]))
    store.delete(ModelName.valid("one"))

    store.delete(ModelName.valid("twice"))
    assert set() == files(store)


def test_a_name_that_gets_a_new_meaning_frees_what_only_the_old_one_needed(store: Store, add_model: AddModel) -> None:
    """Creating twice with another text leaves one text on the disk."""
    add_model("mario", system="first")
    before = files(store)
    add_model("mario", system="second")

    assert len(before) == len(files(store))
    assert "second" == store.open(ModelName.valid("mario")).system


def test_a_copy_has_the_same_digest_and_costs_no_blob(store: Store, add_model: AddModel) -> None:
    name = add_model("mario")
    before = len(files(store))
    copied = store.copy(name, ModelName.valid("me/mario:v2"))

    assert "me/mario:v2" == str(copied)
    assert store.open(name).digest == store.open(copied).digest
    assert before + 1 == len(files(store))
    assert copied == store.copy(copied, copied)


def test_lists_are_newest_first(store: Store, add_model: AddModel) -> None:
    for age, name in ((30, "old"), (10, "new"), (20, "middle")):
        path = store.tags.path(add_model(name))
        os.utime(path, (2_000_000_000 - age, 2_000_000_000 - age))

    assert ["new:latest", "middle:latest", "old:latest"] == [model.name for model in store.models()]


def test_an_empty_store_is_an_empty_list_and_reading_makes_no_folder(store: Store) -> None:
    assert [] == store.models()
    assert not store.root.exists()


def test_an_unknown_name_is_answered_with_what_there_is(store: Store, add_model: AddModel) -> None:
    add_model("mario:v1")
    with pytest.raises(ModelNotFound, match=r"Did you mean mario:v1\?"):
        store.open(ModelName.valid("mario"))
    with pytest.raises(ModelNotFound) as caught:
        store.delete(ModelName.valid("marko:v1"))
    assert ["mario:v1"] == caught.value.near


def test_a_missing_blob_names_its_digest(store: Store, add_model: AddModel) -> None:
    name = add_model("mario")
    weights = store.open(name).manifest.layers[0]
    store.blobs.path(weights.digest).unlink()

    with pytest.raises(BlobNotFound) as caught:
        store.open(name)
    assert weights.digest == caught.value.digest


@pytest.mark.parametrize("raw", [b"", b"{}", b"\x00" * 50, b'{"config": 1}'])
def test_a_corrupt_manifest_is_named_and_does_not_hide_the_others(store: Store, add_model: AddModel, raw: bytes) -> None:
    add_model("good")
    bad = add_model("bad", weights=b"2")
    store.tags.path(bad).write_bytes(raw)

    with pytest.raises(CorruptManifest, match="bad:latest"):
        store.open(bad)
    assert ["good:latest"] == [model.name for model in store.models()]


def test_nothing_is_tagged_whose_blobs_are_not_there(store: Store, add_model: AddModel) -> None:
    held = store.open(add_model("mario")).manifest
    store.blobs.path(held.layers[0].digest).unlink()

    with pytest.raises(BlobNotFound):
        store.tag(ModelName.valid("luigi"), held)
    assert not store.has(ModelName.valid("luigi"))


def test_an_invalid_name_never_becomes_a_path(store: Store, add_model: AddModel) -> None:
    held = store.open(add_model("mario")).manifest
    before = files(store)

    with pytest.raises(InvalidName):
        store.tag(ModelName("../../../etc/x"), held)
    assert before == files(store)


def test_two_stores_can_live_in_one_process(store: Store, add_model: AddModel, tmp_path: Path) -> None:
    add_model("mario")

    assert [] == Store(tmp_path / "other").models()
