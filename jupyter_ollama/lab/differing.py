"""What changed from one text to another, as HTML: what is gone is struck out, what is new is marked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from html import escape

from ..render.markup import element, wrap
from ..render.tables import visible

_WORDS = re.compile(r"\w+\s*|[^\w\s]\s*|\s+")
MOST_WORDS = 3000
"""Longer texts are set one after the other: finding what they share takes the square of their lengths."""


def words_html(before: str, now: str) -> str:
    """Two texts in one, word by word."""
    old, new = (_WORDS.findall(visible(text)) for text in (before, now))
    if max(len(old), len(new)) > MOST_WORDS:
        return wrap("div", element("del", visible(before)) + " " + element("ins", visible(now)), "answer diff")
    return wrap("div", "".join(_spans(old, new)), "answer diff")


def _spans(old: list[str], new: list[str]) -> Iterator[str]:
    for kind, start, end, begin, stop in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield escape("".join(old[start:end]))
            continue
        yield element("del", "".join(old[start:end])) if end > start else ""
        yield element("ins", "".join(new[begin:stop])) if stop > begin else ""


def lines_html(unified: str) -> str:
    """The lines of a unified difference, without its head; nothing where there is none."""
    lines = [line for line in unified.splitlines() if not line.startswith(("---", "+++", "@@"))]
    marks = {"+": "ins", "-": "del"}
    return wrap("pre", "\n".join(element(marks.get(line[:1], "span"), visible(line)) for line in lines), "diff") if lines else ""
