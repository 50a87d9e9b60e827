"""Which files below ``manifests`` are models, and how names are found and spelled."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from jupyter_ollama.errors import CorruptManifest, ModelNotFound, StoreError
from jupyter_ollama.manifest import MAX_MANIFEST_BYTES
from jupyter_ollama.names import ModelName
from jupyter_ollama.store import Store

from .conftest import AddModel


def write(store: Store, path: str, raw: bytes) -> Path:
    """A manifest where Ollama (or somebody by hand) may have put it."""
    file = store.tags.folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(raw)
    return file


def raw_of(store: Store, name: ModelName) -> bytes:
    return store.open(name).manifest.raw


def test_models_lie_exactly_four_levels_deep_and_stray_files_are_passed_over(store: Store, add_model: AddModel) -> None:
    """`.DS_Store` and a folder at tag level are no models, upper-case names are."""
    raw = raw_of(store, add_model("Good:Q4_K_M"))
    for path in (
        "registry.ollama.ai/library/Good/.DS_Store", "registry.ollama.ai/library/Good/.tmp", "registry.ollama.ai/library/.DS_Store",
        "registry.ollama.ai/library/Good/a b", "registry.ollama.ai/lib.rary/x/latest", "registry.ollama.ai/library/-x/latest",
        "registry.ollama.ai/library/deep/er/latest", "registry.ollama.ai/shallow/latest", "shallow", "registry.ollama.ai/library/" + "x" * 81 + "/t",
    ):  # fmt: skip
        write(store, path, raw)
    (store.tags.folder / "registry.ollama.ai/library/Good/folder").mkdir()

    assert [str(name) for name in store.tags.names()] == ["Good:Q4_K_M"]
    assert [model.name for model in store.models()] == ["Good:Q4_K_M"]


def test_several_hosts_namespaces_and_tags_are_shown_in_their_shortest_form(store: Store, add_model: AddModel) -> None:
    names = ("xx", "xx:7b", "me/xx", "hf.co/me/Repo:Q4_K_M", "localhost:5000/library/xx", "Registry.Ollama.AI/LIBRARY/yy")
    for number, name in enumerate(names):
        add_model(name, weights=str(number).encode())

    assert sorted(model.name for model in store.models()) == sorted(
        ["xx:latest", "xx:7b", "me/xx:latest", "hf.co/me/Repo:Q4_K_M", "localhost:5000/library/xx:latest", "yy:latest"]
    )
    assert (store.tags.folder / "localhost:5000/library/xx/latest").is_file()


@pytest.mark.parametrize("text", ["FOO/Bar:Baz", "foo/bar:baz", "fOO/bAR:bAZ"])
def test_a_name_is_found_in_any_case(store: Store, add_model: AddModel, text: str) -> None:
    add_model("Foo/Bar:Baz")

    assert str(store.tags.existing(ModelName.valid(text))) == "Foo/Bar:Baz"
    assert store.open(ModelName.valid(text)).system is None


def test_of_names_that_differ_only_in_case_each_is_found_by_its_own_spelling(store: Store, add_model: AddModel) -> None:
    """Only somebody else, on a disk that tells cases apart, makes such a pair."""
    raw = raw_of(store, add_model("foo"))
    write(store, "registry.ollama.ai/library/FOO/latest", raw)

    assert str(store.tags.existing(ModelName.valid("FOO"))) == "FOO:latest"
    assert str(store.tags.existing(ModelName.valid("foo"))) == "foo:latest"
    assert str(store.tags.existing(ModelName.valid("Foo"))) == "FOO:latest"


def test_each_part_of_a_new_name_takes_the_spelling_of_whatever_model_has_it(store: Store, add_model: AddModel) -> None:
    add_model("foo")
    add_model("x:Bar", weights=b"2")
    add_model("Me/y", weights=b"3")

    assert str(add_model("ME/FOO:bar", weights=b"4")) == "Me/foo:Bar"


def test_a_new_name_never_makes_a_second_model_that_differs_only_in_case(store: Store, add_model: AddModel) -> None:
    raw = raw_of(store, add_model("foo:a"))
    write(store, "registry.ollama.ai/library/FOO/b", raw)

    assert str(store.tags.spelled(ModelName.valid("FOO:a"))) == "foo:a"


@pytest.mark.parametrize("text", ["../../outside/x:y", "!MISSING!", "\u212a", "a b"])
def test_a_name_that_is_none_is_never_found_nor_looked_for_on_the_disk(store: Store, add_model: AddModel, text: str) -> None:
    raw = raw_of(store, add_model("k"))
    outside = store.root / "outside/x/y"
    outside.parent.mkdir(parents=True)
    outside.write_bytes(raw)

    assert not store.has(ModelName.parse(text))
    with pytest.raises(ModelNotFound):
        store.open(ModelName.parse(text))


@pytest.mark.parametrize("raw", [b"", b"{", b"null", b"[]", b"{}", b'{"config":null,"layers":null}', b"\xff" * 20, b"[" * 100_000])
def test_a_manifest_that_is_broken_hides_no_other_and_is_named_when_asked_for(store: Store, add_model: AddModel, raw: bytes) -> None:
    add_model("good")
    write(store, "registry.ollama.ai/library/bad/latest", raw)

    assert [model.name for model in store.models()] == ["good:latest"]
    with pytest.raises(CorruptManifest, match="bad:latest"):
        store.open(ModelName.valid("bad"))
    with pytest.raises(CorruptManifest):
        list(store.tags.manifests(strict=True))


def test_a_manifest_that_is_too_large_is_not_read_into_memory(store: Store, add_model: AddModel) -> None:
    add_model("good")
    path = write(store, "registry.ollama.ai/library/bad/latest", b"")
    os.truncate(path, MAX_MANIFEST_BYTES + 1)

    assert [model.name for model in store.models()] == ["good:latest"]
    with pytest.raises(CorruptManifest, match="too large"):
        store.open(ModelName.valid("bad"))


def test_links_to_nowhere_and_in_circles_are_no_models(store: Store, add_model: AddModel) -> None:
    add_model("good")
    library = store.tags.folder / "registry.ollama.ai/library"
    (library / "circle").symlink_to(library)
    (library / "good/dangling").symlink_to("nowhere")
    (library / "good/itself").symlink_to("itself")

    assert [model.name for model in store.models()] == ["good:latest"]


def test_manifests_behind_a_link_are_models(store: Store, add_model: AddModel, tmp_path: Path) -> None:
    add_model("good")
    (store.tags.folder / "registry.ollama.ai/library/good").rename(tmp_path / "elsewhere")
    (store.tags.folder / "registry.ollama.ai/library/good").symlink_to(tmp_path / "elsewhere")

    assert [model.name for model in store.models()] == ["good:latest"]
    assert store.open(ModelName.valid("GOOD")).name == ModelName.valid("good")


def test_a_pulled_manifest_keeps_its_bytes_and_so_its_digest(store: Store, add_model: AddModel) -> None:
    """What a registry sends may be formatted in any way; the model's identity is the sha256 of exactly these bytes."""
    written = raw_of(store, add_model("made"))
    pulled = written.replace(b",", b" ,\r\n\t").rstrip(b"\n")
    write(store, "registry.ollama.ai/library/pulled/latest", pulled)

    name = store.copy(ModelName.valid("pulled"), ModelName.valid("copied"))

    assert store.tags.path(name).read_bytes() == pulled
    [pulled_row] = [model for model in store.models() if model.name == "pulled:latest"]
    assert store.open(name).digest == pulled_row.digest != store.open(ModelName.valid("made")).digest


def test_a_store_whose_manifests_are_a_file_says_so(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models/manifests").symlink_to("manifests")

    with pytest.raises(StoreError, match="OLLAMA_MODELS"):
        Store(tmp_path / "models").models()


def test_a_name_that_nobody_has_is_answered_with_the_nearest(store: Store, add_model: AddModel) -> None:
    add_model("mario")
    add_model("toad", weights=b"2")

    with pytest.raises(ModelNotFound, match=r"no model 'maria' in the store\. Did you mean mario\?") as caught:
        store.open(ModelName.valid("maria"))
    assert caught.value.near == ["mario:latest"]
