"""Load on a server in a real kernel: many chat streams at once, alone and beside a steady rate of /api/tags, while the kernel is asked for 1+1.

python -m tests.benchmarks.bench_load_rest [--streams 64] [--rate 200] [--seconds 60]

Streams come from an engine of plain Python that says its prompt back, 20 tokens a second each, so that every text is known. The client is
a process of its own on bare sockets.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jupyter_client.manager import start_new_kernel

from ..engine import tiny
from .table import Row, print_table

P99_S, KERNEL_S = 0.25, 0.2
_SERVER = """
import time
from jupyter_ollama import Ollama
from jupyter_ollama.engine.echo import EchoEngine, EchoEngines

class Paced(EchoEngine):
    def _answer(self, *given):
        begun = time.monotonic()
        for number, token in enumerate(super()._answer(*given)):
            time.sleep(max(0, begun + number / 20 - time.monotonic()))
            yield token

ollama = Ollama({folder!r})
ollama.create("echo", "FROM {gguf}\\nTEMPLATE {{{{ .Prompt }}}}").result()
ollama.engines = EchoEngines(Paced(n_ctx=1 << 40))
print(ollama.serve(port=0).url)
"""


def measure(streams: int = 64, rate: int = 200, seconds: float = 60.0) -> list[Row]:
    """Rows: what went wrong, the p99 of tags, the slowest stream against the same without tags, the slowest answer of the kernel."""
    with serving() as (kernel, url):
        alone, _ = load(kernel, url, streams, 0, seconds)
        beside, kernel_s = load(kernel, url, streams, rate, seconds)
    wrong = [problem for load in (alone, beside) for problem in load["problems"]]
    ratio = min(ours / theirs for ours, theirs in zip(sorted(beside["rates"]), sorted(alone["rates"]), strict=True))
    what = f"{streams} streams for {seconds:.0f} s"
    return [
        Row(f"{what}: errors and wrong texts", "none", float(len(wrong)), "0", "; ".join(wrong[:2]) or f"{beside['answers']} answers"),
        Row(f"p99 of /api/tags at {rate}/s meanwhile", "250 ms", beside["p99"] / P99_S, "<= 1", f"{beside['p99'] * 1e3:.0f} ms, {beside['tags']} asked"),
        Row("rate of a stream beside them", "without them", ratio, ">= 0.8", f"{min(beside['rates']):.1f} tokens/s at least"),
        Row("1+1 in the kernel meanwhile", "200 ms", kernel_s / KERNEL_S, "<= 1", f"{kernel_s * 1e3:.0f} ms at most"),
    ]


@contextmanager
def serving() -> Iterator[tuple[Any, str]]:
    """A kernel that serves the model ``echo``, and the URL."""
    with tempfile.TemporaryDirectory() as folder:
        gguf = tiny.random_llama(Path(folder) / "tiny.gguf")
        manager, kernel = start_new_kernel()
        try:
            yield kernel, _url(kernel, _SERVER.format(folder=f"{folder}/models", gguf=gguf))
        finally:
            kernel.stop_channels()
            manager.shutdown_kernel(now=True)


def _url(kernel: Any, code: str) -> str:
    told: list[str] = []
    kernel.execute_interactive(code, output_hook=lambda message: told.append(str(message["content"].get("text", ""))), timeout=120)
    found = re.search(r"http://\S+", "".join(told))
    assert found, told
    return found[0]


def load(kernel: Any, url: str, streams: int, rate: int, seconds: float) -> tuple[dict[str, Any], float]:
    """What the client measured, and the longest that the kernel took to answer."""
    found: dict[str, Any] = {}
    command = [sys.executable, str(Path(__file__).with_name("rest_load.py")), url, str(streams), str(rate), str(seconds)]

    def run() -> None:
        found.update(json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout))

    client = threading.Thread(target=run)
    client.start()
    longest = 0.0
    while client.is_alive():
        client.join(1.0)
        started = time.perf_counter()
        kernel.execute_interactive("1+1", silent=True, timeout=60)
        longest = max(longest, time.perf_counter() - started)
    return found, longest


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--streams", type=int, default=64)
    parser.add_argument("--rate", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60.0)
    given = parser.parse_args()
    print_table(measure(given.streams, given.rate, given.seconds))
