"""A smaller model guesses ahead: answers stay the same whatever it guesses, and what it guesses rightly is drawn several at once."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from jupyter_ollama.cancelling import CancelToken
from jupyter_ollama.engine.budget import Shape, estimate, refusal
from jupyter_ollama.engine.protocol import Engine, GenerationEnd
from jupyter_ollama.engine.record import Record
from jupyter_ollama.engine.scheduler import Engines
from jupyter_ollama.engine.setup import Setup
from jupyter_ollama.engine.worker.eagerness import MAX_REST, Eagerness

from . import drafts, ggufs, tiny
from .ending import wait_until
from .oracle import Oracle
from .talk import answer, files, running, text
from .together import Stream, ask_all

RING = "abcdefghijklmnopqrstuvwxyz0123456789"
A = ord("a")
QUESTIONS = [
    "Hello", "Tell me a story.", "What is 2 + 3?", "Count from 1 to 9.", "Please repeat: garden tower river", "Who are you?",
    "What is the capital of France?", "Write a poem.", "What is a kernel?",
]  # fmt: skip


def ring(path: Path, step: int = 1, but: str = "") -> Path:
    """A model that says the letters round and round, each ``step``-th of them; after those in ``but`` it says "x", and is as sure of it."""
    data = RING.encode()
    after = {one: {data[(place + step) % len(data)]: 20.0} for place, one in enumerate(data)}
    return tiny.markov(path, {**after, **{one: {ord("x"): 20.0} for one in but.encode()}, tiny.BOS: {A: 20.0}})


@pytest.fixture(scope="module")
def model(models: Path) -> Path:
    """Says the alphabet."""
    return ring(models / "drafted-ring.gguf")


@pytest.fixture(scope="module")
def pocket(models: Path) -> Path:
    """pocket with twice its layers."""
    return drafts.pocket(models / "deep-pocket.gguf", 12)


@pytest.fixture(scope="module")
def small_pocket(models: Path) -> Path:
    """pocket as it is, but in Q4_0."""
    whole, path = drafts.pocket(models / "pocket-f16.gguf"), models / "pocket-q4_0.gguf"
    ggufs.quantized_by_llama_cpp(whole, {path: 2})
    return path


@pytest.fixture(scope="module")
def drafted(models: Path, pocket: Path, small_pocket: Path) -> Iterator[dict[str, Engine]]:
    """pocket, with each of these to draft for it."""
    others = {"none": None, "itself": pocket, "small": small_pocket, "noise": drafts.noise(models / "noise-pocket.gguf")}
    with ExitStack() as held:
        yield {name: held.enter_context(running(pocket, draft=path)) for name, path in others.items()}


def asked(engine: Engine) -> list[list[int]]:
    return [engine.tokenize(f"<|im_start|>user\n{one}<|im_end|>\n<|im_start|>assistant\n") for one in QUESTIONS]


def total(ends: list[GenerationEnd]) -> tuple[int, int, int]:
    """Tokens made, guessed, guessed rightly."""
    return sum(one.eval_count for one in ends), sum(one.guessed_count for one in ends), sum(one.accepted_count for one in ends)


# answers


def test_greedy_answers_are_the_same_whoever_drafts(drafted: dict[str, Engine], pocket: Path, tmp_path: Path) -> None:
    oracle = Oracle(pocket, asked(drafted["none"]), 40, tmp_path)
    for engine in drafted.values():
        for number, prompt in enumerate(oracle.prompts):
            said, _ = answer(engine, prompt, temperature=0, num_predict=40)
            oracle.check(number, [token.id for token in said], whole=True)


def test_a_draft_that_agrees_is_taken_and_one_of_noise_is_not(drafted: dict[str, Engine]) -> None:
    found = {}
    for name, engine in drafted.items():
        found[name] = total([answer(engine, prompt, temperature=0, num_predict=40)[1] for prompt in asked(engine)])
    made, guessed, right = found["itself"]
    assert guessed > 0.5 * made
    assert right > 0.95 * guessed
    made, guessed, right = found["small"]
    assert right > 0.3 * made
    assert right > 0.7 * guessed
    assert found["noise"][2] < 0.05 * found["noise"][0]
    assert found["none"][1:] == (0, 0)


OPTIONS: list[dict[str, Any]] = [
    {"temperature": 1.2, "seed": 3}, {"temperature": 0.8, "seed": 5, "repeat_penalty": 1.3}, {"temperature": 0.8, "seed": 7, "mirostat": 2},
]  # fmt: skip


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_what_is_drawn_by_chance_is_drawn_with_a_draft_as_well(model: Path, models: Path, options: dict[str, Any]) -> None:
    """Two letters are as probable after each other: the draft is right half of the time, and the seed decides as without it."""
    data = RING.encode()
    open_ = {one: {data[(place + 1) % 36]: 2.0, data[(place + 2) % 36]: 2.0, tiny.EOS: -9.0} for place, one in enumerate(data)}
    target = tiny.markov(models / "open-ring.gguf", open_)
    said = []
    for draft in (None, model, ring(models / "drafted-ring-2.gguf", 2)):
        with running(target, draft=draft) as engine:
            tokens, end = answer(engine, [A], num_predict=200, **options)
            said.append([token.id for token in tokens])
            assert draft is None or 0 < end.accepted_count < end.guessed_count
    assert said[0] == said[1] == said[2]
    assert len(set(said[0])) > 10


def test_guesses_that_are_wrong_are_taken_back_and_cost_less_and_less(model: Path, models: Path) -> None:
    with running(model, draft=ring(models / "wrong-ring.gguf", 2)) as engine:
        said, end = answer(engine, "a", temperature=0, num_predict=300)
        assert b"".join(token.piece for token in said) == (RING * 9)[1:301].encode()
        assert end.accepted_count == 0
        assert end.guessed_count < 30


def test_a_draft_that_errs_now_and_then_is_followed_up_to_there(model: Path, models: Path) -> None:
    with running(model, draft=ring(models / "erring-ring.gguf", but="dm5")) as engine:
        said, end = answer(engine, "a", temperature=0, num_predict=200)
        assert b"".join(token.piece for token in said) == (RING * 9)[1:201].encode()
        assert 100 < end.accepted_count < end.guessed_count <= 200


@pytest.mark.parametrize(("most", "least"), [(0, 0), (1, 90), (4, 150), (64, 150)])
def test_how_many_tokens_are_guessed_at_once_is_an_option(model: Path, models: Path, most: int, least: int) -> None:
    with running(model, draft=ring(models / "same-ring.gguf")) as engine:
        said, end = answer(engine, "a", temperature=0, num_predict=200, draft_num_predict=most)
        assert b"".join(token.piece for token in said) == (RING * 9)[1:201].encode()
        assert least <= end.accepted_count == end.guessed_count <= 200 * most / (most + 1)


def test_text_that_repeats_itself_is_looked_up_and_the_rest_is_drafted(model: Path, models: Path) -> None:
    with running(model, draft=ring(models / "same-ring.gguf")) as engine:
        for options in ({}, {"prompt_lookup": 8}):
            said, end = answer(engine, "a", temperature=0, num_predict=150, **options)
            assert b"".join(token.piece for token in said) == (RING * 9)[1:151].encode()
            assert end.accepted_count > 110


def test_several_answers_are_drafted_at_once(model: Path, models: Path) -> None:
    with running(model, draft=ring(models / "erring-ring.gguf", but="dm5"), num_ctx=128) as engine:
        starts = [RING[number : number + 1 + number % 3] for number in range(0, 30, 2)]
        for (said, end), start in zip(ask_all(engine, [[ord(one) for one in text] for text in starts], temperature=0, num_predict=80), starts, strict=True):
            place = RING.index(start[-1]) + 1
            assert b"".join(token.piece for token in said) == (RING * 9)[place : place + 80].encode()
            assert end.accepted_count > 10


def test_answers_go_on_past_a_full_context(model: Path, models: Path) -> None:
    with running(model, draft=ring(models / "erring-ring.gguf", but="dm5"), num_ctx=64) as engine:
        stream = Stream(engine, [tiny.BOS, A], n_keep=4, temperature=0, num_predict=300)
        said, end = stream.result()
        assert b"".join(token.piece for token in said) == (RING * 9)[1:301].encode()
        assert end.accepted_count > 150


def test_a_draft_with_a_shorter_context_guesses_as_far_as_that(model: Path, models: Path) -> None:
    short = tiny.markov(models / "short-ring.gguf", {one: {after: 20.0} for one, after in zip(RING.encode(), RING[1:].encode(), strict=False)},
                        tiny.Shape(n_ctx=32))
    with running(model, draft=short, num_ctx=256) as engine:
        said, end = answer(engine, "a", temperature=0, num_predict=150)
        assert b"".join(token.piece for token in said) == (RING * 9)[1:151].encode()
        assert 15 < end.accepted_count < 32


def test_prompts_that_go_on_and_others_are_told_apart(model: Path) -> None:
    with running(model, draft=ring(model.with_name("erring-ring.gguf"), but="dm5"), num_ctx=256) as engine:
        for start in ("abcdefghij", "abcdefghijklmnop", "abc", "xyz", "abcdefghijklmnopqrs"):
            said, end = answer(engine, [ord(one) for one in start], temperature=0, num_predict=40)
            place = RING.index(start[-1]) + 1
            assert b"".join(token.piece for token in said) == (RING * 9)[place : place + 40].encode()
            assert end.accepted_count > 10


def test_long_prompts_are_evaluated_by_the_draft_in_pieces(drafted: dict[str, Engine]) -> None:
    """The answer has begun meanwhile."""
    prompt = asked(drafted["none"])[1]
    long = (prompt * 120)[: 1600 - len(prompt)] + prompt
    alone, guessed = (answer(drafted[name], long, temperature=0, num_predict=30) for name in ("none", "itself"))
    assert [token.id for token in alone[0]] == [token.id for token in guessed[0]]
    assert 5 < guessed[1].accepted_count < 24, "not from the first token on"


def test_the_same_request_is_guessed_for_in_the_same_way_again(drafted: dict[str, Engine]) -> None:
    """Whatever was asked between: what is guessed decides on the size of batches, and so on how sums are rounded."""
    engine, prompts, found = drafted["small"], asked(drafted["small"]), []
    for _ in range(3):
        for prompt in (prompts[1], prompts[0], [*prompts[1], 700, 701], prompts[3]):
            said, end = answer(engine, prompt, temperature=0.9, seed=5, num_predict=60)
            if prompt is prompts[1]:
                found.append(([token.id for token in said], end.guessed_count, end.accepted_count))
    assert found[0] == found[1] == found[2]


def test_a_cancelled_answer_ends_at_once_and_the_next_is_right(model: Path, models: Path) -> None:
    with running(model, draft=ring(models / "same-ring.gguf"), num_ctx=256) as engine:
        stream = Stream(engine, [A], n_keep=4, temperature=0)
        stream.wait(20)
        stream.cancel.cancel()
        assert stream.result()[1].reason == "cancelled"
        assert text(engine, "a", temperature=0, num_predict=100) == (RING * 9)[1:101].encode()


@pytest.mark.parametrize("count", [pytest.param(600, marks=pytest.mark.soak), 40])
def test_many_answers_that_come_and_go_are_right_in_little_memory(model: Path, models: Path, count: int) -> None:
    """Some give way to others, some are cancelled, some go on past their context; each says its part of the alphabet."""
    rng = random.Random(1)
    with running(model, draft=ring(models / "erring-ring.gguf", but="dm5"), num_ctx=48) as engine:
        streams: list[tuple[int, int, Stream]] = []
        for _ in range(count):
            start, length, most = rng.randrange(36), rng.randrange(1, 30), rng.randrange(1, 120)
            prompt = [ord(RING[(start + place) % 36]) for place in range(length)]
            options = {"draft_num_predict": rng.choice((0, 1, 4, 16)), "prompt_lookup": rng.choice((0, 0, 6))}
            streams.append(((start + length) % 36, most, Stream(engine, prompt, n_keep=4, temperature=0, num_predict=most, **options)))
            if rng.random() < 0.3:
                rng.choice(streams)[2].cancel.cancel()
            if len(streams) % 20 == 0:
                streams[-1][2].wait(1)
        for start, most, stream in streams:
            said, end = stream.result()
            assert b"".join(token.piece for token in said) == (RING * 9)[start : start + len(said)].encode()
            assert end.reason == "cancelled" or len(said) == most


# loading


def test_a_draft_that_cannot_be_used_is_told_and_the_model_answers(model: Path, models: Path) -> None:
    damaged = models / "damaged-draft.gguf"
    damaged.write_bytes(model.read_bytes()[:-5000])
    other = tiny.random_llama(models / "other-draft.gguf", tiny.Shape(n_vocab=500, n_embd=64, n_head=4))
    problems = {
        damaged: "damaged-draft.gguf", other: "token", models / "nowhere.gguf": "nowhere.gguf",
        tiny.random_mamba(models / "mamba-draft.gguf"): "one state for all tokens",
    }  # fmt: skip
    for path, word in problems.items():
        with running(model, draft=path) as engine:
            assert "without its draft model" in engine.info.draft_problem
            assert word in engine.info.draft_problem
            assert text(engine, "a", temperature=0, num_predict=5) == b"bcdef"


@pytest.mark.parametrize("key", ["attention.layer_norm_rms_epsilon", "rope.dimension_count"])
def test_a_draft_that_ends_the_process_is_left_out_from_then_on(engines: Engines, model: Path, tmp_path: Path, key: str) -> None:
    def edit(metadata: tiny.Metadata, _: tiny.Weights) -> None:
        metadata[f"llama.{key}"] = -1.0 if "epsilon" in key else 1000

    bad = files(model, draft=tiny.random_llama(tmp_path / "bad.gguf", edit=edit))
    pids = set()
    for _ in range(2):
        with engines.acquire(bad, {"num_thread": 1}, cancel=CancelToken()) as engine:
            assert "answers without its draft model" in engine.info.draft_problem
            assert text(engine, "a", temperature=0, num_predict=5) == b"bcdef"
            pids.add(engine.info.pid)
    assert len(pids) == 1, "it is not tried again"


def test_a_model_that_cannot_take_guesses_back_is_not_drafted_for(model: Path, models: Path) -> None:
    with running(tiny.random_mamba(models / "mamba.gguf"), draft=model) as engine:
        assert "take back" in engine.info.draft_problem
        assert answer(engine, "a", temperature=0, num_predict=5)[1].guessed_count == 0


def test_a_vocabulary_that_was_filled_up_is_the_same_one(model: Path, models: Path) -> None:
    """Tokens that the draft does not know end its guesses."""
    table = {one: {after: 20.0} for one, after in zip(RING.encode(), RING[1:].encode(), strict=False)}
    larger = tiny.markov(models / "larger.gguf", {**table, ord("9"): {290: 20.0}, 290: {A: 20.0}}, tiny.Shape(n_vocab=300, n_embd=320))
    with running(larger, draft=model) as engine:
        assert not engine.info.draft_problem
        said, end = answer(engine, "a", temperature=0, num_predict=60)
        assert [token.id for token in said][34:38] == [ord("9"), 290, A, ord("b")]
        assert 20 < end.accepted_count < 36


def test_runners_with_a_draft_serve_those_who_have_none_and_not_the_other_way(engines: Engines, model: Path, models: Path) -> None:
    plain, guessed = files(model), files(model, draft=ring(models / "same-ring.gguf"))
    other = files(model, draft=ring(models / "wrong-ring.gguf", 2))

    def pid(wanted: Any) -> int:
        with engines.acquire(wanted, {"num_thread": 1}, cancel=CancelToken()) as engine:
            assert text(engine, "a", temperature=0, num_predict=3) == b"bcd"
            return engine.info.pid

    first = pid(plain)
    second = pid(guessed)
    assert second != first
    assert pid(plain) == pid(guessed) == second
    assert pid(other) != second
    assert wait_until(lambda: len(engines.loaded()) == 1, 10)


def test_kernels_share_a_runner_with_its_draft(runtime: Path, model: Path, models: Path) -> None:
    wanted, pids = files(model, draft=ring(models / "same-ring.gguf")), set()
    for _ in range(2):
        kernel = Engines(Setup(runtime=runtime))
        with kernel.acquire(wanted, {"num_thread": 1}, cancel=CancelToken()) as engine:
            assert answer(engine, "a", temperature=0, num_predict=30)[1].accepted_count > 10
            pids.add(engine.info.pid)
        kernel.close()
    assert len(pids) == 1


def test_the_memory_of_a_draft_counts(model: Path, models: Path) -> None:
    draft = drafts.pocket(models / "counted.gguf", 3)
    alone, both = (estimate(one, {"num_ctx": 512}, Setup(num_parallel=1)) for one in (files(model), files(model, draft=draft)))
    assert both.weights_bytes == alone.weights_bytes + draft.stat().st_size
    assert both.cache_bytes(512) == alone.cache_bytes(512) + 512 * 6 * 2 * 64 * 2 * 2
    assert both.compute_bytes(512) > alone.compute_bytes(512)
    assert alone.draft == Shape()
    assert "draft_num_predict to 0" in (refusal(files(model, draft=draft), both, 0).hint or "")
    with running(model) as one, running(model, draft=ring(models / "same-ring.gguf")) as other:
        assert other.info.size_bytes > one.info.size_bytes + model.stat().st_size * 0.9


def test_a_record_says_which_draft_it_has(model: Path, models: Path) -> None:
    made = Record.of(
        "x", files(model, draft=models / "d.gguf"), {}, Setup(), extra_buffers=True, n_contexts=1, need_bytes=0, weights_bytes=0
    )
    assert made.serves(files(model), {}, Setup())
    assert made.serves(files(model, draft=models / "d.gguf"), {}, Setup())
    assert not made.serves(files(model, draft=models / "e.gguf"), {}, Setup())


# how eagerly


def test_guessing_rests_after_failures_longer_and_longer_and_success_ends_that() -> None:
    eager, rests, sizes = Eagerness(8), [], []
    for _ in range(10):
        sizes.append(eager.now)
        eager.judge(eager.now, 0)
        rests.append(eager.rest)
    assert sizes[:5] == [8, 4, 2, 1, 1]
    assert rests == [0, 0, 2, 4, 8, 16, 32, 32, 32, MAX_REST]
    eager.judge(1, 1)
    eager.judge(2, 1)
    eager.judge(0, 0)
    assert (eager.now, eager.rest) == (2, 0)
