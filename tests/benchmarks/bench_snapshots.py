"""The first token after a reload, with what all prompts of the model begin with on the disk, against evaluating it.

    python -m tests.benchmarks.bench_snapshots [--small|--full|--model FILE.gguf] [--tokens 2000] [--rounds 3] [--threads 0]

Both are measured in processes that have just loaded the model; loading does not count and is printed beside. ``--small`` is a Llama of 100
million random weights, ``--full`` one of a billion.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jupyter_ollama.cancelling import CancelToken
from jupyter_ollama.engine.protocol import Engine, Keep, ModelFiles
from jupyter_ollama.engine.scheduler import Engines
from jupyter_ollama.engine.setup import Setup
from jupyter_ollama.engine.snapshots import SnapshotRules
from jupyter_ollama.engine.worker.cores import usable_cores

from . import shapes
from .table import Row, pairs, print_table

QUESTIONS = (2, 16)
"""Tokens that follow the fixed ones, and have to be evaluated in any case."""


class Reloads:
    """One model that is loaded anew for every question of ``n_question`` tokens. ``load_s`` and ``size_bytes``: what loading took, and the last snapshot."""

    def __init__(self, path: Path, folder: Path, n_fixed: int, threads: int) -> None:
        self._path, self._threads = path, threads
        self._rules = SnapshotRules(folder, 4 << 30, 0)
        self._random = random.Random(1)
        self._fixed = [self._random.randrange(97, 123) for _ in range(n_fixed)]
        self.n_question = 2
        self.load_s = 0.0
        self.size_bytes = 0

    def evaluated(self) -> float:
        """Seconds to the first token when nothing is kept; then something is."""
        self._rules.cache.clear()
        with self._loaded() as engine:
            took = self._first_token(engine, 0)
        (entry,) = self._rules.cache.entries()
        self.size_bytes = entry.size_bytes
        return took

    def restored(self) -> float:
        """Seconds to the first token when the fixed tokens are on the disk."""
        with self._loaded() as engine:
            return self._first_token(engine, len(self._fixed))

    @contextmanager
    def _loaded(self) -> Iterator[Engine]:
        engines = Engines(Setup(snapshots=self._rules))
        options = {"num_thread": self._threads, "num_ctx": 4096}
        try:
            with engines.acquire(ModelFiles("bench", "sha256:bench", self._path), options, cancel=CancelToken()) as engine:
                self.load_s = engine.info.load_duration_ns / 1e9
                yield engine
                while not self._rules.cache.entries():  # it is being written
                    time.sleep(0.05)
        finally:
            engines.close()

    def _first_token(self, engine: Engine, known: int) -> float:
        prompt = [*self._fixed, *(self._random.randrange(97, 123) for _ in range(self.n_question))]
        begun = time.perf_counter()
        generation = engine.generate(prompt, {"num_predict": 2, "seed": 1}, CancelToken(), keep=Keep(fixed=len(self._fixed)))
        next(generation)
        took = time.perf_counter() - begun
        try:
            while True:
                next(generation)
        except StopIteration as stop:
            assert stop.value.prompt_cached_count == known
        return took


def measure(size: str = "100m", model: Path | None = None, n_fixed: int = 2000, rounds: int = 3, threads: int = 0) -> list[Row]:
    """A row for each length of question. ``size`` is one of shapes.SHAPES, unless a model is given."""
    with tempfile.TemporaryDirectory() as folder:
        path = model or shapes.write(Path(folder) / f"llama-{size}.gguf", size)
        reloads = Reloads(path, Path(folder) / "snapshots", n_fixed, threads or usable_cores())
        return [_row(reloads, n_question, path.stem, n_fixed, rounds) for n_question in QUESTIONS]


def _row(reloads: Reloads, n_question: int, name: str, n_fixed: int, rounds: int) -> Row:
    reloads.n_question = n_question
    evaluated, restored = pairs(reloads.evaluated, reloads.restored, rounds)
    detail = (
        f"{1000 * restored:.0f} ms against {evaluated:.2f} s with {name}, loading {reloads.load_s:.2f} s, "
        f"a file of {reloads.size_bytes / 1e6:.0f} MB"
    )
    what = f"first token after a reload, {n_fixed:,} fixed and {n_question} other tokens"
    return Row(what, "evaluating all", restored / evaluated, "<= 0.05, aim 0.01", detail)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    sizes = parser.add_mutually_exclusive_group()
    sizes.add_argument("--small", dest="size", action="store_const", const="100m", default="100m")
    sizes.add_argument("--full", dest="size", action="store_const", const="1b")
    sizes.add_argument("--model", type=Path)
    parser.add_argument("--tokens", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=0)
    given = parser.parse_args()
    print_table(measure(given.size, given.model, given.tokens, given.rounds, given.threads))
