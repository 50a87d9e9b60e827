"""From logits to the probabilities that a token is drawn with, in NumPy. The steps are those of an answer, in their order:

    penalties, top_k, tfs_z, typical_p, top_p, min_p, temperature         temperature 0: penalties, the most probable token
    penalties, temperature, mirostat                                      mirostat 1 or 2, for the first token of an answer

Source: the samplers of llama.cpp (llama-sampling.cpp of the version in pyproject); tail-free sampling as llama.cpp b3000 had it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import OptionError
from ..options import Options, check_options, defaults

PENALTIES = ("repeat_last_n", "repeat_penalty", "presence_penalty", "frequency_penalty", "penalize_newline")
CUTS = ("top_k", "tfs_z", "typical_p", "top_p", "min_p", "temperature")
MIROSTAT = ("mirostat", "mirostat_tau", "mirostat_eta")
SAMPLERS = (*PENALTIES, *CUTS, *MIROSTAT)
"""Every option that decides which token is drawn, but for the seed."""
_WINDOW = 100  # the tokens that mirostat 1 estimates from
Floats = NDArray[np.float64]
Ids = NDArray[np.intp]


@dataclass(frozen=True)
class Before:
    """The tokens that stand before the next one, which penalties count. ``newline``: the token that ends a line, if it is among them."""

    tokens: Sequence[int] = ()
    n_ctx: int = 1 << 20
    newline: int | None = None

    def counts(self, options: Mapping[str, Any]) -> Counter[int]:
        """How often each token was seen in the window that ``repeat_last_n`` opens."""
        last = int(options["repeat_last_n"])
        window = min(self.n_ctx if last == -1 else last, self.n_ctx)
        seen = Counter(self.tokens[-window:] if window else ())
        if not options["penalize_newline"] and self.newline is not None:
            seen.pop(self.newline, None)
        return seen


def checked(options: Mapping[str, Any]) -> Options:
    """All values in force. Raises: OptionError, also for an option that draws no token."""
    if unknown := [name for name in options if name not in SAMPLERS]:
        raise OptionError(f"{unknown[0]} is no sampler that can be shown here.", hint=f"There are {', '.join(SAMPLERS)}.")
    return {name: value for name, value in {**defaults(), **check_options(options)}.items() if name in SAMPLERS}


def shaped(logits: Floats, options: Mapping[str, Any], before: Before | None = None) -> tuple[Floats, dict[int, str]]:
    """The probabilities that are drawn from, and which sampler dropped the tokens that cannot be drawn.

    Shapes: (n_vocab,) both ways. Without penalties, logits may be log-probabilities.
    Raises: OptionError.
    """
    values = checked(options)
    changed = penalized(logits, values, (before or Before()).counts(values))
    temperature = float(values["temperature"])  # type: ignore[arg-type]
    ids: Ids = np.argsort(-changed, kind="stable")
    dropped: dict[int, str] = {}

    def keep(name: str, chosen: Ids) -> None:
        nonlocal ids
        dropped.update(dict.fromkeys(np.setdiff1d(ids, chosen).tolist(), name))
        ids = chosen

    if temperature <= 0:
        keep("temperature", ids[:1])
    elif values["mirostat"]:
        keep("mirostat", ids[: _mirostat(_shares(changed[ids] / temperature), values)])
    else:
        for name, cut in _CUTS.items():
            keep(name, cut(ids, _shares(changed[ids]), float(values[name])))  # type: ignore[arg-type]
    probabilities = np.zeros_like(changed)
    probabilities[ids] = _shares(changed[ids] / (temperature if temperature > 0 else 1.0))
    return probabilities, dropped


def penalized(logits: Floats, options: Mapping[str, Any], seen: Mapping[int, int]) -> Floats:
    """Logits with what repetitions cost: a division (a product where it is negative), and what is subtracted once and each time.

    Shapes: (n_vocab,) both ways.
    """
    changed = logits.astype(np.float64)
    if not seen:
        return changed
    ids, times = np.fromiter(seen, np.intp), np.fromiter(seen.values(), np.float64)
    chosen, repeat = changed[ids], float(options["repeat_penalty"])
    chosen = np.where(chosen <= 0, chosen * repeat, chosen / repeat)
    changed[ids] = chosen - times * float(options["frequency_penalty"]) - float(options["presence_penalty"])
    return changed


def _mirostat(shares: Floats, options: Mapping[str, Any]) -> int:
    """How many candidates stay for the first token: its surprise may be twice ``mirostat_tau``, in bits.

    Shapes: (n,), descending.
    """
    limit = 2 * float(options["mirostat_tau"])
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        if options["mirostat"] == 2:
            beyond = np.flatnonzero(-np.log2(shares) > limit)
            return max(int(beyond[0]), 1) if len(beyond) else len(shares)
        n = min(_WINDOW - 1, len(shares) - 1)
        ranks = np.log((np.arange(n) + 2) / (np.arange(n) + 1))
        slope = (ranks * np.log(shares[:n] / shares[1 : n + 1])).sum() / np.square(ranks).sum()
        kept = ((slope - 1) * 2**limit / (1 - len(shares) ** -(slope - 1))) ** (1 / slope)
    return min(max(int(kept), 1), len(shares)) if kept < 1 << 31 else 1  # beyond that C++ makes nothing of it, and one stays


def _top_k(ids: Ids, shares: Floats, k: float) -> Ids:
    return ids[: int(k)] if k > 0 else ids


def _tail_free(ids: Ids, shares: Floats, z: float) -> Ids:
    """Up to where the second derivative of the sorted probabilities has used up the share z of its sum."""
    if z >= 1 or len(ids) <= 2:
        return ids
    bends = np.abs(np.diff(shares, 2))
    total = bends.sum()
    used = np.cumsum(bends / total) if total > 1e-6 else np.arange(1, len(bends) + 1) / len(bends)
    beyond = np.flatnonzero(used > z)
    beyond = beyond[beyond >= 1]
    return ids[: int(beyond[0])] if len(beyond) else ids


def _typical(ids: Ids, shares: Floats, p: float) -> Ids:
    """Those whose surprise is closest to the expected one, until they have the share p; the most probable first again."""
    if p >= 1:
        return ids
    with np.errstate(divide="ignore", invalid="ignore"):
        surprise = -np.log(shares)
        expected = np.where(shares > 0, shares * surprise, 0.0).sum()
    order = np.argsort(np.abs(surprise - expected), kind="stable")
    reached = np.flatnonzero(np.cumsum(shares[order]) > p)
    chosen = order[: int(reached[0]) + 1] if len(reached) else order
    return ids[np.sort(chosen)]


def _top_p(ids: Ids, shares: Floats, p: float) -> Ids:
    if p >= 1:
        return ids
    reached = np.flatnonzero(np.cumsum(shares) >= p)
    return ids[: int(reached[0]) + 1] if len(reached) else ids


def _min_p(ids: Ids, shares: Floats, p: float) -> Ids:
    return ids[shares >= p * shares.max()] if p > 0 else ids


_CUTS: dict[str, Callable[[Ids, Floats, float], Ids]] = {
    "top_k": _top_k, "tfs_z": _tail_free, "typical_p": _typical, "top_p": _top_p, "min_p": _min_p,
}  # fmt: skip


def _shares(logits: Floats) -> Floats:
    weights: Floats = np.exp(logits - logits.max())
    weights /= weights.sum()
    return weights
