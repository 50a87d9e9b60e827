"""Python functions called by real models through the whole engine: tiny ones that speak a dialect each, and pocket with a format."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_ollama import Chunk, Ollama
from jupyter_ollama.events import ToolResult

from .speakers import ANSWER, DIALECTS, speaker

OPTIONS = {"temperature": 0, "num_ctx": 4096, "num_predict": 64}


def get_weather(city: str) -> str:
    """Tells the weather.

    Args:
        city: Where.
    """
    return f"rain in {city}"


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ollama]:
    """A model for each dialect, and pocket with a template that knows tools."""
    folder = tmp_path_factory.mktemp("speakers")
    with Ollama(folder / "models") as ollama:
        for name, dialect in DIALECTS.items():
            ollama.create(name, f"FROM {speaker(folder / f'{name}.gguf', dialect)}").result(60)
        chatml = "{{ range .Messages }}<|im_start|>{{ .Role }}\n{{ .Content }}{{ if .ToolCalls }}<tool_call>{{ .ToolCalls }}</tool_call>{{ end }}<|im_end|>\n{{ end }}"
        ollama.create("caller", f'FROM pocket\nTEMPLATE """{chatml}{{{{ if .Tools }}}}{{{{ end }}}}<|im_start|>assistant\n"""').result(120)
        yield ollama


@pytest.mark.parametrize("name", DIALECTS)
def test_a_model_calls_a_function_in_its_dialect_and_answers_with_the_result(models: Ollama, name: str) -> None:
    run = models.chat(name, "Weather in Rome?", tools=[get_weather], approve=True, options=OPTIONS)
    done = run.result(60)

    assert (ANSWER, "stop") == (done.message.content, done.done_reason)
    assert [("get_weather", {"city": "Rome"}, "rain in Rome", "done")] == [
        (event.call.name, event.call.arguments, event.result, event.outcome) for event in run if isinstance(event, ToolResult)
    ]
    assert "[tool]rain in Rome" in done.prompt
    assert "Where." in done.prompt


def test_thoughts_and_text_before_a_call_are_told_apart_and_go_back_into_the_conversation(models: Ollama) -> None:
    run = models.chat("thinking", "Weather in Rome?", tools=[get_weather], approve=True, options=OPTIONS)
    asked, told = run.result(60).turns

    assert ("Rome, then.", "I look.") == (asked.thinking, asked.content)
    assert ["Rome, ", "then."] == [event.thinking for event in run if isinstance(event, Chunk) and event.thinking]
    assert ("tool", "rain in Rome") == (told.role, told.content)


@pytest.mark.parametrize("name", DIALECTS)
def test_without_a_function_the_call_is_the_answer(models: Ollama, name: str) -> None:
    tool = {"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}}
    message = models.chat(name, "Weather in Rome?", tools=[tool], options=OPTIONS).result(60).message

    assert [("get_weather", {"city": "Rome"})] == [(call.name, call.arguments) for call in message.tool_calls]
    assert message.content in ("", "I look.")


def test_pocket_calls_what_a_format_makes_it_write(models: Ollama) -> None:
    """The words are the grammar's, which city is pocket's own choice."""
    call = {
        "type": "object",
        "properties": {
            "name": {"const": "get_weather"},
            "arguments": {"type": "object", "properties": {"city": {"enum": ["Rome", "Oslo"]}}, "required": ["city"]},
        },
        "required": ["name", "arguments"],
    }
    run = models.chat(
        "caller", "How is the weather in Rome?", tools=[get_weather], approve=True, max_rounds=1, format=call,
        options={"temperature": 0, "num_predict": 200, "num_thread": 1},
    )  # fmt: skip
    done = run.result(120)

    (result,) = (event for event in run if isinstance(event, ToolResult))
    assert "done" == result.outcome
    assert result.result in ("rain in Rome", "rain in Oslo")
    assert "rounds" == done.done_reason  # the format lets it write nothing but calls
    assert json.dumps(dict(result.call.arguments)) in ('{"city": "Rome"}', '{"city": "Oslo"}')


def test_an_answer_that_was_cut_short_is_not_acted_upon(models: Ollama, tmp_path: Path) -> None:
    touched = tmp_path / "touched"

    def get_weather(city: str) -> str:
        touched.touch()
        return city

    done = models.chat("hermes", "Weather?", tools=[get_weather], approve=True, options={**OPTIONS, "num_predict": 2}).result(60)
    assert "length" == done.done_reason
    assert not touched.exists()


SERVED = json.loads((Path(__file__).parents[1] / "golden" / "llama" / "served.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", DIALECTS)
def test_llama_server_answers_with_the_same_message(models: Ollama, name: str) -> None:
    """golden/llama/make_served.py asked it, with --jinja, on the same files. White space before a call is no content to us."""
    tool = {"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}}
    message = models.chat(name, "Weather in Rome?", tools=[tool], options=OPTIONS).result(60).message

    served = SERVED[name]
    assert {**served, "content": served["content"].strip()} == {
        "content": message.content, "thinking": message.thinking, "calls": [[call.name, call.arguments] for call in message.tool_calls],
    }  # fmt: skip
