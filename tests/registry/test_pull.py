"""Pulling: what comes, what stays, what goes; with others at work in the same store."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from jupyter_ollama.errors import (
    Cancelled,
    CorruptManifest,
    DigestMismatch,
    DiskFull,
    ModelNotFound,
    NotSupported,
    RegistryError,
    TransferFailed,
    Unreachable,
)
from jupyter_ollama.events import Progress
from jupyter_ollama.manifest import LICENSE, MODEL, SYSTEM, TENSOR
from jupyter_ollama.names import Digest, ModelName
from jupyter_ollama.registry import arrived_bytes
from jupyter_ollama.registry.partial import content_path

from .conftest import NewOllama
from .models import CONFIG, add, files, manifest, weights
from .scripted import Fault, Scripted


def digest_of(data: bytes) -> Digest:
    return Digest(hashlib.sha256(data).hexdigest())


def publish(scripted: Scripted, repository: str, *layers: tuple[str, bytes], config: bytes = CONFIG) -> str:
    scripted.add(repository, "latest", list(layers), config)
    return f"{scripted.host}/{repository}"


def test_the_manifest_is_kept_in_the_bytes_that_came(new_ollama: NewOllama, scripted: Scripted) -> None:
    home, name = new_ollama(), publish(scripted, "me/m", (MODEL, b"weights"))
    raw = b" " + scripted.manifests["me/m", "latest"].replace(b'"schemaVersion"', b'"annotations": {"a": "<b>"}, "schemaVersion"') + b"\n\n"
    scripted.manifests["me/m", "latest"] = raw
    home.pull(name, insecure=True).result(60)

    assert raw == manifest(home, name)
    assert hashlib.sha256(raw).hexdigest() == home.list()[0].digest


def test_a_new_meaning_removes_what_only_the_old_one_needed(new_ollama: NewOllama, scripted: Scripted) -> None:
    home, name = new_ollama(), publish(scripted, "me/m", (MODEL, b"weights"), (SYSTEM, b"old"), (LICENSE, b"shared"))
    home.pull(name, insecure=True).result(60)
    add(home, "mine", b"of mine", system="shared")
    publish(scripted, "me/m", (MODEL, b"new weights"))
    statuses = [event.status for event in home.pull(name, insecure=True) if isinstance(event, Progress)]

    assert ["writing manifest", "removing unused layers", "success"] == statuses[-3:]
    held = {Path(path).name for path in files(home)}
    assert digest_of(b"old").file_name not in held
    assert digest_of(b"weights").file_name not in held
    assert {digest_of(b"shared").file_name, digest_of(b"new weights").file_name} <= held
    again = [event.status for event in home.pull(name.upper().replace("/ME/M", "/Me/M"), insecure=True) if isinstance(event, Progress)]
    assert "removing unused layers" not in again


def test_a_pull_that_fails_leaves_the_old_meaning(new_ollama: NewOllama, scripted: Scripted) -> None:
    home, name = new_ollama(), publish(scripted, "me/m", (MODEL, b"old weights"))
    home.pull(name, insecure=True).result(60)
    before = manifest(home, name)
    publish(scripted, "me/m", (MODEL, weights(30_000)))
    scripted.faults = [Fault("gone")] * 8
    with pytest.raises(TransferFailed):
        home.pull(name, insecure=True).result(60)

    assert before == manifest(home, name)
    assert b"old weights" in files(home).values()


def test_layers_that_have_come_stay_when_a_later_one_fails(new_ollama: NewOllama, scripted: Scripted) -> None:
    home, name = new_ollama(), publish(scripted, "me/m", (MODEL, weights(15_000)), (SYSTEM, b"s" * 100))
    scripted.faults = [Fault("none"), *[Fault("gone")] * 8]
    with pytest.raises(TransferFailed, match="it goes on where it stopped"):
        home.pull(name, insecure=True).result(60)
    sent = scripted.sent
    add(home, "other", b"another piece of work begins and ends")
    home.pull(name, insecure=True).result(60)

    assert 100 == scripted.sent - sent  # the config is that of the other model


@pytest.mark.parametrize("twice", [False, True])
def test_wrong_bytes_are_never_kept(new_ollama: NewOllama, scripted: Scripted, twice: bool) -> None:
    """Also when a layer and the config are one blob."""
    data = weights(30_000)
    home, name = new_ollama(), publish(scripted, "me/m", (MODEL, data), config=data if twice else CONFIG)
    scripted.faults = [Fault("flip", 5)]
    with pytest.raises(DigestMismatch) as caught:
        home.pull(name, insecure=True).result(60)

    assert caught.value.text.startswith(f"digest mismatch, file must be downloaded again: want {digest_of(data)}, got sha256:")
    assert {} == files(home)
    assert not home.store.has(ModelName.parse(name))


def test_what_ollama_began_is_gone_on_with(new_ollama: NewOllama, scripted: Scripted) -> None:
    data = weights(100_000)
    home, name = new_ollama(), publish(scripted, "me/m", (MODEL, data))
    content = content_path(home.store.blobs.path(digest_of(data)))
    content.parent.mkdir(parents=True)
    content.write_bytes(data[:30_000] + bytes(20_000) + data[50_000:60_000] + bytes(40_000))
    for number, (offset, size, completed) in enumerate([(0, 50_000, 30_000), (50_000, 50_000, 10_000)]):
        state = {"N": number, "Offset": offset, "Size": size, "Completed": completed}
        content.with_name(f"{content.name}-{number}").write_text(json.dumps(state) + "\n")
    assert 40_000 == arrived_bytes(home.store.blobs.path(digest_of(data)))
    home.pull(name, insecure=True).result(60)

    assert 60_000 + len(CONFIG) == scripted.sent
    assert {"bytes=30000-49999", "bytes=60000-99999"} <= {one.headers.get("range") for one in scripted.seen}
    assert data in files(home).values()


@pytest.mark.parametrize(
    "states",
    [
        [""],
        ["[1, 2]", "{}"],
        ['{"N":0,"Offset":0,"Size":99,"Completed":5}'],
        ['{"N":0,"Offset":0,"Size":30000,"Completed":30001}'],
        ['{"N":0,"Offset":0,"Size":-30000,"Completed":0}'],
        ['{"N":0,"Offset":0,"Size":10000,"Completed":0}', '{"N":1,"Offset":5,"Size":20000,"Completed":0}'],
        ['{"N":1,"Offset":0,"Size":30000,"Completed":0}'],
        ['{"N":0,"Offset":0,"Size":30000.0,"Completed":true}'],
    ],
)
def test_counts_that_cannot_be_right_are_thrown_away(new_ollama: NewOllama, scripted: Scripted, states: list[str]) -> None:
    data = weights(30_000)
    home, name = new_ollama(), publish(scripted, "me/m", (MODEL, data))
    content = content_path(home.store.blobs.path(digest_of(data)))
    content.parent.mkdir(parents=True)
    content.write_bytes(bytes(30_000))
    for number, state in enumerate(states):
        content.with_name(f"{content.name}-{number}").write_text(state)
    home.pull(name, insecure=True).result(60)

    assert {data, CONFIG} == set(files(home).values())


def test_a_stall_is_tried_again_at_once_and_without_counting(new_ollama: NewOllama, scripted: Scripted) -> None:
    home, name = new_ollama(), publish(scripted, "me/m", (MODEL, weights(18_000)))
    scripted.faults = [Fault("stall", 5000), Fault("stall_before"), Fault("stall_before"), Fault("stall_before"), Fault("stall", 9000)]
    home.pull(name, insecure=True).result(60)

    assert weights(18_000) in files(home).values()


def test_a_registry_that_never_sends_is_given_up_clearly(new_ollama: NewOllama, scripted: Scripted) -> None:
    home, name = new_ollama(), publish(scripted, "me/m", (MODEL, weights(18_000)))
    scripted.faults = [Fault("stall_before")] * 50
    with pytest.raises(TransferFailed, match="does not answer in time") as caught:
        home.pull(name, insecure=True).result(60)

    assert caught.value.text.startswith("max retries exceeded: ")


def test_two_at_once_share_one_download(new_ollama: NewOllama, scripted: Scripted) -> None:
    home, name = new_ollama("home"), publish(scripted, "me/m", (MODEL, weights(190_000)))
    same = new_ollama("home")
    scripted.bytes_per_s = 100_000
    runs = [one.pull(name, insecure=True) for one in (home, same, home)]
    steps = [[event for event in run if isinstance(event, Progress)] for run in runs]

    assert 190_000 + len(CONFIG) == scripted.sent
    assert 1 == len({run.result(60).digest for run in runs})
    assert all(any(0 < (event.completed or 0) < 190_000 for event in one) for one in steps)


def test_cancel_keeps_what_is_there(new_ollama: NewOllama, scripted: Scripted) -> None:
    data = weights(400_000)
    home, name = new_ollama(), publish(scripted, "me/m", (MODEL, data))
    scripted.bytes_per_s = 100_000
    run = home.pull(name, insecure=True)
    next(event for event in run if isinstance(event, Progress) and (event.completed or 0) > 50_000)
    run.cancel()
    with pytest.raises(Cancelled):
        run.result(60)
    there, sent = arrived_bytes(home.store.blobs.path(digest_of(data))), scripted.sent
    scripted.bytes_per_s = 0
    home.pull(name, insecure=True).result(60)

    assert 50_000 < there < 400_000
    assert scripted.sent - sent <= 400_000 + len(CONFIG) - there + 4 * 4096  # a slice of each stream was on its way


def test_when_one_of_two_gives_up_the_other_takes_over(new_ollama: NewOllama, scripted: Scripted) -> None:
    home, name = new_ollama("home"), publish(scripted, "me/m", (MODEL, weights(400_000)))
    scripted.bytes_per_s = 100_000
    first = home.pull(name, insecure=True)
    next(event for event in first if isinstance(event, Progress) and event.completed)
    second = new_ollama("home").pull(name, insecure=True)
    next(event for event in second if isinstance(event, Progress) and event.completed)
    first.cancel()
    scripted.bytes_per_s = 0
    second.result(60)

    assert "cancelled" == first.state
    assert weights(400_000) in files(home).values()
    assert scripted.sent <= 1.1 * 400_000 + 4 * 65_536  # what was on its way to four streams


def test_the_disk_is_looked_at_before_anything_is_asked_for(new_ollama: NewOllama, scripted: Scripted) -> None:
    home, name = new_ollama(), publish(scripted, "me/m", (MODEL, b"weights"))
    scripted.manifests["me/m", "latest"] = scripted.manifests["me/m", "latest"].replace(b'"size": 7', b'"size": 1000000000000000')
    with pytest.raises(DiskFull) as caught:
        home.pull(name, insecure=True).result(60)

    assert caught.value.needed_bytes >= 10**15
    assert [] == scripted.asked("GET", "/blobs/")


def test_weights_as_single_tensors_and_things_that_are_no_models_are_refused(new_ollama: NewOllama, scripted: Scripted) -> None:
    home = new_ollama()
    with pytest.raises(NotSupported) as caught:
        home.pull(publish(scripted, "me/mlx", (TENSOR, b"t")), insecure=True).result(60)
    assert "this model requires MLX support, but the MLX runtime is not available" == caught.value.text
    with pytest.raises(NotSupported, match="is no model"):
        home.pull(publish(scripted, "me/alpine", ("application/vnd.docker.image.rootfs.diff.tar.gzip", b"t")), insecure=True).result(60)
    scripted.manifests["me/index", "latest"] = b'{"schemaVersion":2,"manifests":[]}'
    with pytest.raises(CorruptManifest, match="perhaps no model"):
        home.pull(f"{scripted.host}/me/index", insecure=True).result(60)
    assert [] == scripted.asked("GET", "/blobs/")


def test_a_manifest_that_does_not_come_whole_comes_again(new_ollama: NewOllama, scripted: Scripted) -> None:
    home, name = new_ollama(), publish(scripted, "me/m", (MODEL, b"weights"))
    scripted.manifest_faults = [Fault("flip", 30), Fault("flip", 31), Fault("flip", 32)]
    with pytest.raises(RegistryError, match="does not send the manifest"):
        home.pull(name, insecure=True).result(60)
    home.pull(name, insecure=True).result(60)
    scripted.announced = lambda body: "sha256:" + "0" * 64
    home.pull(name, insecure=True).result(60)

    assert scripted.manifests["me/m", "latest"] == manifest(home, name)


def test_blobs_of_a_system_wide_store_need_not_come(new_ollama: NewOllama, scripted: Scripted) -> None:
    name = publish(scripted, "me/m", (MODEL, weights(50_000)), (SYSTEM, b"be kind"))
    service, home = new_ollama("service"), new_ollama("home")
    add(service, "theirs", weights(50_000))
    home.store = type(home.store)(home.store.root, service.store.root)
    home.pull(name, insecure=True).result(60)

    assert len(b"be kind") == scripted.sent
    assert weights(50_000) in files(home).values()


def test_from_pulls_what_is_not_there_and_chat_does_not(new_ollama: NewOllama, scripted: Scripted) -> None:
    """A name whose registry cannot be reached: the answer speaks of both."""
    home = new_ollama()
    add(home, "mario", b"weights")
    with pytest.raises(ModelNotFound, match=r"Did you mean mario\? It cannot be pulled: registry.ollama.ai cannot be reached") as caught:
        home.create("luigi", "FROM marip").result(60)
    assert isinstance(caught.value.__cause__, Unreachable)
    before = len(scripted.seen)
    with pytest.raises(ModelNotFound):
        home.chat(f"{scripted.host}/me/m", "hello").result(60)
    assert before == len(scripted.seen)
