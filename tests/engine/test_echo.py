"""EchoEngine keeps the promises of the protocol that real engines keep."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_ollama.cancelling import CancelToken
from jupyter_ollama.engine.echo import BOS, EOS, EchoEngine, EchoEngines
from jupyter_ollama.engine.protocol import Engine, ModelFiles
from jupyter_ollama.errors import ContextFull

from .talk import answer, text


def test_it_is_an_engine() -> None:
    engine: Engine = EchoEngine()
    assert text(engine, "hello") == b"hello"


def test_it_says_what_it_was_told_to_say() -> None:
    engine = EchoEngine("He", "llo", b"\xe4\xbd", 7)
    tokens, end = answer(engine, "x")
    assert [token.piece for token in tokens] == [b"He", b"llo", b"\xe4\xbd", b""]
    assert (end.reason, end.eval_count, end.prompt_eval_count) == ("stop", 5, 1)


def test_it_remembers_what_it_was_asked() -> None:
    engine = EchoEngine("x")
    answer(engine, "hello", temperature=0.5)
    assert engine.last_prompt == "hello"
    assert engine.options == [{"temperature": 0.5}]


def test_special_tokens_are_read_and_written_by_name() -> None:
    engine = EchoEngine(add_bos=True)
    assert engine.tokenize("<s>a</s>") == [BOS, 97, EOS]
    assert engine.tokenize("a") == [BOS, 97]
    assert engine.tokenize("</s>", parse_special=False, add_special=False) == list(b"</s>")
    assert engine.detokenize([BOS, 97, EOS]) == b"<s>a</s>"
    assert engine.detokenize([BOS, 97, EOS], special=False) == b"a"


def test_num_predict_and_the_context_limit_an_answer() -> None:
    engine = EchoEngine(*"abcdefgh", n_ctx=6)
    assert answer(engine, "xy", num_predict=3)[1].reason == "length"
    tokens, end = answer(engine, "xy")
    assert (len(tokens), end.reason) == (5, "length")
    with pytest.raises(ContextFull):
        answer(engine, "x" * 7)


def test_it_can_be_cancelled() -> None:
    cancel = CancelToken()
    generation = EchoEngine(*"abc").generate([1], {}, cancel)
    next(generation)
    cancel.cancel()
    with pytest.raises(StopIteration) as caught:
        next(generation)
    assert caught.value.value.reason == "cancelled"


def test_its_scheduler_lends_it_for_any_model() -> None:
    engines = EchoEngines(EchoEngine("hi"))
    model = ModelFiles("mario", "sha256:1", Path("m"))
    with engines.acquire(model, {}, cancel=CancelToken()) as engine:
        assert text(engine, "x") == b"hi"
    assert [one.name for one in engines.loaded()] == ["mario"]
    assert engines.stop("sha256:1")
    assert not engines.stop("mario")
    assert engines.loaded() == []


def test_special_tokens_come_as_text_if_they_are_asked_for() -> None:
    engine = EchoEngine("a", 7, 8, names={7: "<|call|>"})
    assert [token.piece for token in engine.generate([1], {}, CancelToken())] == [b"a", b"", b""]
    assert [token.piece for token in engine.generate([1], {}, CancelToken(), shown=["<|call|>"])] == [b"a", b"<|call|>", b""]
