"""Pull and push over the network, with a real registry."""

from __future__ import annotations

import httpx
import pytest

from jupyter_ollama import Ollama

from ..registry.conftest import real  # noqa: F401 (fixture)
from ..registry.real import RealRegistry
from .conftest import last, lines


def test_a_model_goes_to_a_registry_and_comes_back(echo: tuple[httpx.Client, Ollama], real: RealRegistry) -> None:  # noqa: F811 (the fixture)
    api, ollama = echo
    name = f"{real.host}/me/echo"
    ollama.copy("echo", name)
    before = ollama.show(name).digest
    pushed = lines(api.post("/api/push", json={"model": name, "insecure": True}))
    api.request("DELETE", "/api/delete", json={"model": name})
    pulled = lines(api.post("/api/pull", json={"name": name, "insecure": True}))

    assert (pushed[0]["status"], pushed[-1]["status"]) == ("retrieving manifest", "success")
    assert (pulled[0]["status"], pulled[-1]["status"]) == ("pulling manifest", "success")
    assert any(step["status"].startswith("pulling ") and step["total"] for step in pulled[1:])
    assert ollama.show(name).digest == before
    assert last(api.post("/api/pull", json={"model": name, "insecure": True, "stream": False})) == {"status": "success"}


@pytest.mark.parametrize(
    ("path", "body", "status", "text"),
    [
        ("/api/pull", {"model": "a b"}, 400, "invalid model name"),
        ("/api/pull", {}, 400, "invalid model name"),
        ("/api/push", {}, 400, "model is required"),
    ],
)
def test_errors_have_ollamas_words(echo: tuple[httpx.Client, Ollama], path: str, body: dict[str, str], status: int, text: str) -> None:
    answer = echo[0].post(path, json=body)

    assert (answer.status_code, answer.json()["error"]) == (status, text)


def test_a_registry_that_is_not_there_is_one_error_whether_or_not_steps_were_told(echo: tuple[httpx.Client, Ollama]) -> None:
    api, _ = echo
    asked = {"model": "127.0.0.1:9/me/nobody", "insecure": True}

    assert lines(api.post("/api/pull", json=asked))[-1]["error"]
    assert api.post("/api/pull", json={**asked, "stream": False}).status_code == 500
