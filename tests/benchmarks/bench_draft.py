"""A draft model that guesses ahead (``DRAFT``) against drawing every token alone, where it agrees with its model and where it does not.

python -m tests.benchmarks.bench_draft [--rounds 5] [--guesses 4] [--threads 0]

The model is pocket with more and wider layers, which are computed and add nothing: it takes as long for a token as any of its shape and
says what pocket says, so pocket drafts for it as well as a draft model can. One of random weights is of no use and shall do no harm.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jupyter_ollama.cancelling import CancelToken
from jupyter_ollama.engine.protocol import Engine, GenerationEnd, ModelFiles
from jupyter_ollama.engine.scheduler import Engines

from ..engine import drafts, ggufs
from ..engine.together import ask_all
from .table import Row, pairs, print_table

QUESTIONS = ("Tell me a story.", "Count from 1 to 9.", "Please repeat: garden tower river stone", "What is a kernel?")
SIZE = 16, 8192
"""Layers, and the width of their feed-forward parts: about 110 million weights, twenty times as many as pocket has."""


@dataclass
class Asked:
    """What was said by whom, and how many guesses were made and right."""

    said: dict[str, list[list[int]]] = field(default_factory=dict)
    guessed: int = 0
    right: int = 0


def measure(rounds: int = 5, guesses: int = 4, threads: int = 0) -> list[Row]:
    """Rows: how many times as fast."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        large, small, noise = (_q8_0(path) for path in (
            drafts.pocket(folder / "large.gguf", *SIZE), drafts.pocket(folder / "small.gguf"), drafts.noise(folder / "noise.gguf")
        ))  # fmt: skip
        options = {"num_thread": threads} if threads else {}
        rows = []
        with _running(large, None, options) as alone, _running(large, small, options) as drafted, _running(large, noise, options) as misled:
            rows.append(_compare("a draft model that agrees", ">= 1.5", alone, drafted, guesses, rounds, at_once=False))
            rows.append(_compare("a draft model that agrees, 4 answers at once", ">= 1.0", alone, drafted, guesses, rounds, at_once=True))
            rows.append(_compare("a draft model of noise", ">= 0.9", alone, misled, guesses, rounds, at_once=False))
    return rows


def _compare(what: str, goal: str, alone: Engine, drafted: Engine, guesses: int, rounds: int, *, at_once: bool) -> Row:
    asked = Asked()
    first, second = pairs(
        lambda: _ask(alone, "alone", 0, asked, at_once=at_once), lambda: _ask(drafted, "drafted", guesses, asked, at_once=at_once), rounds
    )
    if not at_once:  # batches of other sizes round differently
        assert asked.said["alone"] == asked.said["drafted"]
    told = f"{1e9 / second:.0f} against {1e9 / first:.0f} tokens/s, {asked.right} of {asked.guessed} guesses right"
    return Row(f"{what}, {guesses} guesses", "token by token", first / second, goal, told)


def _ask(engine: Engine, who: str, guesses: int, asked: Asked, *, at_once: bool) -> float:
    """Nanoseconds for a token."""
    prompts = [engine.tokenize(f"<|im_start|>user\n{one}<|im_end|>\n<|im_start|>assistant\n") for one in QUESTIONS]
    options: Any = {"temperature": 0.0, "num_predict": 100, "draft_num_predict": guesses}
    groups = [prompts] if at_once else [[prompt] for prompt in prompts]
    answers = [answer for group in groups for answer in ask_all(engine, group, **options)]
    asked.said[who] = [[token.id for token in tokens] for tokens, _ in answers]
    ends = [end for _, end in answers]
    asked.guessed += sum(end.guessed_count for end in ends)
    asked.right += sum(end.accepted_count for end in ends)
    return _span(ends, at_once=at_once) / sum(end.eval_count for end in ends)


def _span(ends: list[GenerationEnd], *, at_once: bool) -> float:
    """How long the answers took: one after the other, or the longest of them."""
    durations = [float(end.eval_duration) for end in ends]
    return max(durations) if at_once else sum(durations)


@contextmanager
def _running(path: Path, draft: Path | None, options: Any) -> Iterator[Engine]:
    engines = Engines()
    try:
        with engines.acquire(ModelFiles("large", "0" * 64, path, draft=draft), options, cancel=CancelToken()) as engine:
            assert not engine.info.draft_problem
            yield engine
    finally:
        engines.close()


def _q8_0(path: Path) -> Path:
    quantized = path.with_name(f"q8_0-{path.name}")
    ggufs.built_by_us(path, {quantized: "q8_0"})
    return quantized


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--guesses", type=int, default=4)
    parser.add_argument("--threads", type=int, default=0, help="for each evaluation; 0: as many as the engine chooses")
    print_table(measure(**vars(parser.parse_args())))
