"""Regular expressions as grammars: the rule accepts what Python's own ``re`` matches, within a JSON string."""

from __future__ import annotations

import json
import re

import pytest

from jupyter_ollama.schema import rule_of
from jupyter_ollama.schema.trouble import SchemaTrouble

from .gbnf import accepts

TEXTS = [
    "", "a", "b", "ab", "abc", "aab", "aaab", "abab", "1", "12", "123-4567", "a b", "A-1", "x_y", 'say "no"', "back\\slash", "tab\there",
    "new\nline", "é", "日本", "😀", "a.b", "a+b", "(x)", "]", "}", "2026-11-28", "foo@bar.org", "ca4d", "00ff",
]  # fmt: skip
PATTERNS = [
    "^a$", "^abc$", "^a*b$", "^a+b$", "^a?b$", "^(ab)*$", "^(ab|c)$", "^(?:a|b)c?$", "^[abc]+$", "^[^abc]+$", "^[a-c0-9]*$", r"^\d+$",
    r"^\d{3}-\d{4}$", r"^\w+$", r"^\W+$", r"^[\w-]+$", r"^\s*$", "^a{2,3}b$", "^a{2}b$", "^a{1,}b$", "^.$", "^.*$", '^[^"]*$', r"^\S+$", "^$", "a",
    "a$", "^a", r"\d", r"^a\.b$", r"^a\+b$", r"^\(x\)$", r"^[\]}]$", "^}$", r"^[^\\]+$", r"^\u00e9$", "^日本$", "^[😀-😂]$", r"^(\d{4})-(\d\d)-(\d\d)$",
    r"^[^@]+@[^@]+\.[a-z]{2,3}$", "^(?P<hex>[0-9a-f]{2})+$", "^(a|)b$", "^a+?b$", r"^\x61$", r"^tab\there$", "^(a|ab)(c|bcd)?$", "[0-9]{2}", "|a",
]  # fmt: skip


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_rule_accepts_what_the_pattern_matches(pattern: str) -> None:
    rule, matches = rule_of(pattern), re.compile(pattern.replace("$", r"\Z") if pattern.endswith("$") else pattern, re.ASCII)

    for text in TEXTS:
        written = json.dumps(text, ensure_ascii=False)[1:-1]
        assert bool(matches.search(text)) == accepts(rule, written), (pattern, text, rule)


@pytest.mark.parametrize(
    "pattern",
    [
        "^(a$", "^a)$", "^[a$", "*a", "^a**$", "^a{3,2}$", "^a{$", "a^b", "a$b", r"\bword", r"(a)\1", "(?=a)", "(?!a)", "(?<=a)b", "a++", "(a*)*",
        "(a?)+", "((a*)+)", "a{2001}", "(a{100}){100}", "(a?){900}" * 5, "^" + "(" * 40 + ")" * 40, "x" * 2000, "[z-a]", "[]", "[\\x00-\\x01]", "\\",
        r"\u{110000}", "\\p{L}",
    ],
)  # fmt: skip
def test_what_a_grammar_cannot_follow_is_refused(pattern: str) -> None:
    with pytest.raises(SchemaTrouble) as caught:
        rule_of(pattern)

    assert caught.value.hint
