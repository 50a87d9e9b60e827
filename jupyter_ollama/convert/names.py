"""From Hugging Face's tensor names to GGUF's and back, by the name map of the `gguf` package."""

from __future__ import annotations

import re

import gguf

_SUFFIXES = (".weight", ".bias")
_USUAL = re.compile(r"lm_head|model\.(layers\..+|embed_tokens|norm)")
_BLOCK = re.compile(r"blk\.(\d+)\.")
_ENUMS = {name: enum for enum, name in gguf.MODEL_ARCH_NAMES.items()}
_LAST = {"output_norm": 1, "output": 2}


class NameMap:
    """The names of one architecture with so many blocks."""

    def __init__(self, arch: str, n_blocks: int) -> None:
        self._map = gguf.get_tensor_name_map(_ENUMS[arch], n_blocks)

    def gguf_name(self, name: str) -> str | None:
        """The GGUF name of a Hugging Face tensor, or None when the architecture has no such tensor."""
        found: str | None = self._map.get_name(name, try_suffixes=_SUFFIXES)
        return found

    def usual_name(self, gguf_name: str) -> str:
        """How a GGUF tensor is mostly called in safetensors files; for messages."""
        stem, dot, suffix = gguf_name.rpartition(".")
        known = [name for name, (_, target) in self._map.mapping.items() if target == stem and name != stem]
        found = next((name for name in known if _USUAL.fullmatch(name)), known[0] if known else stem)
        return f"{found}{dot}{suffix}"


def place(name: str) -> tuple[int, int, str]:
    """Sorts tensors as a model uses them: what comes before the blocks, block by block, what comes after."""
    block = _BLOCK.match(name)
    if block:
        return (1, int(block[1]), name)
    last = _LAST.get(name.split(".")[0])
    return (2, last, name) if last else (0, 0, name)
