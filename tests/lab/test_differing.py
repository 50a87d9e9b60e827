"""What changed between two texts: both can be read out of what is shown."""

from __future__ import annotations

import re
from html import unescape

import pytest

from jupyter_ollama.lab.differing import MOST_WORDS, lines_html, words_html

PAIRS = [
    ("", ""), ("", "new"), ("old", ""), ("I am <b>red</b>, not blue.", "I am <i>red</i>; not green!"), ("a\nb", "a\n\nc"), ("你好 世界", "你好 月亮"),
    ("word " * MOST_WORDS, "other " * MOST_WORDS),
]  # fmt: skip


@pytest.mark.parametrize(("before", "now"), PAIRS, ids=range(len(PAIRS)))
def test_both_texts_are_in_it(before: str, now: str) -> None:
    shown = words_html(before, now)
    assert "<b>" not in shown
    old, new = (re.sub(f"<{gone}>.*?</{gone}>", "", shown, flags=re.DOTALL) for gone in ("ins", "del"))
    assert text(old).strip() == before.strip()
    assert text(new).strip() == now.strip()


def test_lines_of_a_difference_are_marked() -> None:
    shown = lines_html("--- a\n+++ b\n@@ -1 +1 @@\n-SYSTEM <x>\n+SYSTEM y")
    assert "<del>-SYSTEM &lt;x&gt;</del>\n<ins>+SYSTEM y</ins>" in shown
    assert lines_html("") == ""


def text(html: str) -> str:
    return unescape(re.sub("<[^>]*>", "", html))
