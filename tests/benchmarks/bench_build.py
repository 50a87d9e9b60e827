"""Making a quantized model of a folder in one pass, against the way in two steps: a BF16 GGUF, ``llama_model_quantize``, sha256.

python -m tests.benchmarks.bench_build [--megabytes 200] [--types q8_0 q4_0 q4_K_M] [--rounds 3] [--folder DIR]
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import numpy as np
import psutil

from jupyter_ollama.cancelling import CancelToken
from jupyter_ollama.engine.builder import BuildJob, build

from ..convert.folders import make_folder
from ..convert.models.llama import shapes as tensor_shapes
from .table import Row, pairs, print_table

WIDE_MB, WIDE = 1000, (2048, 5632, 32)
NARROW = (1024, 2816, 8)
"""Width, width of the feed-forward part, heads; from ``WIDE_MB`` on those of a Llama of 1.1 billion weights."""
GOALS = {"q8_0": ">= 1.2", "q4_0": ">= 1.2"}
MEMORY = 250_000_000
Route = Literal["direct", "two_step"]


def measure(
    megabytes: int = 200, types: tuple[str, ...] = ("q8_0", "q4_0", "q4_K_M"), rounds: int = 3, folder: str | None = None
) -> list[Row]:
    """Rows: time and memory for each type."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        source = model(Path(name), megabytes)
        return [row for kind in types for row in _compare(source, kind, megabytes, rounds)]


def _compare(source: Path, kind: str, megabytes: int, rounds: int) -> Iterator[Row]:
    memory: list[int] = []
    ours, theirs = pairs(lambda: build_seconds(source, kind, "direct", memory), lambda: build_seconds(source, kind, "two_step", []), rounds)
    times = f"{ours:.2f} s against {theirs:.2f} s, {megabytes} MB"
    yield Row(f"{kind} of a folder", "convert, llama_model_quantize, sha256", theirs / ours, GOALS.get(kind, ">= 1"), times)
    yield memory_row(kind, memory)


def memory_row(kind: str, memory: list[int]) -> Row:
    """The most that a child took, against the goal."""
    most = max(memory)
    return Row(f"memory for {kind}", f"{MEMORY // 1_000_000} MB", most / MEMORY, "<= 1", f"{most // 1_000_000} MB")


def model(parent: Path, megabytes: int) -> Path:
    """A Llama folder of about that size in BF16; all its matrices hold the same random numbers."""
    folder = make_folder(parent)
    config = json.loads((folder / "config.json").read_text())
    width, inner, heads = WIDE if megabytes >= WIDE_MB else NARROW
    n_layers = max(1, round(megabytes * 1_000_000 / (2 * (4 * width * width + 3 * width * inner))))
    config |= {"hidden_size": width, "intermediate_size": inner, "num_hidden_layers": n_layers}
    config |= {"num_attention_heads": heads, "num_key_value_heads": heads}
    (folder / "config.json").write_text(json.dumps(config))
    shapes = dict(tensor_shapes(config))
    header: dict[str, Any] = {}
    end = 0
    for name, shape in shapes.items():
        begin, end = end, end + 2 * int(np.prod(shape))
        header[name] = {"dtype": "BF16", "shape": shape, "data_offsets": [begin, end]}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    numbers = np.random.default_rng(1).normal(0, 0.02, max(int(np.prod(shape)) for shape in shapes.values())).astype(np.float32)
    weights = (numbers.view(np.uint32) >> 16).astype(np.uint16)
    with (folder / "model.safetensors").open("wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for shape in shapes.values():
            file.write(weights[: int(np.prod(shape))].data)
    return folder


def build_seconds(source: Path, kind: str, route: Route, memory: list[int]) -> float:
    """Seconds for one model in a child of its own; the most memory that took is added to ``memory``."""
    target = source.parent / "target"
    os.sync()  # what was written before is not to slow this down
    started = time.perf_counter()
    work = build(BuildJob(source, "folder", target, kind, route), CancelToken())
    next(work)
    watch = _Watch()
    for _ in work:
        pass
    seconds = time.perf_counter() - started
    memory.append(watch.stop())
    target.unlink()
    return seconds


class _Watch:
    """The most memory that the only child of this process takes, by the system's own mark where it keeps one."""

    def __init__(self) -> None:
        [self._child] = psutil.Process(os.getpid()).children()
        self._most = 0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()

    def _look(self) -> None:
        while not self._done.wait(0.01):
            try:
                self._most = max(self._most, high_water(self._child.pid) or self._child.memory_info().rss)
            except (psutil.NoSuchProcess, OSError):
                return

    def stop(self) -> int:
        """In bytes."""
        self._done.set()
        self._thread.join()
        return self._most


def high_water(process: int) -> int | None:
    """The most memory that a process ever had, in bytes; None where the system does not say.

    Raises: OSError when it has ended.
    """
    if not Path("/proc/self/status").is_file():
        return None
    lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    return next((int(line.split()[1]) << 10 for line in lines if line.startswith("VmHWM:")), None)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=200)
    parser.add_argument("--types", nargs="+", default=["q8_0", "q4_0", "q4_K_M"])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder")
    arguments = parser.parse_args()
    print_table(measure(arguments.megabytes, tuple(arguments.types), arguments.rounds, arguments.folder))


if __name__ == "__main__":
    main()
