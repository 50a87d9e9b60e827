"""Sets of characters, written as a rule in GBNF for what stands between the quotes of a JSON string.

There, some characters are written with a backslash: a set that holds them becomes a choice of itself and these two characters.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

LAST = 0x10FFFF
ESCAPED = {'"': '"', "\\": "\\", "\n": "n", "\t": "t", "\r": "r", "\f": "f", "\b": "b"}
_NEVER_RAW = ((0, 0x1F), (0x22, 0x22), (0x5C, 0x5C), (0xD800, 0xDFFF))

Ranges = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Characters:
    """Code points, as ranges from first to last, in order and apart."""

    ranges: Ranges

    @classmethod
    def of(cls, ranges: Iterable[tuple[int, int]]) -> Characters:
        joined: list[tuple[int, int]] = []
        for first, last in sorted(ranges):
            if joined and first <= joined[-1][1] + 1:
                joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
            else:
                joined.append((first, last))
        return cls(tuple(joined))

    @classmethod
    def single(cls, character: str) -> Characters:
        return cls(((ord(character), ord(character)),))

    def __or__(self, other: Characters) -> Characters:
        return Characters.of((*self.ranges, *other.ranges))

    def __invert__(self) -> Characters:
        found, start = [], 0
        for first, last in self.ranges:
            if start < first:
                found.append((start, first - 1))
            start = last + 1
        return Characters(tuple([*found, (start, LAST)] if start <= LAST else found))

    def __and__(self, other: Characters) -> Characters:
        return ~(~self | ~other)

    def __contains__(self, character: str) -> bool:
        return any(first <= ord(character) <= last for first, last in self.ranges)

    def rule(self) -> str:
        """The set in GBNF; an empty text if nothing of it can stand in a JSON string."""
        raw = self & ~Characters(_NEVER_RAW)
        arms = ["[" + "".join(map(_range, raw.ranges)) + "]"] if raw.ranges else []
        arms += [_literal("\\" + letter) for character, letter in ESCAPED.items() if character in self]
        return arms[0] if len(arms) == 1 else f"({' | '.join(arms)})" if arms else ""


DIGITS = Characters.of([(0x30, 0x39)])
WORD = DIGITS | Characters.of([(0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)])
SPACE = Characters.of([(0x09, 0x0D), (0x20, 0x20), (0xA0, 0xA0), (0x2028, 0x2029), (0xFEFF, 0xFEFF)])
ANY = ~Characters.of([(0x0A, 0x0A), (0x0D, 0x0D), (0x2028, 0x2029)])


def _range(ends: tuple[int, int]) -> str:
    first, last = ends
    return _code(first) if first == last else f"{_code(first)}-{_code(last)}"


def _code(point: int) -> str:
    return f"\\u{point:04X}" if point <= 0xFFFF else f"\\U{point:08X}"


def _literal(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


CHARACTER = (~Characters(())).rule()
"""Any character of a JSON string, in GBNF."""
