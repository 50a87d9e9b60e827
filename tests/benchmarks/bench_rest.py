"""The REST API against what it stands before: chat per token against the Python API, tags of a large store, an upload against cp and sha256sum.

python -m tests.benchmarks.bench_rest [--rounds 7] [--tokens 200] [--models 1000] [--megabytes 1000] [--threads 0]

Server and Python API run in this process, as in a kernel; clients are processes of their own.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx

from jupyter_ollama import Chunk, Ollama
from jupyter_ollama.engine.worker.cores import usable_cores
from jupyter_ollama.store.remembered import SETTLED_NS

from .bench_chat import _synthetic
from .bench_list import fill
from .table import Row, pairs, print_table

TAGS_WARM_S, TAGS_COLD_S = 0.05, 1.0
TEMPLATE = "{{ range .Messages }}{{ .Content }}{{ end }}"
_CLIENT = """
import http.client, json, sys, time
host, body = sys.argv[1], sys.argv[2]
connection = http.client.HTTPConnection(host)
connection.request("POST", "/api/chat", body)
answer = connection.getresponse()
first = 0.0
while line := answer.readline():
    last = time.perf_counter()
    first = first or last
    told = json.loads(line)
print(told["eval_count"], last - first)
"""


def measure(rounds: int = 7, tokens: int = 200, models: int = 1000, megabytes: int = 1000, threads: int = 0) -> list[Row]:
    """All rows."""
    return [measure_chat(rounds, tokens, threads), *measure_tags(rounds, models), measure_upload(min(rounds, 5), megabytes)]


def measure_chat(rounds: int = 7, tokens: int = 200, threads: int = 0) -> Row:
    """What a token costs over the network, of a model whose tokens take about as long as those of models that people use."""
    with tempfile.TemporaryDirectory() as folder, Ollama(Path(folder) / "models") as ollama:
        ollama.create("bench", f"FROM {_synthetic(Path(folder) / 'bench.gguf')}\nTEMPLATE {TEMPLATE}").result()
        options = {"num_thread": threads or usable_cores(), "num_ctx": 2048, "num_predict": tokens, "temperature": 0}
        messages = [{"role": "user", "content": "A story about a ship, a lighthouse and a cat."}]
        server = ollama.serve(port=0)
        body = json.dumps({"model": "bench", "messages": messages, "options": options})
        ollama.chat("bench", messages, options=options).result()

        def over_rest() -> float:
            command = [sys.executable, "-c", _CLIENT, server.url.removeprefix("http://"), body]
            count, seconds = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
            return float(seconds) / (int(count) - 1)

        def in_python() -> float:
            first = last = 0.0
            run = ollama.chat("bench", messages, options=options)
            for event in run:
                if isinstance(event, Chunk):
                    last = time.perf_counter()
                    first = first or last
            return (last - first) / (run.result().statistics.eval_count - 1)

        ours, theirs = pairs(over_rest, in_python, rounds)
    return Row("a token of /api/chat", "Python API", ours / theirs, "<= 1.05", f"{ours * 1e3:.2f} ms against {theirs * 1e3:.2f} ms")


def measure_tags(rounds: int = 7, models: int = 1000) -> list[Row]:
    """A list of many models, for the first time and again."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "models"
        fill(root, models)
        time.sleep(SETTLED_NS / 1e9 + 0.1)
        with Ollama(root) as ollama, httpx.Client(base_url=ollama.serve(port=0).url) as client:
            cold = _tags(client, models)
            warm = statistics.median(_tags(client, models) for _ in range(max(3, rounds)))
    return [
        Row(f"/api/tags of {models:,} models, warm", "50 ms", warm / TAGS_WARM_S, "<= 1", f"{warm * 1e3:.0f} ms"),
        Row(f"/api/tags of {models:,} models, cold", "1 s", cold / TAGS_COLD_S, "<= 1", f"{cold * 1e3:.0f} ms"),
    ]


def _tags(client: httpx.Client, models: int) -> float:
    started = time.perf_counter()
    answer = client.get("/api/tags")
    taken = time.perf_counter() - started
    assert len(answer.json()["models"]) == models
    return taken


def measure_upload(rounds: int = 3, megabytes: int = 1000) -> Row:
    """A large blob, sent by curl, against a copy and a hash of the same file."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "source"
        with source.open("wb") as file:
            for _ in range(megabytes):
                file.write(os.urandom(1 << 20))
        hashed = subprocess.run(["sha256sum", source], capture_output=True, text=True, check=True).stdout[:64]
        with Ollama(Path(folder) / "models") as ollama:
            url = f"{ollama.serve(port=0).url}/api/blobs/sha256:{hashed}"
            blob = ollama.store.blobs.folder / f"sha256-{hashed}"

            def upload() -> float:
                command = ["curl", "-sf", "-o", "/dev/null", "-X", "POST", "-H", "Expect:", "-T", source, url]
                return _timed(command, blob)

            def copy_and_hash() -> float:
                copied = Path(folder) / "copied"
                return _timed(["cp", source, copied]) + _timed(["sha256sum", copied], copied)

            ours, theirs = pairs(upload, copy_and_hash, rounds)
    return Row(f"upload of {megabytes:,} MB", "cp + sha256sum", theirs / ours, ">= 0.7", f"{ours:.2f} s against {theirs:.2f} s")


def _timed(command: list[Any], made: Path | None = None) -> float:
    started = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    taken = time.perf_counter() - started
    if made is not None:
        made.unlink()
    return taken


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--tokens", type=int, default=200)
    parser.add_argument("--models", type=int, default=1000)
    parser.add_argument("--megabytes", type=int, default=1000)
    parser.add_argument("--threads", type=int, default=0)
    given = parser.parse_args()
    print_table(measure(given.rounds, given.tokens, given.models, given.megabytes, given.threads))
