"""Without flash attention (OLLAMA_FLASH_ATTENTION=0) values lie in the memory the other way round: all that is done with it still works."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jupyter_ollama.engine.protocol import Engine, Keep
from jupyter_ollama.engine.setup import Setup
from jupyter_ollama.engine.snapshots import SnapshotRules

from . import tiny
from .talk import answer, running, text
from .test_batching import ROUND
from .test_batching import said as after
from .test_snapshots import ask
from .together import Stream

A, B, C, D = b"abcd"
QUIET: dict[str, Any] = {"temperature": 0, "num_predict": 24}
PROMPTS = [[A, letter, B, C] * 20 for letter in range(97, 109)]


@pytest.fixture(scope="module")
def noise(models: Path) -> Path:
    return tiny.random_llama(models / "plain-attention.gguf", tiny.Shape(n_embd=64, n_layer=2, n_head=4, n_head_kv=2, n_ff=96, n_ctx=512), seed=3)


@pytest.fixture
def setup(tmp_path: Path) -> Setup:
    return Setup(flash_attention=False, snapshots=SnapshotRules(tmp_path / "snapshots", 1 << 28, 0))


@pytest.fixture
def plain(noise: Path, setup: Setup) -> Iterator[Engine]:
    with running(noise, setup=setup, num_ctx=512) as engine:
        yield engine


def logprobs(engine: Engine, texts: list[list[int]]) -> np.ndarray:
    """Of every token but the first of each text."""
    return np.array([one.logprob for scored in engine.score(texts, [1] * len(texts), 0, {}) for one in scored])


def test_the_numbers_are_those_of_flash_attention_up_to_rounding(noise: Path, plain: Engine) -> None:
    with running(noise, num_ctx=512) as with_it:
        assert np.allclose(logprobs(plain, PROMPTS), logprobs(with_it, PROMPTS), atol=0.05)


def test_several_texts_at_once_have_the_numbers_that_they_have_alone(plain: Engine) -> None:
    alone = np.concatenate([logprobs(plain, [prompt]) for prompt in PROMPTS])
    assert np.allclose(logprobs(plain, PROMPTS), alone, atol=0.05)


def test_what_made_way_comes_back_as_it_was(plain: Engine) -> None:
    first = text(plain, PROMPTS[0], **QUIET)
    for prompt in PROMPTS[1:]:
        answer(plain, prompt, num_predict=1)
    tokens, end = answer(plain, PROMPTS[0], **QUIET)
    assert (b"".join(token.piece for token in tokens), end.prompt_cached_count) == (first, len(PROMPTS[0]) - 1)


def test_a_full_context_is_shifted(models: Path, setup: Setup) -> None:
    ring = tiny.markov(models / "ring-plain.gguf", ROUND)
    with running(ring, setup=setup, num_ctx=512) as engine:
        tokens, end = Stream(engine, [A] * 500, n_keep=10, temperature=0, num_predict=300).result()
        assert b"".join(token.piece for token in tokens) == after(A, 300)
        assert end.reason == "length"


def test_a_snapshot_is_read_back_and_changes_no_answer(noise: Path, setup: Setup) -> None:
    prompt, answers = PROMPTS[3] * 4, []
    for _ in range(2):
        with running(noise, setup=setup, num_ctx=512) as engine:
            answers.append(ask(engine, [*prompt, D], Keep(fixed=len(prompt))))
            ask(engine, [D], Keep(conversation=True))  # comes after all writing
    (first, cold), (again, warm) = answers
    assert (cold.prompt_cached_count, warm.prompt_cached_count) == (0, len(prompt))
    assert again == first
