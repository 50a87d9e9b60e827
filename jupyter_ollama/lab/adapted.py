"""Answers with an adapter at several strengths: a table with the words that changed, and a figure of what changes steadily."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from html import escape

from ..render.markup import element, page, section, table, wrap
from ..render.tables import visible
from .differing import words_html
from .plot import Plot, headed
from .rows import Rows

_COLUMNS = ("prompt", "strength", "answer", "adapted", "plain", "divergence")
_LINES = {"adapted": "the adapted answer (strength 1)", "plain": "the plain answer (strength 0)"}
_TITLE = "How probable is a token of either answer, and how far is the model from what it was?"
Encoding = Mapping[str, object]
_ABOUT = (
    "ADAPTED and PLAIN: how probable a token of the answer at strength 1, and of that at strength 0, is here (geometric mean). "
    "DIVERGENCE: how far the predictions are from those without the adapter, in nats a token (0: the same). "
    "Words that are not in the answer before are marked, those that went are struck out."
)


@dataclass(frozen=True)
class Strength:
    """An answer with the adapter at this strength.

    ``logprob`` is that of the answer, the sum over its tokens. ``adapted`` and ``plain`` are how probable, here, a token is of the answer
    at strength 1 and of that at strength 0 (geometric means; None for an answer without a token). ``divergence`` is the KL divergence of
    the predictions from those at strength 0, the mean over the adapted answer.

    Units: ``logprob`` and ``divergence`` nats, the latter a token; probabilities 0 to 1.
    """

    prompt: str
    strength: float
    answer: str
    tokens: int
    logprob: float
    adapted: float | None
    plain: float | None
    divergence: float


class Strengths(Rows[Strength]):
    """The answers by prompt and strength."""

    def __init__(self, rows: Sequence[Strength], title: str) -> None:
        super().__init__(rows, title, _COLUMNS)

    def plot(self) -> Plot:
        """Above, how probable the adapted and the plain answer are at each strength; below, how far the predictions are from the plain
        model's. Several prompts: a point for each, the line is their mean.
        """
        rows = [
            {**asdict(row), "of": words, "probability": getattr(row, name)}
            for row in self for name, words in _LINES.items() if getattr(row, name) is not None
        ]  # fmt: skip
        x = {"field": "strength", "type": "quantitative", "title": "strength of the adapter (adapter_scale)"}
        colour = {"field": "of", "type": "nominal", "title": None, "scale": {"domain": list(_LINES.values())}, "legend": {"orient": "top"}}
        share = {"type": "quantitative", "title": "probability of a token", "axis": {"format": ".0%"}, "scale": {"domain": [0, 1]}}
        far = {"type": "quantitative", "title": "divergence (nats a token)"}
        tips = [{"field": "prompt"}, {"field": "strength"}, {"field": "answer"}]
        above = _lines(x, {"field": "probability", **share}, {"color": colour}, [*tips, {"field": "probability", "format": ".1%"}])
        below = _lines(x, {"field": "divergence", **far}, {}, [*tips, {"field": "divergence", "format": ".3f"}])
        both = [{**above, "width": 420, "height": 160}, {**below, "width": 420, "height": 110}]
        return Plot({"title": headed(_TITLE), "vconcat": both}, rows, self._words())

    def _words(self) -> str:
        """What the figure shows, as a sentence."""
        lines = []
        for prompt in dict.fromkeys(row.prompt for row in self):
            ordered = sorted((row for row in self if row.prompt == prompt), key=lambda row: row.strength)
            first, last = ordered[0], ordered[-1]
            told = [
                f"{words} from {getattr(first, name):.1%} to {getattr(last, name):.1%} a token"
                for name, words in _LINES.items() if getattr(first, name) is not None and getattr(last, name) is not None
            ]  # fmt: skip
            lines.append(
                f"{prompt!r:.80}, from strength {first.strength:g} to {last.strength:g}: {', '.join(told)}; "
                f"divergence from {first.divergence:.3g} to {last.divergence:.3g} nats a token."
            )
        return "\n".join(lines)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        prompts = list(dict.fromkeys(row.prompt for row in self))
        parts = [section(visible(prompt), self._of(prompt)) for prompt in prompts]
        shown = page(element("strong", self.title), *parts, element("div", _ABOUT, "quiet legend wide"))
        return {"text/plain": str(self), "text/html": shown}

    def _of(self, prompt: str) -> str:
        rows, before = [], None
        for row in (row for row in self if row.prompt == prompt):
            answer = wrap("div", escape(visible(row.answer)), "answer") if before is None else words_html(before, row.answer)
            same = before == row.answer
            rows.append((f"{row.strength:g}", element("span", "the same", "quiet") if same else answer,
                         _share(row.adapted, "a"), _share(row.plain, "p"), f"{row.divergence:.3f}"))  # fmt: skip
            before = row.answer
        return table(("STRENGTH", "ANSWER", "ADAPTED", "PLAIN", "DIVERGENCE"), rows, frozenset({"STRENGTH", "DIVERGENCE"}))


def _lines(x: Encoding, y: Encoding, colour: Encoding, tips: Sequence[Encoding]) -> dict[str, object]:
    line = {"mark": {"type": "line", "strokeWidth": 2}, "encoding": {"x": x, "y": {**y, "aggregate": "mean"}, **colour}}
    points = {"mark": {"type": "point", "filled": True, "size": 55}, "encoding": {"x": x, "y": y, **colour, "tooltip": tips}}
    return {"layer": [line, points]}


def _share(value: float | None, kind: str) -> str:
    """A bar and its number."""
    if value is None:
        return ""
    return f'<div class="share {kind}"><i style="width: {4 * value:.2f}em"></i>{value:.1%}</div>'
