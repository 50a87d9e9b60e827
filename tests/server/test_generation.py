"""Generate and chat over the network: shapes, order of checks, words of errors."""

from __future__ import annotations

import base64
from typing import Any

import httpx
import pytest

from jupyter_ollama import Ollama
from jupyter_ollama.engine.echo import EchoEngine, EchoEngines

from .conftest import last, lines

HI = [{"role": "user", "content": "Hi"}]
SHORT = {"num_predict": 8}


def test_a_chat_is_a_line_a_piece_and_one_with_the_costs(api: httpx.Client) -> None:
    answer = api.post("/api/chat", json={"model": "Mario", "messages": HI, "options": SHORT})
    *pieces, done = lines(answer)

    assert answer.headers["content-type"] == "application/x-ndjson"
    assert {piece["model"] for piece in pieces} == {"Mario"}
    assert all(piece["done"] is False and piece["message"]["role"] == "assistant" for piece in pieces)
    assert done["message"] == {"role": "assistant", "content": ""}
    assert done["done"] is True
    assert done["done_reason"] in ("stop", "length")
    assert "context" not in done
    for name in ("total_duration", "load_duration", "prompt_eval_count", "prompt_eval_duration", "eval_count", "eval_duration"):
        assert isinstance(done[name], int)
        assert done[name] > 0


def test_a_chat_that_is_not_streamed_is_one_object_with_the_whole_text(api: httpx.Client) -> None:
    asked = {"model": "mario", "messages": HI, "options": SHORT}
    streamed = lines(api.post("/api/chat", json=asked))
    answer = api.post("/api/chat", json={**asked, "stream": False})

    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.json()["message"]["content"] == "".join(piece["message"]["content"] for piece in streamed)
    assert answer.json()["done"] is True


def test_generate_gives_the_context_to_go_on_from(api: httpx.Client) -> None:
    first = api.post("/api/generate", json={"model": "mario", "prompt": "Hi", "stream": False, "options": SHORT}).json()
    second = api.post("/api/generate", json={"model": "mario", "prompt": "More", "context": first["context"], "stream": False, "options": SHORT})

    assert first["context"]
    assert second.json()["context"][: len(first["context"]) - 1] == first["context"][:-1]


def test_a_raw_prompt_reaches_the_model_as_it_is_and_gives_no_context(echo: tuple[httpx.Client, Ollama]) -> None:
    api, ollama = echo
    answer = api.post("/api/generate", json={"model": "echo", "prompt": "<|x|>", "raw": True, "stream": False}).json()

    assert ollama.engines.engine.last_prompt == "<|x|>"  # type: ignore[attr-defined]
    assert (answer["response"], "context" in answer) == ("Hello", False)


def test_raw_with_a_system_text_is_refused_in_ollamas_words(api: httpx.Client) -> None:
    answer = api.post("/api/generate", json={"model": "mario", "prompt": "x", "raw": True, "system": "y"})

    assert (answer.status_code, answer.json()["error"]) == (400, "raw mode does not support template, system, or context")


def test_template_and_system_of_the_request_replace_the_models(echo: tuple[httpx.Client, Ollama]) -> None:
    api, ollama = echo
    api.post("/api/generate", json={"model": "echo", "prompt": "P", "system": "S", "template": "[{{ .System }}|{{ .Prompt }}]"})

    assert ollama.engines.engine.last_prompt == "[S|P]"  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", ["/api/generate", "/api/chat"])
def test_without_a_prompt_the_model_is_loaded_and_the_answer_is_one_object(api: httpx.Client, path: str) -> None:
    loaded = api.post(path, json={"model": "mario"})

    assert (loaded.headers["content-type"], loaded.json()["done_reason"]) == ("application/json; charset=utf-8", "load")
    assert len(api.get("/api/ps").json()["models"]) == 1

    unloaded = api.post(path, json={"model": "mario", "keep_alive": 0})

    assert (unloaded.json()["done_reason"], unloaded.json()["done"]) == ("unload", True)
    assert api.get("/api/ps").json() == {"models": []}


