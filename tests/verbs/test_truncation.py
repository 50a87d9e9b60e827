"""Conversations that are longer than the context: what the model is given, and what people are told."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest

from jupyter_ollama import Done, Message, Ollama, render
from jupyter_ollama.cancelling import CancelToken
from jupyter_ollama.engine.echo import EchoEngine, EchoEngines
from jupyter_ollama.errors import ContextFull
from jupyter_ollama.events import Event
from jupyter_ollama.run import Run
from jupyter_ollama.verbs.chat import chat
from jupyter_ollama.verbs.generate import generate

from .conftest import Create

LOOP = "{{ range .Messages }}<{{ .Role }}>{{ .Content }}{{ end }}<assistant>"
TALK = [Message("system", "be brief"), Message("user", "a" * 40), Message("assistant", "b" * 40), Message("user", "c" * 40)]


class CountingEngine(EchoEngine):
    """Remembers what it tokenized."""

    def __init__(self, **facts: Any) -> None:
        super().__init__("ok", **facts)
        self.tokenized: list[str] = []

    def tokenize(self, text: str, *, add_special: bool = True, parse_special: bool = True) -> list[int]:
        self.tokenized.append(text)
        return super().tokenize(text, add_special=add_special, parse_special=parse_special)


def asked(ollama: Ollama, engine: EchoEngine, messages: list[Message], **arguments: Any) -> Done:
    """A chat with the model ``mario`` on an engine of one token a byte."""
    def work(cancel: CancelToken) -> Generator[Event, None, Done]:
        return chat(ollama.store, EchoEngines(engine), ollama.settings, "mario", messages, cancel=cancel, **arguments)

    return Run.start(work).result(20)


def completed(ollama: Ollama, engine: EchoEngine, prompt: str, **arguments: Any) -> Done:
    def work(cancel: CancelToken) -> Generator[Event, None, Done]:
        return generate(ollama.store, EchoEngines(engine), ollama.settings, "mario", prompt, cancel=cancel, **arguments)

    return Run.start(work).result(20)


@pytest.fixture
def mario(create: Create) -> None:
    create("mario", f"TEMPLATE {LOOP}")


@pytest.mark.usefixtures("mario")
def test_a_conversation_that_fits_is_whole_and_tokenized_once(ollama: Ollama) -> None:
    engine = CountingEngine(n_ctx=400)
    done = asked(ollama, engine, TALK)

    assert engine.tokenized == [done.prompt] == [engine.last_prompt]
    assert (0, 0) == (done.left_out, done.cut_tokens)


@pytest.mark.usefixtures("mario")
def test_the_oldest_messages_make_room_and_the_system_message_stays(ollama: Ollama) -> None:
    done = asked(ollama, CountingEngine(n_ctx=160), TALK)
    assert f"<system>be brief<assistant>{'b' * 40}<user>{'c' * 40}<assistant>" == done.prompt
    assert (1, 0) == (done.left_out, done.cut_tokens)
    assert "1 earlier message left out" in render.footer(done)

    assert f"<system>be brief<user>{'c' * 40}<assistant>" == asked(ollama, CountingEngine(n_ctx=80), TALK).prompt


@pytest.mark.usefixtures("mario")
def test_of_three_messages_in_a_tiny_context_only_the_last_is_left_and_its_middle_is_cut(ollama: Ollama) -> None:
    engine = CountingEngine(n_ctx=20)
    done = asked(ollama, engine, [Message("user", "one"), Message("assistant", "two"), Message("user", "three and more words")])

    assert "<user>three and more words<assistant>" in engine.tokenized
    assert "<use" + "<assistant>"[-8:] == done.prompt == engine.last_prompt
    assert (2, 37 - 12) == (done.left_out, done.cut_tokens)


@pytest.mark.usefixtures("mario")
def test_num_keep_says_how_much_of_the_beginning_stays(ollama: Ollama) -> None:
    messages = [Message("user", "x" * 100)]

    assert "<user>xxxx" == asked(ollama, EchoEngine(n_ctx=20), messages, options={"num_keep": 10}).prompt[:10]
    assert "<s><user>xxxx" == asked(ollama, EchoEngine(n_ctx=20, add_bos=True), messages, options={"num_keep": 10}).prompt[:13]


@pytest.mark.usefixtures("mario")
def test_who_wants_nothing_left_out_gets_an_error_with_both_numbers(ollama: Ollama) -> None:
    with pytest.raises(ContextFull, match="num_ctx") as caught:
        asked(ollama, CountingEngine(n_ctx=160), TALK, truncate=False)
    assert caught.value.n_tokens > caught.value.n_ctx == 160
    with pytest.raises(ContextFull):
        completed(ollama, EchoEngine(n_ctx=20), "x" * 50, truncate=False)


@pytest.mark.usefixtures("mario")
def test_without_shift_messages_are_left_out_but_no_message_is_cut(ollama: Ollama) -> None:
    assert asked(ollama, CountingEngine(n_ctx=120), TALK, shift=False).left_out == 2
    with pytest.raises(ContextFull):
        asked(ollama, CountingEngine(n_ctx=40), TALK, shift=False)
    with pytest.raises(ContextFull):
        completed(ollama, EchoEngine(n_ctx=20), "x" * 50, shift=False, raw=True)


@pytest.mark.usefixtures("mario")
def test_generate_leaves_out_the_models_own_messages(ollama: Ollama, create: Create) -> None:
    create("mario", f"TEMPLATE {LOOP}\nSYSTEM be brief\nMESSAGE user hi\nMESSAGE assistant hello")

    assert "<system>be brief<user>hi<assistant>hello<user>bye<assistant>" == completed(ollama, EchoEngine(n_ctx=90), "bye").prompt
    done = completed(ollama, EchoEngine(n_ctx=50), "bye")
    assert ("<system>be brief<user>bye<assistant>", 2) == (done.prompt, done.left_out)


@pytest.mark.parametrize("arguments", [{"raw": True}, {"template": "{{ .Prompt }}"}])
@pytest.mark.usefixtures("mario")
def test_a_text_without_messages_loses_only_its_middle(ollama: Ollama, arguments: dict[str, Any]) -> None:
    text = "The beginning, then much more than fits, and the end."
    done = completed(ollama, EchoEngine(n_ctx=30), text, **arguments)

    assert "The " + text[-13:] == done.prompt
    assert (0, len(text) - 17) == (done.left_out, done.cut_tokens)


def test_it_is_the_context_of_the_model_that_is_loaded(ollama: Ollama, create: Create) -> None:
    create("mario", f"TEMPLATE {LOOP}\nPARAMETER num_ctx 64\nPARAMETER num_predict 2")
    messages = [Message(("user", "assistant")[n % 2], f"{n} is a number") for n in range(41)]
    done = ollama.chat("mario", messages).result(60)

    assert 0 < done.left_out < 40
    assert 40 < done.statistics.prompt_eval_count <= 64
    assert done.prompt.endswith("40 is a number<assistant>")
    assert done.left_out > ollama.chat("mario", messages, options={"num_ctx": 256}).result(60).left_out > 0
