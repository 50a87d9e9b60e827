"""From the panel's comm being opened to the whole list of models having arrived at a client, in a real kernel.

The first page of a kernel finds nothing imported and no manifest read; a later one, or one that is loaded again, finds both. In JupyterLab
the first one connects as soon as the extension is loaded, whether the panel is shown or not.

python -m tests.benchmarks.bench_panel_feed [--models 1000] [--rounds 5]
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

from .bench_list import fill
from .table import Row, print_table

GOAL_S = 0.3
PATIENCE_S = 60


def measure(models: int = 1000, rounds: int = 5) -> list[Row]:
    """Rows: the first page of a kernel, and the next one; ``ratio`` is the median time over 300 ms."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "models"
        fill(root, models)
        first, second = zip(*(_kernel(root, models) for _ in range(rounds)), strict=True)
    return [_row(f"{models:,} models, first page of a kernel", first), _row(f"{models:,} models, next page", second)]


def _row(what: str, seconds: tuple[float, ...]) -> Row:
    middle = statistics.median(seconds)
    measured = f"{middle * 1000:.0f} ms ({min(seconds) * 1000:.0f} to {max(seconds) * 1000:.0f})"
    return Row(f"comm_open to the list of {what}", f"{GOAL_S * 1000:.0f} ms", middle / GOAL_S, "<= 1", measured)


def _kernel(root: Path, models: int) -> tuple[float, float]:
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(env={**os.environ, "OLLAMA_MODELS": str(root), "JUPYTER_OLLAMA_RUNTIME_DIR": str(root.parent / "runtime")})
    client: BlockingKernelClient = manager.client()
    try:
        client.start_channels()
        client.wait_for_ready(timeout=PATIENCE_S)
        client.execute_interactive("%load_ext jupyter_ollama", timeout=PATIENCE_S)
        return _page(client, models), _page(client, models)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def _page(client: BlockingKernelClient, models: int) -> float:
    """Open the comm, watch, and wait for all models. Seconds."""
    comm = os.urandom(8).hex()

    def say(kind: str, **content: Any) -> None:
        client.shell_channel.send(client.session.msg(kind, {"comm_id": comm, **content}))

    started = time.perf_counter()
    say("comm_open", target_name="jupyter_ollama", data={"protocol": 1})
    say("comm_msg", data={"id": 1, "verb": "watch", "args": {"topics": ["models", "loaded", "runs"]}})
    arrived: set[str] = set()
    while len(arrived) < models:
        content = client.get_iopub_msg(timeout=PATIENCE_S)["content"]
        if content.get("comm_id") == comm:
            pushes = [item["push"] for item in content["data"].get("items", ()) if item["kind"] == "push"]
            arrived |= {model["name"] for push in pushes if push["topic"] == "models" for model in push["changed"]}
    return time.perf_counter() - started


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    print_table(measure(given.models, given.rounds))
