"""Tokens of a real model: text to ids and back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_ollama.engine.protocol import Engine
from jupyter_ollama.errors import EngineError

from . import tiny
from .talk import running

A, B = b"ab"


@pytest.fixture(scope="module")
def engine(models: Path) -> Iterator[Engine]:
    with running(tiny.chain(models / "words.gguf", "abc")) as engine:
        yield engine


def test_facts_of_a_model_are_known(engine: Engine) -> None:
    info = engine.info
    assert (info.bos_id, info.bos_text, info.add_bos) == (tiny.BOS, "<bos>", True)
    assert (info.eos_ids, info.eos_text, info.add_eos) == ((tiny.EOS,), "<eos>", False)
    assert (info.n_vocab, info.n_ctx_train, info.n_ctx) == (272, 512, 512)
    assert info.size_bytes > (272 * 288 * 4) * 2
    assert info.load_duration_ns > 0


def test_a_text_begins_with_bos_where_the_model_wants_it(engine: Engine) -> None:
    assert engine.tokenize("ab") == [tiny.BOS, A, B]
    assert engine.tokenize("ab", add_special=False) == [A, B]


def test_a_text_that_begins_with_bos_is_not_given_a_second_one(engine: Engine) -> None:
    assert engine.tokenize("<bos>ab") == [tiny.BOS, A, B]
    assert engine.tokenize("a<bos>b") == [tiny.BOS, A, tiny.BOS, B]


def test_names_of_special_tokens_can_be_plain_text(engine: Engine) -> None:
    assert engine.tokenize("<eos>") == [tiny.BOS, tiny.EOS]
    assert engine.tokenize("<eos>", parse_special=False) == [tiny.BOS, *b"<eos>"]
    assert engine.tokenize("<bos>", parse_special=False) == [tiny.BOS, *b"<bos>"]


@pytest.mark.parametrize("text", ["", "plain", "你好，世界", "👩‍👩‍👧‍👦", "a\x00b", "\n\t \r", "e\u0301"])
def test_text_comes_back_from_its_tokens(engine: Engine, text: str) -> None:
    assert engine.detokenize(engine.tokenize(text, add_special=False)).decode() == text


def test_half_a_character_is_replaced(engine: Engine) -> None:
    assert engine.tokenize("a\ud800", add_special=False) == [A, ord("?")]


def test_special_tokens_are_written_by_name_or_left_out(engine: Engine) -> None:
    assert engine.detokenize([tiny.BOS, A, tiny.EOS]) == b"<bos>a<eos>"
    assert engine.detokenize([tiny.BOS, A, tiny.EOS], special=False) == b"a"


def test_a_megabyte_is_tokenized(engine: Engine) -> None:
    text = "x y" * 350_000
    assert len(engine.tokenize(text, add_special=False)) == len(text)


def test_more_text_than_a_message_holds_is_refused(engine: Engine) -> None:
    with pytest.raises(EngineError, match="too large"):
        engine.tokenize("x" * ((64 << 20) + 1))
    assert engine.tokenize("a", add_special=False) == [A]


@pytest.mark.parametrize("wrong", [-5, 272])
def test_an_unknown_token_has_no_text(engine: Engine, wrong: int) -> None:
    with pytest.raises(EngineError, match="does not exist"):
        engine.detokenize([A, wrong])


@pytest.mark.parametrize("wanted", [0, 1, 4, 100, 512, 10_000, 1_000_000_000])
def test_the_context_lies_between_4_and_what_the_model_was_trained_for(models: Path, wanted: int) -> None:
    path = models / "words.gguf"
    if not path.exists():
        tiny.chain(path, "abc")
    with running(path, num_ctx=wanted) as engine:
        assert engine.info.n_ctx == (min(max(wanted, 4), 512) if wanted else 512)


def test_the_context_is_4096_unless_asked_for(models: Path) -> None:
    with running(tiny.chain(models / "far.gguf", "abc", shape=tiny.Shape(n_ctx=100_000))) as engine:
        assert (engine.info.n_ctx, engine.info.n_ctx_train) == (4096, 100_000)
