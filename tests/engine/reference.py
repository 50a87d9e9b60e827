"""An independent sampler in NumPy: it works out, token by token, what an engine must answer. Written from the papers and from what the
options are documented to do; nothing of the package is used.

Random numbers are those of C++'s Mersenne Twister, so that a seed gives the very tokens that it gives in llama.cpp.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Row = NDArray[np.float64]

DEFAULTS: dict[str, Any] = {
    "seed": 0, "top_k": 40, "top_p": 0.9, "min_p": 0.0, "typical_p": 1.0, "tfs_z": 1.0, "repeat_last_n": 64, "temperature": 0.8,
    "repeat_penalty": 1.0, "presence_penalty": 0.0, "frequency_penalty": 0.0, "penalize_newline": True, "mirostat": 0,
    "mirostat_tau": 5.0, "mirostat_eta": 0.1,
}  # fmt: skip


class Reference:
    """Draws the tokens of one answer from logits.

    Args:
        newline: the token that ends a line.
    """

    def __init__(self, prompt: Sequence[int], n_ctx: int, newline: int, **options: Any) -> None:
        self.options = {**DEFAULTS, **options}
        self.seen = list(prompt)
        self.n_ctx, self.newline = n_ctx, newline
        self.mu = 2 * self.options["mirostat_tau"]
        self._random = np.random.RandomState(self.options["seed"] & 0xFFFFFFFF)

    def draw(self, logits: NDArray[np.float32]) -> int:
        """The next token.

        Shapes: (n_vocab,).
        """
        options = self.options
        penalized = self._penalized(logits.astype(np.float64))
        if options["temperature"] <= 0:
            token = int(np.argmax(penalized))
        elif options["mirostat"]:
            token = self._mirostat(penalized / options["temperature"])
        else:
            ids, kept = self._filtered(penalized)
            token = int(ids[self._pick(softmax(kept / options["temperature"]))])
        self.seen.append(token)
        return token

    def _penalized(self, logits: Row) -> Row:
        last, options = self.options["repeat_last_n"], self.options
        window = self.seen if last == -1 else self.seen[-min(last, self.n_ctx) :] if last else []
        for token, times in Counter(window).items():
            if token == self.newline and not options["penalize_newline"]:
                continue
            repeat = options["repeat_penalty"]
            logits[token] = logits[token] / repeat if logits[token] > 0 else logits[token] * repeat
            logits[token] -= times * options["frequency_penalty"] + options["presence_penalty"]
        return logits

    def _filtered(self, logits: Row) -> tuple[NDArray[Any], Row]:
        """Ids and logits of the candidates that stay, in the order in which they are drawn from."""
        options = self.options
        ids = np.arange(len(logits))
        is_sorted = options["top_k"] > 0 or options["tfs_z"] < 1 or options["typical_p"] < 1 or options["top_p"] < 1
        if is_sorted:
            ids = np.argsort(-logits, kind="stable")
        if options["top_k"] > 0:
            ids = ids[: options["top_k"]]
        if options["tfs_z"] < 1:
            ids = ids[: _before_tail(softmax(logits[ids]), options["tfs_z"])]
        if options["typical_p"] < 1:
            shares = softmax(logits[ids])
            surprise = -np.log(shares)
            order = np.argsort(np.abs(surprise - (shares * surprise).sum()), kind="stable")
            ids = ids[order][: _reaches(shares[order], options["typical_p"], beyond=True)]
            if options["top_p"] < 1:
                ids = ids[np.argsort(-logits[ids], kind="stable")]
        if options["top_p"] < 1:
            ids = ids[: _reaches(softmax(logits[ids]), options["top_p"])]
        if options["min_p"] > 0:
            shares = softmax(logits[ids])
            ids = ids[shares >= options["min_p"] * shares.max()]
        return ids, logits[ids]

    def _mirostat(self, logits: Row) -> int:
        """Version 1 estimates how steep the distribution is and keeps k tokens, version 2 keeps those less surprising than mu."""
        options = self.options
        ids = np.argsort(-logits, kind="stable")
        shares = softmax(logits[ids])
        if options["mirostat"] == 1:
            n = min(99, len(ids) - 1)
            steps = np.log((np.arange(n) + 2) / (np.arange(n) + 1))
            s = (steps * np.log(shares[:n] / shares[1 : n + 1])).sum() / (steps**2).sum()
            epsilon = s - 1
            k = ((epsilon * 2**self.mu) / (1 - len(ids) ** -epsilon)) ** (1 / s)
            kept = max(int(k), 1)
        else:
            too_much = np.flatnonzero(-np.log2(shares) > self.mu)
            kept = max(int(too_much[0]), 1) if len(too_much) else len(ids)
        shares = softmax(logits[ids[:kept]])
        place = self._pick(shares)
        self.mu -= options["mirostat_eta"] * (-np.log2(shares[place]) - options["mirostat_tau"])
        return int(ids[place])

    def _pick(self, shares: Row) -> int:
        """C++ makes a number between 0 and 1 of two draws of 32 bits. One candidate takes a draw, too, unless mirostat asks."""
        if self.options["mirostat"] and len(shares) == 1:
            return 0
        low, high = (int(self._random.randint(0, 1 << 32, dtype=np.uint32)) for _ in range(2))
        return min(int(np.searchsorted(np.cumsum(shares), (low + high * 2**32) / 2**64)), len(shares) - 1)


def softmax(logits: Row) -> Row:
    """Probabilities."""
    weights: Row = np.exp(logits - logits.max())
    return weights / weights.sum()


def _reaches(shares: Row, p: float, *, beyond: bool = False) -> int:
    """How many of the shares it takes until their sum reaches p, or goes beyond it."""
    reached = np.flatnonzero(np.cumsum(shares) > p if beyond else np.cumsum(shares) >= p)
    return int(reached[0]) + 1 if len(reached) else len(shares)


def _before_tail(shares: Row, z: float) -> int:
    """How many candidates come before the point where the second derivative has used up the share z of its sum."""
    if len(shares) <= 2:
        return len(shares)
    slopes = [shares[n] - shares[n + 1] for n in range(len(shares) - 1)]
    bends = [abs(slopes[n] - slopes[n + 1]) for n in range(len(slopes) - 1)]
    whole, used = sum(bends), 0.0
    for number, bend in enumerate(bends):
        used += bend / whole
        if used > z and number >= 1:
            return number
    return len(shares)
