"""The answers of a comparison side by side: a row for each prompt, a column for each model, the most frequent answer first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape
from statistics import fmean

from ...render.markup import element, page, section, table, wrap
from ...render.tables import visible
from .samples import Sample

SHOWN_ANSWERS, SHOWN_PROMPTS = 4, 100
Cells = Mapping[tuple[str, int], Sequence[Sample]]


def grid_html(models: Sequence[str], prompts: Sequence[str], cells: Cells) -> str:
    """All answers as a page, and below them what went wrong with scores."""
    rows = [
        (_prompt(number, prompt), *(_answers(cells.get((model, number), ())) for model in models))
        for number, prompt in enumerate(prompts[:SHOWN_PROMPTS])
    ]
    more = len(prompts) - SHOWN_PROMPTS
    rest = element("p", f"... and {more:,} prompts more: frame() has all.", "quiet") if more > 0 else ""
    return page(section("Answers", wrap("div", table(("PROMPT", *models), rows), "answers")), rest, *_troubles(cells))


def _prompt(number: int, text: str) -> str:
    return wrap("div", f"{element('span', str(number), 'quiet')} {escape(visible(text))}", "answer")


def _answers(samples: Sequence[Sample]) -> str:
    """The different answers of a cell, how often each was given, how they scored."""
    counted = Counter((sample.text or f"({sample.error or 'nothing'})", _mark(sample)) for sample in samples).most_common()
    lines = [_answer(text, mark, count if len(samples) > 1 else 0) for (text, mark), count in counted]
    more = "".join(lines[SHOWN_ANSWERS:])
    folded = f"<details><summary>{len(lines) - SHOWN_ANSWERS} more</summary>{more}</details>" if more else ""
    return "".join(lines[:SHOWN_ANSWERS]) + folded


def _answer(text: str, mark: str, count: int) -> str:
    often = element("span", f"{count}× ", "quiet") if count else ""
    kind = {"✓": "answer right", "✗": "answer wrong"}.get(mark, "answer")
    return wrap("div", often + escape(visible(text)) + (element("span", f" {mark}", "mark") if mark else ""), kind)


def _mark(sample: Sample) -> str:
    """A tick, a cross, or the mean of the scores that are neither."""
    scores = [score for score in sample.scores.values() if score is not None]
    if not scores:
        return ""
    mean = fmean(scores)
    return "✓" if mean == 1 else "✗" if mean == 0 else f"{mean:.2g}"


def _troubles(cells: Cells) -> list[str]:
    counted = Counter(f"{name}: {text}" for samples in cells.values() for sample in samples for name, text in sample.troubles.items())
    return [element("div", f"{text} ({count:,} samples)", "warning") for text, count in counted.most_common(5)]
