"""How far a variant's predictions are from the original's, on a text.

    perplexity     exp of the mean negative log-probability of the text's tokens: among how many equally probable tokens it chose
    KL divergence  sum over the vocabulary of p (log p - log q), p what the original expects and q the variant, in nats; its mean
    top 1          at how many of these places both hold the same token for the most probable one
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

PIECE = 256
"""Tokens that are judged together; the first of each piece only prepare."""
PREPARE = 16
LOADED = {"num_ctx": 1024}
"""How a model is loaded for all that is measured: other options would load it anew."""


@dataclass(frozen=True)
class Predictions:
    """What a model holds for probable: ``nll`` of each judged token, and ``logprobs`` of the whole vocabulary after each place.

    Shapes: ``nll`` (n_tokens,), ``logprobs`` (n_places, n_vocab).
    """

    nll: Any
    logprobs: Any

    @property
    def perplexity(self) -> float:
        return math.exp(float(self.nll.mean())) if len(self.nll) else float("nan")


def predictions(ollama: Any, model: str, tokens: Sequence[int], n_places: int) -> Predictions:
    """Judge a text with a model, and note what it expects at ``n_places`` places of it."""
    pieces = [list(tokens[start : start + PIECE]) for start in range(0, len(tokens), PIECE)]
    scored = ollama.score(model, [piece for piece in pieces if len(piece) > 1], options=LOADED).result()
    nll = [-one.logprob for piece in scored for one in piece[min(PREPARE, len(piece) // 2) :]]
    prefixes = [piece[:end] for piece in pieces for end in range(1, len(piece))]
    chosen = prefixes if len(prefixes) <= n_places else [prefixes[int(place)] for place in np.linspace(0, len(prefixes) - 1, n_places)]
    found = ollama.next_tokens(model, chosen, top=1, options=LOADED).result() if chosen else ()
    return Predictions(np.asarray(nll, np.float64), np.asarray([np.asarray(one.logprobs) for one in found], np.float64))


def divergence(original: Predictions, variant: Predictions) -> tuple[float, float]:
    """Mean KL divergence in nats, and the share of places with the same most probable token."""
    p, q = original.logprobs, variant.logprobs
    if not len(p):
        return float("nan"), float("nan")
    with np.errstate(invalid="ignore"):
        terms = np.where(np.isneginf(p), 0.0, np.exp(p) * (p - q))
    return float(terms.sum(axis=1).mean()), float((p.argmax(axis=1) == q.argmax(axis=1)).mean())
