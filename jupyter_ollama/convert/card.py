"""The ``general.*`` keys: what the model is called, by whom it is, under which licence, and which sampling it recommends.

The heuristics are those of llama.cpp (`gguf.Metadata`), fed only with plain strings. One name is never written: llama.cpp looks for
"phi3" in ``general.name`` and then requires tokens that a model that is merely called so does not have.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gguf
import yaml  # type: ignore[import-untyped]  # comes with gguf

from ..errors import SourceError
from ..gguf.values import Array, Typed, ValueType, f32
from .folder import Folder

MAX_CARD_BYTES = 4 << 20
MAX_FRONT = 1 << 17
MAX_TEXT = 4096
MAX_ITEMS = 256
PHI3_TOKENS = ("<|endoftext|>", "<unk>", "<s>", "</s>")
SAMPLING = {
    "top_k": ("top_k", int), "top_p": ("top_p", float), "min_p": ("min_p", float), "temp": ("temperature", float),
    "penalty_repeat": ("repetition_penalty", float),
}  # fmt: skip

_SNAPSHOT = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True, slots=True)
class Numbers:
    """How many numbers the tensors of a model hold, for its size label.

    Args:
        total: for an adapter, how many it changes, negative: gguf's heuristics for names tell adapters by that, and there is no label.
        expert: how many of them one expert of each block holds.
        n_experts: how many experts a block has.
    """

    total: int
    expert: int = 0
    n_experts: int = 0

    @classmethod
    def of(cls, shapes: Mapping[str, tuple[int, ...]]) -> Numbers:
        """Count by the names and shapes (ggml order) of a GGUF's tensors."""
        sizes = {name: math.prod(shape) for name, shape in shapes.items()}
        experts = {name: shape[1 if ".bias" in name else 2] for name, shape in shapes.items() if "_exps." in name and len(shape) >= 3}
        expert = sum(sizes[name] // count for name, count in experts.items())
        return cls(sum(sizes.values()), expert, sum(experts.values()) // len(experts) if experts else 0)

    @property
    def label(self) -> str:
        """As `gguf.size_label` writes it: ``8x7B``."""
        shared = self.total - self.expert * self.n_experts
        found: str = gguf.size_label(self.total, shared, self.expert, self.n_experts)
        return found


def general_keys(folder: Folder, config: Mapping[str, Any], numbers: Numbers, tokens: Collection[bytes]) -> dict[str, Typed]:
    """The keys about the model as a whole.

    Args:
        tokens: its vocabulary, which decides whether the name may say phi3.
    Raises: SourceError when a file of the folder cannot be read.
    """
    path = config.get("_name_or_path")
    found = gguf.Metadata.apply_metadata_heuristic(
        gguf.Metadata(), _card(folder), {"_name_or_path": path} if isinstance(path, str) else {}, model_id(folder.path), numbers.total
    )
    found.name = found.name if found.name and isinstance(found.name, str) else "model"
    found.size_label = found.size_label or (numbers.label if numbers.total > 0 else None)
    _recommend(found, folder)
    writer = gguf.GGUFWriter(path=None, arch="llama")
    writer.add_type(gguf.GGUFType.MODEL)
    found.set_gguf_meta_model(writer)
    keys = {key: typed for key, value in writer.kv_data[0].items() if (typed := _typed(value))}
    del keys["general.architecture"]  # the caller's
    if re.search("phi-?3", found.name.lower()) and not all(token.encode() in tokens for token in PHI3_TOKENS):
        del keys["general.name"]
    return keys


def model_id(folder: Path) -> Path:
    """The folder as far as its name says something: in a Hugging Face cache, the repository's instead of the commit's."""
    folder = folder.absolute()
    if _SNAPSHOT.fullmatch(folder.name) and folder.parent.name == "snapshots":
        return Path(*folder.parent.parent.name.removeprefix("models--").split("--"))
    return folder


def _typed(held: Any) -> Typed | None:
    """What gguf's writer holds for a key; None for what a strange card made of it."""
    if held.type is ValueType.ARRAY:
        items = held.value if isinstance(held.value, list) else []
        return Typed(ValueType.ARRAY, Array.of(ValueType.STRING, items)) if items and all(isinstance(item, str) for item in items) else None
    if held.type is ValueType.STRING and not isinstance(held.value, str):
        return None
    return f32(held.value) if held.type is ValueType.FLOAT32 else Typed(ValueType(held.type), held.value)


def _card(folder: Folder) -> dict[str, Any]:
    """The front matter of README.md, reduced to strings and lists of strings; a card that cannot be read says nothing."""
    try:
        raw = folder.optional("README.md", MAX_CARD_BYTES)
    except SourceError:
        return {}
    lines = raw.decode("utf-8", "replace").splitlines() if raw else []
    if not lines or lines[0] != "---" or "---" not in lines[1:]:
        return {}
    front = "\n".join(lines[1 : lines.index("---", 1)])[:MAX_FRONT].replace("- no\n", '- "no"\n').replace("\t", "  ")
    try:
        held = yaml.load(front, Loader=yaml.BaseLoader)
    except (yaml.YAMLError, RecursionError, ValueError):
        return {}
    if not isinstance(held, dict):
        return {}
    plain = {key: _plain(value) for key, value in held.items() if isinstance(key, str)}
    return {key: value for key, value in plain.items() if value}


def _plain(value: Any) -> str | list[str] | None:
    if isinstance(value, str):
        return value[:MAX_TEXT]
    if isinstance(value, list):
        return [item[:MAX_TEXT] for item in value[:MAX_ITEMS] if isinstance(item, str)]
    return None


def _recommend(found: gguf.Metadata, folder: Folder) -> None:
    """Sampling parameters from generation_config.json."""
    held = folder.json("generation_config.json") or {}
    for name, (source, kind) in SAMPLING.items():
        value = held.get(source)
        if isinstance(value, (int, float)) and math.isfinite(value) and abs(value) < 1 << 31 and kind(value) == value:
            setattr(found, f"sampling_{name}", kind(value))