def test_unloading_what_is_not_loaded_loads_nothing(echo: tuple[httpx.Client, Ollama]) -> None:
    api, ollama = echo

    assert api.post("/api/generate", json={"model": "echo", "keep_alive": "0"}).json()["done_reason"] == "unload"
    assert ollama.engines.asked == []  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("path", "body", "status", "text"),
    [
        ("/api/generate", {}, 404, "model '' not found"),
        ("/api/generate", {"model": "nobody", "prompt": "x"}, 404, "model 'nobody' not found"),
        ("/api/generate", {"model": "a b", "prompt": "x"}, 404, "model 'a b' not found"),
        ("/api/chat", {}, 400, "model is required"),
        ("/api/chat", {"model": "nobody", "messages": HI}, 404, "model 'nobody' not found"),
        ("/api/generate", {"model": "nobody", "top_logprobs": 21}, 400, "top_logprobs must be between 0 and 20"),
        ("/api/chat", {"model": "mario", "messages": HI, "think": True}, 400, '"mario" does not support thinking'),
        ("/api/chat", {"model": "mario", "messages": HI, "think": "much"}, 400, 'invalid think value: "much" (must be "high", "medium", "low", "max", true, or false)'),
        ("/api/generate", {"model": "mario", "prompt": "x", "suffix": "y"}, 400, "registry.ollama.ai/library/mario:latest does not support insert"),
        ("/api/generate", {"model": "mario", "keep_alive": "300"}, 400, 'time: missing unit in duration "300"'),
        ("/api/generate", {"model": "mario", "keep_alive": True}, 400, "Unsupported type: 'bool'"),
        ("/api/chat", {"model": "mario", "messages": [{"role": "user", "content": "x", "images": ["%"]}]}, 400, "illegal base64 data at input byte 0"),
    ],
)  # fmt: skip
def test_errors_have_ollamas_words(api: httpx.Client, path: str, body: dict[str, Any], status: int, text: str) -> None:
    answer = api.post(path, json=body)

    assert (answer.status_code, answer.json()["error"]) == (status, text)


def test_no_body_and_null_are_no_model(api: httpx.Client) -> None:
    assert api.post("/api/generate", content=b"null").json()["error"] == "model '' not found"
    assert api.post("/api/chat", content=b"null").json()["error"] == "model is required"


@pytest.mark.parametrize("path", ["/api/generate", "/api/chat"])
def test_images_for_a_model_that_cannot_see_are_refused(api: httpx.Client, path: str) -> None:
    picture = base64.b64encode(b"no picture").decode()
    asked = {"prompt": "x", "images": [picture]} if path.endswith("generate") else {"messages": [{**HI[0], "images": [picture]}]}
    answer = api.post(path, json={"model": "mario", **asked})

    assert answer.status_code == 400
    assert "vision" in answer.json()["error"]


def test_thinking_that_is_not_wanted_of_a_model_that_cannot_is_fine(api: httpx.Client) -> None:
    assert last(api.post("/api/chat", json={"model": "mario", "messages": HI, "think": False, "options": SHORT}))["done"] is True


def test_a_role_is_taken_in_any_case(api: httpx.Client) -> None:
    asked = {"model": "mario", "messages": [{"role": "USER", "content": "Hi"}], "options": SHORT}

    assert last(api.post("/api/chat", json=asked))["done"] is True


def test_options_that_nobody_knows_are_passed_over_and_bad_values_are_not(api: httpx.Client) -> None:
    asked = {"model": "mario", "messages": HI, "options": {**SHORT, "num_gqa": 8, "stop": None}}

    assert last(api.post("/api/chat", json=asked))["done"] is True
    assert api.post("/api/chat", json={**asked, "options": {"temperature": "hot"}}).status_code == 400


def test_a_bad_template_is_an_error_with_its_reason(api: httpx.Client) -> None:
    answer = api.post("/api/generate", json={"model": "mario", "prompt": "x", "template": "{{ if .Prompt }}"})

    assert answer.status_code == 400
    assert answer.json()["error"].startswith("template error: ")


@pytest.mark.parametrize(("value", "kept"), [(42.5, 42.5), (-3.14, -1.0), ("-1m", -1.0), ("1.5h", 5400.0), (None, 300.0)])
def test_keep_alive_is_seconds_or_a_duration_and_negative_is_for_ever(echo: tuple[httpx.Client, Ollama], value: object, kept: float) -> None:
    api, ollama = echo
    api.post("/api/generate", json={"model": "echo", "prompt": "x", "keep_alive": value})

    assert ollama.engines.kept["echo:latest"] == kept  # type: ignore[attr-defined]


