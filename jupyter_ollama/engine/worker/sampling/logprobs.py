"""Log-probabilities of tokens, from the logits as the model gives them: no option changes them."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...ranked import Entry
from ..llama import lib
from ..vocabulary import Vocabulary

Values = NDArray[np.float32]


def logits_of(context: Any, index: int, n_vocab: int) -> Values:
    """The logits after one token of the batch, as a view that the next evaluation overwrites.

    Shapes: (n_vocab,).
    """
    address = ctypes.addressof(lib.llama_get_logits_ith(context, index).contents)
    row: Any = (ctypes.c_float * n_vocab).from_address(address)
    values: Values = np.frombuffer(row, np.float32)  # as_array of numpy's takes ten times as long
    return values


def log_softmax(logits: Values) -> Values:
    """Log-probabilities.

    Shapes: (..., n_vocab) -> (..., n_vocab).
    """
    peak = logits.max(axis=-1, keepdims=True)
    total = np.exp(logits - peak).sum(axis=-1, keepdims=True, dtype=np.float64)
    values: Values = (logits - peak) - np.log(total).astype(np.float32)
    return values


def best(values: Values, n_top: int) -> list[int]:
    """The most probable tokens, best first.

    Shapes: (n_vocab,).
    """
    n_top = min(n_top, len(values))
    if not n_top:
        return []
    found = np.argpartition(-values, n_top - 1)[:n_top]
    ordered: list[int] = found[np.lexsort((found, -values[found]))].tolist()
    return ordered


def likeliest(logits: Values) -> tuple[int, float]:
    """The most probable token, and its probability.

    Shapes: (n_vocab,).
    """
    token = int(logits.argmax())
    return token, 1 / float(np.exp(logits - logits[token]).sum())


def ranked(vocabulary: Vocabulary, values: Values, token: int, n_top: int) -> list[Entry]:
    """A token with its log-probability and its text, then the ``n_top`` most probable ones with theirs, best first."""
    return [(one, float(values[one]), vocabulary.name(one)) for one in (token, *best(values, n_top))]
