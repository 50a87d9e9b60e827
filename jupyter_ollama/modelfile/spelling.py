"""Words that are nearly an instruction: SYSTM, PARAMTER, FORM."""

from __future__ import annotations

from .command import KEYWORDS

_LONGEST = max(map(len, KEYWORDS)) + 2

_ORDINARY = frozenset({
    "form", "forms", "farm", "forum", "craft", "graft", "drift", "parse", "parses", "parsed", "person", "render", "renders",
    "rendered", "require", "required", "adapt", "adapts", "adapted", "massage",
})  # fmt: skip
"""English words close to an instruction; those that only add letters to one (messages, systems) need no entry."""

_MEANT = {"prompt": "SYSTEM", "model": "FROM", "base": "FROM", "lora": "ADAPTER", "param": "PARAMETER", "parameters": "PARAMETER",
          "option": "PARAMETER", "set": "PARAMETER", "user": "MESSAGE user", "assistant": "MESSAGE assistant", "chat": "MESSAGE",
          "version": "REQUIRES"}  # fmt: skip
"""What people write for an instruction that is called otherwise."""


def nearest(word: str) -> str | None:
    """The keyword that differs from ``word`` by one slip of the keyboard, or by two in a long word; None if there is none."""
    word = word.lower()
    if not 4 <= len(word) <= _LONGEST:
        return None
    slips, keyword = min((_slips(word, keyword), keyword) for keyword in KEYWORDS)
    return keyword if slips <= (1 if len(word) < 6 else 2) else None


def is_ordinary(word: str, keyword: str) -> bool:
    """Whether ``word`` is an English word of its own rather than a slip in ``keyword``."""
    word = word.lower()
    return word in _ORDINARY or word.startswith(keyword)


def meant(word: str) -> str | None:
    """What somebody meant who wrote ``word`` as an instruction, in the form to write."""
    keyword = nearest(word)
    return keyword.upper() if keyword else _MEANT.get(word.lower())


def _slips(a: str, b: str) -> int:
    """Letters to add, drop, change or swap with their neighbour to turn ``a`` into ``b`` (optimal string alignment)."""
    before: list[int] = []
    above = list(range(len(b) + 1))
    for i, left in enumerate(a, 1):
        row = [i]
        for j, right in enumerate(b, 1):
            best = min(above[j] + 1, row[-1] + 1, above[j - 1] + (left != right))
            if i > 1 and j > 1 and left == b[j - 2] and a[i - 2] == right:
                best = min(best, before[j - 2] + 1)
            row.append(best)
        before, above = above, row
    return above[-1]
