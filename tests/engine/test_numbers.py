"""Numbers out of an engine: how probable tokens are, of an answer, of a text that is given, of what may follow."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_ollama.cancelling import CancelToken
from jupyter_ollama.engine.protocol import Engine, Form
from jupyter_ollama.errors import ContextFull, EngineError
from jupyter_ollama.events import Token

from . import tiny
from .talk import running

A, B, C = b"abc"
ROWS = {tiny.BOS: {A: 0.0, B: 1.0, C: -1.0}, A: {A: 2.0, B: 1.0, C: 0.0}, B: {C: 3.0, A: 2.5}, C: {A: 1.0, tiny.EOS: 1.5}}


def logprob(before: int, after: int) -> float:
    """Worked out here: what is not named has a logit of -50."""
    logits = {token: ROWS[before].get(token, -50.0) for token in range(tiny.Shape().n_vocab)}
    return logits[after] - math.log(sum(math.exp(value) for value in logits.values()))


@pytest.fixture(scope="module")
def engine(models: Path) -> Iterator[Engine]:
    with running(tiny.markov(models / "known.gguf", ROWS)) as engine:
        yield engine


@pytest.fixture(scope="module")
def llama(models: Path) -> Iterator[Engine]:
    with running(tiny.random_llama(models / "numbers.gguf")) as engine:
        yield engine


def generated(engine: Engine, prompt: list[int], n_top: int | None, **options: float) -> list[Token]:
    return list(engine.generate(prompt, {**options}, CancelToken(), form=Form(n_top=n_top)))


def test_each_token_comes_with_its_log_probability_and_the_most_probable_ones(engine: Engine) -> None:
    tokens = generated(engine, [tiny.BOS], 2, num_predict=3, temperature=0)
    first, second = (token.logprob for token in tokens)  # the third would be the one that ends the answer

    assert [B, C] == [token.id for token in tokens]
    assert first
    assert second
    assert (B, "b", b"b") == (first.id, first.token, first.bytes)
    assert logprob(tiny.BOS, B) == pytest.approx(first.logprob, abs=1e-3)
    assert [B, A] == [one.id for one in first.top_logprobs]
    assert [C, A] == [one.id for one in second.top_logprobs]
    assert [logprob(B, C), logprob(B, A)] == pytest.approx([one.logprob for one in second.top_logprobs], abs=1e-3)


def test_without_being_asked_for_there_are_none(engine: Engine) -> None:
    assert [None] == [token.logprob for token in generated(engine, [tiny.BOS], None, num_predict=1)]
    (token,) = generated(engine, [tiny.BOS], 0, num_predict=1, temperature=0)
    assert token.logprob
    assert () == token.logprob.top_logprobs


def test_options_do_not_change_them(engine: Engine) -> None:
    (token,) = generated(engine, [tiny.BOS], 1, num_predict=1, temperature=2.0, top_k=1, presence_penalty=1.0)

    assert token.logprob
    assert logprob(tiny.BOS, B) == pytest.approx(token.logprob.logprob, abs=1e-3)


def test_a_text_is_scored_token_by_token(engine: Engine) -> None:
    (scored,) = engine.score([[tiny.BOS, A, B, C]], [0], 1, {})

    assert (A, B, C) == scored.tokens
    assert [logprob(tiny.BOS, A), logprob(A, B), logprob(B, C)] == pytest.approx([one.logprob for one in scored], abs=1e-3)
    assert [[B], [A], [C]] == [[top.id for top in one.top_logprobs] for one in scored]
    assert "abc" == scored.text
    assert scored.perplexity == pytest.approx(math.exp(-scored.total / 3))


def test_a_score_begins_where_it_is_asked_to(engine: Engine) -> None:
    (scored,) = engine.score([[tiny.BOS, A, B, C]], [3], 0, {})

    assert [C] == [one.id for one in scored]
    assert logprob(B, C) == pytest.approx(scored.total, abs=1e-3)


@pytest.mark.parametrize("text", [[], [A], [tiny.BOS]])
def test_a_text_with_nothing_before_its_tokens_has_no_score(engine: Engine, text: list[int]) -> None:
    assert [()] == engine.score([text], [0], 0, {})


def test_what_may_follow_is_a_number_for_every_token(engine: Engine) -> None:
    (found,) = engine.next_tokens([[tiny.BOS, A]], 3, {})

    assert (tiny.Shape().n_vocab, (tiny.BOS, A)) == (len(found.logprobs), found.tokens)
    assert 1 == pytest.approx(math.fsum(map(math.exp, found.logprobs)), abs=1e-3)
    assert [(A, "a"), (B, "b"), (C, "c")] == [(one.id, one.token) for one in found.top]
    assert logprob(A, B) == pytest.approx(found.logprobs[B], abs=1e-3)
    assert found.entropy == pytest.approx(-sum(math.exp(logprob(A, one)) * logprob(A, one) for one in (A, B, C)) / math.log(2), abs=3e-3)


def test_special_tokens_have_their_names(engine: Engine) -> None:
    (found,) = engine.next_tokens([[C]], 1, {})

    assert "<eos>" == found.top[0].token


def test_many_texts_at_once_and_long_ones_have_the_scores_of_one_at_a_time(llama: Engine) -> None:
    """Longer than one evaluation gives logits for, and beginning alike, so that they share what is in memory."""
    texts = [[tiny.BOS, *[(7 * number + place * place) % 250 for place in range(40 + 30 * number)]] for number in range(9)]
    texts += [[*texts[0], 9], [*texts[0], 10], texts[0]]
    together = llama.score(texts, [0] * len(texts), 0, {})

    for text, scored in zip(texts, together, strict=True):
        (alone,) = llama.score([text], [0], 0, {})
        assert tuple(text[1:]) == scored.tokens == alone.tokens
        assert [one.logprob for one in alone] == pytest.approx([one.logprob for one in scored], abs=0.05)  # batches round


def test_a_score_is_that_of_the_answer_itself(llama: Engine) -> None:
    prompt = [tiny.BOS, *b"hello"]
    tokens = generated(llama, prompt, 0, num_predict=30, temperature=0)
    (scored,) = llama.score([[*prompt, *(token.id for token in tokens)]], [len(prompt)], 0, {})

    assert [token.id for token in tokens] == list(scored.tokens)
    assert [token.logprob.logprob for token in tokens if token.logprob] == pytest.approx([one.logprob for one in scored], abs=0.05)


def test_what_cannot_be_read_is_an_error_and_the_rest_goes_on(llama: Engine) -> None:
    with pytest.raises(ContextFull):
        llama.score([[tiny.BOS, 1], [tiny.BOS] * 5000], [0, 0], 0, {})
    with pytest.raises(EngineError, match="does not exist"):
        llama.next_tokens([[999_999]], 1, {})
    assert 1 == len(llama.score([[tiny.BOS, 1]], [0], 0, {})[0])
