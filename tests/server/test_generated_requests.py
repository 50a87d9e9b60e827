"""Requests generated from the OpenAPI description, right and wrong ones: none is answered with 500, none hangs."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_ollama import Ollama
from jupyter_ollama.engine.echo import EchoEngine, EchoEngines

from .description import BODIES, Schema, openapi

EXAMPLES = 40
WILD = st.recursive(st.none() | st.booleans() | st.integers(-5, 1 << 70) | st.floats(allow_nan=False) | st.text(max_size=8),
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3), max_leaves=5)  # fmt: skip


def values(schema: Schema) -> st.SearchStrategy[Any]:
    """What fits a schema, and now and then what does not."""
    return st.one_of(_fitting(schema), _fitting(schema), _fitting(schema), _fitting(schema), WILD)


def _fitting(schema: Schema) -> st.SearchStrategy[Any]:
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "anyOf" in schema:
        return st.one_of(*map(_fitting, schema["anyOf"]))
    match schema.get("type"):
        case "object":
            return st.fixed_dictionaries({}, optional={name: values(one) for name, one in schema["properties"].items()})
        case "array":
            return st.lists(values(schema["items"]), max_size=schema["maxItems"])
        case "string":
            return st.text(max_size=12)
        case "boolean":
            return st.booleans()
        case "integer":
            return st.integers(schema["minimum"], schema["maximum"])
        case "number":
            return st.floats(schema["minimum"], schema["maximum"])
    return WILD


@pytest.mark.parametrize(("method", "path"), sorted(BODIES))
def test_no_request_is_answered_with_500(wild: httpx.Client, method: str, path: str) -> None:
    schema = openapi()["paths"][path][method]["requestBody"]["content"]["application/json"]["schema"]

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.fixed_dictionaries({}, optional={name: values(one) for name, one in schema["properties"].items()}) | WILD)
    def check(body: Any) -> None:
        answer = wild.request(method, path, content=json.dumps(body).encode())

        assert answer.status_code < 500, (body, answer.text)
        assert answer.status_code < 400 or "error" in answer.json(), (body, answer.text)
        if "application/json" in answer.headers.get("content-type", ""):
            answer.json()

    check()


@pytest.fixture(scope="module")
def wild(tmp_path_factory: pytest.TempPathFactory, tiny_gguf_once: Any) -> Any:
    with Ollama(tmp_path_factory.mktemp("wild") / "models") as ollama:
        ollama.create("echo", f"FROM {tiny_gguf_once}\nTEMPLATE {{{{ .Prompt }}}}").result(60)
        ollama.engines = EchoEngines(EchoEngine("Hel", "lo"))  # type: ignore[assignment]
        with httpx.Client(base_url=ollama.serve(port=0).url, verify=False, timeout=30) as client:
            yield client
