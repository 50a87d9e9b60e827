"""Pushing: in parts, to a storage elsewhere, in one piece, through failures."""

from __future__ import annotations

import hashlib

import pytest

from jupyter_ollama.errors import DigestMismatch, ModelNotFound, RegistryError, TransferFailed
from jupyter_ollama.events import Progress
from jupyter_ollama.names import ModelName

from .conftest import NewOllama
from .models import add, files, manifest, weights
from .scripted import Fault, Scripted

SIZE = 175_000


def push(new_ollama: NewOllama, scripted: Scripted) -> None:
    """Push a model; the registry must have it in the end."""
    home, name = new_ollama(), f"{scripted.host}/me/m"
    add(home, name, weights(SIZE))
    home.push(name, insecure=True).result(60)

    assert manifest(home, name) == scripted.manifests["me/m", "latest"]
    assert sorted(files(home).values()) == sorted(scripted.blobs[digest] for digest in scripted.blobs_of["me/m"])


def test_parts_follow_one_another_in_ollamas_way(new_ollama: NewOllama, scripted: Scripted) -> None:
    push(new_ollama, scripted)
    parts = [one.headers["content-range"] for one in scripted.asked("PATCH")][:9]

    assert [f"{start}-{min(start + 20_000, SIZE) - 1}" for start in range(0, SIZE, 20_000)] == parts
    assert {"1"} == {one.headers["x-redirect-uploads"] for one in scripted.asked("PATCH")}
    assert all("digest=sha256:" in one.path and "etag=" in one.path for one in scripted.asked("PUT", "/uploads/"))


def test_parts_go_to_the_storage_that_is_named_without_a_token(new_ollama: NewOllama, scripted: Scripted) -> None:
    scripted.redirect_uploads = scripted.token = True
    scripted.upload_faults = [Fault("reset", 100), Fault("status", value=503)]
    push(new_ollama, scripted)

    assert len([one for one in scripted.seen if one.place == "storage"]) >= 11


def test_a_registry_that_takes_no_parts_gets_one_piece(new_ollama: NewOllama, scripted: Scripted) -> None:
    scripted.takes_parts = False
    push(new_ollama, scripted)

    assert str(SIZE) in [one.headers["content-length"] for one in scripted.asked("PUT", "/uploads/")]


@pytest.mark.parametrize("kind", ["drop", "reset"])
def test_a_broken_part_goes_on_where_the_registry_says(new_ollama: NewOllama, scripted: Scripted, kind: str) -> None:
    scripted.upload_faults = [Fault("none"), Fault(kind, 7000), Fault("none"), Fault(kind, 3000)]
    push(new_ollama, scripted)

    assert "27000-39999" in [one.headers["content-range"] for one in scripted.asked("PATCH")]


def test_a_part_whose_answer_got_lost_is_not_sent_again(new_ollama: NewOllama, scripted: Scripted) -> None:
    scripted.upload_faults = [Fault("none"), Fault("lost_answer")]
    push(new_ollama, scripted)

    ranges = [one.headers["content-range"] for one in scripted.asked("PATCH")]
    assert 1 == ranges.count("20000-39999")


@pytest.mark.parametrize("fault", [Fault("forget"), Fault("status", value=503), Fault("status", value=429), Fault("lost_answer")])
@pytest.mark.parametrize("before", [0, 4, 9])
def test_what_passes_does_not_stop_a_push(new_ollama: NewOllama, scripted: Scripted, fault: Fault, before: int) -> None:
    scripted.upload_faults = [*[Fault("none")] * before, fault]
    push(new_ollama, scripted)


def test_a_token_that_ends_in_the_middle_is_replaced(new_ollama: NewOllama, scripted: Scripted) -> None:
    scripted.token = True
    home, name = new_ollama(), f"{scripted.host}/me/m"
    add(home, name, weights(SIZE))
    for event in home.push(name, insecure=True):
        if isinstance(event, Progress) and event.kind == "pushing":
            scripted.valid.clear()

    assert manifest(home, name) == scripted.manifests["me/m", "latest"]
    assert len(scripted.asked("GET", "^/token")) >= 2


def test_a_push_that_is_given_up_says_so(new_ollama: NewOllama, scripted: Scripted) -> None:
    home, name = new_ollama(), f"{scripted.host}/me/m"
    add(home, name, weights(SIZE))
    scripted.upload_faults = [Fault("forget")] * 100
    with pytest.raises(RegistryError, match="forgets uploads"):
        home.push(name, insecure=True).result(60)
    scripted.upload_faults, scripted.redirect_uploads = [Fault("status", value=503)] * 100, True
    with pytest.raises(TransferFailed, match="Push again"):
        home.push(name, insecure=True).result(60)
    scripted.upload_faults = [Fault("status", value=403)] * 100
    with pytest.raises(RegistryError, match="403"):
        home.push(name, insecure=True).result(60)

    assert {} == scripted.manifests


def test_layers_are_mounted_from_the_model_they_came_from(new_ollama: NewOllama, scripted: Scripted) -> None:
    data = weights(SIZE)
    scripted.put("you/base", f"sha256:{hashlib.sha256(data).hexdigest()}", data)
    home, name = new_ollama(), f"{scripted.host}/me/m"
    add(home, name, data, from_model=f"{scripted.host}/you/base:latest")
    sent = home.push(name, insecure=True).result(60).sent_bytes

    assert sent < 1000
    assert ["mount=sha256%3A" in one.path and "from=you%2Fbase" in one.path for one in scripted.asked("POST")][:1] == [True]


def test_a_model_that_is_not_there_is_told_after_its_step(new_ollama: NewOllama, scripted: Scripted) -> None:
    run = new_ollama().push(f"{scripted.host}/me/nobody", insecure=True)
    with pytest.raises(ModelNotFound):
        run.result(60)

    assert ["retrieving manifest", "couldn't retrieve manifest"] == [event.status for event in run.batches(0).__next__()]
    assert [] == scripted.seen


def test_a_blob_that_was_damaged_is_not_published(new_ollama: NewOllama, scripted: Scripted) -> None:
    home, name = new_ollama(), f"{scripted.host}/me/m"
    add(home, name, weights(SIZE))
    digest = home.store.tags.read(ModelName.parse(name)).layers[0].digest
    home.store.blobs.path(digest).write_bytes(weights(SIZE, 2))
    with pytest.raises((RegistryError, DigestMismatch), match="did not match"):
        home.push(name, insecure=True).result(60)

    assert {} == scripted.manifests
