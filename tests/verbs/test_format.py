"""What becomes of an answer that has to follow a format, on an engine that says what it is told to say, and on pocket."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pytest

from jupyter_ollama import Chunk, Done, Ollama, Run
from jupyter_ollama.engine.echo import EchoEngine, EchoEngines
from jupyter_ollama.errors import OptionError

from .conftest import Create

THINKS = "{{ range .Messages }}{{ if .Thinking }}<think>{{ .Thinking }}</think>{{ end }}{{ .Content }}{{ end }}"
PLAIN = "{{ range .Messages }}{{ .Content }}{{ end }}"
HARMONY = "{{ range .Messages }}<|start|>{{ .Role }}<|channel|>final<|message|>{{ .Content }}<|end|>{{ end }}<|start|>assistant"
CHANNEL, MESSAGE, END, START = 1001, 1002, 1003, 1004
NAMES = {CHANNEL: "<|channel|>", MESSAGE: "<|message|>", END: "<|end|>", START: "<|start|>"}
JSON = ['{"a": ', "1", "}"]


class Asked:
    """A chat with a model of that template, which says ``free`` without a format and ``JSON`` with one."""

    def __init__(self, ollama: Ollama, create: Create) -> None:
        self.ollama, self.create = ollama, create
        self.engine = EchoEngine()

    def __call__(self, template: str, free: Sequence[str | bytes | int], **arguments: Any) -> Run[Done]:
        self.create("mario", f'TEMPLATE """{template}"""')
        self.ollama.engines.close()
        self.engine = EchoEngine(*free, names=NAMES, formatted=JSON)
        self.ollama.engines = EchoEngines(self.engine)  # type: ignore[assignment]
        return self.ollama.chat("mario", "Hi", **{"format": "json", **arguments})

    @property
    def formats(self) -> list[str]:
        return [form.format for form in self.engine.forms]

    def prompt(self, number: int) -> str:
        """What the engine was given, of what has a text."""
        said = dict(enumerate(self.engine.answer, 300))
        pieces = (said.get(token, NAMES.get(token, "")) if token >= 300 else chr(token) for token in self.engine.prompts[number])
        return "".join(piece.decode() if isinstance(piece, bytes) else str(piece) for piece in pieces)


@pytest.fixture
def ask(ollama: Ollama, create: Create) -> Asked:
    return Asked(ollama, create)


def test_a_model_that_cannot_think_follows_the_format_from_its_first_token_on(ask: Asked) -> None:
    done = ask(PLAIN, ["Sure: "]).result(20)

    assert ('{"a": 1}', ["json"]) == (done.message.content, ask.formats)


def test_thoughts_are_free_and_what_comes_after_them_follows(ask: Asked) -> None:
    run = ask(THINKS, ["<think>", "Let", " me", " see.", "</think>", "\n\n", "Sure", ": one"])
    done = run.result(20)

    assert ("Let me see.", '{"a": 1}') == (done.message.thinking, done.message.content)
    assert ["", "json"] == ask.formats
    assert "Hi<think>Let me see.</think>\n\n" == ask.prompt(1)
    assert "".join(event.content for event in run if isinstance(event, Chunk)) == done.message.content
    assert (*done.prompt_tokens, *done.tokens) == (*ask.engine.prompts[1], 300, 301, 302)
    assert (6 + 3 + 1, len(ask.engine.prompts[0])) == (done.statistics.eval_count, done.statistics.prompt_eval_count)


@pytest.mark.parametrize(
    ("free", "kept", "thinking"),
    [
        (["No", " thoughts"], "", ""),
        (["<", "b>", " is no thought"], "", ""),
        (["<think>a", "</think>b"], "<think>a</think>", "a"),
        (["<think>", "a</th", "ink>b", "c"], "<think>a</think>", "a"),
        (["<think>", "a", "</think>", b"\xe6", b"\x97", b"\xa5"], "<think>a</think>", "a"),
        (["<think>", "a", "</think>", " ", " \n", "b"], "<think>a</think>  \n", "a"),
    ],
)  # fmt: skip
def test_the_second_answer_begins_where_content_began_wherever_tokens_break(
    ask: Asked, free: list[str | bytes], kept: str, thinking: str
) -> None:
    done = ask(THINKS, free).result(20)

    assert (thinking, '{"a": 1}') == (done.message.thinking, done.message.content)
    assert f"Hi{kept}" == ask.prompt(1)


def test_channels_are_thoughts_too(ask: Asked) -> None:
    said = [CHANNEL, "analysis", MESSAGE, "Hm.", END, START, "assistant", CHANNEL, "final", MESSAGE, "Sure", "!"]
    done = ask(HARMONY, said).result(20)

    assert ("Hm.", '{"a": 1}') == (done.message.thinking, done.message.content)
    assert ask.prompt(1).endswith("<|channel|>final<|message|>")


def test_without_thinking_the_format_holds_at_once(ask: Asked) -> None:
    done = ask(THINKS, ["<think>a</think>b"], think=False).result(20)

    assert (['json'], '{"a": 1}') == (ask.formats, done.message.content)


def test_a_limit_counts_thoughts_and_content(ask: Asked) -> None:
    said = ["<think>", "a", "</think>", "b"]

    assert '{"a": 1' == ask(THINKS, said, options={"num_predict": 5}).result(20).message.content
    cut = ask(THINKS, said, options={"num_predict": 3}).result(20)
    assert ("length", "a", "") == (cut.done_reason, cut.message.thinking, cut.message.content)


def test_a_stop_text_ends_thoughts_and_nothing_follows(ask: Asked) -> None:
    done = ask(THINKS, ["<think>", "a ST", "OP b", "</think>", "c"], options={"stop": ["STOP"]}).result(20)

    assert (["", ], "stop", "") == (ask.formats, done.done_reason, done.message.content)


def test_a_cancelled_thought_is_not_followed_by_an_answer(ask: Asked) -> None:
    run = ask(THINKS, ["<think>", *["hm "] * 3000])
    next(event for event in run if isinstance(event, Chunk))
    run.cancel()

    assert ("cancelled", "") == (run.result(20).done_reason, run.result().message.content)


def test_generate_follows_a_format_too(ask: Asked) -> None:
    ask(PLAIN, ["Sure"]).result(20)

    assert '{"a": 1}' == ask.ollama.generate("mario", "Hi", raw=True, format={"type": "object"}).result(20).message.content


@pytest.mark.parametrize(("wanted", "says"), [("xml", "format cannot be 'xml'"), ({"$ref": "#"}, "leads back to itself"), (7, "cannot be 7")])
def test_a_bad_format_is_an_error_before_anything_is_loaded(ollama: Ollama, wanted: Any, says: str) -> None:
    for ask in (ollama.chat, ollama.generate):
        with pytest.raises(OptionError, match=says):
            ask("mario", "Hi", format=wanted)


@pytest.mark.parametrize("count", [-1, 21, 1_000_000, 1.5, True, "5"])
def test_top_logprobs_is_from_0_to_20(ollama: Ollama, count: Any) -> None:
    with pytest.raises(OptionError) as caught:
        ollama.chat("mario", "Hi", top_logprobs=count)

    assert "top_logprobs must be between 0 and 20" == caught.value.text


def test_log_probabilities_go_along_with_the_parts(ask: Asked) -> None:
    run = ask(THINKS, ["<think>", "a", "</think>", "b", b"\xe6", b"\x97", b"\xa5", "c"], format=None, top_logprobs=2)
    done = run.result(20)

    assert ["<think>", "a", "</think>", "b", "\ufffd", "\ufffd", "\ufffd", "c"] == [one.token for one in done.logprobs]
    assert "<think>a</think>b日c" == done.logprobs.text
    assert done.tokens == done.logprobs.tokens
    assert all(2 == len(one.top_logprobs) for one in done.logprobs)
    assert list(done.logprobs) == [one for event in run if isinstance(event, Chunk) for one in event.logprobs]


def test_log_probabilities_of_what_was_taken_back_are_gone(ask: Asked) -> None:
    run = ask(THINKS, ["<think>", "a", "</think>", "Sure", "!"], logprobs=True)
    done = run.result(20)

    assert ["<think>", "a", "</think>", *JSON] == [one.token for one in done.logprobs]
    assert list(done.logprobs) == [one for event in run if isinstance(event, Chunk) for one in event.logprobs]


def test_without_being_asked_for_there_are_none_but_token_numbers_there_are(ask: Asked) -> None:
    done = ask(PLAIN, ["a", "b"], format=None).result(20)

    assert ((), (300, 301), tuple(b"Hi")) == (done.logprobs, done.tokens, done.prompt_tokens)


@dataclass
class Person:
    name: str
    age: int
    colour: Literal["red", "green", "blue"]


@pytest.fixture(scope="module")
def pocket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ollama]:
    with Ollama(tmp_path_factory.mktemp("models")) as ollama:
        yield ollama


@pytest.mark.parametrize("seed", range(3))
def test_pocket_answers_with_the_fields_of_a_dataclass(pocket: Ollama, seed: int) -> None:
    options = {"seed": seed, "temperature": 0.9, "num_predict": 300}
    done = pocket.chat("pocket", "Tell me about Tom, who is 7 and likes blue.", format=Person, options=options).result(120)

    assert "stop" == done.done_reason
    person = Person(**json.loads(done.message.content))
    assert isinstance(person.age, int)
    assert person.colour in ("red", "green", "blue")
