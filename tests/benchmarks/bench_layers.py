"""Looking into a GGUF with a vocabulary of 128,000 tokens, a page at a time, against reading its whole header once.

Everything lies in the page cache and nothing waits, so it is the processor's time that is measured.

python -m tests.benchmarks.bench_layers [--tokens 128000] [--rounds 9]
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from jupyter_ollama import Ollama
from jupyter_ollama.gguf import TensorType, header_bytes, read_index
from jupyter_ollama.gguf.values import f32s, i32s, text, texts, u32
from jupyter_ollama.manifest import CONFIG_TYPE, MODEL, Config, Manifest
from jupyter_ollama.names import ModelName
from jupyter_ollama.store.remembered import SETTLED_NS

from .table import Row, pairs, print_table

_TOKENS = "tokenizer.ggml.tokens"


def measure(tokens: int = 128_000, rounds: int = 9) -> list[Row]:
    """Rows: pages of metadata and tokens, a search (at most twice as long as reading the header) and the next page of what it found."""
    with tempfile.TemporaryDirectory() as folder, Ollama(Path(folder) / "models") as ollama:
        path = _put(ollama, tokens)
        time.sleep(SETTLED_NS / 1e9 + 0.1)
        reference = f"reading the header with {tokens:,} tokens"
        words = iter(range(10**9))

        def page() -> object:
            return ollama.metadata("large")[_TOKENS][tokens - 5000 : tokens - 4900]

        def search(word: str) -> object:
            array = ollama.metadata("large")[_TOKENS]
            return [array.texts(index, index + 1) for index in array.find(word)[:100]]

        work: tuple[tuple[str, str, Callable[[], object]], ...] = (
            ("a page of metadata", "<= 0.1", lambda: ollama.metadata("large").entries(0, 100)),
            ("a page of tokens", "<= 0.1", page),
            ("tokens searched", "<= 2", lambda: search(f"k{next(words)}")),
            ("the same search, its next page", "<= 0.3", lambda: search("k7")),
            ("a page of tensors", "<= 0.1", lambda: ollama.tensors("large").find("blk")[:100]),
        )
        rows = []
        for what, goal, ask in work:
            ask()
            ours, theirs = pairs(_timed(ask), _timed(lambda: read_index(path)), rounds)
            rows.append(Row(what, reference, ours / theirs, goal, f"{ours * 1000:.1f} ms against {theirs * 1000:.1f} ms of CPU"))
        return rows


def _put(ollama: Ollama, tokens: int) -> Path:
    """A model whose weights are little more than a header."""
    chance = random.Random(1)
    words = [f"{chance.choice('abcdefgh')}k{number}" for number in range(tokens)]
    metadata = {
        "general.architecture": text("llama"), "llama.block_count": u32(32), _TOKENS: texts(words), "tokenizer.ggml.scores": f32s(map(float, range(tokens))),
        "tokenizer.ggml.token_type": i32s([1] * tokens), "tokenizer.ggml.merges": texts(f"{word[:2]} {word[2:]}" for word in words),
    }  # fmt: skip
    header, offsets = header_bytes(metadata, [(f"blk.{number}.weight", (32,), TensorType.F32) for number in range(300)])
    config, _ = ollama.store.put(Config("gguf", "llama").encode(), CONFIG_TYPE)
    weights, _ = ollama.store.put(header.ljust(offsets[-1] + 128, b"\0"), MODEL)
    ollama.store.tag(ModelName.valid("large"), Manifest.build(config, [weights]))
    return ollama.store.blobs.path(weights.digest)


def _timed(work: Callable[[], object]) -> Callable[[], float]:
    def run() -> float:
        started = time.process_time()
        work()
        return time.process_time() - started

    return run


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tokens", type=int, default=128_000)
    parser.add_argument("--rounds", type=int, default=9)
    arguments = parser.parse_args()
    print_table(measure(arguments.tokens, arguments.rounds))
