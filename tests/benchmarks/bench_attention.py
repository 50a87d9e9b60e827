"""Answers without flash attention (OLLAMA_FLASH_ATTENTION=0) against llama.cpp's own choice, which on a processor is to use it.

    python -m tests.benchmarks.bench_attention [--small|--full|--model FILE.gguf] [--rounds 3] [--threads 0]

``--small`` is a Llama of 100 million random weights, ``--full`` one of a billion. Both sides are engines of ours, and take turns.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path

from jupyter_ollama.engine.setup import Setup
from jupyter_ollama.engine.worker.cores import usable_cores

from . import shapes
from .bench_streams import Ours, loaded
from .table import Row, pairs, print_table

ANSWER = 48
CHOICE = "with llama.cpp's choice"


def measure(size: str = "100m", model: Path | None = None, rounds: int = 3, threads: int = 0) -> list[Row]:
    """All rows: how many times as fast it is. ``size`` is one of shapes.SHAPES, unless a model is given."""
    threads = threads or usable_cores()
    with tempfile.TemporaryDirectory() as folder:
        path = model or shapes.write(Path(folder) / f"llama-{size}.gguf", size)
        with loaded(path, threads, Setup(flash_attention=False)) as (off, _), loaded(path, threads) as (unset, _):
            without, chosen = Ours(off), Ours(unset)
            for one in (without, chosen):
                one.one(one.prompt(64), 8)
            return [
                _row("decode at depth 512", lambda one: _decode(one, 512), without, chosen, rounds),
                _row("decode at depth 2048", lambda one: _decode(one, 2048), without, chosen, rounds),
                _row("a turn of 16 tokens behind 2048", _turn, without, chosen, rounds),
                _row("prefill of 2048 tokens", Ours.prefill, without, chosen, rounds),
                _row("16 prompts of 512 tokens at once", _prompts, without, chosen, max(1, rounds // 3)),
            ]


def _decode(ours: Ours, depth: int) -> float:
    """Tokens per second."""
    end = ours.one(ours.prompt(depth), ANSWER)
    return 1e9 * (end.eval_count - 1) / end.eval_duration


def _turn(ours: Ours) -> float:
    """Turns per second until the first token of the next answer, in a conversation that is known."""
    before = ours.prompt(2048)
    ours.one(before, 1)
    return 1e9 / ours.one([*before, *ours.prompt(16)], 1).prompt_eval_duration


def _prompts(ours: Ours) -> float:
    """Tokens per second."""
    return 16 * 512 / ours.many([ours.prompt(512) for _ in range(16)], 1)


def _row(what: str, run: Callable[[Ours], float], without: Ours, chosen: Ours, rounds: int) -> Row:
    mine, other = pairs(lambda: run(without), lambda: run(chosen), rounds)
    return Row(f"{what}, no flash attention", CHOICE, mine / other, "no goal", f"{mine:.1f} against {other:.1f} a second")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", dest="size", action="store_const", const="100m", default="100m")
    parser.add_argument("--full", dest="size", action="store_const", const="1b")
    parser.add_argument("--model", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=0)
    given = parser.parse_args()
    print_table(measure(given.size, given.model, given.rounds, given.threads))
