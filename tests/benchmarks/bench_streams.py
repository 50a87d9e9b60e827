"""One stream and many, against llama.cpp's own tools on the same file and threads.

    python -m tests.benchmarks.bench_streams TOOLS [--quick|--small|--full|--model FILE.gguf] [--rounds 5] [--threads 0]

TOOLS is the folder with llama-bench and llama-batched-bench, built from the source that llama-cpp-python brings along. ``--small`` is a
Llama of 100 million random weights, ``--full`` one of a billion, ``--quick`` one of 20 million. Both sides take turns; a row is the pair
with the median ratio.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jupyter_ollama.cancelling import CancelToken
from jupyter_ollama.engine.protocol import Engine, GenerationEnd, ModelFiles
from jupyter_ollama.engine.scheduler import Engines
from jupyter_ollama.engine.setup import Setup
from jupyter_ollama.engine.worker.cores import usable_cores

from . import shapes
from .step_share import python_share
from .table import Row, pairs, print_table

N_CTX = 16384
LONG, PROMPT, DEPTH, ANSWER = 2048, 512, 512, 64
SHORT = 128
FORKS = 10


@dataclass
class Tools:
    """llama.cpp's programs. They load the model anew for every measurement, which does not count."""

    folder: Path
    model: Path
    threads: int
    extra_buffers: bool

    def bench(self, *arguments: object) -> float:
        """Tokens per second of one test of llama-bench."""
        repack = ("--repack", int(self.extra_buffers))
        return float(json.loads(self._run("llama-bench", *repack, "-r", 1, "-o", "json", *arguments))[0]["avg_ts"])

    def batched(self, prompt: int, answer: int, streams: int, *arguments: object) -> dict[str, float]:
        """One line of llama-batched-bench."""
        wanted = ("-c", N_CTX, "-npp", prompt, "-ntg", answer, "-npl", streams, "-kvu", "--output-format", "jsonl")
        repack = () if self.extra_buffers else ("--no-repack",)
        out = self._run("llama-batched-bench", *wanted, *repack, *arguments)
        found: dict[str, float] = json.loads(next(line for line in reversed(out.splitlines()) if line.startswith("{")))
        return found

    def _run(self, tool: str, *arguments: object) -> str:
        common = ("-m", self.model, "-t", self.threads, "-b", 512, "-ub", 512)
        command = [str(part) for part in (self.folder / tool, *common, *arguments)]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@dataclass
class Ours:
    """The engine, asked with prompts that it has not seen."""

    engine: Engine
    cpu_s: list[float] = field(default_factory=list)
    _random: random.Random = field(default_factory=lambda: random.Random(1))

    def prompt(self, length: int) -> list[int]:
        return [self._random.randrange(97, 123) for _ in range(length)]

    def one(self, prompt: Sequence[int], count: int) -> GenerationEnd:
        generation = self.engine.generate(prompt, {"num_predict": count, "seed": 1}, CancelToken())
        try:
            while True:
                next(generation)
        except StopIteration as stop:
            end: GenerationEnd = stop.value
            return end

    def many(self, prompts: Sequence[Sequence[int]], count: int) -> float:
        """Seconds until all of them are answered."""
        threads = [threading.Thread(target=self.one, args=(prompt, count)) for prompt in prompts]
        cpu, begun = time.process_time(), time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = time.perf_counter() - begun
        if count > 1:  # else it is the requests that count, not the tokens
            self.cpu_s.append((time.process_time() - cpu) / (len(prompts) * count))
        return took

    def prefill(self) -> float:
        """Tokens per second until the first token of the answer is there."""
        end = self.one(self.prompt(LONG), 1)
        return 1e9 * end.prompt_eval_count / end.prompt_eval_duration

    def decode(self) -> float:
        end = self.one(self.prompt(DEPTH), ANSWER)
        return 1e9 * (end.eval_count - 1) / end.eval_duration

    def streams(self, number: int) -> float:
        """Tokens per second of so many streams, their prompts already evaluated."""
        prompts = [self.prompt(SHORT) for _ in range(number)]
        self.many(prompts, 1)
        return number * ANSWER / self.many(prompts, ANSWER)

    def whole(self, number: int) -> float:
        """Prompts and answers of so many streams that begin at once: tokens per second."""
        return number * (SHORT + ANSWER) / self.many([self.prompt(SHORT) for _ in range(number)], ANSWER)

    def forked(self) -> float:
        """Seconds for ten answers to one prompt, at once."""
        return self.many([self.prompt(PROMPT)] * FORKS, ANSWER)

    def sequential(self) -> float:
        """Seconds for ten requests one after the other, each with a prompt of its own."""
        begun = time.perf_counter()
        for _ in range(FORKS):
            self.one(self.prompt(PROMPT), ANSWER)
        return time.perf_counter() - begun


