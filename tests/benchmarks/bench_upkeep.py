"""Putting a split GGUF together against ``cat`` and ``sha256sum`` of its parts; ``verify`` against ``sha256sum`` of the blobs.

python -m tests.benchmarks.bench_upkeep [--layers 8] [--rounds 3]
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np

from jupyter_ollama import Ollama

from ..engine import tiny
from .table import Row, pairs, print_table


def measure(layers: int = 8, rounds: int = 3) -> list[Row]:
    """Rows: time to merge, time to verify. A layer has 51 MB."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        parts = _parts(root, layers)
        size = sum(part.stat().st_size for part in parts)
        merging, cat = pairs(lambda: _merge(root, parts), lambda: _cat_and_hash(root, parts), rounds)
        with Ollama(root / "models") as ollama:
            ollama.create("whole", f"FROM {parts[0]}").result()
            verifying, hashing = pairs(lambda: _verify(ollama), lambda: _hash(ollama.store.blobs.folder), rounds)
    of = f"{size / 1e6:.0f} MB"
    return [
        Row("merge of a split GGUF", "cat + sha256sum", cat / merging, ">= 1", f"{merging:.2f} s against {cat:.2f} s, {len(parts)} parts, {of}"),
        Row("verify of a store", "sha256sum", hashing / verifying, ">= 0.9", f"{verifying:.2f} s against {hashing:.2f} s, {of}"),
    ]  # fmt: skip


def _parts(root: Path, layers: int) -> list[Path]:
    rng = np.random.default_rng(1)
    shape = tiny.Shape(n_embd=1024, n_layer=layers, n_head=8, n_head_kv=8, n_ff=2816)
    weights = tiny.weights_of(shape, lambda size: rng.random(size, np.float32))
    tiny.write(root / "model.gguf", shape, weights, tensors_per_shard=20)
    return sorted(root.glob("model-*.gguf"))


def _merge(root: Path, parts: list[Path]) -> float:
    with Ollama(root / "merged") as ollama:
        started = time.perf_counter()
        ollama.create("whole", f"FROM {parts[0]}").result()
        seconds = time.perf_counter() - started
    shutil.rmtree(root / "merged")
    return seconds


def _cat_and_hash(root: Path, parts: list[Path]) -> float:
    target = root / "joined"
    started = time.perf_counter()
    with target.open("wb") as file:
        subprocess.run(["cat", *map(str, parts)], stdout=file, check=True)
    subprocess.run(["sha256sum", str(target)], stdout=subprocess.DEVNULL, check=True)
    seconds = time.perf_counter() - started
    target.unlink()
    return seconds


def _verify(ollama: Ollama) -> float:
    started = time.perf_counter()
    assert ollama.verify().result().ok
    return time.perf_counter() - started


def _hash(folder: Path) -> float:
    started = time.perf_counter()
    subprocess.run(["sha256sum", *map(str, folder.iterdir())], stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - started


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--layers", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    print_table(measure(arguments.layers, arguments.rounds))
