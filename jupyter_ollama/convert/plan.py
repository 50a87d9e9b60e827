"""From a Hugging Face folder to a `Plan`: config and architecture, tokenizer, weights, and the keys that describe them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

import gguf

from ..gguf.plan import Plan
from ..gguf.values import Array, text, u32
from ..safetensors import read_folder
from ..sentences import Sentence
from . import arch as architectures
from .card import Numbers, general_keys
from .config import ConfigView
from .dense import dense_note, dense_tensors, without_dense
from .folder import Folder
from .keys import evaluate, refuse_other
from .quantized import fp8_block, refuse_marked
from .tokenizer import read_tokenizer
from .views import VIEWS
from .weights import plan_weights

_OF_IMAGES = re.compile(r"(?:^|\.)(?:vision_tower|multi_modal_projector)\.")


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
    folder = _folder(files)
    raw = folder.config()
    path = folder.path / "config.json"
    _, arch = architectures.find(raw.get("architectures"), path)
    block = fp8_block(raw, path, arch.packed)
    config = ConfigView(raw, path, arch.defaults, {**VIEWS, **arch.views})
    refuse_other(arch.fixed, config)
    keys = evaluate(arch.keys, config, arch.name)
    source = read_folder(folder.path, folder.weights) | (dense_tensors(folder) if arch.dense else {})
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
    left_out = None if arch.dense else dense_note(folder)
    remarks = (remark.text for remark in arch.remarks if config.get(remark.source))
    notes = (*remarks, *tokenizer.notes, *_notes(weights.dropped), *((left_out,) if left_out else ()))
    return Plan(metadata, weights.tensors, weights.source_type, weights.source_bytes, notes)


def _folder(files: Path | str | Files) -> Folder:
    if isinstance(files, (str, Path)):
        return Folder(Path(files))
    return Folder(files.folder, without_dense(files.folder, files.weights))


def _notes(dropped: tuple[str, ...]) -> Iterator[str]:
    seen = [name for name in dropped if _OF_IMAGES.search(name)]
    other = [name for name in dropped if not _OF_IMAGES.search(name)]
    if seen:
        yield Sentence("The part that sees images (%1 tensors) was left out: the result reads text only.", len(seen))
    if other:
        yield Sentence("%1 tensors that llama.cpp does not use were left out (such as %2).", len(other), other[0])
