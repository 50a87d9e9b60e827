"""A folder to q4_K_M against llama.cpp's quantizer alone, and opening a GGUF against the `gguf` package.

python -m tests.benchmarks.bench_quantize [--megabytes 300] [--rounds 3] [--folder DIR]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import gguf

from jupyter_ollama.convert import plan_folder
from jupyter_ollama.gguf import TensorType, header_bytes, read_index
from jupyter_ollama.gguf.values import i32s, text, texts
from jupyter_ollama.quantization import parse_quantization

from ..weights import write_gguf
from .bench_build import build_seconds, memory_row, model
from .table import Row, pairs, print_table

N_TOKENS, N_MERGES = 128_256, 280_147

_QUANTIZE = """
import ctypes, sys, time, llama_cpp
source, target, file_type = sys.argv[1:]
p = llama_cpp.llama_model_quantize_default_params()
p.ftype = int(file_type)
started = time.perf_counter()
assert not llama_cpp.llama_model_quantize(source.encode(), target.encode(), ctypes.byref(p))
print("seconds", time.perf_counter() - started)
"""


def measure(megabytes: int = 300, rounds: int = 3, folder: str | None = None) -> list[Row]:
    """Rows: metadata, q4_K_M."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        return [metadata(Path(name), rounds), *_quantizer(Path(name), megabytes, rounds)]


def metadata(folder: Path, rounds: int) -> Row:
    """Opening a GGUF whose vocabulary is that of Llama 3."""
    path = folder / "vocabulary.gguf"
    held = {
        "general.architecture": text("llama"), "tokenizer.ggml.tokens": texts(f"token{number}" for number in range(N_TOKENS)),
        "tokenizer.ggml.token_type": i32s([1] * N_TOKENS),
        "tokenizer.ggml.merges": texts(f"ab{number} cd{number}" for number in range(N_MERGES)),
    }  # fmt: skip
    path.write_bytes(header_bytes(held, [("output_norm.weight", (32,), TensorType.F32)])[0] + bytes(128))
    ours, theirs = pairs(lambda: _timed(read_index, path), lambda: _timed(gguf.GGUFReader, path), rounds)
    return Row("metadata of 128k tokens", "gguf.GGUFReader", theirs / ours, ">= 50", f"{ours:.3f} s against {theirs:.2f} s")


def _timed(call: object, path: Path) -> float:
    assert callable(call)
    started = time.perf_counter()
    call(path)
    return time.perf_counter() - started


def _quantizer(folder: Path, megabytes: int, rounds: int) -> Iterator[Row]:
    source = model(folder / "quantized", megabytes)
    lossless = write_gguf(plan_folder(source), folder / "bf16.gguf")
    memory: list[int] = []
    ours, theirs = pairs(lambda: build_seconds(source, "q4_K_M", "direct", memory), lambda: quantize_seconds(lossless, "q4_K_M"), rounds)
    lossless.unlink()
    yield Row("q4_K_M of a folder", "llama_model_quantize alone", theirs / ours, ">= 1", f"{ours:.2f} s against {theirs:.2f} s, {megabytes} MB")
    yield memory_row("q4_K_M", memory)


def quantize_seconds(source: Path, kind: str) -> float:
    """What ``llama_model_quantize`` itself takes; the start of its process does not count."""
    target = source.with_suffix(".quantized")
    command = [sys.executable, "-c", _QUANTIZE, str(source), str(target), str(parse_quantization(kind).file_type)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    target.unlink()
    return float(done.stdout.rsplit("seconds", 1)[1])


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder")
    arguments = parser.parse_args()
    print_table(measure(arguments.megabytes, arguments.rounds, arguments.folder))


if __name__ == "__main__":
    main()