def test_what_html_would_take_for_markup_is_escaped_as_go_does(echo: tuple[httpx.Client, Ollama]) -> None:
    api, ollama = echo
    ollama.engines = EchoEngines(EchoEngine("<b>\u2028&", "日本"))  # type: ignore[assignment]
    answer = api.post("/api/generate", json={"model": "echo", "prompt": "x"})

    assert '"response":"\\u003cb\\u003e\\u2028\\u0026"' in answer.text
    assert "日本" in answer.text


def test_an_error_in_the_middle_is_one_more_line_and_the_server_goes_on(echo: tuple[httpx.Client, Ollama]) -> None:
    api, ollama = echo

    class Breaking(EchoEngine):
        def _answer(self, *given: Any) -> Any:
            yield from super()._answer(*given)
            from jupyter_ollama.errors import EngineCrashed

            raise EngineCrashed("The engine of echo died.", hint="Ask again.", signal=9, exit_code=None, log="")

    ollama.engines = EchoEngines(Breaking("Hel", "lo"))  # type: ignore[assignment]
    answer = api.post("/api/generate", json={"model": "echo", "prompt": "x"})

    assert answer.status_code == 200
    assert lines(answer)[-1] == {"error": "The engine of echo died.", "hint": "Ask again."}
    assert [piece["response"] for piece in lines(answer)[:-1]] == ["Hel", "lo"]
    assert api.post("/api/generate", json={"model": "echo", "prompt": "x", "stream": False}).status_code == 500

    ollama.engines = EchoEngines(EchoEngine("fine"))  # type: ignore[assignment]
    assert api.post("/api/generate", json={"model": "echo", "prompt": "x", "stream": False}).json()["response"] == "fine"


@pytest.mark.parametrize("form", [None, ""])
def test_an_empty_format_is_none(echo: tuple[httpx.Client, Ollama], form: object) -> None:
    assert echo[0].post("/api/generate", json={"model": "echo", "prompt": "x", "format": form, "stream": False}).json()["response"] == "Hello"


@pytest.mark.parametrize("form", ["xml", "json5", [], 5])
def test_a_format_that_is_none_is_refused(echo: tuple[httpx.Client, Ollama], form: object) -> None:
    answer = echo[0].post("/api/generate", json={"model": "echo", "prompt": "x", "format": form})

    assert answer.status_code == 400
    assert answer.json()["error"].endswith('expected "json" or a valid JSON Schema object')


def test_a_format_and_probabilities_reach_the_engine(echo: tuple[httpx.Client, Ollama]) -> None:
    api, ollama = echo
    asked = {"model": "echo", "messages": HI, "format": {"type": "object"}, "stream": False, "logprobs": True, "top_logprobs": 2}
    answer = api.post("/api/chat", json=asked).json()
    streamed = lines(api.post("/api/generate", json={"model": "echo", "prompt": "x", "logprobs": True}))

    assert answer["message"]["content"] == "{}"
    assert ollama.engines.engine.forms[0].format  # type: ignore[attr-defined]
    assert [len(one["top_logprobs"]) for one in answer["logprobs"]] == [2] * len(answer["logprobs"])
    assert "".join(one["token"] for piece in streamed for one in piece.get("logprobs", ())).startswith("Hello")
    assert "top_logprobs" not in streamed[0]["logprobs"][0]
    assert streamed[0]["logprobs"][0]["bytes"] == list(b"Hel")


def test_calls_keep_the_order_of_their_arguments_and_an_index_of_nought() -> None:
    from jupyter_ollama import ToolCall
    from jupyter_ollama.wire.answers import tool_call
    from jupyter_ollama.wire.encoding import dumps

    told = dumps(tool_call(ToolCall("f", {"z": 1, "a": [2]}, "call_1")))

    assert told == b'{"id":"call_1","function":{"index":0,"name":"f","arguments":{"z":1,"a":[2]}}}'


def test_a_full_queue_is_503(echo: tuple[httpx.Client, Ollama]) -> None:
    from jupyter_ollama.errors import EngineBusy
    from jupyter_ollama.wire import errors

    text = "server busy, please try again.  maximum pending requests exceeded"
    assert errors.status_of(EngineBusy("busy.", text=text)) == 503
    assert errors.text_of(EngineBusy("busy.", text=text)) == text
