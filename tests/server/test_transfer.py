"""``POST /api/pull`` and ``/api/push`` against a registry."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from jupyter_ollama.manifest import MODEL, SYSTEM

from ..registry.models import CONFIG, weights
from ..registry.scripted import Scripted
from .conftest import lines


@pytest.fixture
def scripted() -> Iterator[Scripted]:
    with Scripted().running() as script:
        script.add("me/m", "latest", [(MODEL, weights(200_000)), (SYSTEM, b"You are Mario.")], CONFIG)
        yield script


def test_a_pull_and_a_push_stream_ollamas_lines(empty: httpx.Client, scripted: Scripted) -> None:
    name = f"{scripted.host}/me/m"
    pulled = lines(empty.post("/api/pull", json={"model": name, "insecure": True}))
    assert {"status": "pulling manifest"} == pulled[0]
    assert [{"status": status} for status in ("verifying sha256 digest", "writing manifest", "success")] == pulled[-3:]
    layers = [line for line in pulled if line["status"].startswith("pulling ") and "digest" in line]
    ends = {line["digest"]: line for line in layers}.values()
    assert [200_000, 14, len(CONFIG)] == [line["completed"] for line in ends] == [line["total"] for line in ends]
    assert all(line["status"] == f"pulling {line['digest'][7:19]}" and line.get("completed") != 0 for line in layers)

    empty.post("/api/copy", json={"source": name, "destination": f"{scripted.host}/me/copy"})
    pushed = lines(empty.post("/api/push", json={"model": f"{scripted.host}/me/copy", "insecure": True}))
    assert {"status": "retrieving manifest"} == pushed[0]
    assert [{"status": "pushing manifest"}, {"status": "success"}] == pushed[-2:]
    assert scripted.manifests["me/m", "latest"] == scripted.manifests["me/copy", "latest"]


def test_a_stream_ends_with_the_error_and_without_a_stream_it_is_the_answer(empty: httpx.Client, scripted: Scripted) -> None:
    wanted = {"model": f"{scripted.host}/me/nobody", "insecure": True}
    streamed = empty.post("/api/pull", json=wanted)

    assert 200 == streamed.status_code
    assert "pull model manifest: file does not exist" == lines(streamed)[-1]["error"]
    whole = empty.post("/api/pull", json={**wanted, "stream": False})
    assert whole.is_error
    assert "pull model manifest: file does not exist" == whole.json()["error"]
