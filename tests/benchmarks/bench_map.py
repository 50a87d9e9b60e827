"""One prompt over many rows by ``map``, against a loop of single calls, and the most that the machine's batches allow.

python -m tests.benchmarks.bench_map [--rows 2000] [--rounds 3]
"""

from __future__ import annotations

import argparse
import tempfile
import time
from typing import Any

from jupyter_ollama import Ollama

from .table import Row, pairs, print_table

PROMPT = "What is {{a}} + {{b}}?"
SYSTEM = "You answer sums. " * 12
OPTIONS: dict[str, Any] = {"temperature": 0, "seed": 0, "num_predict": 24}


def measure(rows: int = 2000, rounds: int = 3) -> list[Row]:
    """How many times as fast map is; how many answers are the same; what sixteen requests at once gain over one, answers of equal length."""
    asked = [{"a": number % 20, "b": number // 20 % 20} for number in range(rows)]
    with tempfile.TemporaryDirectory() as models, Ollama(models) as ollama:
        ollama.create("pocket", f"FROM pocket\nSYSTEM {SYSTEM}").result()
        ollama.chat("pocket", "Hello", options=OPTIONS).result()
        said: dict[str, list[str]] = {}
        together, alone = pairs(lambda: _mapped(ollama, asked, said), lambda: _loop(ollama, asked, said), rounds)
        limit, one = pairs(lambda: _raw(ollama, 16), lambda: _raw(ollama, 1), rounds)
    same = sum(mine == other for mine, other in zip(said["map"], said["loop"], strict=True))
    rate = f"{rows / together:,.0f} rows/s against {rows / alone:,.0f}; {same:,} of {rows:,} answers are the same"
    return [
        Row(f"map over {rows:,} rows", "a loop of single calls", alone / together, ">= 3, where batches allow it", rate),
        Row("16 answers at once, decoding alone", "one after the other", one / limit, "the machine's limit", ""),
    ]


def _mapped(ollama: Ollama, asked: list[dict[str, int]], said: dict[str, list[str]]) -> float:
    started = time.perf_counter()
    answers = ollama.map(asked, PROMPT, model="pocket", options=OPTIONS, progress=False)
    took = time.perf_counter() - started
    said["map"] = [row.answer for row in answers]
    return took


def _loop(ollama: Ollama, asked: list[dict[str, int]], said: dict[str, list[str]]) -> float:
    started = time.perf_counter()
    said["loop"] = [
        ollama.chat("pocket", f"What is {row['a']} + {row['b']}?", options=OPTIONS).result().message.content for row in asked
    ]
    return time.perf_counter() - started


def _raw(ollama: Ollama, at_once: int) -> float:
    """Seconds for 64 answers of 64 tokens, so many at a time."""
    options = {"temperature": 1.5, "top_k": 0, "top_p": 1.0, "num_predict": 64}
    started = time.perf_counter()
    for first in range(0, 64, at_once):
        runs = [ollama.generate("pocket", "Once", raw=True, options={**options, "seed": first + n}) for n in range(at_once)]
        for run in runs:
            run.result()
    return time.perf_counter() - started


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    print_table(measure(given.rows, given.rounds))
