"""Decoding through the engine (child process, frames, scheduler) against a bare llama_cpp loop on the same file and threads.

python -m tests.benchmarks.bench_chat [--model pocket|NAME|FILE.gguf] [--rounds 7] [--tokens 600] [--threads 0] [--synthetic]

Both make the same numbers of tokens after the same prompts with the same samplers, in turns. ``--synthetic`` also measures a Llama of
100 million random F16 weights, where a token takes about as long as with models that people use.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from jupyter_ollama import Ollama
from jupyter_ollama.cancelling import CancelToken
from jupyter_ollama.engine.protocol import Engine, ModelFiles
from jupyter_ollama.engine.scheduler import Engines
from jupyter_ollama.engine.worker.cores import usable_cores
from jupyter_ollama.names import ModelName

from ..engine import tiny
from .table import Row, pairs, print_table

PROMPT = "<|im_start|>user\nTell me a long story about a ship, a lighthouse and a cat.<|im_end|>\n<|im_start|>assistant\n"
ANSWER = 200
Asked = list[dict[str, Any]]


def measure(model: str = "pocket", rounds: int = 7, tokens: int = 600, threads: int = 0) -> list[Row]:
    """One row for the speed, one for the time that the kernel's own process spends on a token."""
    threads = threads or usable_cores()
    with tempfile.TemporaryDirectory() as folder, _engine(_file(model, Path(folder)), threads) as (engine, path, extra_buffers):
        kernel: list[float] = []
        asked: Asked = []
        size = path.stat().st_size
        with _bare(path, threads, extra_buffers) as ask:
            ours, theirs = pairs(lambda: _ours(engine, tokens, asked, kernel), lambda: _theirs(ask, asked), rounds)
    detail = f"{ours:.0f} against {theirs:.0f} tokens/s, {threads} threads, {size / 1e6:.0f} MB"
    share = sorted(kernel)[len(kernel) // 2]
    return [
        Row(f"decoding {Path(model).stem}", "bare llama_cpp loop", ours / theirs, ">= 0.95", detail),
        Row(f"kernel CPU per token of {Path(model).stem}", "time of a token", share * ours, "small", f"{share * 1e6:.0f} microseconds"),
    ]


def _file(model: str, folder: Path) -> Path:
    """The GGUF of a model; one that is only known by name is made in a store of its own."""
    if Path(model).suffix == ".gguf":
        return Path(model)
    with Ollama(models=folder) as ollama:
        ollama.create("bench", f"FROM {model}").result()
        return ollama.store.open(ModelName.parse("bench")).path


@contextmanager
def _engine(path: Path, threads: int) -> Iterator[tuple[Engine, Path, bool]]:
    engines = Engines()
    files = ModelFiles("bench", "sha256:bench", path)
    try:
        with engines.acquire(files, {"num_thread": threads, "num_ctx": 4096}, cancel=CancelToken()) as engine:
            yield engine, path, engines.extra_buffers
    finally:
        engines.close()


@contextmanager
def _bare(path: Path, threads: int, extra_buffers: bool) -> Iterator[Any]:
    command = [sys.executable, str(Path(__file__).with_name("bare_loop.py")), str(path), str(threads)]
    command.append("1" if extra_buffers else "0")
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        stdin, stdout = process.stdin, process.stdout

        def ask(wanted: dict[str, Any]) -> float:
            stdin.write(json.dumps(wanted) + "\n")
            stdin.flush()
            return float(stdout.readline())

        yield ask
        stdin.close()


def _ours(engine: Engine, tokens: int, asked: Asked, kernel: list[float]) -> float:
    """Tokens per second, from the first token to the last; what was asked is noted for the other side."""
    asked.clear()
    prompt = engine.tokenize(PROMPT)
    made, seconds, seed = 0, 0.0, 0
    busy = time.process_time()
    while made < tokens:
        seed += 1
        generation, started = engine.generate(prompt, {"seed": seed, "num_predict": ANSWER}, CancelToken()), 0.0
        try:
            while True:
                next(generation)
                started = started or time.perf_counter()
        except StopIteration as stop:
            count = stop.value.eval_count  # with the token that ends the answer: it was made, too
        if count > 2:
            seconds += time.perf_counter() - started
            made += count
            asked.append({"prompt": prompt, "count": count, "seed": seed})
    kernel.append((time.process_time() - busy) / made)
    return (made - len(asked)) / seconds


def _theirs(ask: Any, asked: Asked) -> float:
    seconds = sum(ask(wanted) for wanted in asked)
    return (sum(wanted["count"] for wanted in asked) - len(asked)) / seconds


def measure_synthetic(rounds: int = 7, tokens: int = 200, threads: int = 0) -> list[Row]:
    """The same rows for a Llama of 100 million random weights."""
    with tempfile.TemporaryDirectory() as folder:
        return measure(str(_synthetic(Path(folder) / "synthetic.gguf")), rounds, tokens, threads)


def _synthetic(path: Path) -> Path:
    def halve(_: Any, weights: dict[str, Any]) -> None:
        weights |= {name: (0.1 * one).astype(np.float16) for name, one in weights.items() if one.ndim == 2}

    shape = tiny.Shape(n_vocab=8192, n_embd=768, n_layer=12, n_head=12, n_head_kv=4, n_ff=2304, n_ctx=4096)
    return tiny.random_llama(path, shape, edit=halve)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="pocket")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--tokens", type=int, default=600)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--synthetic", action="store_true")
    given = parser.parse_args()
    rows = measure(given.model, given.rounds, given.tokens, given.threads)
    if given.synthetic:
        rows += measure_synthetic(given.rounds, min(given.tokens, 200), given.threads)
    print_table(rows)
