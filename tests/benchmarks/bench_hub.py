"""A model of a folder on a Hub on this machine, made while the folder arrives, against ``curl`` of its weights and then the same of the folder.

python -m tests.benchmarks.bench_hub [--megabytes 400] [--types q8_0 q4_K_M] [--rounds 3] [--folder DIR]
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jupyter_ollama import Ollama
from jupyter_ollama.settings import Settings

from .bench_build import model
from .table import Row, pairs, print_table


def measure(megabytes: int = 400, types: tuple[str, ...] = ("q8_0", "q4_K_M"), rounds: int = 3, folder: str | None = None) -> list[Row]:
    """One row for each type."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        root = Path(name)
        source = model(root, megabytes)
        rows = []
        with _hub(source) as url:
            for kind in types:
                ours, theirs = pairs(lambda kind=kind: _arriving(root, url, kind), lambda kind=kind: _afterwards(root, url, source, kind), rounds)  # type: ignore[misc]
                detail = f"{ours:.2f} s against {theirs:.2f} s, {megabytes} MB"
                rows.append(Row(f"{kind} of a folder that arrives", "curl, then FROM the folder", theirs / ours, ">= 0.9", detail))
        return rows


@contextmanager
def _hub(source: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "tests.registry.hub", "me/model", str(source)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as hub:
        assert hub.stdout is not None
        yield hub.stdout.readline().strip()
        assert hub.stdin is not None
        hub.stdin.close()


def _arriving(root: Path, url: str, kind: str) -> float:
    return _create(root, Settings(models=root / "models", hub=url), "hf.co/me/model", kind)


def _afterwards(root: Path, url: str, source: Path, kind: str) -> float:
    """The small files are there already."""
    copy = root / "copy"
    shutil.copytree(source, copy, ignore=shutil.ignore_patterns("*.safetensors"))
    started = time.perf_counter()
    command = ["curl", "-sSL", "-o", str(copy / "model.safetensors"), f"{url}/me/model/resolve/main/model.safetensors"]
    subprocess.run(command, check=True)
    fetched = time.perf_counter() - started
    seconds = fetched + _create(root, Settings(models=root / "models"), str(copy), kind)
    shutil.rmtree(copy)
    return seconds


def _create(root: Path, settings: Settings, source: str, kind: str) -> float:
    with Ollama(settings=settings) as ollama:
        started = time.perf_counter()
        ollama.create("m", f"FROM {source}", quantize=kind).result()
        seconds = time.perf_counter() - started
    shutil.rmtree(root / "models")
    return seconds


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=400)
    parser.add_argument("--types", nargs="+", default=["q8_0", "q4_K_M"])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder")
    arguments = parser.parse_args()
    print_table(measure(arguments.megabytes, tuple(arguments.types), arguments.rounds, arguments.folder))


if __name__ == "__main__":
    main()
