"""The list of models: order, what is passed over, what is repaired, and that nothing old is ever shown."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from jupyter_ollama.manifest import CONFIG_TYPE, MODEL, SYSTEM, Config, Manifest
from jupyter_ollama.models import Details, ModelSummary
from jupyter_ollama.names import ModelName
from jupyter_ollama.store import Store, remembered

from ..weights import tiny_folder_once, tiny_gguf_once  # noqa: F401 (fixtures)
from .conftest import AddModel

LONG_AGO = 1_500_000_000


@pytest.fixture(params=["settled", "fresh"], autouse=True)
def age_of_files(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything here is true for files that are remembered, and for those that changed too recently for that."""
    if request.param == "settled":
        monkeypatch.setattr(remembered, "SETTLED_NS", 20_000_000)


def look_at(store: Store) -> list[ModelSummary]:
    """List the models when they have been there for a moment, so that what is read is remembered where that is what is tested."""
    time.sleep(0.03)
    return store.models()


def put_config(store: Store, name: str, config: bytes, weights: bytes = b"weights") -> ModelName:
    layer, _ = store.put(config, CONFIG_TYPE)
    return store.tag(ModelName.valid(name), Manifest.build(layer, [store.put(weights, MODEL)[0]]))


def details_of(store: Store, name: str) -> Details:
    [model] = [model for model in store.models() if model.name == f"{name}:latest"]
    return model.details


def test_models_are_listed_newest_first_in_whole_seconds_and_then_by_name(store: Store, add_model: AddModel) -> None:
    for name, age_s in (("c", 30), ("a", 10.2), ("b", 10.9), ("d", 20)):
        moment = LONG_AGO - age_s + 0.95
        os.utime(store.tags.path(add_model(name, weights=name.encode())), (moment, moment))

    assert [model.name for model in store.models()] == ["a:latest", "b:latest", "d:latest", "c:latest"]


def test_a_row_says_what_manifest_and_config_say(store: Store) -> None:
    config = Config(
        "gguf", "llama", ("llama",), "8.0B", "Q4_K_M", remote_host="https://ollama.com:443", remote_model="big", context_length=4096,
        embedding_length=512,
    )  # fmt: skip
    name = put_config(store, "m", config.encode(), weights=b"12345")
    os.utime(store.tags.path(name), (LONG_AGO, LONG_AGO))

    [row] = store.models()
    assert row.details == Details("gguf", "llama", ("llama",), "8.0B", "Q4_K_M", 4096, 512)
    assert (row.remote_host, row.remote_model, row.store) == ("https://ollama.com:443", "big", "")
    assert row.size_bytes == len(config.encode()) + 5
    assert row.modified_at.timestamp() == LONG_AGO
    assert row.digest == store.open(name).digest


def test_a_digest_that_is_listed_twice_counts_twice_in_the_size(store: Store, add_model: AddModel) -> None:
    manifest = store.open(add_model("m", weights=b"12345")).manifest
    store.tag(ModelName.valid("twice"), Manifest.build(manifest.config, [*manifest.layers, *manifest.layers]))

    sizes = {model.name: model.size_bytes for model in store.models()}
    assert sizes["twice:latest"] == sizes["m:latest"] + 5


def test_an_empty_store_is_an_empty_list_and_no_folder_is_made(store: Store) -> None:
    assert store.models() == []
    assert not store.root.exists()


@pytest.mark.parametrize("damage", [b"", b"[]", b'{"model_families":3}', None])
def test_a_model_whose_config_cannot_be_read_is_passed_over(store: Store, add_model: AddModel, damage: bytes | None) -> None:
    add_model("good")
    bad = put_config(store, "bad", Config("gguf", "bad").encode())
    assert len(look_at(store)) == 2
    path = store.blobs.path(store.open(bad).manifest.config.digest)
    path.unlink()
    if damage is not None:
        path.write_bytes(damage)

    assert [model.name for model in store.models()] == ["good:latest"]


def test_a_touch_by_somebody_else_is_noticed(store: Store, add_model: AddModel) -> None:
    path = store.tags.path(add_model("m"))
    look_at(store)
    os.utime(path, (LONG_AGO, LONG_AGO))

    assert [model.modified_at.timestamp() for model in store.models()] == [LONG_AGO]
    assert store.tags.modified(ModelName.valid("m")).timestamp() == LONG_AGO


