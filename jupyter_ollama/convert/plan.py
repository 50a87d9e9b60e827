"""From a Hugging Face folder to a `Plan`: config and architecture, tokenizer, weights, and the keys that describe them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import gguf

from ..errors import SourceError
from ..gguf.plan import Plan
from ..gguf.values import Array, text, u32
from ..safetensors import read_folder
from . import arch as architectures
from .card import Numbers, general_keys
from .config import ConfigView, lifted
from .folder import Folder
from .keys import evaluate, refuse_other
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
    _refuse_quantized(raw, path)
    _, arch = architectures.find(raw.get("architectures"), path)
    config = ConfigView(raw, path, arch.defaults, VIEWS)
    refuse_other(arch.fixed, config)
    keys = evaluate(arch.keys, config, arch.name)
    weights = plan_weights(arch, config, read_folder(folder.path, folder.weights), folder.path)
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
    return (f"{len(dropped)} tensors that llama.cpp computes itself were left out (such as {dropped[0]}).",)


def _refuse_quantized(raw: dict[str, Any], path: Path) -> None:
    held = lifted(raw).get("quantization_config")
    if not held:
        return
    method = held.get("quant_method", "unknown") if isinstance(held, dict) else "unknown"
    raise SourceError(
        f"{path} says that the weights are quantized already ({method}).",
        hint="Use the original model in BF16, F16 or F32, or a GGUF of it.", path=path, quantization=method,
    )  # fmt: skip
