"""Answers that are longer than the context, and generate going on from an earlier answer."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from jupyter_ollama import Done, Ollama, OllamaError
from jupyter_ollama.cancelling import CancelToken
from jupyter_ollama.engine.echo import EchoEngine, EchoEngines
from jupyter_ollama.engine.protocol import FREE, NOTHING, Form, GenerationEnd, Keep
from jupyter_ollama.events import Event, Token
from jupyter_ollama.names import ModelName
from jupyter_ollama.options import Options
from jupyter_ollama.run import Run
from jupyter_ollama.verbs.answer import request
from jupyter_ollama.verbs.generate import generate
from jupyter_ollama.verbs.shifting import Shifting

from .conftest import Create


class Alphabet(EchoEngine):
    """Says the letter that follows the last one of its prompt, and so on; ends after z. Remembers how many tokens it was to keep."""

    n_kept: int | None = None

    def generate(
        self, tokens: Sequence[int], options: Options, cancel: CancelToken, *, shown: Sequence[str] = (), keep: Keep = NOTHING,
        n_keep: int | None = None, form: Form = FREE,
    ) -> Generator[Token, None, GenerationEnd]:  # fmt: skip
        self.n_kept = n_keep
        letters = bytes(range(tokens[-1] + 1, ord("z") + 1))
        self.answer = tuple(letters[place : place + 1] for place in range(len(letters)))
        pieces = super().generate(tokens, options, cancel, shown=shown, keep=keep, n_keep=n_keep)
        while True:
            try:
                token = next(pieces)
            except StopIteration as finished:
                return finished.value
            yield Token(token.piece[0], token.piece)


def said(speaker: Shifting, prompt: bytes, **options: Any) -> tuple[str, GenerationEnd]:
    generation, pieces = speaker.generate(list(prompt), options, CancelToken()), []
    while True:
        try:
            pieces.append(next(generation).piece)
        except StopIteration as finished:
            return b"".join(pieces).decode(), finished.value


# the context is full


def test_an_answer_goes_on_over_the_end_of_the_context():
    engine = Alphabet(n_ctx=12)
    speaker = Shifting(engine)
    text, end = said(speaker, b"0123a", num_keep=4)

    assert "bcdefghijklmnopqrstuvwxyz" == text == bytes(speaker.answered).decode()
    assert ("stop", 5, 26) == (end.reason, end.prompt_eval_count, end.eval_count)


@pytest.mark.parametrize(("add_bos", "num_keep", "kept"), [(False, 4, 4), (True, 4, 5), (True, -1, -1), (False, 0, 0)])
def test_the_first_tokens_stay_and_the_one_that_begins_a_text(add_bos: bool, num_keep: int, kept: int):
    engine = Alphabet(n_ctx=12, add_bos=add_bos)
    said(Shifting(engine), b"0123a", num_keep=num_keep)
    assert kept == engine.n_kept


def test_without_shift_it_ends_where_the_context_does():
    for shift, num_predict in ((False, -1), (True, -2)):
        text, end = said(Shifting(Alphabet(n_ctx=12), shift=shift), b"0123a", num_predict=num_predict)
        assert ("bcdefghi", "length") == (text, end.reason)


@pytest.mark.parametrize("num_predict", [0, 1, 8, 9, 20])
def test_num_predict_counts_the_whole_answer(num_predict: int):
    text, end = said(Shifting(Alphabet(n_ctx=12)), b"0123a", num_predict=num_predict, num_keep=4)
    assert ("bcdefghijklmnopqrstuvwxyz"[:num_predict], "length", num_predict) == (text, end.reason, end.eval_count)


def test_an_endless_answer_ends_after_ten_contexts():
    text, end = said(Shifting(EchoEngine(*"x" * 1000, n_ctx=12)), b"a")
    assert ("x" * 120, "length", 120) == (text, end.reason, end.eval_count)


def test_a_cancelled_answer_does_not_go_on():
    cancel = CancelToken()
    speaker = Shifting(Alphabet(n_ctx=12))
    generation = speaker.generate(list(b"0123a"), {}, cancel)
    assert b"bc" == next(generation).piece + next(generation).piece
    cancel.cancel()
    with pytest.raises(StopIteration) as finished:
        while True:
            next(generation)
    assert "cancelled" == finished.value.value.reason
    assert b"bc" == bytes(speaker.answered)


def test_a_real_model_goes_on_too(ollama: Ollama, create: Create) -> None:
    create("mario")
    options = {"num_ctx": 32, "num_predict": 100, "temperature": 1.5, "seed": 1}
    first, again = (ollama.generate("mario", "hi", raw=True, options=options).result(60) for _ in range(2))

    assert ("length", 100, 1) == (first.done_reason, first.statistics.eval_count, first.seed)
    assert first.message.content == again.message.content
    short = ollama.generate("mario", "hi", raw=True, shift=False, options=options).result(60)
    assert short.statistics.eval_count < 40
    assert first.message.content.startswith(short.message.content[:-1])


# going on from an earlier answer


def completed(ollama: Ollama, engine: EchoEngine, prompt: str, **arguments: Any) -> Done:
    def work(cancel: CancelToken) -> Generator[Event, None, Done]:
        return generate(ollama.store, EchoEngines(engine), ollama.settings, "mario", prompt, cancel=cancel, **arguments)

    return Run.start(work).result(20)


def test_generate_goes_on_from_the_context_of_an_earlier_answer(ollama: Ollama, create: Create) -> None:
    create("mario", "TEMPLATE [{{ .System }}|{{ .Prompt }}|w{{ .Response }}]\nSYSTEM s\nMESSAGE user shot\nMESSAGE assistant reply")
    first = completed(ollama, Alphabet(), "a")
    assert ("[s|shot|wreply][|a|w", "xyz") == (first.prompt, first.message.content)
    assert (first.prompt + first.message.content).encode() == bytes(first.context)

    then = completed(ollama, Alphabet(), "b", context=first.context)
    assert "[s|shot|wreply][|a|wxyz[s|b|w" == then.prompt


def test_raw_takes_no_context_and_gives_none(ollama: Ollama, create: Create) -> None:
    create("mario")
    assert () == completed(ollama, Alphabet(), "a", raw=True).context
    for other in ({"context": (1, 2)}, {"system": "s"}, {"template": "t"}, {"suffix": "x"}):
        with pytest.raises(OllamaError, match="raw takes the prompt as it is") as caught:
            completed(ollama, Alphabet(), "a", raw=True, **other)
        assert "raw mode does not support template, system, or context" == caught.value.text


@pytest.mark.parametrize(("family", "shift", "goes_on"), [("deepseek2", None, False), ("deepseek2", True, True), ("llama", None, True), ("llama", False, False)])
def test_a_family_that_cannot_go_on_does_so_only_if_it_is_asked_to(
    ollama: Ollama, create: Create, family: str, shift: bool | None, goes_on: bool
) -> None:
    create("mario")
    model = ollama.store.open(ModelName.valid("mario"))
    model = replace(model, config=replace(model.config, model_family=family))

    assert request(model, None, None, ollama.settings, shift=shift).shift == goes_on
