"""What a server says of itself, and of paths and methods it does not have."""

from __future__ import annotations

import httpx
import pytest


def test_the_root_says_that_ollama_is_running(api: httpx.Client) -> None:
    answer = api.get("/")

    assert (answer.status_code, answer.text) == (200, "Ollama is running")
    assert api.head("/").status_code == 200


def test_the_version_is_one_that_clients_find_new_enough(api: httpx.Client) -> None:
    version = api.get("/api/version").json()["version"]

    assert [int(part) for part in version.split(".")] >= [0, 19, 0]
    assert api.head("/api/version").content == b""


def test_an_unknown_path_is_404_in_plain_text(api: httpx.Client) -> None:
    answer = api.post("/api/nothing", json={})

    assert (answer.status_code, answer.text) == (404, "404 page not found")


@pytest.mark.parametrize(("method", "path"), [("GET", "/api/chat"), ("POST", "/api/tags"), ("POST", "/api/delete"), ("PUT", "/api/show")])
def test_a_wrong_method_is_405(api: httpx.Client, method: str, path: str) -> None:
    assert api.request(method, path, content=b"{}").status_code == 405


@pytest.mark.parametrize("path", ["/api/chat", "/api/generate", "/api/show", "/api/create", "/api/copy"])
def test_an_empty_body_is_missing(api: httpx.Client, path: str) -> None:
    answer = api.post(path)

    assert (answer.status_code, answer.json()["error"]) == (400, "missing request body")


@pytest.mark.parametrize("body", [b"{", b"[1", b'{"model": NaN}', b'{"a": 1e999}', b"\xff", b'{"model": "' + b"\xc3(" + b'"}'])
def test_what_is_no_json_is_400_with_the_reason(api: httpx.Client, body: bytes) -> None:
    answer = api.post("/api/chat", content=body)

    assert answer.status_code == 400
    assert answer.json()["error"]


def test_json_that_is_nested_too_deeply_is_refused(api: httpx.Client) -> None:
    for depth in (201, 100_000):
        answer = api.post("/api/chat", content=b'{"model":"mario","tools":' + b"[" * depth + b"]" * depth + b"}")

        assert (answer.status_code, answer.json()["error"]) == (400, "the JSON is nested too deeply")


def test_fields_are_found_in_any_case_and_others_ignored(api: httpx.Client) -> None:
    assert api.post("/api/show", json={"MODEL": "Mario", "nonsense": 1}).status_code == 200


def test_a_field_of_another_type_is_named(api: httpx.Client) -> None:
    answer = api.post("/api/generate", json={"model": 5})

    assert answer.status_code == 400
    assert answer.json()["error"] == "json: cannot unmarshal number into Go struct field GenerateRequest.model of type string"
