"""The model that an adapter is for, known from its GGUF: which architecture's names and rules apply, and how to A and B.

A rule that picks or orders the rows of a weight does the same to the rows of B and leaves A alone, since (P·B)·A is P·(B·A). One that
puts tensors together does it to both. An architecture with rules of another kind (transposed weights, packed ones) has no adapters here.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from ...errors import SourceError
from ...gguf import GGUFIndex
from ...sentences import Sentence
from ..arch import ARCHITECTURES
from ..config import ConfigView
from ..records import Arch, Rule
from ..views import VIEWS

OF_ROWS = frozenset({"permute", "group", "ungroup", "half", "skip", "every_second"})
OF_NAMES = frozenset({"", "stack", "drop"})
OF_VECTORS = frozenset({"add"})
"""Norms, for which there are no pairs."""

_KEYS = {
    "num_hidden_layers": "block_count", "hidden_size": "embedding_length", "intermediate_size": "feed_forward_length",
    "num_attention_heads": "attention.head_count", "num_key_value_heads": "attention.head_count_kv", "head_dim": "attention.key_length",
    "num_local_experts": "expert_count",
}  # fmt: skip
_BLOCK = re.compile(r"^blk\.\d+\.")


def arch_of(base: GGUFIndex, path: Path) -> Arch:
    """The record whose tensors are most like the model's; several go by one name in llama.cpp.

    Raises: SourceError when there is none, or none for adapters.
    """
    held = {_BLOCK.sub("blk.{bid}.", tensor.name) for tensor in base.tensors}
    found = [arch for arch in ARCHITECTURES if arch.name == base.architecture and _has_adapters(arch)]
    if not found:
        usable = ", ".join(sorted({arch.name for arch in ARCHITECTURES if _has_adapters(arch)}))
        raise SourceError(
            Sentence("%1 cannot be converted: the model of FROM is of the architecture %2.", path, repr(base.architecture)),
            hint=Sentence("Adapters can be converted for %1; a GGUF of this adapter can be used, too.", usable), path=path,
        )  # fmt: skip
    return max(found, key=lambda arch: len(held & {tensor.name for tensor in arch.tensors}))


def config_of(base: GGUFIndex, arch: Arch, path: Path) -> ConfigView:
    """What the rules of an architecture ask, answered by the model's GGUF. ``path``: the adapter, for errors."""
    raw = {name: value for name, key in _KEYS.items() if (value := base.of_architecture(key)) is not None}
    return ConfigView(raw, path, {}, {**VIEWS, **arch.views})


def rules_of(arch: Arch, *, rows: bool) -> tuple[Rule, ...]:
    """The architecture's rules for B (``rows``) or for A."""
    rules = (rule for rule in arch.rules if rule.op not in OF_VECTORS)
    return tuple(rule if rows or rule.op not in OF_ROWS else replace(rule, op="") for rule in rules)


def _has_adapters(arch: Arch) -> bool:
    return all(rule.op in OF_ROWS | OF_NAMES | OF_VECTORS for rule in arch.rules)
