"""Taking a GGUF file into the store, against ``cp`` and ``sha256sum`` of the same file.

python -m tests.benchmarks.bench_import [--megabytes 1000] [--rounds 3] [--folder DIR]
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from jupyter_ollama.cancelling import CancelToken
from jupyter_ollama.store import Store

from .table import Row, pairs, print_table


def measure(megabytes: int = 1000, rounds: int = 3, folder: str | None = None) -> list[Row]:
    """Rows: time, and growth of the disk."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        root = Path(name)
        source = root / "model.gguf"
        with source.open("wb") as file:
            for _ in range(megabytes):
                file.write(os.urandom(1_000_000))
        subprocess.run(["cat", str(source)], stdout=subprocess.DEVNULL, check=True)
        grown: list[int] = []
        ours, theirs = pairs(lambda: _import(root, source, grown), lambda: _copy_and_hash(root, source), rounds)
    size = megabytes * 1_000_000
    return [
        Row("import of a GGUF", "cp + sha256sum", theirs / ours, ">= 3", f"{ours:.2f} s against {theirs:.2f} s, {megabytes} MB"),
        Row("disk used by the import", "size of the file", max(grown) / size, "~ 0 where links work", f"{max(grown):,} bytes"),
    ]


def _import(root: Path, source: Path, grown: list[int]) -> float:
    store = Store(root / "models")
    before = _used(root)
    started = time.perf_counter()
    work = store.blobs.import_file(source, CancelToken())
    try:
        while True:
            next(work)
    except StopIteration as stop:
        digest, _, _ = stop.value
    seconds = time.perf_counter() - started
    grown.append(_used(root) - before)
    expected = subprocess.run(["sha256sum", str(source)], capture_output=True, text=True, check=True).stdout.split()[0]
    assert digest.hex == expected, "the import has the wrong digest"
    shutil.rmtree(root / "models")
    return seconds


def _used(root: Path) -> int:
    """Bytes on the disk below ``root``; two names of one file count once."""
    held = {path.stat().st_ino: path.stat().st_blocks * 512 for path in root.rglob("*") if path.is_file()}
    return sum(held.values())


def _copy_and_hash(root: Path, source: Path) -> float:
    target = root / "copy"
    started = time.perf_counter()
    subprocess.run(["cp", "--reflink=never", str(source), str(target)], check=True)
    subprocess.run(["sha256sum", str(target)], stdout=subprocess.DEVNULL, check=True)
    seconds = time.perf_counter() - started
    target.unlink()
    return seconds


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", help="where to work (default: the temporary folder)")
    arguments = parser.parse_args()
    print_table(measure(arguments.megabytes, arguments.rounds, arguments.folder))
