"""Whether two ways to split text do the same, tried on a text in which every kind of character meets every other one.

The same regular expression can be written in many ways, so a file may say with other words what llama.cpp has built in. Two ways to
split that give the same words wherever three of these characters stand together are taken for the same. Needs the package `tokenizers`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from itertools import product
from typing import Any

from .original import PROBES, asked

BYTES = "bytes"
"""The split of GPT-2 that the ByteLevel step itself does."""
DIGITS = "digits"
DIGIT_GROUPS = f"{DIGITS} in groups"
PUNCTUATION = "punctuation (Contiguous)"

_BYTE_LEVEL = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}
_FORMS: dict[str, dict[str, Any]] = {
    BYTES: {**_BYTE_LEVEL, "use_regex": True},
    DIGITS: {"type": "Digits", "individual_digits": True},
    DIGIT_GROUPS: {"type": "Digits", "individual_digits": False},
    PUNCTUATION: {"type": "Punctuation", "behavior": "Contiguous"},
}
_KINDS = (
    *("a", "B", "\u01c5", "\u02b0", "\u044f", "\u4e2d", "\u304b", "\uac00"),  # letters: small, capital, title, modifier, other alphabets
    *("\u0301", "\u093f"),  # marks
    *("1", "\u0663", "\u00b2", "\u2167"),  # digits and other numbers
    *(" ", "\t", "\u00a0", "\n", "\r"),  # spaces
    *("'", "'s", "'RE", ".", "/", "(", "_", "\u3002"),  # punctuation, and contractions
    *("$", "+", "^", "\U0001f680"),  # symbols
    *("\u200d", "\x00", "\ue000"),  # what is none of these
)


def as_json(steps: Iterable[str]) -> dict[str, Any]:
    """The pre-tokenizer of a byte-level tokenizer.json that does these steps, which are regular expressions or names from above."""
    split = [_FORMS.get(step) or {"type": "Split", "pattern": {"Regex": step}, "behavior": "Isolated", "invert": False} for step in steps]
    return {"type": "Sequence", "pretokenizers": split if _FORMS[BYTES] in split else [*split, _BYTE_LEVEL]}


def same(step: Any, others: Iterable[tuple[str, ...]]) -> tuple[str, ...] | None:
    """Which of the others, given as steps, splits text as a file's pre-tokenizer does; None also where that cannot be found out."""
    words = _words(step, PROBES)
    if words is None:
        return None
    near = [steps for steps in others if _words(as_json(steps), PROBES) == words]
    more = _words(step, (_meetings(),)) if near else None
    return next((steps for steps in near if more is not None and _words(as_json(steps), (_meetings(),)) == more), None)


@cache
def _meetings() -> str:
    return "".join(map("".join, product(_KINDS, repeat=3)))


def _words(step: Any, texts: Iterable[str]) -> list[list[str]] | None:
    """The words of texts; None where the library cannot say."""
    empty = {"type": "BPE", "vocab": {}, "merges": []}

    def words(library: Any) -> list[list[str]]:
        tokenizer = library.Tokenizer.from_str(json.dumps({"pre_tokenizer": step, "model": empty}))
        return [[word for word, _ in tokenizer.pre_tokenizer.pre_tokenize_str(text)] for text in texts]

    return asked(words)