def measure(tools: Path, size: str = "100m", model: Path | None = None, rounds: int = 5, threads: int = 0) -> Iterator[Row]:
    """All rows, as they are measured. ``size`` is one of shapes.SHAPES, unless a model is given."""
    threads = threads or usable_cores()
    with tempfile.TemporaryDirectory() as folder:
        path = model or shapes.write(Path(folder) / f"llama-{size}.gguf", size)
        with loaded(path, threads) as (engine, extra_buffers):
            theirs, ours = Tools(tools, path, threads, extra_buffers), Ours(engine)
            ours.one(ours.prompt(64), 8)
            yield from _one_stream(ours, theirs, rounds)
            yield from _streams(ours, theirs, rounds)
            yield from _forks(ours, theirs, max(1, rounds // 2))
        yield _python(path, threads, extra_buffers)


def _one_stream(ours: Ours, theirs: Tools, rounds: int) -> Iterator[Row]:
    prefill = ("-p", LONG, "-n", 0)
    yield _row(f"prefill of {LONG} tokens", "llama-bench", ours.prefill, lambda: theirs.bench(*prefill), rounds, ">= 0.97")
    decode = ("-p", 0, "-n", ANSWER, "-d", DEPTH)
    yield _row(f"decode at depth {DEPTH}, one stream", "llama-bench", ours.decode, lambda: theirs.bench(*decode), rounds, ">= 0.97")


def _streams(ours: Ours, theirs: Tools, rounds: int) -> Iterator[Row]:
    for number in (8, 16):

        def decode(number: int = number) -> float:
            return theirs.batched(SHORT, ANSWER, number)["speed_tg"]

        def whole(number: int = number) -> float:
            return theirs.batched(SHORT, ANSWER, number)["speed"]

        yield _row(f"decode, {number} streams", "llama-batched-bench", lambda n=number: ours.streams(n), decode, rounds, ">= 0.95")
        if number == 8:
            share = sorted(ours.cpu_s)[len(ours.cpu_s) // 2]
            rate = ours.streams(number)
            detail = f"{share * 1e6:.0f} microseconds a token"
            yield Row(f"kernel's CPU, {number} streams", "time of a token", share * rate, "small", detail)
        yield _row(f"prompts and answers, {number} streams", "llama-batched-bench", lambda n=number: ours.whole(n), whole, rounds, ">= 0.95")


def _forks(ours: Ours, theirs: Tools, rounds: int) -> Iterator[Row]:
    one, ten = theirs.batched(PROMPT, ANSWER, 1), theirs.batched(PROMPT, ANSWER, FORKS, "-pps")
    limit = FORKS * one["t"] / ten["t"]
    sequential, forked = pairs(ours.sequential, ours.forked, rounds)
    detail = f"{forked:.1f} s against {sequential:.1f} s; llama-batched-bench: {limit:.2f}"
    yield Row(f"{FORKS} answers to a prompt of {PROMPT}", f"{FORKS} requests in turn", sequential / forked, f"near {limit:.2f}", detail)


def _python(path: Path, threads: int, extra_buffers: bool) -> Row:
    share_s, step_s = python_share(path, threads, streams=8, extra_buffers=extra_buffers)
    return Row("Python's part of a step, 8 streams", "the step", share_s / step_s, "< 0.2 ms", f"{share_s * 1e3:.3f} of {step_s * 1e3:.1f} ms")


def _row(what: str, reference: str, ours: Callable[[], float], theirs: Callable[[], float], rounds: int, goal: str) -> Row:
    mine, other = pairs(ours, theirs, rounds)
    return Row(what, reference, mine / other, goal, f"{mine:.1f} against {other:.1f} tokens/s")


@contextmanager
def loaded(path: Path, threads: int, setup: Setup | None = None) -> Iterator[tuple[Engine, bool]]:
    """An engine of its own for the model, and whether it has llama.cpp's own weight layouts."""
    engines = Engines(setup)
    options: dict[str, Any] = {"num_thread": threads, "num_ctx": N_CTX}
    try:
        with engines.acquire(ModelFiles("bench", "sha256:bench", path), options, cancel=CancelToken()) as engine:
            yield engine, engines.extra_buffers
    finally:
        engines.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tools", type=Path)
    parser.add_argument("--quick", dest="size", action="store_const", const="20m")
    parser.add_argument("--small", dest="size", action="store_const", const="100m", default="100m")
    parser.add_argument("--full", dest="size", action="store_const", const="1b")
    parser.add_argument("--model", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=0)
    given = parser.parse_args()
    rows = []
    for row in measure(given.tools, given.size, given.model, given.rounds, given.threads):
        rows.append(row)
        print(f"{row.what}: {row.ratio:.2f}", file=sys.stderr)
    print_table(rows)
