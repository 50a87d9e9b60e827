"""Guessing from the text itself (``prompt_lookup``) against drawing every token alone, where an answer repeats what was there before.

python -m tests.benchmarks.bench_lookup [--tokens 256] [--rounds 5] [--guesses 8] [--size 100m]

The model says forty tokens over and over, and takes as long for each as any of its shape. Both have to say the same.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import Any

from jupyter_ollama.cancelling import CancelToken
from jupyter_ollama.engine.protocol import Engine, GenerationEnd, ModelFiles
from jupyter_ollama.engine.scheduler import Engines
from jupyter_ollama.events import Token

from . import shapes
from .table import Row, pairs, print_table

CYCLE = range(300, 340)
PROMPT = [*CYCLE, *CYCLE]


def measure(tokens: int = 256, rounds: int = 5, guesses: int = 8, size: str = "100m") -> list[Row]:
    """One row: how many times as fast."""
    said: dict[int, list[int]] = {}
    with tempfile.TemporaryDirectory() as folder:
        path, cancel, engines = shapes.write(Path(folder) / "model.gguf", size, CYCLE), CancelToken(), Engines()
        with engines.acquire(ModelFiles("random", "0" * 64, path), {"num_ctx": 2048}, keep_alive=0, cancel=cancel) as engine:
            alone, guessed = pairs(lambda: _ask(engine, tokens, 0, said), lambda: _ask(engine, tokens, guesses, said), rounds)
        engines.close()
    assert said[0] == said[guesses] == (list(CYCLE) * tokens)[:tokens]
    told = f"{1e9 / guessed:.0f} against {1e9 / alone:.0f} tokens/s, {size}"
    return [Row(f"prompt lookup, {guesses} guesses, an answer that repeats itself", "token by token", alone / guessed, ">= 1.5", told)]


def _ask(engine: Engine, tokens: int, guesses: int, said: dict[int, list[int]]) -> float:
    """Nanoseconds for a token."""
    options: Any = {"temperature": 0.0, "num_predict": tokens, "prompt_lookup": guesses}
    answer: Generator[Token, None, GenerationEnd] = engine.generate(PROMPT, options, CancelToken())
    heard = []
    while True:
        try:
            heard.append(next(answer).id)
        except StopIteration as finished:
            said[guesses] = heard
            return float(finished.value.eval_duration) / max(1, finished.value.eval_count)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tokens", type=int, default=256)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--guesses", type=int, default=8)
    parser.add_argument("--size", default="100m", choices=sorted(shapes.SHAPES))
    print_table(measure(**vars(parser.parse_args())))
