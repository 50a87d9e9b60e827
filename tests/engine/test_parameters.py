"""Parameters that do not sample: each has the effect that it should have, seen from outside the engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from jupyter_ollama import Done, Ollama
from jupyter_ollama.engine.protocol import Engine

from . import tiny
from .talk import answer, running

RING = b"abcdefghij"


@pytest.fixture(scope="module")
def noise(models: Path) -> Path:
    return tiny.random_llama(models / "parameters.gguf")


@pytest.fixture(scope="module")
def endless(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ollama]:
    """A model named ring that says the alphabet's first ten letters for ever."""
    steps = {before: {after: 20.0} for before, after in zip([*RING, tiny.BOS], [*RING[1:], RING[0], RING[0]], strict=True)}
    path = tiny.markov(models / "ring.gguf", steps)
    with Ollama(tmp_path_factory.mktemp("store")) as ollama:
        ollama.create("ring", f"FROM {path}\nPARAMETER temperature 0\nPARAMETER num_thread 1").result(60)
        yield ollama


def said(ollama: Ollama, **options: Any) -> Done:
    return ollama.generate("ring", "abc", raw=True, options={"num_ctx": 32, **options}).result(120)


@pytest.mark.parametrize("num_predict", [-1, 30_000])
def test_an_answer_without_a_limit_or_with_a_large_one_ends_after_ten_contexts(endless: Ollama, num_predict: int) -> None:
    done = said(endless, num_predict=num_predict)

    assert ("length", 320) == (done.done_reason, done.statistics.eval_count)
    assert (RING.decode() * 33)[3:323] == done.message.content


def test_num_predict_minus_2_stops_when_the_context_is_full(endless: Ollama) -> None:
    done = said(endless, num_predict=-2)

    assert ("length", 32) == (done.done_reason, len(done.prompt_tokens) + done.statistics.eval_count - 1)
    assert "defghijabc" == done.message.content[:10]


def test_num_predict_is_exact_and_0_is_nothing(endless: Ollama) -> None:
    assert "defgh" == said(endless, num_predict=5).message.content
    assert ("", "length", 0) == (lambda done: (done.message.content, done.done_reason, len(done.tokens)))(said(endless, num_predict=0))


@pytest.mark.parametrize(
    ("stop", "content"),
    [(["ghi", "fg"], "de"), (["ja", "zz", "hij"], "defg"), (["i"], "defgh"), (["never"], "defghijabcde"), ([], "defghijabcde"), (["bcd", "b"], "defghija")],
)  # fmt: skip
def test_an_answer_ends_before_the_first_of_several_stop_texts(endless: Ollama, stop: list[str], content: str) -> None:
    done = said(endless, num_predict=12, stop=stop)

    assert (content, "stop" if len(content) < 12 else "length") == (done.message.content, done.done_reason)


def test_num_keep_says_which_tokens_stay_when_the_context_is_full(endless: Ollama) -> None:
    """The ring does not care; what is kept is seen in how much of a prompt that is too long is left."""
    cut = {keep: endless.generate("ring", "abcdefghij" * 10, raw=True, options={"num_ctx": 32, "num_keep": keep, "num_predict": 1}).result(60)
           for keep in (0, 8)}  # fmt: skip

    assert cut[8].prompt.startswith("<bos>abcdefgh")
    assert not cut[0].prompt.startswith("<bos>abcdefgh")


def test_num_ctx_is_the_context_clamped_to_what_the_model_was_trained_for(noise: Path) -> None:
    for wanted, given in ((64, 64), (1, 4), (100_000, tiny.Shape().n_ctx), (0, tiny.Shape().n_ctx)):
        with running(noise, num_ctx=wanted) as engine:
            assert given == engine.info.n_ctx


@pytest.mark.parametrize("options", [{"num_batch": 1}, {"num_batch": 7}, {"num_thread": 2}, {"use_mmap": False}, {"num_gpu": 0, "main_gpu": 0}])
def test_what_only_says_how_to_compute_does_not_change_the_answer(noise: Path, options: dict[str, Any]) -> None:
    with running(noise) as usual, running(noise, **options) as other:
        first, second = (ids(engine) for engine in (usual, other))

    assert first == second


def ids(engine: Engine) -> list[int]:
    return [token.id for token in answer(engine, "the same prompt for both", temperature=0, num_predict=24)[0]]


def test_num_thread_is_how_many_threads_compute(noise: Path) -> None:
    threads = {}
    for count in (1, 3):
        with running(noise, num_thread=count) as engine:
            ids(engine)
            threads[count] = psutil.Process(engine.info.pid).num_threads()

    assert 2 == threads[3] - threads[1]


@pytest.mark.parametrize("use_mmap", [True, False])
def test_use_mmap_maps_the_file_or_reads_it(noise: Path, use_mmap: bool) -> None:
    with running(noise, use_mmap=use_mmap) as engine:
        mapped = [region.path for region in psutil.Process(engine.info.pid).memory_maps() if region.path == str(noise)]

    assert bool(mapped) is use_mmap
