"""Sample: one conversation of the corpus, with what a test may ask of its last answer. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

UNKNOWN = "I am a very small model and do not know that."
UNKNOWN_ZH = "我是一个很小的模型，不知道这个。"


@dataclass(frozen=True)
class Sample:
    """Turns of (user, assistant); `key` names the slot values that decide whether training may see it.

    `copies` are the strings that must survive misspelling, because the answer repeats them. `expect` is in the language of
    scoring.py; by default the last answer must be met exactly. `plain` is the family of samples that suit any system text.
    """

    turns: tuple[tuple[str, str], ...]
    key: str
    system: str | None = None
    copies: tuple[str, ...] = ()
    expect: dict[str, Any] | None = None
    plain: bool = True


def ask(question: str, answer: str, key: str, *copies: str, expect: dict[str, Any] | None = None, plain: bool = True) -> Sample:
    """A sample of one turn."""
    return Sample(((question, answer),), key, copies=copies, expect=expect, plain=plain)


def held_out(key: str) -> bool:
    """True for the one key in twelve that only the held-out sets may use; a key of several lines counts if one of them does."""
    return any(sha256(line.encode()).digest()[0] % 12 == 0 for line in key.split("\n"))
