"""OpenAI's protocol: shapes, and that what a client asks for counts."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from jupyter_ollama import Ollama
from jupyter_ollama.engine.echo import EchoEngine, EchoEngines

HI = [{"role": "user", "content": "Hi"}]


def events(response: httpx.Response) -> list[Any]:
    """The data of server-sent events."""
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "text/event-stream"
    told = [line.removeprefix("data: ") for line in response.text.splitlines() if line.startswith("data: ")]
    return [one if one == "[DONE]" else json.loads(one) for one in told]


def engine(ollama: Ollama) -> EchoEngine:
    held = ollama.engines.engine  # type: ignore[attr-defined]
    assert isinstance(held, EchoEngine)
    return held


def test_a_chat_is_one_object(echo: tuple[httpx.Client, Ollama]) -> None:
    answer = echo[0].post("/v1/chat/completions", json={"model": "echo", "messages": HI}).json()

    assert answer["object"] == "chat.completion"
    assert answer["system_fingerprint"] == "fp_ollama"
    assert answer["choices"] == [{"index": 0, "message": {"role": "assistant", "content": "Hello"}, "finish_reason": "stop"}]
    assert answer["usage"]["total_tokens"] == answer["usage"]["prompt_tokens"] + answer["usage"]["completion_tokens"]


def test_a_stream_names_the_role_once_and_ends_with_reason_usage_and_done(echo: tuple[httpx.Client, Ollama]) -> None:
    asked = {"model": "echo", "messages": HI, "stream": True, "stream_options": {"include_usage": True}}
    *pieces, end, usage, done = events(echo[0].post("/v1/chat/completions", json=asked))

    assert done == "[DONE]"
    assert [piece["choices"][0]["delta"] for piece in pieces] == [{"role": "assistant", "content": "Hel"}, {"content": "lo"}]
    assert (end["choices"][0]["delta"], end["choices"][0]["finish_reason"]) == ({}, "stop")
    assert (usage["choices"], usage["usage"]["completion_tokens"]) == ([], 3)
    assert len({(piece["id"], piece["created"]) for piece in (*pieces, end, usage)}) == 1


def test_thoughts_and_text_are_in_events_of_their_own_and_calls_end_a_turn(echo: tuple[httpx.Client, Ollama]) -> None:
    from jupyter_ollama import Chunk, Done, Message, ToolCall
    from jupyter_ollama.events import Statistics
    from jupyter_ollama.wire.openai.answers import ChatWriter

    writer, call = ChatWriter("m"), ToolCall("f", {"a": 1}, "call_1")
    told = [json.loads(one.removeprefix(b"data: ")) for one in writer.pieces(0, Chunk("said", "thought", (call,)))]
    done = Done(Message("assistant", "said", "thought", tool_calls=(call,)), "m", "stop", Statistics())
    [end] = [json.loads(one.removeprefix(b"data: ")) for one in writer.ending(0, done)]

    assert [sorted(piece["choices"][0]["delta"]) for piece in told] == [["content", "reasoning", "role"], ["content"], ["content", "tool_calls"]]
    assert told[2]["choices"][0]["delta"]["tool_calls"] == [{"id": "call_1", "index": 0, "type": "function", "function": {"name": "f", "arguments": '{"a": 1}'}}]
    assert end["choices"][0]["finish_reason"] == "tool_calls"
    assert ChatWriter("m").whole([done])["choices"][0]["message"]["reasoning"] == "thought"


def test_what_a_client_asks_for_counts_and_the_rest_is_the_models(echo: tuple[httpx.Client, Ollama]) -> None:
    api, ollama = echo
    ollama.create("warm", "FROM echo\nPARAMETER temperature 0.3\nPARAMETER top_p 0.4").result(60)
    asked = {"model": "warm", "messages": HI, "max_completion_tokens": 1, "max_tokens": 9, "stop": "x", "seed": 7, "presence_penalty": 0.5, "top_p": 0.6}
    answer = api.post("/v1/chat/completions", json=asked).json()
    options = engine(ollama).options[-1]

    assert answer["choices"][0]["finish_reason"] == "length"
    assert (options["num_predict"], options["stop"], options["seed"], options["presence_penalty"]) == (1, ["x"], 7, 0.5)
    assert (options["temperature"], options["top_p"]) == (0.3, 0.6)


@pytest.mark.parametrize("stream", [False, True])
def test_n_answers_are_n_choices_with_seeds_of_their_own(echo: tuple[httpx.Client, Ollama], stream: bool) -> None:
    api, ollama = echo
    answer = api.post("/v1/chat/completions", json={"model": "echo", "messages": HI, "n": 3, "seed": 5, "stream": stream})
    if stream:
        texts = ["", "", ""]
        for piece in events(answer)[:-1]:
            for choice in piece["choices"]:
                texts[choice["index"]] += choice["delta"].get("content", "")
    else:
        texts = [choice["message"]["content"] for choice in answer.json()["choices"]]

    assert texts == ["Hello"] * 3
    assert sorted(options["seed"] for options in engine(ollama).options) == [5, 6, 7]  # type: ignore[type-var]


def test_messages_in_parts_with_calls_and_results_reach_the_template(echo: tuple[httpx.Client, Ollama]) -> None:
    api, ollama = echo
    template = "{{ range .Messages }}<{{ .Role }}>{{ .Content }}{{ range .ToolCalls }}[{{ .Function.Name }}]{{ end }}{{ end }}"
    ollama.create("parts", f"FROM echo\nTEMPLATE {template}").result(60)
    messages = [
        {"role": "developer", "content": "Rules."},
        {"role": "user", "content": [{"type": "text", "text": "one"}, {"type": "text", "text": "two"}]},
        {"role": "assistant", "content": None, "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "f", "arguments": '{"a": 1}'}}]},
        {"role": "tool", "tool_call_id": "c1", "content": "42"},
    ]
    assert api.post("/v1/chat/completions", json={"model": "parts", "messages": messages}).status_code == 200
    assert "<system>Rules." in engine(ollama).last_prompt
    assert "one" in engine(ollama).last_prompt
    assert "[f]<tool>42" in engine(ollama).last_prompt


@pytest.mark.parametrize(
    ("body", "status", "kind", "text"),
    [
        ({"model": "nobody", "messages": HI}, 404, "not_found_error", "model 'nobody' not found"),
        ({"model": "echo", "messages": []}, 400, "invalid_request_error", "[] is too short - 'messages'"),
        ({"model": "echo", "messages": HI, "reasoning_effort": "much"}, 400, "invalid_request_error", "invalid reasoning value: 'much' (must be none, minimal, low, medium, high, xhigh, ultra, max)"),
        ({"model": "echo", "messages": HI, "n": 1_000_000}, 400, "invalid_request_error", "n must be between 1 and 16"),
        ({"model": "echo", "messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "https://x/y.png"}}]}]}, 400, "invalid_request_error", "image URLs are not currently supported, please use base64 encoded data instead"),
        ({"model": "echo", "messages": [{"role": "user", "content": [{"type": "image_url", "image_url": "data:image/gif;base64,AAAA"}]}]}, 400, "invalid_request_error", "invalid image input"),
        ({"model": "echo", "messages": [{"role": "assistant", "tool_calls": [{"function": {"name": "f", "arguments": "{"}}]}]}, 400, "invalid_request_error", "invalid tool call arguments"),
        ({"model": "echo", "messages": HI, "tools": [{"type": "function", "function": {"name": "f"}}], "tool_choice": {"type": "function", "function": {"name": "g"}}}, 400, "invalid_request_error", "tool_choice names 'g', which is not among the tools"),
    ],
)  # fmt: skip
def test_errors_have_openais_form(echo: tuple[httpx.Client, Ollama], body: dict[str, Any], status: int, kind: str, text: str) -> None:
    answer = echo[0].post("/v1/chat/completions", json=body)
    error = answer.json()["error"]

    assert (answer.status_code, error["type"], error["message"]) == (status, kind, text)
    assert (error["param"], error["code"]) == (None, None)


def test_completions_complete_and_echo(echo: tuple[httpx.Client, Ollama]) -> None:
    api, _ = echo
    answer = api.post("/v1/completions", json={"model": "echo", "prompt": "P", "echo": True}).json()
    streamed = events(api.post("/v1/completions", json={"model": "echo", "prompt": ["P"], "stream": True}))

    assert (answer["object"], answer["choices"][0]["text"], answer["choices"][0]["finish_reason"]) == ("text_completion", "PHello", "stop")
    assert "".join(piece["choices"][0]["text"] for piece in streamed[:-1]) == "Hello"
    assert streamed[-1] == "[DONE]"
    assert api.post("/v1/completions", json={"model": "echo", "prompt": ["a", "b"]}).status_code == 400


def test_the_models_are_those_of_tags(echo: tuple[httpx.Client, Ollama]) -> None:
    api, ollama = echo
    ollama.copy("echo", "me/other:v1")
    listed = api.get("/v1/models").json()

    assert [one["id"] for one in listed["data"]] == [one["name"] for one in api.get("/api/tags").json()["models"]]
    assert {one["id"]: one["owned_by"] for one in listed["data"]} == {"echo:latest": "library", "me/other:v1": "me"}
    assert api.get("/v1/models/echo").json()["id"] == "echo"
    assert api.get("/v1/models/me/other:v1").json()["owned_by"] == "me"
    assert api.get("/v1/models/nobody").json()["error"]["type"] == "not_found_error"


def test_no_models_are_a_real_empty_list(empty: httpx.Client) -> None:
    assert empty.get("/v1/models").json() == {"object": "list", "data": []}


def test_a_response_is_one_object_or_a_sequence_of_numbered_events(echo: tuple[httpx.Client, Ollama]) -> None:
    api, ollama = echo
    asked = {"model": "echo", "input": "Hi", "instructions": "Be brief.", "max_output_tokens": 50}
    whole = api.post("/v1/responses", json=asked).json()
    told = events(api.post("/v1/responses", json={**asked, "stream": True}))

    assert (whole["object"], whole["status"], whole["output"][0]["content"][0]["text"]) == ("response", "completed", "Hello")
    assert [one["sequence_number"] for one in told] == list(range(len(told)))
    assert [one["type"].removeprefix("response.") for one in told] == [
        "created", "in_progress", "output_item.added", "content_part.added", "output_text.delta", "output_text.delta", "output_text.done",
        "content_part.done", "output_item.done", "completed",
    ]  # fmt: skip
    assert told[-1]["response"]["output"][0]["content"] == whole["output"][0]["content"]
    assert "Be brief." in engine(ollama).last_prompt or engine(ollama).last_prompt.endswith("Hi")


def test_a_conversation_of_items_is_one_of_turns() -> None:
    from jupyter_ollama.wire.openai.responses_request import ResponsesRequest

    items = [
        {"role": "user", "content": [{"type": "input_text", "text": "Weather?"}]},
        {"type": "reasoning", "summary": [{"type": "summary_text", "text": "hm"}]},
        {"type": "function_call", "call_id": "c1", "name": "f", "arguments": "{}"},
        {"type": "function_call", "call_id": "c2", "name": "g", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "c2", "output": "sun"},
    ]
    messages = ResponsesRequest.read(json.dumps({"model": "m", "input": items}).encode()).messages

    assert [message.role for message in messages] == ["user", "assistant", "tool"]
    assert (messages[1].thinking, [call.name for call in messages[1].tool_calls]) == ("hm", ["f", "g"])
    assert (messages[2].tool_name, messages[2].content) == ("g", "sun")


def test_calls_are_items_of_a_response() -> None:
    from jupyter_ollama import Chunk, Done, Message, ToolCall
    from jupyter_ollama.events import Statistics
    from jupyter_ollama.wire.openai.responses_answer import ResponsesWriter

    call = ToolCall("f", {"a": 1}, "call_1")
    done = Done(Message("assistant", "so", "hm", tool_calls=(call,)), "m", "length", Statistics())
    whole = ResponsesWriter("m", {}).whole([done])
    writer = ResponsesWriter("m", {})
    told = [one for chunk in (Chunk(thinking="hm"), Chunk("so"), Chunk(tool_calls=(call,))) for one in writer.pieces(0, chunk)]
    told += writer.ending(0, done)

    assert [item["type"] for item in whole["output"]] == ["reasoning", "message", "function_call"]
    assert (whole["status"], whole["incomplete_details"]) == ("incomplete", {"reason": "max_output_tokens"})
    assert json.loads(told[-1].split(b"data: ")[1])["type"] == "response.incomplete"
    assert [item["type"] for item in json.loads(told[-1].split(b"data: ")[1])["response"]["output"]] == ["reasoning", "message", "function_call"]


@pytest.mark.parametrize("path", ["/v1/audio/transcriptions", "/api/me", "/api/signout", "/api/experimental/web_search", "/api/user/keys/x"])
def test_what_there_is_not_says_so(api: httpx.Client, path: str) -> None:
    answer = api.request("DELETE" if "keys" in path else "POST", path, content=b"{}")

    assert answer.status_code == 404
    assert "cloud" in answer.text or "transcriptions" in answer.text


def test_earlier_responses_are_not_kept(api: httpx.Client) -> None:
    answer = api.post("/v1/responses", json={"model": "mario", "input": "Hi", "previous_response_id": "resp_1"})

    assert answer.status_code == 400
    assert "keeps no conversations" in answer.json()["error"]["message"]


def test_a_stream_that_breaks_ends_with_an_error_event(echo: tuple[httpx.Client, Ollama]) -> None:
    api, ollama = echo

    class Breaking(EchoEngine):
        def _answer(self, *given: Any) -> Any:
            yield from super()._answer(*given)
            from jupyter_ollama.errors import EngineCrashed

            raise EngineCrashed("The engine died.", signal=9, exit_code=None, log="")

    ollama.engines = EchoEngines(Breaking("Hel"))  # type: ignore[assignment]
    told = events(api.post("/v1/chat/completions", json={"model": "echo", "messages": HI, "stream": True}))

    assert told[-1]["error"]["message"] == "The engine died."
    assert api.post("/v1/chat/completions", json={"model": "echo", "messages": HI}).status_code == 500
