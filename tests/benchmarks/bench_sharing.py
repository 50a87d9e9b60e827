"""What sharing a runner is worth, and what it costs: the first token of a kernel whose model another one has loaded against loading it, and a
use of a loaded model over a socket against one over private pipes.

python -m tests.benchmarks.bench_sharing [--rounds 9] [--quick]
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from jupyter_ollama.cancelling import CancelToken
from jupyter_ollama.engine.protocol import ModelFiles
from jupyter_ollama.engine.scheduler import Engines
from jupyter_ollama.engine.setup import Setup

from ..engine import tiny
from .table import Row, pairs, print_table

USES = 50


def measure(rounds: int = 9, quick: bool = False) -> list[Row]:
    """Two rows: warm over cold, shared over private."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        width = 256 if quick else 768
        shape = tiny.Shape(n_embd=width, n_layer=8, n_head=8, n_head_kv=8, n_ff=3 * width, n_ctx=1024)
        path = tiny.random_llama(folder / "model.gguf", shape)
        model, warm = ModelFiles("model", "sha256:model", path), folder / "warm"
        with Kernel(warm, model) as holder:
            holder.first_token_s()
            attached, loaded = pairs(lambda: _first(warm, model, stop=False), lambda: _first(folder / "cold", model, stop=True), rounds)
            with Kernel(None, model) as alone:
                alone.first_token_s()
                shared, private = pairs(holder.use_s, alone.use_s, rounds)
            holder.engines.stop("model")
    return [
        Row("first token, model loaded by another kernel", "load it", attached / loaded, "<= 0.2", f"{attached * 1e3:.1f} ms, {loaded * 1e3:.0f} ms"),
        Row("a use of a loaded model, shared", "private", shared / private, "<= 3", f"{shared * 1e6:.0f} µs, {private * 1e6:.0f} µs"),
    ]


class Kernel:
    """What a kernel does with one model; ``runtime`` is where it shares it."""

    def __init__(self, runtime: Path | None, model: ModelFiles) -> None:
        self.engines = Engines(Setup(runtime=runtime))
        self._model = model

    def first_token_s(self) -> float:
        """From asking for the model to its first token."""
        started = time.perf_counter()
        with self.engines.acquire(self._model, {"num_thread": 1}, cancel=CancelToken()) as engine:
            next(engine.generate([1, 2, 3], {"num_predict": 2, "temperature": 0}, CancelToken()))
        return time.perf_counter() - started

    def use_s(self) -> float:
        """To hold a model that is loaded and let it go."""
        started = time.perf_counter()
        for _ in range(USES):
            with self.engines.acquire(self._model, {"num_thread": 1}, cancel=CancelToken()):
                pass
        return (time.perf_counter() - started) / USES

    def __enter__(self) -> Kernel:
        return self

    def __exit__(self, *_: object) -> None:
        self.engines.close()


def _first(runtime: Path, model: ModelFiles, *, stop: bool) -> float:
    with Kernel(runtime, model) as kernel:
        seconds = kernel.first_token_s()
        if stop:
            kernel.engines.stop(model.name)
    return seconds


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_args()
    print_table(measure(arguments.rounds, arguments.quick))
