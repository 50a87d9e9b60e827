"""Embeddings over the network: both of Ollama's forms, and OpenAI's."""

from __future__ import annotations

import base64
import math
from array import array

import httpx
import pytest

LONG = "one two three four five six seven eight nine ten"


def test_embed_answers_a_vector_for_each_text(api: httpx.Client) -> None:
    answer = api.post("/api/embed", json={"model": "pocket", "input": ["Hello", "there"]}).json()
    assert answer["model"] == "pocket"
    assert [len(one) for one in answer["embeddings"]] == [256, 256]
    assert all(abs(math.hypot(*one) - 1) < 1e-5 for one in answer["embeddings"])
    assert answer["prompt_eval_count"] > 2
    assert answer["total_duration"] > 0
    one = api.post("/api/embed", json={"model": "pocket", "input": "Hello"}).json()
    assert one["embeddings"][0] == pytest.approx(answer["embeddings"][0], abs=1e-3)


def test_without_a_text_the_model_is_loaded(api: httpx.Client) -> None:
    for given in ({}, {"input": ""}, {"input": []}):
        answer = api.post("/api/embed", json={"model": "pocket", **given}).json()
        assert answer["embeddings"] == []
    assert len(api.post("/api/embed", json={"model": "pocket", "input": [""]}).json()["embeddings"]) == 1
    assert [one["name"] for one in api.get("/api/ps").json()["models"]] == ["pocket:latest"]


def test_dimensions_cut(api: httpx.Client) -> None:
    cut = api.post("/api/embed", json={"model": "pocket", "input": "Hello", "dimensions": 8}).json()["embeddings"][0]
    assert len(cut) == 8
    assert abs(math.hypot(*cut) - 1) < 1e-5
    assert len(api.post("/api/embed", json={"model": "pocket", "input": "Hello", "dimensions": 9999}).json()["embeddings"][0]) == 256


@pytest.mark.parametrize("given", [5, {"a": 1}, [1, 2], ["a", 1], True])
def test_input_of_another_kind_is_refused(api: httpx.Client, given: object) -> None:
    answer = api.post("/api/embed", json={"model": "pocket", "input": given})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid input type")
    answer = api.post("/v1/embeddings", json={"model": "pocket", "input": given})
    assert (answer.status_code, answer.json()["error"]["message"]) == (400, "invalid input")


def test_one_text_that_is_too_long_refuses_the_whole_request_unless_it_may_be_cut(api: httpx.Client) -> None:
    asked = {"model": "pocket", "input": ["short", LONG], "options": {"num_ctx": 8}}
    assert len(api.post("/api/embed", json=asked).json()["embeddings"]) == 2
    answer = api.post("/api/embed", json={**asked, "truncate": False})
    assert (answer.status_code, answer.json()["error"]) == (400, "the input length exceeds the context length")
    answer = api.post("/api/embed", json={**asked, "options": {"num_ctx": 1}})
    assert (answer.status_code, answer.json()["error"]) == (400, "input after truncation exceeds maximum context length")


def test_unknown_models_are_told_in_the_words_of_embed(api: httpx.Client) -> None:
    answer = api.post("/api/embed", json={"model": "nobody", "input": "x"})
    assert (answer.status_code, answer.json()["error"]) == (404, 'model "nobody" not found, try pulling it first')
    answer = api.post("/api/embed", json={"input": "x"})
    assert (answer.status_code, answer.json()["error"]) == (404, "model '' not found")


def test_the_older_form_gives_one_vector_of_its_own_length(api: httpx.Client) -> None:
    vector = api.post("/api/embeddings", json={"model": "pocket", "prompt": "Hello"}).json()["embedding"]
    assert len(vector) == 256
    assert abs(math.hypot(*vector) - 1) > 0.1
    assert api.post("/api/embeddings", json={"model": "pocket"}).json() == {"embedding": []}
    answer = api.post("/api/embeddings", json={"prompt": "x"})
    assert (answer.status_code, answer.json()["error"]) == (400, "model is required")
    assert api.post("/api/embeddings", json={"model": "pocket", "prompt": LONG, "options": {"num_ctx": 4}}).status_code == 500


def test_openai_s_clients_get_numbers_or_base64(api: httpx.Client) -> None:
    answer = api.post("/v1/embeddings", json={"model": "pocket", "input": ["Hello", "there"]}).json()
    assert answer["object"] == "list"
    assert [(one["object"], one["index"], len(one["embedding"])) for one in answer["data"]] == [("embedding", 0, 256), ("embedding", 1, 256)]
    assert answer["usage"]["prompt_tokens"] == answer["usage"]["total_tokens"] > 0
    packed = api.post("/v1/embeddings", json={"model": "pocket", "input": "Hello", "encoding_format": "base64"}).json()
    assert array("f", base64.b64decode(packed["data"][0]["embedding"])).tolist() == pytest.approx(answer["data"][0]["embedding"], abs=1e-3)
    answer = api.post("/v1/embeddings", json={"model": "pocket", "input": "x", "encoding_format": "x"})
    assert "Supported values: ['float', 'base64']" in answer.json()["error"]["message"]
    assert api.post("/v1/embeddings", json={"model": "pocket"}).json()["error"]["message"] == "invalid input"
    assert api.post("/v1/embeddings", json={"model": "nobody", "input": "x"}).status_code == 404
