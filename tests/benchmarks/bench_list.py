"""Listing a store of many models, against plain Python that reads and parses the same manifests and configs.

Everything lies in the page cache and nothing waits, so it is the processor's time that is measured: other work on the machine does not count.

python -m tests.benchmarks.bench_list [--models 1000] [--rounds 9]
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from jupyter_ollama.manifest import CONFIG_TYPE, LICENSE, MODEL, PARAMS, SYSTEM, TEMPLATE, Config, Layer, Manifest
from jupyter_ollama.names import Digest, ModelName
from jupyter_ollama.store import Store
from jupyter_ollama.store.remembered import SETTLED_NS

from .table import Row, pairs, print_table


def measure(models: int = 1000, rounds: int = 9) -> list[Row]:
    """Rows: the list again (at most 60 ms) and for the first time, a name looked up in another case, the spelling of a new name."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "models"
        fill(root, models)
        time.sleep(SETTLED_NS / 1e9 + 0.1)
        store = Store(root)
        assert len(store.models()) == models
        plain = _timed(lambda: _read_plainly(root))
        reference = f"reading and json of {2 * models:,} files"
        rows = []
        for what, goal, work in (
            (f"list of {models:,} models, warm", "<= 1", _timed(store.models)),
            (f"list of {models:,} models, cold", "<= 4", _timed(lambda: Store(root).models())),
            ("a name in another case", "<= 0.1", _timed(lambda: store.tags.existing(ModelName.valid("MODEL-0500:v1")))),
            ("the spelling of a new name", "<= 1", _timed(lambda: store.tags.spelled(ModelName.valid("MODEL-0500:new")))),
        ):
            ours, theirs = pairs(work, plain, rounds)
            rows.append(Row(what, reference, ours / theirs, goal, f"{ours * 1000:.1f} ms against {theirs * 1000:.1f} ms of CPU"))
        return rows


def fill(root: Path, models: int) -> None:
    """A store as it grows: every model with a config and text layers of its own, ten that share one file of weights."""
    store = Store(root)
    for number in range(models):
        layers = [Layer(MODEL, Digest(f"{number // 10:064x}"), 4_000_000_000)]
        for media_type in (TEMPLATE, SYSTEM, PARAMS, LICENSE):
            layers.append(Layer(media_type, Digest(f"{number:032x}{len(layers):032x}"), 1000))
        config = Config("gguf", "llama", ("llama",), f"{number}M", "Q4_K_M").encode()
        digest, _ = store.blobs.put(config)
        manifest = Manifest.build(Layer(CONFIG_TYPE, digest, len(config)), layers)
        path = store.tags.path(ModelName.valid(f"model-{number:04}:v1"))
        path.parent.mkdir(parents=True)
        path.write_bytes(manifest.raw)


def _timed(work: Callable[[], object]) -> Callable[[], float]:
    def run() -> float:
        started = time.process_time()
        work()
        return time.process_time() - started

    return run


def _read_plainly(root: Path) -> list[object]:
    """What anybody would write."""
    found = []
    for path in (root / "manifests").glob("*/*/*/*"):
        manifest = json.loads(path.read_bytes())
        config = json.loads((root / "blobs" / manifest["config"]["digest"].replace(":", "-")).read_bytes())
        found.append((path, path.stat().st_mtime, manifest, config))
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=9)
    arguments = parser.parse_args()
    print_table(measure(arguments.models, arguments.rounds))
