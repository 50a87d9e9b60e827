"""Folders of many architectures, quantized in one pass, are byte for byte what llama.cpp's own quantizer makes of the converted file."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from jupyter_ollama.convert import plan_folder
from jupyter_ollama.quantization import QUANTIZATIONS

from ..convert.folders import make_folder
from ..weights import write_gguf
from . import ggufs

# Rows of 256, so that every type applies.
WIDE = {"hidden_size": 256, "intermediate_size": 256, "num_attention_heads": 4, "num_key_value_heads": 2}
ARCHITECTURES: dict[str, dict[str, Any]] = {
    "mixtral": {"num_local_experts": 2}, "qwen3moe": {"head_dim": 64, "moe_intermediate_size": 256, "num_experts": 2}, "phi3": {},
    "granite": {}, "cohere": {}, "starcoder2": {},
}  # fmt: skip
TYPES = [quantization for quantization in QUANTIZATIONS if not quantization.is_float]

_OURS = """
import json, sys
from pathlib import Path
from jupyter_ollama.engine.worker.builder.job import Job, make
from jupyter_ollama.engine.worker.builder.progress import Reporter
from jupyter_ollama.quantization import parse_quantize
for source, path, name in json.loads(sys.argv[1]):
    make(Job(Path(source), "folder", Path(path), parse_quantize(name), "direct"), Reporter(lambda frame: None))
"""
_THEIRS = """
import ctypes, json, sys, llama_cpp
for source, path, file_type in json.loads(sys.argv[1]):
    parameters = llama_cpp.llama_model_quantize_default_params()
    parameters.ftype = file_type
    refused = llama_cpp.llama_model_quantize(source.encode(), path.encode(), ctypes.byref(parameters))
    assert not refused, path
"""


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All of them in two children, which is much faster than two children for each."""
    room = tmp_path_factory.mktemp("types")
    ours, theirs = [], []
    for name, values in ARCHITECTURES.items():
        folder = make_folder(room, name, **WIDE, **values)
        converted = write_gguf(plan_folder(folder), room / f"{name}.gguf")
        ours += [[str(folder), str(room / f"ours-{name}-{target}"), target.name] for target in TYPES]
        theirs += [[str(converted), str(room / f"theirs-{name}-{target}"), target.file_type] for target in TYPES]
    ggufs.in_child(_OURS, json.dumps(ours))
    ggufs.in_child(_THEIRS, json.dumps(theirs))
    return room


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_type_is_byte_for_byte_what_llama_cpp_makes(name: str, room: Path) -> None:
    made = {f"{side}-{target}": _digest(room / f"{side}-{name}-{target}") for side in ("ours", "theirs") for target in TYPES}

    assert [str(target) for target in TYPES if made[f"ours-{target}"] != made[f"theirs-{target}"]] == []


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
