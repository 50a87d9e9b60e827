"""From a Hugging Face folder to a `Plan`: config and architecture, tokenizer, weights, and the keys that describe them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import gguf

from ..gguf.plan import Plan
from ..gguf.values import Array, text, u32
from ..safetensors import read_folder
from . import arch as architectures
from .card import Numbers, general_keys
from .config import ConfigView
from .folder import Folder
from .keys import evaluate, refuse_other
from .quantized import fp8_block, refuse_marked
from .tokenizer import read_tokenizer
from .views import VIEWS
from .weights import plan_weights


class Files(Protocol):
    """A folder and which of its files are the weights."""

    @property
    def folder(self) -> Path: ...
    @property
    def weights(self) -> Sequence[Path]: ...


def plan_folder(files: Path | str | Files) -> Plan:
    """Plan the conversion of a folder. Only headers and small files are read.

    Raises: SourceError (UnsupportedArchitecture, SafetensorsError) naming the file, the thing and what to do.
    """
    folder = Folder(Path(files)) if isinstance(files, (str, Path)) else Folder(files.folder, tuple(files.weights))
    raw = folder.config()
    path = folder.path / "config.json"
    _, arch = architectures.find(raw.get("architectures"), path)
    block = fp8_block(raw, path, arch.packed)
    config = ConfigView(raw, path, arch.defaults, {**VIEWS, **arch.views})
    refuse_other(arch.fixed, config)
    keys = evaluate(arch.keys, config, arch.name)
    source = read_folder(folder.path, folder.weights)
    refuse_marked(source, folder.path, arch.packed)
    weights = plan_weights(arch, config, source, folder.path, block)
    tokenizer = read_tokenizer(folder, config, arch)
    numbers = Numbers.of({tensor.name: tensor.shape for tensor in weights.tensors})
    tokens: Array = tokenizer.keys["tokenizer.ggml.tokens"].value
    metadata = {
        "general.architecture": text(arch.name),
        **general_keys(folder, raw, numbers, set(tokens.strings())),
        **keys,
        "general.quantization_version": u32(gguf.GGML_QUANT_VERSION),
        **tokenizer.keys,
    }
    return Plan(metadata, weights.tensors, weights.source_type, weights.source_bytes, (*tokenizer.notes, *_notes(weights.dropped)))


def _notes(dropped: tuple[str, ...]) -> tuple[str, ...]:
    if not dropped:
        return ()
    return (f"{len(dropped)} tensors that llama.cpp does not use were left out (such as {dropped[0]}).",)
