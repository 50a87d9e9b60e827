"""Where a tensor stands in a model, by its name in a GGUF file."""

from __future__ import annotations

import re

_LAYER = re.compile(r"^blk\.(\d+)\.(.+?)(?:\.weight|\.bias)?$")


def place_of(name: str) -> tuple[int | None, str]:
    """Number of the block (None outside of them) and kind of a tensor: ``blk.3.attn_q.weight`` is 3 and attn_q."""
    found = _LAYER.match(name)
    return (int(found[1]), found[2]) if found else (None, name.removesuffix(".weight").removesuffix(".bias"))
