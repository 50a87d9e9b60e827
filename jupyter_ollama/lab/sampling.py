"""What the sampling options do to a prediction: which tokens stay, and how probable each becomes.

The steps are those of an answer, in their order: top_k, tfs_z, typical_p, top_p, min_p, temperature. They are worked out in NumPy on the
log-probabilities of a real prompt. Penalties and mirostat depend on what was said before and are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import OptionError
from ..options import OPTIONS, check_options, defaults
from ..shown import Displayed
from .opened import opened
from .plot import Plot
from .rows import Rows
from .sliders import LEFT_OUT, sliders

SAMPLERS = ("temperature", "top_k", "top_p", "min_p", "typical_p", "tfs_z")
_SHOWN = 30
_IN_PLOT = 12
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Candidate:
    """A token that may come next. ``before`` is its probability as the model has it, ``after`` what the samplers make of it; ``dropped_by``
    names the one that took it out.
    """

    id: int
    token: str
    before: float
    after: float
    dropped_by: str = ""


class Playground(Displayed):
    """The prediction after a prompt, and what options make of it."""

    def __init__(self, model: str, logprobs: Floats, names: Mapping[int, str]) -> None:
        self.model, self.logprobs = model, logprobs
        self._names = names

    def candidates(self, **options: Any) -> Rows[Candidate]:
        """The most probable tokens with what these options do to them. Raises: OptionError."""
        probabilities, dropped = shaped(self.logprobs, options)
        order = [int(token) for token in np.argsort(-self.logprobs, kind="stable")[:_SHOWN]]
        rows = [
            Candidate(token, self._names.get(token, f"<{token}>"), float(np.exp(self.logprobs[token])), float(probabilities[token]),
                      dropped.get(token, ""))
            for token in order
        ]  # fmt: skip
        kept = int((probabilities > 0).sum())
        title = f"{self.model}: {kept:,} of {len(self.logprobs):,} tokens may come next"
        return Rows(rows, title, ("token", "before", "after", "dropped_by"))

    def plot(self, **options: Any) -> Plot:
        """Before and after, side by side, of those that may come next and some others."""
        candidates = self.candidates(**options)
        shown = candidates[:_IN_PLOT]
        rows = [
            {"token": repr(one.token), "probability": value, "when": when, "dropped by": one.dropped_by}
            for one in shown for when, value in (("model", one.before), ("drawn", one.after))
        ]  # fmt: skip
        encoding = {
            "y": {"field": "token", "type": "nominal", "sort": None, "title": None, "scale": {"paddingInner": 0.25}},
            "yOffset": {"field": "when", "sort": ["model", "drawn"]},
            "x": {"field": "probability", "type": "quantitative", "axis": {"format": "%"}},
            "color": {"field": "when", "type": "nominal", "title": None, "scale": {"domain": ["model", "drawn"]}},
            "tooltip": [
                {"field": "token"}, {"field": "when"}, {"field": "probability", "format": ".2%"}, {"field": "dropped by"},
            ],
        }  # fmt: skip
        title = {"text": candidates.title, "subtitle": LEFT_OUT}
        return Plot({"title": title, "mark": "bar", "encoding": encoding, "width": 420, "height": {"step": 9}}, rows, str(candidates))

    def widget(self) -> Any:
        """Sliders for every sampler beside the prediction, which follows. Raises: NotSupported where ipywidgets is not installed."""
        return sliders(self, SAMPLERS)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return self.plot()._repr_mimebundle_(include, exclude)


def playground(model: str, prompt: Any, *, ollama: Any = None, **how: Any) -> Playground:
    """The prediction after a prompt: a text (as a question), or messages.

        play = lab.playground("pocket", "Name a colour.")
        play.plot(temperature=1.5, top_k=10); play.widget()

    Args:
        how: further arguments of ``Ollama.prompt``: ``system``, ``think`` ...
    """
    with opened(ollama) as asked:
        tokens = [token.id for token in asked.prompt(model, prompt, **how).result().tokens]
        (found,) = asked.next_tokens(model, [tokens], top=_SHOWN).result()
        return Playground(model, np.asarray(found.logprobs, np.float64), {one.id: one.token for one in found.top})


def shaped(logprobs: Floats, options: Mapping[str, Any]) -> tuple[Floats, dict[int, str]]:
    """The probabilities that are drawn from, and which sampler dropped the tokens that cannot be drawn.

    Shapes: (n_vocab,) both ways.
    Raises: OptionError.
    """
    values = {**defaults(), **check_options({name: value for name, value in options.items() if name in OPTIONS})}
    if unknown := [name for name in options if name not in SAMPLERS]:
        raise OptionError(f"{unknown[0]} is no sampler that can be shown here.", hint=f"There are {', '.join(SAMPLERS)}.")
    ids = np.argsort(-logprobs, kind="stable")
    dropped: dict[int, str] = {}

    def keep(name: str, chosen: NDArray[Any]) -> None:
        nonlocal ids
        dropped.update(dict.fromkeys(np.setdiff1d(ids, chosen).tolist(), name))
        ids = chosen

    temperature = float(values["temperature"])  # type: ignore[arg-type]
    if temperature <= 0:
        keep("temperature", ids[:1])
    else:
        for name in ("top_k", "tfs_z", "typical_p", "top_p", "min_p"):
            value = float(values[name])  # type: ignore[arg-type]
            keep(name, _CUTS[name](ids, _shares(logprobs[ids]), value))
    probabilities = np.zeros_like(logprobs)
    probabilities[ids] = _shares(logprobs[ids] / (temperature or 1.0))
    return probabilities, dropped


def _top_k(ids: NDArray[Any], shares: Floats, k: float) -> NDArray[Any]:
    return ids[: int(k)] if k > 0 else ids


def _tail_free(ids: NDArray[Any], shares: Floats, z: float) -> NDArray[Any]:
    """Up to where the second derivative of the sorted probabilities has used up the share z of its sum."""
    if z >= 1 or len(ids) <= 2:
        return ids
    bends = np.abs(np.diff(shares, 2))
    total = bends.sum()
    used = np.cumsum(bends / total) if total > 1e-6 else np.arange(1, len(bends) + 1) / len(bends)
    beyond = np.flatnonzero(used > z)
    beyond = beyond[beyond >= 1]
    return ids[: int(beyond[0])] if len(beyond) else ids


def _typical(ids: NDArray[Any], shares: Floats, p: float) -> NDArray[Any]:
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


def _top_p(ids: NDArray[Any], shares: Floats, p: float) -> NDArray[Any]:
    if p >= 1:
        return ids
    reached = np.flatnonzero(np.cumsum(shares) >= p)
    return ids[: int(reached[0]) + 1] if len(reached) else ids


def _min_p(ids: NDArray[Any], shares: Floats, p: float) -> NDArray[Any]:
    return ids[shares >= p * shares.max()] if p > 0 else ids


_CUTS: dict[str, Callable[[NDArray[Any], Floats, float], NDArray[Any]]] = {
    "top_k": _top_k, "tfs_z": _tail_free, "typical_p": _typical, "top_p": _top_p, "min_p": _min_p,
}  # fmt: skip


def _shares(logits: Floats) -> Floats:
    weights: Floats = np.exp(logits - logits.max())
    weights /= weights.sum()
    return weights
