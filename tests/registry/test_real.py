"""Against a real registry: Debian's docker-registry."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from jupyter_ollama.errors import Cancelled, ModelNotFound, RegistryError, Unauthorized, Unreachable
from jupyter_ollama.events import Progress
from jupyter_ollama.names import ModelName
from jupyter_ollama.registry import arrived_bytes

from .conftest import QUICK, NewOllama
from .models import add, files, manifest, weights
from .real import RealRegistry


def test_what_one_store_pushes_another_pulls_byte_for_byte(new_ollama: NewOllama, real: RealRegistry) -> None:
    home, away, name = new_ollama("home"), new_ollama("away"), f"{real.host}/me/peach:small"
    add(home, name, weights(230_000), "You are Peach.")
    pushed = home.push(name, insecure=True).result(60)
    pulled = away.pull(name, insecure=True).result(60)

    assert manifest(home, name) == manifest(away, name)
    assert files(home) == files(away)
    assert (name, pushed.digest, pushed.size_bytes) == (pulled.name, pulled.digest, pulled.size_bytes)
    assert pushed.sent_bytes == pushed.size_bytes
    there = real.get("/v2/me/peach/manifests/small", "application/vnd.docker.distribution.manifest.v2+json")[1]
    assert pushed.digest == hashlib.sha256(there).hexdigest()
    assert ["small"] == real.tags("me/peach") == list(away.tags(name, insecure=True))


def test_a_second_push_sends_nothing_and_a_copy_is_mounted(new_ollama: NewOllama, real: RealRegistry) -> None:
    home, name, copied = new_ollama(), f"{real.host}/me/twice", f"{real.host}/you/once"
    add(home, name, weights(150_000, 2))
    home.push(name, insecure=True).result(60)
    home.copy(name, copied)

    assert 0 == home.push(name, insecure=True).result(60).sent_bytes
    assert 0 == home.push(copied, insecure=True).result(60).sent_bytes
    digest = home.store.tags.read(ModelName.parse(copied)).layers[0].digest
    assert weights(150_000, 2) == real.get(f"/v2/you/once/blobs/{digest}")[1]


def test_steps_have_ollamas_texts_and_order(new_ollama: NewOllama, real: RealRegistry) -> None:
    home, away, name = new_ollama("home"), new_ollama("away"), f"{real.host}/me/steps"
    add(home, name, weights(90_000, 3))
    blobs = home.store.tags.read(ModelName.parse(name)).blobs
    short = [layer.digest.short for layer in blobs]

    def statuses(events: list[Progress]) -> list[str]:
        return list(dict.fromkeys(event.status for event in events))

    pushed = [event for event in home.push(name, insecure=True) if isinstance(event, Progress)]
    pulled = [event for event in away.pull(name, insecure=True) if isinstance(event, Progress)]
    assert ["retrieving manifest", *(f"pushing {one}" for one in short), "pushing manifest", "success"] == statuses(pushed)
    assert [
        "pulling manifest", *(f"pulling {one}" for one in short), "verifying sha256 digest", "writing manifest", "success",
    ] == statuses(pulled)  # fmt: skip
    ends = {event.digest: (event.completed, event.total) for event in pulled if event.kind == "pulling"}
    assert {str(layer.digest): (layer.size, layer.size) for layer in blobs} == ends
    again = [event for event in away.pull(name, insecure=True) if isinstance(event, Progress) and event.kind == "pulling"]
    assert [(layer.size, layer.size) for layer in blobs] == [(event.completed, event.total) for event in again]
    assert all(event.facts["all_total"] == sum(layer.size for layer in blobs) for event in pulled if event.kind == "pulling")


def test_a_cancelled_pull_keeps_what_is_there_and_goes_on(new_ollama: NewOllama, real: RealRegistry) -> None:
    limits = replace(QUICK, min_part_bytes=4_000_000, max_part_bytes=4_000_000)
    home, away, name = new_ollama("home", limits), new_ollama("away", limits), f"{real.host}/me/cancelled"
    add(home, name, weights(20_000_000, 4))
    home.push(name, insecure=True).result(60)
    run = away.pull(name, insecure=True)
    for event in run:
        if isinstance(event, Progress) and event.kind == "pulling":
            break
    run.cancel()
    with pytest.raises(Cancelled):
        run.result(60)

    digest = home.store.tags.read(ModelName.parse(name)).layers[0].digest
    there = arrived_bytes(away.store.blobs.path(digest))
    assert there < 20_000_000
    first = next(event for event in away.pull(name, insecure=True) if isinstance(event, Progress) and event.kind == "pulling")
    assert there <= (first.completed or 0)
    away.pull(name, insecure=True).result(60)
    assert files(home) == files(away)


def test_an_unknown_model_is_told_with_names_like_it(new_ollama: NewOllama, real: RealRegistry) -> None:
    home = new_ollama()
    add(home, f"{real.host}/course/luigi:v1", weights(10, 5))
    home.push(f"{real.host}/course/luigi:v1", insecure=True).result(60)
    for wrong, near in (("course/luigy", f"{real.host}/course/luigi"), ("course/luigi:v2", f"{real.host}/course/luigi:v1")):
        with pytest.raises(ModelNotFound) as caught:
            home.pull(f"{real.host}/{wrong}", insecure=True).result(60)

        assert [near] == caught.value.near
        assert near in str(caught.value)
        assert "pull model manifest: file does not exist" == caught.value.text


def test_one_that_wants_a_password_gets_that_of_docker(new_ollama: NewOllama, tmp_path: Path) -> None:
    with RealRegistry(tmp_path, htpasswd="me:$2b$04$uJ.yFl6oKu3dcA1ULS4x8OZQ1pT9320wZkquZ8Thqe4LfgbQRklwK") as locked:
        home, away, name = new_ollama("home"), new_ollama("away"), f"{locked.host}/me/secret"
        add(home, name, weights(60_000, 6))
        with pytest.raises(Unauthorized, match="docker login"):
            home.push(name, insecure=True).result(60)
        config = home.registry.credentials.path
        assert config is not None
        config.write_text(json.dumps({"auths": {f"http://{locked.host}/v1/": {"auth": base64.b64encode(b"me:geheim").decode()}}}))
        home.push(name, insecure=True).result(60)
        away.registry = home.registry
        away.pull(name, insecure=True).result(60)

        assert files(home) == files(away)


def test_plain_http_must_be_allowed(new_ollama: NewOllama, real: RealRegistry) -> None:
    with pytest.raises(Unreachable, match=r"does not speak https.*--insecure"):
        new_ollama().pull(f"{real.host}/me/peach").result(60)
    with pytest.raises(RegistryError) as caught:
        new_ollama().pull(f"http://{real.host}/me/peach").result(60)
    assert "insecure protocol http" == caught.value.text
