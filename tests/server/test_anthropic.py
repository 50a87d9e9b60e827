"""Anthropic's protocol."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from jupyter_ollama import Chunk, Done, Message, Ollama, ToolCall
from jupyter_ollama.events import Statistics
from jupyter_ollama.wire.anthropic.answers import MessageWriter
from jupyter_ollama.wire.anthropic.requests import MessagesRequest

HI = [{"role": "user", "content": "Hi"}]


def events(text: str) -> list[tuple[str, Any]]:
    found = []
    for block in text.strip().split("\n\n"):
        name, data = block.split("\n")
        found.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
        assert found[-1][1]["type"] == found[-1][0]
    return found


def test_a_message_is_one_object(echo: tuple[httpx.Client, Ollama]) -> None:
    answer = echo[0].post("/v1/messages", json={"model": "echo", "max_tokens": 50, "messages": HI}).json()

    assert answer["content"] == [{"type": "text", "text": "Hello"}]
    assert (answer["type"], answer["role"], answer["model"], answer["stop_reason"]) == ("message", "assistant", "echo", "end_turn")
    assert answer["id"].startswith("msg_")
    assert len(answer["id"]) == 28
    assert answer["usage"]["output_tokens"] == 3


def test_a_stream_is_a_message_of_blocks(echo: tuple[httpx.Client, Ollama]) -> None:
    answer = echo[0].post("/v1/messages", json={"model": "echo", "max_tokens": 2, "messages": HI, "stream": True})
    told = events(answer.text)

    assert [name for name, _ in told] == [
        "message_start", "content_block_start", "content_block_delta", "content_block_delta", "content_block_stop", "message_delta", "message_stop",
    ]  # fmt: skip
    assert told[-2][1]["delta"]["stop_reason"] in ("end_turn", "max_tokens")
    assert "".join(one["delta"]["text"] for name, one in told if name == "content_block_delta") == "Hello"


def test_thinking_text_and_calls_are_blocks_of_their_own() -> None:
    call = ToolCall("f", {"a": "b"}, "call_1")
    done = Done(Message("assistant", "so", "hm", tool_calls=(call,)), "m", "stop", Statistics())
    writer = MessageWriter("m", ())
    chunks = (Chunk(thinking="h"), Chunk(thinking="m"), Chunk("so"), Chunk(tool_calls=(call, call)))
    told = events(b"".join(one for chunk in chunks for one in writer.pieces(0, chunk)).decode())
    told += events(b"".join(writer.ending(0, done)).decode())
    blocks = [one["content_block"]["type"] for name, one in told if name == "content_block_start"]

    assert blocks == ["thinking", "text", "tool_use", "tool_use"]
    assert [one["index"] for name, one in told if name == "content_block_stop"] == [0, 1, 2, 3]
    assert told[-1][1]["delta"]["stop_reason"] == "tool_use"
    assert [block["type"] for block in MessageWriter("m", ()).whole([done])["content"]] == ["thinking", "text", "tool_use"]


def test_a_conversation_of_blocks_is_read() -> None:
    turns = [
        {"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]},
        {"role": "assistant", "content": [{"type": "thinking", "thinking": "t", "signature": ""}, {"type": "tool_use", "id": "c1", "name": "f", "input": {"x": 1}}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "c1", "content": [{"type": "text", "text": "42"}]}, {"type": "text", "text": "so?"}]},
    ]
    asked = {
        "model": "m", "max_tokens": 5, "system": [{"type": "text", "text": "S"}], "messages": turns, "stop_sequences": ["x"], "top_k": 3,
        "tools": [{"name": "f", "input_schema": {"type": "object"}}], "thinking": {"type": "enabled", "budget_tokens": 10},
    }  # fmt: skip
    request = MessagesRequest.read(json.dumps(asked).encode())

    assert [(message.role, message.content) for message in request.messages] == [
        ("system", "S"), ("user", "a\n\nb"), ("assistant", ""), ("tool", "42"), ("user", "so?"),
    ]  # fmt: skip
    assert (request.messages[2].thinking, request.messages[2].tool_calls[0].arguments, request.messages[3].tool_name) == ("t", {"x": 1}, "f")
    assert request.arguments["options"] == {"top_k": 3.0, "num_predict": 5, "stop": ["x"]}
    assert (request.arguments["think"], request.arguments["tools"][0].name) == (True, "f")


def test_thinking_that_a_model_cannot_is_left_out(echo: tuple[httpx.Client, Ollama]) -> None:
    asked = {"model": "echo", "max_tokens": 50, "messages": HI, "thinking": {"type": "enabled", "budget_tokens": 1024}}

    assert echo[0].post("/v1/messages", json=asked).json()["content"] == [{"type": "text", "text": "Hello"}]
    assert "Hel" in echo[0].post("/v1/messages", json={**asked, "stream": True}).text


@pytest.mark.parametrize(
    ("body", "status", "kind", "text"),
    [
        ({"model": "echo", "messages": HI}, 400, "invalid_request_error", "max_tokens is required and must be positive"),
        ({"max_tokens": 5, "messages": HI}, 400, "invalid_request_error", "model is required"),
        ({"model": "echo", "max_tokens": 5, "messages": []}, 400, "invalid_request_error", "messages is required"),
        ({"model": "nobody", "max_tokens": 5, "messages": HI}, 404, "not_found_error", "model 'nobody' not found"),
    ],
)
def test_errors_have_anthropics_form(echo: tuple[httpx.Client, Ollama], body: dict[str, Any], status: int, kind: str, text: str) -> None:
    answer = echo[0].post("/v1/messages", json=body)

    assert (answer.status_code, answer.json()["type"]) == (status, "error")
    assert answer.json()["error"] == {"type": kind, "message": text}
    assert answer.json()["request_id"].startswith("req_")
