"""Log-probabilities of tokens, from the logits as the model gives them: no option changes them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..llama import lib

Row = NDArray[np.float32]


def logits_of(context: Any, index: int, n_vocab: int) -> Row:
    """The logits after one token of the batch, as a view that the next evaluation overwrites.

    Shapes: (n_vocab,).
    """
    return np.ctypeslib.as_array(lib.llama_get_logits_ith(context, index), (n_vocab,))


def log_softmax(logits: Row) -> Row:
    """Log-probabilities.

    Shapes: (..., n_vocab) -> (..., n_vocab).
    """
    peak = logits.max(axis=-1, keepdims=True)
    total = np.exp(logits - peak, dtype=np.float64).sum(axis=-1, keepdims=True)
    values: Row = logits - (peak + np.log(total)).astype(np.float32)
    return values


def ranked(logits: Row, token: int, n_top: int) -> list[tuple[int, float]]:
    """The token with its log-probability, then the ``n_top`` most probable ones with theirs, best first."""
    values = log_softmax(logits)
    n_top = min(n_top, len(values))
    best = np.argpartition(-values, n_top - 1)[:n_top] if n_top else np.empty(0, np.int64)
    best = best[np.lexsort((best, -values[best]))]
    return [(token, float(values[token])), *((int(one), float(values[one])) for one in best)]
