"""Run by tests in a process of its own: builds models and adapters in F32 and prints, as JSON, what llama.cpp computes.

python llama_adapter_logits.py < [[FOLDER, FOLDER WITH MERGED WEIGHTS, ADAPTER FOLDER, ids, positions], ...]

gives [[logits of the model, of the merged one, of the model with the adapter], ...], in base64 (float32, positions x vocabulary).
"""

from __future__ import annotations

import base64
import ctypes
import json
import sys
from pathlib import Path

import llama_cpp

from jupyter_ollama.engine.worker.builder.job import Job, make
from jupyter_ollama.engine.worker.builder.progress import Reporter
from jupyter_ollama.quantization import parse_quantize

from .llama_logits import logits, silent


def main() -> None:
    llama_cpp.llama_log_set(silent, ctypes.c_void_p(0))
    found = []
    report = Reporter(lambda frame: None)
    for base, merged, adapter, ids, positions in json.load(sys.stdin):
        base_file, merged_file, adapter_file = (Path(f"{folder}.gguf") for folder in (base, merged, adapter))
        for folder, file in ((base, base_file), (merged, merged_file)):
            make(Job(Path(folder), "folder", file, parse_quantize("f32"), "direct"), report)
        make(Job(Path(adapter), "adapter", adapter_file, None, "auto", base=base_file), report)
        made = [
            logits(str(base_file), ids, positions, False), logits(str(merged_file), ids, positions, False),
            logits(str(base_file), ids, positions, False, str(adapter_file)),
        ]  # fmt: skip
        found.append([base64.b64encode(values.tobytes()).decode() for values in made])
    print(json.dumps(found))


if __name__ == "__main__":
    main()
