"""Generating: where an answer ends, what its tokens are, what is kept in memory for the next one."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_ollama.cancelling import CancelToken
from jupyter_ollama.engine.protocol import Engine, GenerationEnd
from jupyter_ollama.errors import ContextFull, EngineError
from jupyter_ollama.events import Token

from . import tiny
from .talk import answer, running, text

A, B, C, D = b"abcd"
LOUD = {"temperature": 0}
ENDLESS = {A: {B: 9.0}, B: {A: 9.0}, tiny.BOS: {A: 9.0}}


@pytest.fixture(scope="module")
def alphabet(models: Path) -> Iterator[Engine]:
    """A model that goes on in the alphabet from any letter up to j, and then ends."""
    with running(tiny.chain(models / "alphabet.gguf", "abcdefghij")) as engine:
        yield engine


@pytest.fixture(scope="module")
def endless(models: Path) -> Iterator[Engine]:
    """A model that says abab... for ever, with a context of 40."""
    with running(tiny.markov(models / "endless.gguf", ENDLESS), num_ctx=40) as engine:
        yield engine


@pytest.fixture(scope="module")
def noise(models: Path) -> Iterator[Engine]:
    """An ordinary Llama with random weights."""
    with running(tiny.random_llama(models / "noise.gguf")) as engine:
        yield engine


def test_an_answer_ends_where_the_model_ends_it(alphabet: Engine) -> None:
    tokens, end = answer(alphabet, "abcd")
    assert b"".join(token.piece for token in tokens) == b"efghij"
    assert (end.reason, end.prompt_eval_count, end.eval_count) == ("stop", 5, 7)
    assert end.prompt_eval_duration > 0 < end.eval_duration


def test_the_token_that_ends_an_answer_is_not_in_it(alphabet: Engine) -> None:
    tokens, _ = answer(alphabet, "ij")
    assert tokens == []


def test_tokens_have_their_ids(alphabet: Engine) -> None:
    tokens, _ = answer(alphabet, "h")
    assert tokens == [Token(ord("i"), b"i"), Token(ord("j"), b"j")]


@pytest.mark.parametrize(("num_predict", "said"), [(1, b"b"), (3, b"bcd"), (0, b""), (-1, b"bcdefghij"), (-2, b"bcdefghij")])
def test_num_predict_limits_an_answer(alphabet: Engine, num_predict: int, said: bytes) -> None:
    tokens, end = answer(alphabet, "a", num_predict=num_predict)
    assert b"".join(token.piece for token in tokens) == said
    assert end.reason == ("length" if num_predict >= 0 else "stop")


def test_a_full_context_ends_an_answer(endless: Engine) -> None:
    prompt = endless.tokenize("abab")
    tokens, end = answer(endless, prompt)
    assert end.reason == "length"
    assert len(prompt) + len(tokens) == endless.info.n_ctx + 1  # the last token needs no place: nothing follows it


def test_a_prompt_may_fill_the_whole_context(endless: Engine) -> None:
    tokens, end = answer(endless, [A, B] * 20)
    assert (len(tokens), end.reason) == (1, "length")


def test_a_prompt_longer_than_the_context_is_refused_with_both_numbers(endless: Engine) -> None:
    with pytest.raises(ContextFull) as caught:
        answer(endless, [A] * 41)
    assert (caught.value.n_tokens, caught.value.n_ctx) == (41, 40)
    assert str(caught.value) == (
        "The prompt has 41 tokens, the context of endless 40. Shorten it, or set num_ctx to 41 or more (the model was trained for 512)."
    )


def test_a_prompt_longer_than_the_model_was_trained_for_has_another_remedy(endless: Engine) -> None:
    with pytest.raises(ContextFull, match="num_ctx does not help"):
        answer(endless, [A] * 600)


def test_an_empty_prompt_is_the_token_that_begins_a_text(alphabet: Engine) -> None:
    tokens, end = answer(alphabet, [])
    assert b"".join(token.piece for token in tokens) == b"abcdefghij"
    assert end.prompt_eval_count == 1


def test_an_empty_prompt_for_a_model_without_such_a_token_is_refused(models: Path) -> None:
    def edit(metadata: tiny.Metadata, _: tiny.Weights) -> None:
        metadata |= {"tokenizer.ggml.bos_token_id": 99_999, "tokenizer.ggml.add_bos_token": False}

    with running(tiny.chain(models / "no-bos.gguf", "ab", edit=edit)) as engine:
        assert engine.info.bos_id is None
        with pytest.raises(EngineError, match="needs a prompt"):
            answer(engine, "")
        assert text(engine, "a") == b"b"


@pytest.mark.parametrize("wrong", [-1, 272, 1 << 30])
def test_a_token_that_does_not_exist_is_refused(alphabet: Engine, wrong: int) -> None:
    with pytest.raises(EngineError, match=f"Token {wrong} does not exist"):
        answer(alphabet, [A, wrong])
    assert text(alphabet, "h") == b"ij"


def test_special_tokens_have_no_text(models: Path) -> None:
    with running(tiny.markov(models / "special.gguf", {A: {tiny.BOS: 9.0}, tiny.BOS: {B: 9.0}, B: {tiny.EOS: 9.0}})) as engine:
        tokens, _ = answer(engine, "a", **LOUD)
    assert tokens == [Token(tiny.BOS, b""), Token(B, b"b")]


def test_long_tokens_are_not_cut(models: Path) -> None:
    long = tiny.WORDS
    with running(tiny.markov(models / "long.gguf", {A: {long: 9.0}, long: {tiny.EOS: 9.0}})) as engine:
        assert text(engine, "a") == tiny.LONG.encode()
        assert engine.detokenize([long]) == tiny.LONG.encode()


def test_a_token_repeated_without_end_ends_the_answer(models: Path) -> None:
    with running(tiny.markov(models / "stutter.gguf", {A: {A: 9.0}})) as engine:
        tokens, end = answer(engine, "a")
    assert [token.id for token in tokens] == [A] * 31
    assert end.reason == "stop"


def test_blanks_do_not_hide_a_repetition(models: Path) -> None:
    blank, newline = b" \n"
    with running(tiny.markov(models / "blank.gguf", {blank: {newline: 9.0}, newline: {blank: 9.0}})) as engine:
        tokens, end = answer(engine, " ")
    assert len(tokens) < 33
    assert end.reason == "stop"


def cancelled_after(engine: Engine, count: int, **options: Any) -> tuple[int, GenerationEnd]:
    """Cancel after so many tokens; how many came, and the end."""
    cancel = CancelToken()
    generation = engine.generate(engine.tokenize("a"), options, cancel)
    seen = 0
    try:
        while True:
            next(generation)
            seen += 1
            if seen == count:
                cancel.cancel()
    except StopIteration as stop:
        return seen, stop.value


def test_a_cancelled_answer_ends_with_the_token_it_has(noise: Engine) -> None:
    seen, end = cancelled_after(noise, 5, **LOUD)
    assert seen == 5
    assert end.reason == "cancelled"
    assert 5 <= end.eval_count < 500
    assert end.prompt_eval_count == 2


def test_a_cancelled_answer_is_never_whole(endless: Engine) -> None:
    """Even where the engine had come to its end: what was not heard is not said to be there."""
    cancel = CancelToken()
    generation = endless.generate([A], {"num_predict": 8, **LOUD}, cancel)
    next(generation)
    text(endless, "a", num_predict=20, **LOUD)
    cancel.cancel()
    with pytest.raises(StopIteration) as stopped:
        while True:
            next(generation)
    assert stopped.value.value.reason == "cancelled"
    assert stopped.value.value.eval_count == 8


def test_a_request_that_was_cancelled_before_it_began_gives_nothing(noise: Engine) -> None:
    cancel = CancelToken()
    cancel.cancel()
    generation = noise.generate([A], {}, cancel)
    with pytest.raises(StopIteration) as caught:
        next(generation)
    assert caught.value.value.reason == "cancelled"


def test_a_long_prompt_is_cancelled_while_it_is_evaluated(models: Path) -> None:
    shape = tiny.Shape(n_embd=512, n_layer=8, n_head=8, n_head_kv=8, n_ff=1024, n_ctx=8192)
    with running(tiny.random_llama(models / "large.gguf", shape), num_ctx=8192, num_batch=4096) as engine:
        cancel = CancelToken()
        generation = engine.generate([A, B, C, D] * 2000, LOUD, cancel)
        threading.Timer(0.3, cancel.cancel).start()
        begun = time.monotonic()
        with pytest.raises(StopIteration) as caught:
            next(generation)
        assert caught.value.value.reason == "cancelled"
        assert caught.value.value.eval_count == 0
        assert time.monotonic() - begun < 3
        begun = time.monotonic()
        assert len(answer(engine, [A, B], num_predict=2)[0]) == 2  # and the engine is free at once
        assert time.monotonic() - begun < 3


def test_an_abandoned_answer_makes_way(endless: Engine) -> None:
    generation = endless.generate([A], {}, CancelToken())
    next(generation)
    generation.close()
    assert answer(endless, [A], num_predict=3)[1].reason == "length"


def test_a_second_request_waits_for_its_turn(noise: Engine) -> None:
    alone = text(noise, "first", **LOUD, num_predict=200), text(noise, "second", **LOUD, num_predict=200)
    together: dict[str, bytes] = {}

    def ask(prompt: str) -> None:
        together[prompt] = text(noise, prompt, **LOUD, num_predict=200)

    threads = [threading.Thread(target=ask, args=(prompt,)) for prompt in ("first", "second")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (together["first"], together["second"]) == alone


def test_a_request_that_waits_can_be_cancelled(noise: Engine) -> None:
    busy = noise.generate(noise.tokenize("a"), LOUD, CancelToken())
    next(busy)
    cancel = CancelToken()
    threading.Timer(0.05, cancel.cancel).start()
    waiting = noise.generate(noise.tokenize("b"), LOUD, cancel)
    with pytest.raises(StopIteration) as caught:
        while True:
            next(waiting)
    assert caught.value.value.reason == "cancelled"
    busy.close()


def test_tokens_can_be_asked_for_while_an_answer_is_made(noise: Engine) -> None:
    generation = noise.generate(noise.tokenize("a"), LOUD, CancelToken())
    next(generation)
    assert noise.tokenize("abc") == [tiny.BOS, A, B, C]
    generation.close()


def test_what_two_prompts_share_is_evaluated_once(noise: Engine) -> None:
    answer(noise, [A] * 100, num_predict=1)
    assert answer(noise, [A] * 80 + [B] * 10, num_predict=1)[1].prompt_cached_count == 80
    assert answer(noise, [A] * 80 + [B] * 10, num_predict=1)[1].prompt_cached_count == 89  # the last is always evaluated
    assert answer(noise, [C], num_predict=1)[1].prompt_cached_count == 0


def test_an_answer_is_remembered_for_the_next_turn(noise: Engine) -> None:
    tokens, _ = answer(noise, [A, B, C], num_predict=20, **LOUD)
    turn = [A, B, C, *(token.id for token in tokens), D]
    assert answer(noise, turn, num_predict=1)[1].prompt_cached_count == len(turn) - 2  # the last answered token was never evaluated


def test_what_is_kept_changes_no_answer(noise: Engine, models: Path) -> None:
    prompts = [[A, B, C, D] * 20, [A, B, C, D] * 10 + [D] * 5, [A, B, C, D] * 10 + [D] * 5, [A] * 3]
    kept = [text(noise, prompt, **LOUD, num_predict=24) for prompt in prompts]
    for prompt, said in zip(prompts, kept, strict=True):
        with running(models / "noise.gguf") as fresh:
            assert text(fresh, prompt, **LOUD, num_predict=24) == said


def test_prompts_are_evaluated_in_pieces_of_any_size(noise: Engine, models: Path) -> None:
    prompt = [A, B, C, D] * 30
    expected = text(noise, prompt, **LOUD, num_predict=24)
    for num_batch in (1, 7, 120, 119):
        with running(models / "noise.gguf", num_batch=num_batch) as engine:
            assert text(engine, prompt, **LOUD, num_predict=24) == expected


def test_a_memory_that_cannot_be_cut_is_made_anew(models: Path) -> None:
    path = tiny.random_mamba(models / "mamba.gguf")
    with running(path) as engine:
        first = text(engine, "hello", **LOUD, num_predict=20)
        assert answer(engine, "bye", num_predict=5)[1].prompt_cached_count == 0
        assert text(engine, "hello", **LOUD, num_predict=20) == first


def test_the_same_seed_gives_the_same_answer_again(noise: Engine) -> None:
    said = [text(noise, "hello", seed=42, num_predict=60) for _ in range(3)]
    assert len(set(said)) == 1
    assert text(noise, "hello", seed=43, num_predict=60) != said[0]


def test_a_seed_that_was_chosen_is_told_and_can_be_given(noise: Engine) -> None:
    tokens, end = answer(noise, "hello", seed=-1, num_predict=60)
    assert 0 <= end.seed < 1 << 31
    assert answer(noise, "hello", seed=end.seed, num_predict=60)[0] == tokens
    assert answer(noise, "hello", num_predict=1)[1].seed != end.seed


def test_the_first_token_does_not_wait_for_others(models: Path) -> None:
    shape = tiny.Shape(n_embd=512, n_layer=8, n_head=8, n_head_kv=8, n_ff=1024)
    with running(tiny.random_llama(models / "slow.gguf", shape)) as engine:
        begun = time.perf_counter_ns()
        generation = engine.generate([A], LOUD, CancelToken())
        next(generation)
        first = time.perf_counter_ns() - begun
        try:
            while True:
                next(generation)
        except StopIteration as stop:
            end = stop.value
    assert first < end.prompt_eval_duration + end.eval_duration / 4


def test_an_adapter_changes_the_model(models: Path) -> None:
    base = tiny.chain(models / "base.gguf", "abc")
    lora = tiny.adapter(models / "lora.gguf", {A: {D: 60.0, B: -60.0}, D: {tiny.EOS: 60.0}})
    more = tiny.adapter(models / "more.gguf", {D: {C: 60.0, tiny.EOS: -60.0}})
    for adapters, said in [((), b"bc"), ((lora,), b"d"), ((lora, more), b"dc")]:
        with running(base, *adapters) as engine:
            assert text(engine, "a", **LOUD) == said


def test_numbers_of_a_generation_are_finite(alphabet: Engine) -> None:
    _, end = answer(alphabet, "a")
    assert math.isfinite(end.eval_count * 1e9 / end.eval_duration)


TAG, OTHER = 260, 261


@pytest.fixture(scope="module")
def marked(models: Path) -> Iterator[Engine]:
    """A model that says a<|python_tag|>b<|other|>c and ends; both names are control tokens."""

    def edit(metadata: tiny.Metadata, _: tiny.Weights) -> None:
        texts, types = metadata["tokenizer.ggml.tokens"], metadata["tokenizer.ggml.token_type"]
        for token, name in ((TAG, "<|python_tag|>"), (OTHER, "<|other|>")):
            texts[token], types[token] = name, types[tiny.BOS]

    steps = {tiny.BOS: A, A: TAG, TAG: B, B: OTHER, OTHER: C, C: tiny.EOS}
    with running(tiny.markov(models / "marked.gguf", {before: {after: 20.0} for before, after in steps.items()}, edit=edit)) as engine:
        yield engine


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        ([], b"abc"),
        (["<|python_tag|>"], b"a<|python_tag|>bc"),
        (["<|python_tag|>", "<|other|>"], b"a<|python_tag|>b<|other|>c"),
        (["<eos>", "<bos>", "a", "ab", "", "<|unknown|>", "世界"], b"abc"),
    ],
)
def test_control_tokens_come_as_text_if_they_are_asked_for_and_the_end_never_does(marked: Engine, shown: list[str], said: bytes) -> None:
    tokens = list(marked.generate(marked.tokenize(""), {}, CancelToken(), shown=shown))
    assert [token.id for token in tokens] == [A, TAG, B, OTHER, C]
    assert b"".join(token.piece for token in tokens) == said
