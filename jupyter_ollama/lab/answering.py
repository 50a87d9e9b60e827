"""An answer token by token: how probable each was, what else could have stood there, and what would have come of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ..errors import ExperimentError
from ..events import Done
from ..render.markup import element, page
from ..render.tables import visible
from ..scores import Logprobs
from ..shown import Displayed
from .branching import branching
from .opened import opened
from .plot import Plot, headed
from .rows import Rows

_LABELLED = 60
"""Tokens of a figure whose texts stand below it."""


@dataclass(frozen=True)
class Step:
    """A token of the answer. ``best`` is the most probable one at its place; ``greedy`` whether that is what was said.

    Units: ``surprise`` and ``entropy_of_top`` bits; the latter is that of the alternatives that were looked up.
    """

    place: int
    id: int
    token: str
    probability: float
    surprise: float
    best: str
    greedy: bool
    entropy_of_top: float


class TokenView(Displayed):
    """An answer with the probability of each token, alternatives in the tooltips.

    ``steps`` is the table; ``branch`` says another token somewhere, and lets the model go on from there.
    """

    def __init__(self, ollama: Any, model: str, done: Done, call: dict[str, Any], before: str = "") -> None:
        self.model, self.done, self.before = model, done, before
        self._ollama, self._call = ollama, call

    @property
    def text(self) -> str:
        """The whole answer."""
        return self.before + self.done.message.content

    @property
    def logprobs(self) -> Logprobs:
        return self.done.logprobs

    @property
    def steps(self) -> Rows[Step]:
        rows = []
        for place, one in enumerate(self.done.logprobs):
            top = one.top_logprobs
            best = max(top, key=lambda each: each.logprob) if top else one
            rows.append(Step(
                place, one.id, one.token, one.probability, -one.logprob / math.log(2), best.token, best.id == one.id, _entropy(top)
            ))  # fmt: skip
        return Rows(rows, f"{self.model}: {len(rows):,} tokens", ("place", "token", "probability", "surprise", "best", "greedy"))

    @property
    def diverged(self) -> int | None:
        """The first place where something else than the most probable token was said; None: the answer is the greedy one."""
        return next((step.place for step in self.steps if not step.greedy), None)

    def plot(self) -> Plot:
        """The surprise of each token."""
        steps = self.steps
        kinds = {True: "the most probable token", False: "another one"}
        rows = [{**asdict(step), "at": f"{step.place} {visible(step.token)!r}", "said": kinds[step.greedy]} for step in steps]
        x: dict[str, Any] = {"field": "at", "type": "nominal", "sort": None, "title": None}
        if len(rows) <= _LABELLED:
            x["axis"] = {"labelExpr": "slice(datum.value, indexof(datum.value, ' ') + 1)", "labelAngle": -60}
        else:
            x["axis"] = {"labels": False, "ticks": False}
        encoding = {
            "x": x,
            "y": {"field": "surprise", "type": "quantitative", "title": "surprise (bits)"},
            "color": {"field": "said", "type": "nominal", "title": None, "scale": {"domain": list(kinds.values())}},
            "tooltip": [
                {"field": "place"}, {"field": "token"}, {"field": "probability", "format": ".2%"}, {"field": "surprise", "format": ".2f"},
                {"field": "best"},
            ],
        }  # fmt: skip
        words = f"{len(rows)} tokens, {sum(step.surprise for step in steps):.1f} bits"
        if worst := max(steps, key=lambda step: step.surprise, default=None):
            words += f"; the greatest surprise is {worst.token!r} with {worst.surprise:.1f}"
        width = {"step": 18} if len(rows) <= _LABELLED else 720
        title = headed("How surprising was each token?", "1 bit: one chance in two; 10 bits: one in a thousand")
        return Plot({"title": title, "mark": "bar", "encoding": encoding, "width": width, "height": 160}, rows, f"{words}.")

    def branch(self, place: int, token: str | None = None, **options: Any) -> TokenView:
        """The answer up to a place, then another token, then what the model says from there.

        Args:
            token: what stands there instead; by default the most probable alternative.
            options: for the rest of the answer, over those of before.
        Raises: ExperimentError for a place that is not there.
        """
        if not 0 <= place < len(self.done.logprobs):
            raise ExperimentError(f"the answer has no token {place}.", hint=f"It has {len(self.done.logprobs)}, from 0 on.")
        here = self.done.logprobs[place]
        others = [one for one in here.top_logprobs if one.id != here.id]
        if token is None:
            if not others:
                raise ExperimentError("no alternatives were looked up there.", hint="Give the token, or ask with top=5.")
            token = max(others, key=lambda one: one.logprob).token
        before = "".join(one.token for one in self.done.logprobs[:place]) + token
        call = {**self._call, "options": {**self._call["options"], **options}}
        done = self._ollama.generate(self.model, self.done.prompt + self.before + before, raw=True, **call).result()
        return TokenView(self._ollama, self.model, done, call, self.before + before)

    def widget(self) -> Any:
        """The answer with tokens to click: a click shows what else could have stood there, another one takes that branch.

        A saved notebook shows the answer as it is without. Raises: NotSupported where ipywidgets is not installed.
        """
        return branching(self)

    def __repr__(self) -> str:
        return f"<TokenView of {self.text[:60]!r}: {len(self.done.logprobs)} tokens>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        shown = self.done.logprobs._repr_mimebundle_(include, exclude)
        if not self.before:
            return shown
        before = page(element("div", self.before, "quiet tokens"))
        return {"text/plain": f"{self.before} ...\n{shown['text/plain']}", "text/html": before + shown["text/html"]}


def tokens(model: str, messages: Any, *, top: int = 5, ollama: Any = None, options: dict[str, Any] | None = None, **how: Any) -> TokenView:
    """Ask, and see the answer token by token.

        view = lab.tokens("pocket", "Name a colour.")
        view.plot(); view.diverged; view.branch(2); view.widget()

    Args:
        messages: a question, or what ``Ollama.chat`` takes.
        top: how many of the most probable tokens are looked up at each place.
        how: further arguments of ``Ollama.chat``: ``system``, ``think`` ...
    Units: surprise and entropy in bits, log-probabilities in nats.
    Raises: ModelNotFound, OptionError, and what ``Ollama.chat`` raises.
    """
    with opened(ollama) as asked:
        done = asked.chat(model, messages, logprobs=True, top_logprobs=top, options=options, **how).result()
        return TokenView(asked, model, done, {"logprobs": True, "top_logprobs": top, "options": {**(options or {}), "seed": done.seed}})


def _entropy(top: Sequence[Any]) -> float:
    return -math.fsum(one.probability * one.logprob for one in top if one.probability) / math.log(2)
