"""How far each tensor of a variant is from the original: root of the mean squared difference, also relative to the size of the numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..places import place_of

_BLOCK = 1 << 22
"""Numbers that are looked at at once: 16 MB as float32."""


@dataclass(frozen=True)
class TensorError:
    """One tensor of one variant.

    ``layer`` is the number of its block, None for those outside; ``kind`` what it is in the block (``attn_q``, ``ffn_down`` ...).
    ``rmse`` is the root of the mean squared difference, ``relative`` the same divided by the root mean square of the original.
    """

    variant: str
    name: str
    type: str
    layer: int | None
    kind: str
    rmse: float
    relative: float


def tensor_errors(ollama: Any, reference: str, variant: str, label: str) -> Iterator[TensorError]:
    """Of every tensor whose type is not that of the original."""
    before = {tensor.name: tensor for tensor in ollama.tensors(reference)}
    for tensor in ollama.tensors(variant):
        original = before.get(tensor.name)
        if original is None or original.type == tensor.type or len(tensor.shape) < 2:
            continue
        rmse, size = _difference(ollama, reference, variant, tensor)
        layer, kind = place_of(tensor.name)
        yield TensorError(label, tensor.name, tensor.type.name, layer, kind, rmse, rmse / size if size else 0.0)


def _difference(ollama: Any, reference: str, variant: str, tensor: Any) -> tuple[float, float]:
    """RMSE, and the root mean square of the original; in pieces, so that a large tensor needs little memory."""
    rows = tensor.n_values // tensor.shape[0]
    step = max(1, _BLOCK // tensor.shape[0])
    squares = sizes = 0.0
    for start in range(0, rows, step):
        was = ollama.numbers(reference, tensor.name, start=start, stop=start + step).astype(np.float64)
        now = ollama.numbers(variant, tensor.name, start=start, stop=start + step)
        squares += float(np.square(was - now).sum())
        sizes += float(np.square(was).sum())
    return (squares / tensor.n_values) ** 0.5, (sizes / tensor.n_values) ** 0.5