def test_a_manifest_replaced_by_another_process_is_noticed(store: Store, add_model: AddModel) -> None:
    name = add_model("m", system="first")
    look_at(store)
    add_model_elsewhere = Store(store.root)
    manifest = store.open(name).manifest
    add_model_elsewhere.tag(name, Manifest.build(manifest.config, [*manifest.layers, add_model_elsewhere.put(b"second", SYSTEM)[0]]))

    assert store.open(name).system == "second"
    assert [model.digest for model in store.models()] == [store.open(name).digest]


def test_a_model_that_somebody_else_deletes_is_gone(store: Store, add_model: AddModel) -> None:
    add_model("m")
    assert look_at(store)
    Store(store.root).delete(ModelName.valid("m"))

    assert store.models() == []
    assert not store.has(ModelName.valid("m"))


@pytest.mark.parametrize("name", ["second", "m:second", "me/second", "example.com/me/second"])
def test_a_model_that_somebody_else_makes_is_there(store: Store, add_model: AddModel, name: str) -> None:
    """In a new folder, in the folder of another tag, of a namespace, of a host."""
    first = add_model("m")
    look_at(store)
    Store(store.root).copy(first, ModelName.valid(name))

    assert len(store.models()) == 2
    assert {str(one) for one in store.tags.names()} == {model.name for model in look_at(store)}


def test_a_manifest_written_in_place_as_ollama_writes_it_is_noticed(store: Store, add_model: AddModel) -> None:
    """Nothing happens to its folder then."""
    first, second = add_model("m", system="first"), add_model("n", system="second")
    look_at(store)
    with store.tags.path(first).open("r+b") as file:
        file.truncate()
        file.write(store.tags.path(second).read_bytes())

    assert len({model.digest for model in store.models()}) == 1


def test_a_config_that_comes_back_brings_its_model_back(store: Store, add_model: AddModel) -> None:
    """As when an interrupted pull goes on."""
    path = store.blobs.path(store.open(add_model("m")).manifest.config.digest)
    raw = path.read_bytes()
    assert len(look_at(store)) == 1
    path.unlink()
    assert look_at(store) == []
    path.write_bytes(raw)

    assert len(look_at(store)) == 1


def test_what_has_not_changed_is_not_made_again(store: Store, add_model: AddModel, request: pytest.FixtureRequest) -> None:
    add_model("m")
    first, again = look_at(store), look_at(store)

    assert first == again
    assert (first[0] is again[0]) == ("settled" in request.node.name)


@pytest.mark.parametrize("known", ["", "unknown"])
def test_a_quantization_that_the_config_does_not_know_is_read_from_the_weights(
    store: Store, tiny_gguf_once: Path, known: str  # noqa: F811 (the fixture)
) -> None:  # fmt: skip
    put_config(store, "m", Config("gguf", "llama", file_type=known).encode(), weights=tiny_gguf_once.read_bytes())

    assert details_of(store, "m").quantization_level == "BF16"


def test_a_quantization_that_the_config_knows_stays_and_the_weights_are_not_read(store: Store) -> None:
    name = put_config(store, "m", Config("gguf", "llama", file_type="Q4_K_M").encode())
    store.blobs.path(store.open(name).manifest.layers[0].digest).unlink()

    assert details_of(store, "m").quantization_level == "Q4_K_M"


@pytest.mark.parametrize("weights", [b"weights", b"", b"GGUF", b"gone"])
def test_where_the_weights_do_not_say_either_it_stays_unknown(store: Store, weights: bytes) -> None:
    name = put_config(store, "m", Config("gguf", "llama", file_type="unknown").encode(), weights=weights)
    if weights == b"gone":
        store.blobs.path(store.open(name).manifest.layers[0].digest).unlink()

    assert details_of(store, "m").quantization_level == "unknown"


def test_the_first_by_name_are_listed_without_reading_the_others(store: Store, add_model: AddModel) -> None:
    for name in ("c", "a", "d", "b"):
        add_model(name, weights=name.encode())
    for name in ("c", "d"):
        store.tags.path(ModelName.valid(name)).write_bytes(b"{")

    assert sorted(model.name for model in store.models(2)) == ["a:latest", "b:latest"]
    assert sorted(model.name for model in store.models(3)) == ["a:latest", "b:latest"], "one of three cannot be read"
    assert [model.name for model in store.models(0)] == []
    assert sorted(model.name for model in store.models()) == ["a:latest", "b:latest"]
