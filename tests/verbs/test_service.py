"""Every verb beside the store of a system-wide Ollama: it is read like the own one, and nothing in it ever changes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_ollama import Ollama, Progress
from jupyter_ollama.errors import DigestMismatch, InvalidName, ModelNotFound, ReadOnlyStore
from jupyter_ollama.manifest import MODEL
from jupyter_ollama.names import ModelName
from jupyter_ollama.settings import SERVICE_MODELS, Settings
from jupyter_ollama.store import StoredModel

from ..store.test_service import states


@pytest.fixture
def service(tmp_path: Path, tiny_gguf: Path) -> Path:
    """The store that a service keeps: one model, with a system text and a licence."""
    root = tmp_path / "service"
    with Ollama(root) as theirs:
        theirs.create("llama", f"FROM {tiny_gguf}\nSYSTEM from the service\nLICENSE MIT\nPARAMETER num_predict 4").result(120)
    for path in root.rglob("*"):
        if path.is_file():
            os.utime(path, (1_600_000_000, 1_600_000_000))
    return root


@pytest.fixture
def ollama(tmp_path: Path, service: Path) -> Iterator[Ollama]:
    with Ollama(settings=Settings(tmp_path / "models", service_models=service)) as ollama:
        before = states(service, links=False)
        yield ollama
    assert states(service, links=False) == before, "something in the service's store was changed"


def own(ollama: Ollama, name: str) -> StoredModel:
    model = ollama.store.open(ModelName.valid(name))
    assert model.root == ollama.settings.models
    return model


def test_list_and_show_say_which_store_a_model_is_in(ollama: Ollama, service: Path) -> None:
    [row] = ollama.list()
    assert (row.name, row.store) == ("llama:latest", str(service))
    assert [line.split()[-1] for line in str(ollama.list()).splitlines()] == ["STORE", "system"]

    info = ollama.show("LLAMA")
    assert (info.name, info.store, info.system) == ("llama:latest", str(service), "from the service")
    assert f"    store               {service}" in str(info)
    assert not ollama.settings.models.exists()


def test_a_list_of_one_store_has_no_such_column(ollama: Ollama) -> None:
    ollama.copy("llama", "llama")

    assert "STORE" not in str(ollama.list())
    assert "store" not in str(ollama.show("llama")).split()


def test_a_model_of_the_service_answers(ollama: Ollama) -> None:
    done = ollama.chat("llama", "Hi").result(120)

    assert done.model == "llama:latest"
    assert done.statistics.eval_count > 0
    assert [one.name for one in ollama.ps()] == ["llama:latest"]
    ollama.stop("llama")
    assert not (ollama.settings.models / "blobs").exists()


def test_a_model_made_from_the_services_has_its_own_blobs_and_outlives_it(ollama: Ollama, service: Path) -> None:
    ollama.create("mario", "FROM llama\nSYSTEM You are Mario.").result(120)

    mario = own(ollama, "mario")
    assert (mario.system, mario.licenses, mario.parameters) == ("You are Mario.", ("MIT",), {"num_predict": 4})
    assert all(path.is_relative_to(ollama.settings.models) for path in mario.model_paths)
    assert {layer.from_model for layer in mario.manifest.of(MODEL)} == {"llama:latest"}
    theirs = ollama.store.open(ModelName.valid("llama"))
    assert [layer.digest for layer in mario.manifest.of(MODEL)] == [layer.digest for layer in theirs.manifest.of(MODEL)]
    assert ollama.chat("mario", "Hi").result(120).statistics.eval_count > 0


def test_weights_that_somebody_else_may_write_to_are_copied_and_not_linked(ollama: Ollama, service: Path) -> None:
    """As those of a service are, which belong to its own user."""
    _set_mode(service, 0o666)
    before = states(service)
    run = ollama.create("mario", "FROM llama")
    run.result(120)

    assert states(service) == before
    assert own(ollama, "mario").path.stat().st_nlink == 1
    assert "copying the model of llama:latest" in {event.status for event in run if isinstance(event, Progress)}
    _set_mode(service, 0o644)


def _set_mode(service: Path, mode: int) -> None:
    for path in (service / "blobs").iterdir():
        path.chmod(mode)


def test_quantizing_a_model_of_the_service_reads_it_there_and_leaves_it(ollama: Ollama) -> None:
    ollama.create("small", "FROM llama", quantize="q8_0").result(120)

    assert own(ollama, "small").config.file_type == "Q8_0"
    assert len(list((ollama.settings.models / "blobs").iterdir())) == len({layer.digest for layer in own(ollama, "small").manifest.blobs})


def test_a_copy_brings_a_model_over_with_its_digest(ollama: Ollama) -> None:
    theirs = ollama.show("llama")

    assert ollama.copy("llama", "Mine:v1") == "Mine:v1"
    assert ollama.show("mine:v1").digest == theirs.digest
    assert own(ollama, "mine:v1").path.read_bytes()
    assert {(one.name, bool(one.store)) for one in ollama.list()} == {("Mine:v1", False), ("llama:latest", True)}


def test_a_copy_to_its_own_name_makes_it_the_users(ollama: Ollama) -> None:
    ollama.copy("llama", "llama")

    assert [(one.name, one.store) for one in ollama.list()] == [("llama:latest", "")]
    ollama.delete("llama")
    assert [bool(one.store) for one in ollama.list()] == [True]


def test_deleting_a_model_of_the_service_is_refused_before_anything_else_goes(ollama: Ollama) -> None:
    ollama.copy("llama", "mine")

    with pytest.raises(ReadOnlyStore, match="ollama rm llama"):
        ollama.delete("mine", "llama")
    assert own(ollama, "mine")


def test_a_name_neither_store_has_is_looked_up_in_both(ollama: Ollama) -> None:
    with pytest.raises(ModelNotFound, match=r"Did you mean llama\?"):
        ollama.show("lama")
    with pytest.raises(InvalidName):
        ollama.copy("llama", "a b")


def test_damaged_weights_of_the_service_do_not_come_into_the_own_store(tmp_path: Path, service: Path) -> None:
    with Ollama(settings=Settings(tmp_path / "models", service_models=service)) as ollama:
        weights = ollama.store.open(ModelName.valid("llama")).path
        with weights.open("r+b") as file:
            file.seek(-1, os.SEEK_END)
            file.write(b"\xa5")
        with pytest.raises(DigestMismatch, match=r"of the system-wide store at .* is damaged"):
            ollama.copy("llama", "mine")
        with pytest.raises(DigestMismatch):
            ollama.create("mario", "FROM llama").result(120)

        assert [one.name for one in ollama.list()] == ["llama:latest"]
        assert not list((tmp_path / "models/blobs").iterdir())


def test_the_service_is_looked_for_where_ollama_puts_it_unless_told_otherwise(tmp_path: Path) -> None:
    assert Settings.from_environment({"HOME": "/x"}).service_models == Path(SERVICE_MODELS)
    assert Settings.from_environment({"JUPYTER_OLLAMA_SERVICE_MODELS": str(tmp_path)}).service_models == tmp_path
    assert Settings.from_environment({"JUPYTER_OLLAMA_SERVICE_MODELS": ""}).service_models is None
    assert Settings(tmp_path).service_models is None


def test_no_test_looks_at_the_machines_own_service(private_root: Path) -> None:
    service = Settings.from_environment().service_models

    assert service is not None
    assert service.is_relative_to(private_root)
