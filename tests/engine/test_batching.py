"""Many requests at once: they share steps, prefixes and memory, and none of them notices the others."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_ollama.cancelling import CancelToken
from jupyter_ollama.engine.protocol import Engine
from jupyter_ollama.engine.scheduler import Engines
from jupyter_ollama.engine.setup import Setup
from jupyter_ollama.errors import EngineError

from . import tiny
from .talk import answer, files, running, text
from .together import Stream, ask_all

A, B, C, D = b"abcd"
QUIET = {"temperature": 0}
RING = "abcdefghijklmnopqrstuvwxyz0123456789"
ROUND = {**{before: {after: 20.0} for before, after in zip(RING.encode(), RING[1:].encode() + b"a", strict=True)}, tiny.BOS: {A: 20.0}}


@pytest.fixture(scope="module")
def ring(models: Path) -> Iterator[Engine]:
    """Says the alphabet and the digits, round and round; memory for 256 tokens."""
    with running(tiny.markov(models / "ring.gguf", ROUND), num_ctx=64) as engine:
        yield engine


@pytest.fixture(scope="module")
def noise(models: Path) -> Iterator[Engine]:
    """An ordinary Llama with random weights."""
    with running(tiny.random_llama(models / "noise-batch.gguf")) as engine:
        yield engine


@pytest.fixture(scope="module")
def slow(models: Path) -> Iterator[Engine]:
    """A model whose prompts take a while."""
    shape = tiny.Shape(n_embd=512, n_layer=6, n_head=8, n_head_kv=8, n_ff=1024, n_ctx=4096)
    with running(tiny.random_llama(models / "slow-batch.gguf", shape), num_ctx=4096, num_batch=64) as engine:
        yield engine


def said(after: int, count: int) -> bytes:
    """What the ring says after one of its letters."""
    start = RING.index(chr(after)) + 1
    return (RING * 10)[start : start + count].encode()


# steps


def test_a_short_request_does_not_wait_for_a_long_one(ring: Engine) -> None:
    long = Stream(ring, [A], n_keep=0, num_predict=-1)
    long.wait(1)
    assert text(ring, [C], num_predict=5) == b"defgh"
    assert not long.over
    long.cancel.cancel()
    assert long.result()[1].reason == "cancelled"


def test_every_request_gets_the_answer_that_it_would_get_alone(ring: Engine) -> None:
    prompts = [RING[:length].encode() for length in range(1, 25)]
    for prompt, (tokens, end) in zip(prompts, ask_all(ring, prompts, num_predict=30), strict=True):
        assert b"".join(token.piece for token in tokens) == said(prompt[-1], 30)
        assert (end.reason, end.prompt_eval_count, end.eval_count) == ("length", len(prompt), 30)


def test_each_request_has_its_own_options(noise: Engine) -> None:
    wanted = [{"seed": 1}, {"seed": 2}, {"temperature": 0}, {"seed": 1, "num_predict": 3}]
    streams = [Stream(noise, [A, B, C], **{"num_predict": 12, **options}) for options in wanted]
    ends = [stream.result()[1] for stream in streams]
    assert [end.eval_count for end in ends] == [12, 12, 12, 3]
    assert [end.seed for end in ends[:2]] == [1, 2]
    assert streams[0].ids[:3] == streams[3].ids
    assert streams[0].ids != streams[1].ids


def test_a_long_prompt_does_not_stop_the_other_answers(slow: Engine) -> None:
    stream = Stream(slow, [A], n_keep=0, **QUIET, num_predict=3000)
    stream.wait(3)
    before = len(stream.tokens)
    Stream(slow, [B, C, D, *[A, B] * 250], **QUIET, num_predict=1).result()
    stream.cancel.cancel()
    stream.result()
    assert len(stream.tokens) - before >= 7  # a token for each piece of the prompt


# cancel


def test_cancelling_one_leaves_the_others_as_they_are(ring: Engine) -> None:
    streams = [Stream(ring, [letter], n_keep=0, num_predict=most) for letter, most in ((A, 150), (B, -1), (C, 150))]
    streams[1].wait(1)
    streams[1].cancel.cancel()
    assert streams[1].result()[1].reason == "cancelled"
    for stream, letter in ((streams[0], A), (streams[2], C)):
        assert b"".join(token.piece for token in stream.result()[0]) == said(letter, 150)


def test_a_long_prompt_is_given_up_at_once_while_others_go_on(slow: Engine) -> None:
    stream = Stream(slow, [A], n_keep=0, **QUIET, num_predict=3000)
    stream.wait(2)
    reader = Stream(slow, [D, C, *[B, A] * 1000], **QUIET, num_predict=1)
    time.sleep(0.2)
    reader.cancel.cancel()
    _, end = reader.result(10)
    assert (end.reason, end.eval_count) == ("cancelled", 0)
    count = len(stream.tokens)
    stream.wait(count + 3)
    stream.cancel.cancel()
    assert stream.result()[1].reason == "cancelled"


def test_requests_that_are_dropped_leave_their_places(ring: Engine) -> None:
    for _ in range(3):
        for generation in [ring.generate([A, number], {"num_predict": -1}, CancelToken(), n_keep=0) for number in range(B, B + 25)]:
            next(generation)
            generation.close()
    assert text(ring, [A], num_predict=5) == b"bcdef"


def test_a_kernel_that_goes_away_leaves_its_places(slow: Engine, models: Path, runtime: Path) -> None:
    model, options, forever = files(models / "slow-batch.gguf"), {"num_thread": 1, "num_ctx": 4096}, CancelToken()
    goes, stays = (Engines(Setup(runtime=runtime)) for _ in range(2))
    with stays.acquire(model, options, cancel=forever) as engine:
        with goes.acquire(model, options, cancel=forever) as other:
            assert other.info.pid == engine.info.pid != slow.info.pid
            streams = [Stream(other, [A, number], n_keep=0, **QUIET) for number in range(97, 117)]
            streams[0].wait(2)
            goes.close()
            for stream in streams:
                with pytest.raises(EngineError):
                    stream.result()
        assert len(Stream(engine, [B], num_predict=3, **QUIET).result(60)[0]) == 3  # twenty endless answers would take far longer
    stays.close()


# prefixes


def test_several_answers_to_one_prompt_evaluate_it_once(slow: Engine) -> None:
    prompt = [tiny.BOS, A, B, *[C, D] * 150]
    ends = [end for _, end in ask_all(slow, [prompt] * 6, num_predict=2)]
    assert sorted(end.prompt_cached_count for end in ends) == [0, *[len(prompt) - 1] * 5]


def test_requests_that_begin_alike_wait_for_what_they_share(slow: Engine) -> None:
    system = [tiny.EOS, A, B, *[D, C] * 100]
    ends = [end for _, end in ask_all(slow, [[*system, letter, *[letter, A] * 20] for letter in range(97, 102)], num_predict=2)]
    assert sorted(end.prompt_cached_count for end in ends) == [0, *[len(system)] * 4]


def test_what_an_answer_in_the_making_holds_is_shared(noise: Engine) -> None:
    running_one = Stream(noise, [D, D, *[C, B] * 50], n_keep=0, num_predict=-1)
    running_one.wait(2)
    assert answer(noise, [D, D, *[C, B] * 50, A, A], num_predict=1)[1].prompt_cached_count == 102
    running_one.cancel.cancel()
    running_one.result()


def test_a_conversation_outlives_others_with_the_same_beginning(noise: Engine) -> None:
    system, first, second = [C, C, A] * 10, [A, B] * 40, [B, D] * 40
    for turn in (first, second, first, second):
        answer(noise, [*system, *turn], num_predict=1)
    for turn in (first, second):
        assert answer(noise, [*system, *turn, A], num_predict=1)[1].prompt_cached_count == 110


def test_a_shared_prefix_changes_no_answer(noise: Engine, models: Path) -> None:
    shared = [A, B, C, D] * 20
    prompts = [[*shared, letter] for letter in range(97, 103)]
    together = [b"".join(token.piece for token in tokens) for tokens, _ in ask_all(noise, prompts, **QUIET, num_predict=8)]
    with running(models / "noise-batch.gguf") as alone:
        assert together == [text(alone, prompt, **QUIET, num_predict=8) for prompt in prompts]


# memory


def test_more_than_the_memory_holds_is_answered_one_after_the_other(ring: Engine) -> None:
    prompts = [[letter, *RING[:30].encode(), letter] for letter in RING.encode()[:16]]
    for prompt, (tokens, end) in zip(prompts, ask_all(ring, prompts, num_predict=30), strict=True):
        assert b"".join(token.piece for token in tokens) == said(prompt[-1], 30)
        assert end.reason == "length"


def test_what_is_idle_makes_way_for_what_is_asked(ring: Engine) -> None:
    for letter in RING.encode()[:8]:
        answer(ring, [letter] * 60, num_predict=1)
    tokens, end = answer(ring, [A] * 30, num_predict=30)
    assert (len(tokens), end.reason) == (30, "length")


def test_what_made_way_comes_back_when_it_is_asked_for(models: Path) -> None:
    with running(tiny.markov(models / "ring-alone.gguf", ROUND), num_ctx=64) as engine:
        conversations = [[letter] * 50 for letter in RING.encode()[:12]]
        for _ in range(2):
            for conversation in conversations:
                answer(engine, conversation, num_predict=1)
        assert answer(engine, [*conversations[0], B], num_predict=1)[1].prompt_cached_count == 50
        for stream in [Stream(engine, [letter], n_keep=0, num_predict=600) for letter in (A, B)]:  # so long that what is idle is put aside
            stream.result()
        assert answer(engine, [*conversations[1], A], num_predict=1)[1].prompt_cached_count == 50


def test_the_same_seed_gives_the_same_answer_whatever_was_asked_before(noise: Engine) -> None:
    def said() -> list[int]:
        return [token.id for token in answer(noise, [D, B, A, C] * 30, seed=7, num_predict=60)[0]]

    first = said()
    for length in (3, 40, 150):
        answer(noise, [A, D] * length, num_predict=30)
        assert said() == first
    ask_all(noise, [[C, letter] * 20 for letter in range(97, 105)], num_predict=30)
    assert said() == first


# the end of the context


def test_a_full_context_is_shifted_and_the_answer_goes_on(ring: Engine) -> None:
    streams = [Stream(ring, [tiny.BOS, *RING[:10].encode(), letter], n_keep=4, num_predict=200) for letter in (A, D)]
    for stream, letter in zip(streams, (A, D), strict=True):
        tokens, end = stream.result()
        assert b"".join(token.piece for token in tokens) == said(letter, 200)
        assert (end.reason, end.eval_count) == ("length", 200)


@pytest.mark.parametrize("n_keep", [0, 1, 4, 40, 63, 1000, -1])
def test_any_number_of_tokens_can_be_kept(ring: Engine, n_keep: int) -> None:
    stream = Stream(ring, [A, B, C], n_keep=n_keep, num_predict=150)
    assert b"".join(token.piece for token in stream.result()[0]) == said(C, 150)


def test_without_it_an_answer_ends_with_the_context(ring: Engine) -> None:
    assert len(Stream(ring, [A], num_predict=200).result()[0]) == 64


@pytest.mark.parametrize("num_predict", [-1, 30_000])
def test_no_answer_is_longer_than_ten_contexts(ring: Engine, num_predict: int) -> None:
    tokens, end = Stream(ring, [A], n_keep=0, num_predict=num_predict).result()
    assert (len(tokens), end.reason) == (640, "length")


def test_a_shift_is_that_of_llama_cpp(models: Path, tmp_path: Path) -> None:
    """The first tokens stay, half of the others go, the rest moves up in the cache: the same tokens as a bare loop that does it."""
    path, prompt, n_keep = tiny.random_llama(models / "shifted.gguf", seed=4), [A, B, C, D, A], 3
    with running(path, num_ctx=40) as engine:
        ours = Stream(engine, prompt, n_keep=n_keep, **QUIET, num_predict=120)
        ours.result()
    script = Path(__file__).with_name("shift_loop.py")
    wanted = json.dumps({"prompt": prompt, "n_ctx": 40, "n_keep": n_keep, "count": 120})
    done = subprocess.run([sys.executable, str(script), str(path), wanted], capture_output=True, text=True, check=True, timeout=60)
    assert ours.ids == json.loads(done.stdout)


def test_after_a_shift_only_the_beginning_serves_another_prompt(models: Path) -> None:
    with running(tiny.random_llama(models / "shifted-2.gguf", seed=5), num_ctx=40) as engine:
        prompt = [A, B, C, D] * 5
        first = Stream(engine, prompt, n_keep=6, num_predict=60)
        first.result()
        assert answer(engine, [*prompt[:6], D, D], num_predict=1)[1].prompt_cached_count == 6
        assert answer(engine, [*prompt[:6], *first.ids[-20:]], num_predict=1)[1].prompt_cached_count == 6


def test_a_shift_does_not_touch_what_others_share(models: Path) -> None:
    path, prompt = tiny.random_llama(models / "shifted-3.gguf", seed=6), [A, B, C, D] * 9
    with running(path, num_ctx=40) as engine:
        answer(engine, prompt, num_predict=1)
        Stream(engine, [*prompt, A], n_keep=2, num_predict=60).result()
        after = text(engine, [*prompt, B], **QUIET, num_predict=4)
        for fork in [Stream(engine, prompt, n_keep=2, num_predict=60, seed=seed) for seed in range(3)]:
            assert fork.result()[1].reason in ("length", "stop")
    with running(path, num_ctx=40) as fresh:
        assert text(fresh, [*prompt, B], **QUIET, num_predict=4) == after


# a memory that cannot be cut


@pytest.fixture(scope="module")
def mamba(models: Path) -> Iterator[Engine]:
    with running(tiny.random_mamba(models / "mamba-batch.gguf"), num_ctx=64, num_batch=16) as engine:
        yield engine


def test_a_model_with_a_state_answers_several_at_once(mamba: Engine) -> None:
    prompts = [[A, letter] * 8 for letter in range(97, 109)]
    alone = [text(mamba, prompt, **QUIET, num_predict=12) for prompt in prompts]
    assert [b"".join(token.piece for token in tokens) for tokens, _ in ask_all(mamba, prompts, **QUIET, num_predict=12)] == alone


def test_a_state_is_forked_where_two_prompts_are_the_same(models: Path) -> None:
    with running(tiny.random_mamba(models / "mamba-fork.gguf"), num_ctx=512, num_batch=4) as engine:
        prompt = [D, C, B] * 150
        os.kill(engine.info.pid, signal.SIGSTOP)
        streams = [Stream(engine, prompt, **QUIET, num_predict=2) for _ in range(3)]
        time.sleep(0.2)  # all have arrived when it goes on
        os.kill(engine.info.pid, signal.SIGCONT)
        results = [stream.result() for stream in streams]
    assert sorted(end.prompt_cached_count for _, end in results) == [0, 449, 449]
    assert len({tuple(token.id for token in tokens) for tokens, _ in results}) == 1


def test_a_state_goes_on_over_the_end_of_the_context(mamba: Engine) -> None:
    tokens, end = Stream(mamba, [A, B, C], n_keep=2, num_predict=150, seed=3).result()
    assert (len(tokens), end.reason) in ((150, "length"), (end.eval_count - 1, "stop"))
    assert len(tokens) > 62
