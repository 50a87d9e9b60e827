"""What the sampling options do to a prediction: which tokens stay, and how probable each becomes.

The steps are worked out in ``samplers`` on the logits that the model has after a real prompt, whose tokens the penalties count.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..shown import Displayed
from .opened import opened
from .plot import Plot
from .rows import Rows
from .samplers import SAMPLERS, Before, Floats, checked, shaped
from .sliders import NOTE, sliders

__all__ = ["SAMPLERS", "Candidate", "Playground", "playground", "shaped"]

_SHOWN = 30
_NAMED = 300
_IN_PLOT = 12


@dataclass(frozen=True)
class Candidate:
    """A token that may come next.

    ``before`` is its probability as the model has it, ``after`` what the samplers make of it (both 0 to 1); ``dropped_by`` names the one
    that took it out. ``seen`` is how often it stands among the tokens that penalties look back on.
    """

    id: int
    token: str
    before: float
    after: float
    dropped_by: str = ""
    seen: int = 0


@dataclass(frozen=True)
class Playground(Displayed):
    """The prediction after a prompt, and what options make of it.

    Shapes: ``logits`` (n_vocab,), as the model gives them.
    """

    model: str
    logits: Floats = field(repr=False)
    names: Mapping[int, str] = field(repr=False)
    prompt: Before = field(repr=False)

    def candidates(self, *, most: int = _SHOWN, **options: Any) -> Rows[Candidate]:
        """The tokens that are most probable before or after these options, with what the options do to them.

        Args:
            most: how many of them.
            options: those that sample (``lab.sampling.SAMPLERS``), by their names in a Modelfile.
        Raises: OptionError for an option that draws no token, or a value out of its range.
        """
        probabilities, dropped = shaped(self.logits, options, self.prompt)
        seen = self.prompt.counts(checked(options))
        weights = np.exp(self.logits - self.logits.max())
        weights /= weights.sum()
        order = np.argsort(-np.maximum(weights, probabilities), kind="stable")[:most]
        rows = [
            Candidate(token, self.names.get(token, f"<{token}>"), float(weights[token]), float(probabilities[token]),
                      dropped.get(token, ""), seen[token])
            for token in (int(one) for one in order[np.argsort(-weights[order], kind="stable")])
        ]  # fmt: skip
        kept = int((probabilities > 0).sum())
        title = f"{self.model}: {kept:,} of {len(self.logits):,} tokens may come next"
        return Rows(rows, title, ("token", "before", "after", "dropped_by", "seen"))

    def plot(self, **options: Any) -> Plot:
        """Before and after, side by side, of those that may come next and some others. Raises: OptionError."""
        candidates = self.candidates(most=_IN_PLOT, **options)
        rows = [
            {"token": repr(one.token), "probability": value, "when": when, "dropped by": one.dropped_by, "seen": one.seen}
            for one in candidates for when, value in (("model", one.before), ("drawn", one.after))
        ]  # fmt: skip
        encoding = {
            "y": {"field": "token", "type": "nominal", "sort": None, "title": None, "scale": {"paddingInner": 0.25}},
            "yOffset": {"field": "when", "sort": ["model", "drawn"]},
            "x": {"field": "probability", "type": "quantitative", "title": "probability", "axis": {"format": "%"}},
            "color": {"field": "when", "type": "nominal", "title": None, "scale": {"domain": ["model", "drawn"]}},
            "tooltip": [
                {"field": "token"}, {"field": "when"}, {"field": "probability", "format": ".1%"}, {"field": "dropped by"},
                {"field": "seen", "title": "seen before"},
            ],
        }  # fmt: skip
        title = {"text": candidates.title, "subtitle": NOTE}
        return Plot({"title": title, "mark": "bar", "encoding": encoding, "width": 420, "height": {"step": 9}}, rows, str(candidates))

    def widget(self) -> Any:
        """Sliders for every sampler beside the prediction, which follows. Raises: NotSupported where ipywidgets is not installed."""
        return sliders(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return self.plot()._repr_mimebundle_(include, exclude)


def playground(model: str, prompt: Any, *, ollama: Any = None, **how: Any) -> Playground:
    """The prediction after a prompt: a text (as a question), or messages. If the last one is the assistant's, the answer goes on there.

        play = lab.playground("pocket", "Name a colour.")
        play.plot(temperature=1.5, top_k=10); play.widget()
        said = [{"role": "user", "content": "Count."}, {"role": "assistant", "content": "one, one, one,"}]
        lab.playground("pocket", said).plot(repeat_penalty=1.3, repeat_last_n=32)

    Args:
        ollama: whose model it is; by default that of a new ``Ollama``.
        how: further arguments of ``Ollama.prompt``: ``system``, ``think`` ...
    Raises: ModelNotFound, NotSupported for a model that only embeds, and what ``Ollama.prompt`` raises.
    """
    with opened(ollama) as asked:
        seen = asked.prompt(model, prompt, **how).result()
        tokens = [token.id for token in seen.tokens]
        (found,) = asked.next_tokens(model, [tokens], top=_NAMED, options=how.get("options")).result()
    names = {one.id: one.piece.decode("utf-8", "replace") for one in seen.tokens} | {one.id: one.token for one in found.top}
    newline = next((one.id for one in seen.tokens if one.piece == b"\n"), None)
    return Playground(model, np.asarray(found.logprobs, np.float64) + found.log_sum, names, Before(tokens, seen.n_ctx, newline))
