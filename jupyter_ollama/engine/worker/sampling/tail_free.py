"""Tail-free sampling (tfs_z), which llama.cpp once had."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .custom import Custom, candidates_of

_NOTHING = 1e-6


def tail_free(z: float) -> Custom:
    """A sampler that cuts where the probabilities, most probable first, have become a flat tail: after the share ``z`` of all bends.

    Source: llama_sample_tail_free of llama.cpp b3000; https://www.trentonbricken.com/Tail-Free-Sampling.
    """

    def change(array: Any) -> None:
        candidates = candidates_of(array)
        if not array.sorted:
            candidates[:] = candidates[np.argsort(-candidates["logit"], kind="stable")]
            array.sorted = True
        array.size = n_before_tail(candidates["logit"], z)

    return Custom(change)


def n_before_tail(logits: NDArray[np.float32], z: float) -> int:
    """How many candidates stay.

    Shapes: (n,), descending.
    """
    if len(logits) <= 2:
        return len(logits)
    probabilities = np.exp(logits - logits[0], dtype=np.float32)
    probabilities /= probabilities.sum()
    bends = np.abs(np.diff(probabilities, 2))  # (n - 2,)
    total = bends.sum()
    bends = bends / total if total > _NOTHING else np.full_like(bends, 1 / len(bends))
    beyond = np.flatnonzero(np.cumsum(bends) > z)
    beyond = beyond[beyond >= 1]  # one candidate stays, whatever z is
    return int(beyond[0]) if len(beyond) else len(logits)
