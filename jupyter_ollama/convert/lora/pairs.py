"""The matrices of an adapter, as pairs: a weight W of the model becomes W + B·A, times a number.

    PEFT   <module>.lora_A.weight (rank, in), .lora_B.weight (out, rank); <module>.lora_embedding_A (rank, tokens), _B (width, rank)
    MLX    <module>.lora_a (in, rank), .lora_b (rank, out); of experts (experts, rank, in), (experts, out, rank)

A pair here has PEFT's orientation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ...errors import SafetensorsError
from ...safetensors import SafeTensor
from ...sentences import Sentence
from ..config import ConfigView
from ..ops import transpose
from ..rows import FileRows, Rows
from ..stored import FLOATS

_PEFT = re.compile(r"(?:base_model\.model\.)?(?P<module>.+)\.lora_(?:embedding_(?P<table>[AB])|(?P<side>[AB])\.(?:default\.)?weight)")
_MLX = re.compile(r"(?P<module>.+)\.lora_(?P<side>[ab])")
_DORA = (".lora_magnitude_vector", ".lora_magnitude_vector.weight", ".m")
_MERGE = "Merge the adapter into its model and use that model."


@dataclass(frozen=True, slots=True)
class Pair:
    """A and B of one module (``model.layers.0.self_attn.q_proj``).

    Shapes: a (rank, in), b (out, rank); with experts as a first dimension of both.
    """

    module: str
    a: Rows
    b: Rows

    @property
    def rank(self) -> int:
        return self.b.shape[-1]


def pairs_of(source: Mapping[str, SafeTensor], folder: Path, config: ConfigView) -> list[Pair]:
    """All pairs of an adapter.

    Raises: SafetensorsError for halves that do not fit together, and for tensors that are no part of a pair, which it names.
    """
    halves: dict[str, dict[str, Rows]] = {}
    odd: list[str] = []
    for name, tensor in source.items():
        match = _PEFT.fullmatch(name) or _MLX.fullmatch(name)
        if match is None:
            odd.append(name)
            continue
        side = match["side"] or match["table"]
        held = halves.setdefault(match["module"], {})
        if side.upper() in held:
            raise _bad(folder, Sentence("has %1 twice", match["module"]))
        held[side.upper()] = _rows(tensor, turned=side.islower(), config=config)
    if odd:
        raise _left_over(folder, odd)
    if not halves:
        raise _bad(folder, "has no LoRA tensors")
    return [_pair(folder, module, held) for module, held in halves.items()]


def _rows(tensor: SafeTensor, *, turned: bool, config: ConfigView) -> Rows:
    if tensor.dtype not in FLOATS:
        raise _bad(
            tensor.path, Sentence("holds %1 as %2", repr(tensor.name), tensor.dtype), "Use a version of the adapter in F32, F16 or BF16."
        )
    if len(tensor.shape) not in (2, 3) or 0 in tensor.shape:
        raise _bad(tensor.path, Sentence("holds %1 in the shape %2, which is no matrix", repr(tensor.name), list(tensor.shape)))
    rows = FileRows(tensor, FLOATS[tensor.dtype])
    return transpose(rows, "", config) if turned and len(tensor.shape) == 2 else rows


def _pair(folder: Path, module: str, held: Mapping[str, Rows]) -> Pair:
    if len(held) < 2:
        raise _bad(folder, Sentence("has only lora_%1 of %2", next(iter(held)), module))
    a, b = held["A"], held["B"]
    if len(a.shape) != len(b.shape) or a.shape[-2] != b.shape[-1] or a.shape[:-2] != b.shape[:-2]:
        raise _bad(folder, Sentence("has matrices for %1 that do not fit together: %2 and %3", module, list(a.shape), list(b.shape)))
    return Pair(module, a, b)


def _left_over(folder: Path, names: Iterable[str]) -> SafetensorsError:
    names = list(names)
    more = f" and {len(names) - 3:,} more" if len(names) > 3 else ""
    shown = ", ".join(map(repr, names[:3])) + more
    if any(name.endswith(_DORA) for name in names):
        return _bad(folder, Sentence("is a DoRA adapter (%1), which llama.cpp cannot run", shown), _MERGE)
    return _bad(folder, Sentence("replaces whole tensors, which a LoRA in a GGUF cannot: %1", shown), _MERGE)


def _bad(path: Path, what: str, hint: str = "The adapter is damaged: copy or download it again.") -> SafetensorsError:
    return SafetensorsError(Sentence("%1 %2.", path, Sentence.of(what)), hint=hint, path=path)
