"""Pulling from a registry on this machine, against ``curl`` of the same blob through ``tee FILE`` into ``sha256sum``.

Both write the blob once and hash it once. A pull also makes sure that it is on the disk, which is measured as ``curl`` with ``sync``, too.

python -m tests.benchmarks.bench_pull [--megabytes 1000] [--rounds 3] [--folder DIR]
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from jupyter_ollama import Ollama
from jupyter_ollama.manifest import CONFIG_TYPE, MODEL, Config, Layer, Manifest
from jupyter_ollama.names import Digest, ModelName
from jupyter_ollama.settings import Settings

from ..registry.real import RealRegistry
from .table import Row, pairs, print_table


def measure(megabytes: int = 1000, rounds: int = 3, folder: str | None = None) -> list[Row]:
    """Rows: a pull against both forms of ``curl``."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        root = Path(name)
        (root / "registry").mkdir()
        with RealRegistry(root / "registry") as registry:
            digest = _publish(root, registry, megabytes)
            url = f"http://{registry.host}/v2/me/large/blobs/{digest}"
            rows = []
            for what, sync in (("curl | tee | sha256sum", False), ("the same and sync", True)):
                ours, theirs = pairs(lambda: _pull(root, registry), lambda url=url, sync=sync: _curl(root, url, sync), rounds)  # type: ignore[misc]
                detail = f"{ours:.2f} s against {theirs:.2f} s, {megabytes} MB"
                rows.append(Row("pull from a loopback registry", what, theirs / ours, ">= 0.9", detail))
            return rows


def _publish(root: Path, registry: RealRegistry, megabytes: int) -> Digest:
    """Push a model of random bytes."""
    source = root / "weights"
    with source.open("wb") as file:
        for _ in range(megabytes):
            file.write(os.urandom(1_000_000))
    with Ollama(settings=Settings(models=root / "source")) as ollama, ollama.store.begin() as work:
        digest = Digest(subprocess.run(["sha256sum", str(source)], capture_output=True, text=True, check=True).stdout.split()[0])
        with work.blobs.reserve() as temporary:
            source.replace(temporary)
            work.blobs.adopt(temporary, digest)
        config, _ = work.put(Config("gguf", "test", ("test",), "0", "unknown").encode(), CONFIG_TYPE)
        work.tag(ModelName.valid(f"{registry.host}/me/large"), Manifest.build(config, [Layer(MODEL, digest, megabytes * 1_000_000)]))
        ollama.push(f"{registry.host}/me/large", insecure=True).result()
    shutil.rmtree(root / "source")
    return digest


def _pull(root: Path, registry: RealRegistry) -> float:
    with Ollama(settings=Settings(models=root / "models")) as ollama:
        started = time.perf_counter()
        ollama.pull(f"{registry.host}/me/large", insecure=True).result()
        seconds = time.perf_counter() - started
    shutil.rmtree(root / "models")
    return seconds


def _curl(root: Path, url: str, sync: bool) -> float:
    target = root / "copy"
    started = time.perf_counter()
    after = f" && sync {target}" if sync else ""
    subprocess.run(["bash", "-c", f"set -o pipefail; curl -sS {url} | tee {target} | sha256sum{after}"], stdout=subprocess.DEVNULL, check=True)
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
