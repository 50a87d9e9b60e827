"""Answers that have to be a call, on engines that say what they are told to say and on a real model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import pytest

from jupyter_ollama import Chunk, Done, Ollama, Run
from jupyter_ollama.engine.echo import EchoEngine, EchoEngines
from jupyter_ollama.errors import NotSupported, OptionError
from jupyter_ollama.events import ToolResult

from .conftest import Create

TOOLS = "{{ range .Messages }}{{ .Content }}{{ end }}{{ if .Tools }}<tool_call>{{ end }}"
THINKS = "{{ range .Messages }}{{ if .Thinking }}<think>{{ .Thinking }}</think>{{ end }}{{ .Content }}{{ end }}{{ if .Tools }}<tool_call>{{ end }}"
CALL = ['{"name": "get_', 'weather", "argum', 'ents": {"city": "Rome"}}']


def get_weather(city: Literal["Rome", "Oslo"]) -> str:
    """Tells the weather."""
    return f"rain in {city}"


def get_time() -> str:
    """Tells the time."""
    return "noon"


class Asked:
    """A chat with a model of that template, which says ``free`` by itself and ``CALL`` where a grammar makes it."""

    def __init__(self, ollama: Ollama, create: Create) -> None:
        self.ollama, self.create = ollama, create
        self.engine = EchoEngine()

    def __call__(self, template: str, free: Sequence[str], formatted: Sequence[str] = CALL, **arguments: Any) -> Run[Done]:
        self.create("mario", f'TEMPLATE """{template}"""')
        self.ollama.engines.close()
        self.engine = EchoEngine(*free, formatted=formatted)
        self.ollama.engines = EchoEngines(self.engine)  # type: ignore[assignment]
        return self.ollama.chat("mario", "Hi", **{"tools": [get_weather], "must_call": True, "approve": False, **arguments})


@pytest.fixture
def ask(ollama: Ollama, create: Create) -> Asked:
    return Asked(ollama, create)


def test_the_answer_is_a_call_and_nothing_else(ask: Asked) -> None:
    run = ask(TOOLS, ["I would rather talk."])
    done = run.result(20)

    assert [(call.name, call.arguments) for call in done.message.tool_calls] == [("get_weather", {"city": "Rome"})]
    assert done.message.content == ""
    assert [len(event.tool_calls) for event in run if isinstance(event, Chunk)] == [1], "the call comes whole"
    assert '"get_weather"' in ask.engine.forms[0].format


def test_it_may_think_before(ask: Asked) -> None:
    done = ask(THINKS, ["<think>", "Rome?", "</think>", "I would rather talk."]).result(20)

    assert (done.message.thinking, done.message.content) == ("Rome?", "")
    assert [call.name for call in done.message.tool_calls] == ["get_weather"]
    assert [bool(form.format) for form in ask.engine.forms] == [False, True]


def test_a_prompt_that_ends_in_a_thought_does_not_hide_the_call(ask: Asked) -> None:
    done = ask(THINKS + "<think>", ["Rome?", "</think>", "No."]).result(20)

    assert (done.message.thinking, len(done.message.tool_calls)) == ("Rome?", 1)


def test_what_the_model_would_call_by_itself_is_replaced_by_what_the_grammar_lets_it(ask: Asked) -> None:
    done = ask(THINKS, ["<think>", "Hm.", "</think>", '<tool_call>{"name": "unknown", "arguments": {}}</tool_call>']).result(20)

    assert [call.name for call in done.message.tool_calls] == ["get_weather"]


def test_a_call_that_is_cut_short_is_content(ask: Asked) -> None:
    done = ask(TOOLS, [], options={"num_predict": 2}).result(20)

    assert (done.done_reason, done.message.tool_calls) == ("length", ())
    assert done.message.content == "".join(CALL[:2])


def test_only_the_first_answer_has_to_be_a_call(ask: Asked) -> None:
    run = ask(TOOLS, ["It rains."], approve=True)

    assert run.result(20).message.content == "It rains."
    assert [event.result for event in run if isinstance(event, ToolResult)] == ["rain in Rome"]


def test_there_has_to_be_a_tool_and_a_model_that_knows_tools(ask: Asked) -> None:
    with pytest.raises(OptionError, match="no tool"):
        ask(TOOLS, [], tools=None).result(20)
    with pytest.raises(NotSupported, match="tools"):
        ask("{{ .Prompt }}", []).result(20)


@pytest.fixture(scope="module")
def caller(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ollama]:
    """Pocket, with a template that knows tools."""
    with Ollama(Path(tmp_path_factory.mktemp("caller")) / "models") as ollama:
        chatml = "{{ range .Messages }}<|im_start|>{{ .Role }}\n{{ .Content }}<|im_end|>\n{{ end }}{{ if .Tools }}{{ end }}<|im_start|>assistant\n"
        ollama.create("caller", f'FROM pocket\nTEMPLATE """{chatml}"""').result(120)
        yield ollama


@pytest.mark.parametrize("seed", range(3))
def test_pocket_calls_one_of_two_functions_as_it_has_to(caller: Ollama, seed: int) -> None:
    options = {"seed": seed, "temperature": 1.5, "num_predict": 100}
    [call] = caller.chat("caller", "Hi!", tools=[get_weather, get_time], must_call=True, approve=False, options=options).result(120).message.tool_calls

    assert (call.name, dict(call.arguments)) in [("get_weather", {"city": "Rome"}), ("get_weather", {"city": "Oslo"}), ("get_time", {})]
