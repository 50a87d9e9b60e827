"""A model that was opened is opened again without reading it, and never as it was before."""

from __future__ import annotations

import time

import pytest

from jupyter_ollama.cancelling import CancelToken
from jupyter_ollama.errors import BlobNotFound
from jupyter_ollama.manifest import SYSTEM, Manifest
from jupyter_ollama.names import ModelName
from jupyter_ollama.store import Store, opened, remembered
from jupyter_ollama.store.model import StoredModel

from .conftest import AddModel

M = ModelName.valid("m")


@pytest.fixture(autouse=True)
def short_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """What has been there for a moment is remembered."""
    monkeypatch.setattr(remembered, "SETTLED_NS", 20_000_000)


def use(store: Store) -> StoredModel:
    time.sleep(0.03)
    model = store.open(M)
    list(store.confirm(model, CancelToken()))
    return model


def test_it_is_the_same_value(store: Store, add_model: AddModel) -> None:
    add_model("m", system="first")

    assert use(store) is use(store)


def test_a_name_that_means_something_else_opens_something_else(store: Store, add_model: AddModel) -> None:
    add_model("m", system="first")
    manifest = use(store).manifest
    other = Store(store.root)
    other.tag(M, Manifest.build(manifest.config, [*manifest.layers, other.put(b"second", SYSTEM)[0]]))

    assert use(store).system == "second"


def test_a_blob_that_went_is_missed(store: Store, add_model: AddModel) -> None:
    add_model("m", system="first")
    path = use(store).path
    path.unlink()

    with pytest.raises(BlobNotFound):
        use(store)


def test_a_blob_of_a_kind_that_is_not_read_is_missed_too(store: Store, add_model: AddModel) -> None:
    add_model("m")
    manifest = store.open(M).manifest
    strange, _ = store.put(b"strange", "application/vnd.ollama.image.embed")
    store.tag(M, Manifest.build(manifest.config, [*manifest.layers, strange]))
    use(store)
    store.blobs.path(strange.digest).unlink()

    with pytest.raises(BlobNotFound):
        use(store)


def test_what_is_kept_is_bounded(store: Store, add_model: AddModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opened, "MAX_MODELS", 3)
    monkeypatch.setattr(opened, "MAX_TEXTS_BYTES", 100)
    names = [add_model(f"m{number}", system=f"I am {number}.") for number in range(5)]
    large = add_model("large", system="x" * 200)
    time.sleep(0.03)
    for name in (*names, large):
        store.open(name)

    assert [name.full for name in names[2:]] == list(store._opened._held)
