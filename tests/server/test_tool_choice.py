"""Who decides whether a tool is called: what clients say about that in OpenAI's and in Anthropic's words."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from jupyter_ollama import Ollama
from jupyter_ollama.engine.echo import EchoEngine, EchoEngines

HI = [{"role": "user", "content": "Hi"}]
CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
FUNCTIONS = [{"name": "weather", "parameters": CITY}, {"name": "time", "parameters": {}}]
CALL = '{"name": "weather", "arguments": {"city": "Rome"}}'


@pytest.fixture
def api(echo: tuple[httpx.Client, Ollama]) -> httpx.Client:
    """A model that says Hello, and calls where it has to."""
    client, ollama = echo
    ollama.create("caller", "FROM echo\nTEMPLATE {{ range .Tools }}<{{ .Function.Name }}>{{ end }}{{ range .Messages }}{{ .Content }}{{ end }}<tool_call>").result(60)
    ollama.engines = EchoEngines(EchoEngine("Hello", formatted=[CALL]))  # type: ignore[assignment]
    return client


def chat(api: httpx.Client, choice: Any, **more: Any) -> httpx.Response:
    tools = [{"type": "function", "function": one} for one in FUNCTIONS]
    return api.post("/v1/chat/completions", json={"model": "caller", "messages": HI, "tools": tools, "tool_choice": choice, **more})


def offered(echo: tuple[httpx.Client, Ollama]) -> list[str]:
    """The tools that the last prompt told of."""
    engine: Any = echo[1].engines.engine  # type: ignore[attr-defined]
    return [name for name in ("weather", "time") if f"<{name}>" in engine.last_prompt]


@pytest.mark.parametrize(
    ("choice", "calls", "tools"),
    [
        (None, False, ["weather", "time"]),
        ("auto", False, ["weather", "time"]),
        ("none", False, []),
        ("required", True, ["weather", "time"]),
        ({"type": "function", "function": {"name": "weather"}}, True, ["weather"]),
        ({"type": "allowed_tools", "allowed_tools": {"mode": "required", "tools": [{"type": "function", "function": {"name": "weather"}}]}}, True, ["weather"]),
        ({"type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools": [{"type": "function", "function": {"name": "time"}}]}}, False, ["time"]),
    ],
)  # fmt: skip
def test_a_call_that_is_required_is_made(
    api: httpx.Client, echo: tuple[httpx.Client, Ollama], choice: Any, calls: bool, tools: list[str]
) -> None:
    [answer] = chat(api, choice).json()["choices"]

    assert answer["finish_reason"] == ("tool_calls" if calls else "stop")
    assert answer["message"]["content"] == ("" if calls else "Hello")
    if calls:
        assert [json.loads(call["function"]["arguments"]) for call in answer["message"]["tool_calls"]] == [{"city": "Rome"}]
    assert offered(echo) == tools


def test_a_stream_brings_the_call_as_one_piece(api: httpx.Client) -> None:
    told = [json.loads(line[6:]) for line in chat(api, "required", stream=True).text.splitlines() if line.startswith("data: {")]
    calls = [call for piece in told for choice in piece["choices"] for call in choice["delta"].get("tool_calls", [])]

    assert [call["function"]["name"] for call in calls] == ["weather"]


@pytest.mark.parametrize(
    ("choice", "text"),
    [
        ("always", "invalid tool_choice: 'always'"),
        ({"type": "file_search"}, "invalid tool_choice: {'type': 'file_search'}"),
        ({"type": "function", "function": {"name": "other"}}, "tool_choice names 'other', which is not among the tools"),
        ({"type": "allowed_tools", "mode": "some", "tools": []}, "tool_choice needs the tools that are allowed, and auto or required as their mode"),
    ],
)  # fmt: skip
def test_a_choice_that_is_none_is_refused(api: httpx.Client, choice: Any, text: str) -> None:
    answer = chat(api, choice)

    assert (answer.status_code, answer.json()["error"]["message"]) == (400, text)


def test_without_tools_none_can_be_required(api: httpx.Client) -> None:
    answer = api.post("/v1/chat/completions", json={"model": "caller", "messages": HI, "tool_choice": "required"})

    assert (answer.status_code, answer.json()["error"]["message"]) == (400, "tool_choice requires a call, but there are no tools")


@pytest.mark.parametrize("choice", ["required", {"type": "function", "name": "weather"}])
def test_responses_call_too(api: httpx.Client, choice: Any) -> None:
    tools = [{"type": "function", **one} for one in FUNCTIONS]
    answer = api.post("/v1/responses", json={"model": "caller", "input": "Hi", "tools": tools, "tool_choice": choice}).json()

    assert [(item["type"], item["name"]) for item in answer["output"]] == [("function_call", "weather")]


@pytest.mark.parametrize(("choice", "reason"), [({"type": "any"}, "tool_use"), ({"type": "tool", "name": "weather"}, "tool_use"), ({"type": "auto"}, "end_turn")])
def test_messages_call_too(api: httpx.Client, choice: Any, reason: str) -> None:
    tools = [{"name": one["name"], "input_schema": one["parameters"]} for one in FUNCTIONS]
    answer = api.post("/v1/messages", json={"model": "caller", "max_tokens": 99, "messages": HI, "tools": tools, "tool_choice": choice}).json()

    assert answer["stop_reason"] == reason
    assert answer["content"][0]["type"] == ("tool_use" if reason == "tool_use" else "text")
