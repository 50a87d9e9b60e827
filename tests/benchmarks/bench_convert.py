"""Converting a folder, against llama.cpp's own converter, and quantizing it in one pass, against that and then llama.cpp's quantizer. Not
in the common table, for the reference needs torch.

python -m tests.benchmarks.bench_convert LLAMA_CPP PYTHON [--megabytes 2200] [--types bf16 f16 q8_0 q4_0] [--rounds 3] [--folder DIR]

LLAMA_CPP: a folder with convert_hf_to_gguf.py, conversion/ and gguf-py/. PYTHON: an interpreter with what that needs (the versions in
tests/golden/convert/make.py). Both sides are whole processes; ours also computes the sha256 and checks the result.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from jupyter_ollama.quantization import parse_quantization

from .bench_build import build_seconds, memory_row, model
from .bench_quantize import quantize_seconds
from .table import Row, pairs, print_table

GOALS = {"bf16": ">= 4", "f16": ">= 2", "q8_0": ">= 3", "q4_0": ">= 3"}
_REFERENCE = """
import runpy, sys
llama_cpp, folder, output, kind = sys.argv[1:]
sys.path[:0] = [llama_cpp + "/gguf-py", llama_cpp]
from conversion.base import TextModel
TextModel.get_vocab_base_pre = lambda self, tokenizer: "qwen2"
sys.argv = ["convert_hf_to_gguf.py", folder, "--outfile", output, "--outtype", kind]
runpy.run_path(llama_cpp + "/convert_hf_to_gguf.py", run_name="__main__")
"""


def measure(llama_cpp: Path, python: str, megabytes: int, types: tuple[str, ...], rounds: int, folder: str | None = None) -> Iterator[Row]:
    """Rows: time and memory for each type."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        source = model(Path(name), megabytes)
        for kind in types:
            memory: list[int] = []
            ours, theirs = pairs(
                partial(build_seconds, source, kind, "direct", memory), partial(_reference, llama_cpp, python, source, kind), rounds
            )
            times = f"{ours:.2f} s against {theirs:.2f} s, {megabytes} MB"
            reference = "llama.cpp's converter" + ("" if parse_quantization(kind).is_float else " and llama_model_quantize")
            yield Row(f"{kind} of a folder", reference, theirs / ours, GOALS.get(kind, ">= 1"), times)
            yield memory_row(kind, memory)


def _reference(llama_cpp: Path, python: str, source: Path, kind: str) -> float:
    target, wanted = source.parent / "reference.gguf", parse_quantization(kind)
    first = kind if wanted.is_float else "bf16"
    os.sync()  # what was written before is not to slow this down
    started = time.perf_counter()
    subprocess.run([python, "-c", _REFERENCE, str(llama_cpp), str(source), str(target), first], check=True, capture_output=True)
    seconds = time.perf_counter() - started
    seconds += 0 if wanted.is_float else quantize_seconds(target, kind)
    target.unlink()
    return seconds


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("llama_cpp", type=Path)
    parser.add_argument("python")
    parser.add_argument("--megabytes", type=int, default=2200)
    parser.add_argument("--types", nargs="+", default=[*GOALS])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder")
    given = parser.parse_args()
    print_table(measure(given.llama_cpp, given.python, given.megabytes, tuple(given.types), given.rounds, given.folder))


if __name__ == "__main__":
    main()
