"""A regular expression as JSON Schemas have it -> a rule in GBNF that follows it within a JSON string.

Groups, choices, sets, repetitions, ^ and $ at the ends. Without these anything may stand around the match, as JSON Schema says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from ..sentences import Sentence
from .characters import ANY, CHARACTER, DIGITS, SPACE, WORD, Characters
from .trouble import SchemaTrouble

MAX_LENGTH = 1000
MAX_DEPTH = 30
MAX_SIZE = 2000
"""How many characters a pattern may be about, each counted as often as it can be repeated; llama.cpp's own limit."""

_QUANTIFIER = re.compile(r"\{(\d{1,6})(,(\d{0,6}))?\}", re.ASCII)
_NAMED = re.compile(r"\?(?::|P?<[A-Za-z_]\w*>)", re.ASCII)
_SETS = {"d": DIGITS, "D": ~DIGITS, "w": WORD, "W": ~WORD, "s": SPACE, "S": ~SPACE}
_CONTROL = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "0": "\0"}
_HEX = re.compile(r"x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|u\{([0-9A-Fa-f]{1,6})\}")
_HINT = "Use groups, choices, sets and repetitions only."


@lru_cache(maxsize=256)
def rule_of(pattern: str) -> str:
    """The rule for a JSON string that the pattern matches, without its quotes. Raises: SchemaTrouble."""
    if len(pattern) > MAX_LENGTH:
        raise SchemaTrouble(
            Sentence("a pattern has %1 characters; at most %2 are accepted", f"{len(pattern):,}", f"{MAX_LENGTH:,}"),
            "Use a simpler pattern.",
        )  # fmt: skip
    return _Pattern(pattern).whole()


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of a rule. ``size``: the places for characters in it; ``empty``: whether it may be nothing at all."""

    rule: str
    size: int = 1
    empty: bool = False


class _Pattern:
    """One pattern, read from left to right."""

    def __init__(self, pattern: str) -> None:
        self._text, self._place, self._depth = pattern, 0, 0

    def whole(self) -> str:
        anything = f"{CHARACTER}*"
        begins, ends = self._text.startswith("^"), _ends(self._text)
        self._place = int(begins)
        self._end = len(self._text) - int(ends)
        inner = self._choice()
        if self._place < self._end:
            raise self._refuse("a parenthesis is closed that was not opened")
        if inner.size > MAX_SIZE:
            raise self._refuse(Sentence("it has places for %1 characters, %2 can be followed", f"{inner.size:,}", f"{MAX_SIZE:,}"))
        return " ".join(part for part in ("" if begins else anything, f"({inner.rule})", "" if ends else anything) if part)

    def _choice(self) -> _Part:
        """Arms between bars, up to a closing parenthesis."""
        arms = [self._sequence()]
        while self._next("|"):
            arms.append(self._sequence())
        return _Part(" | ".join(arm.rule for arm in arms), sum(arm.size for arm in arms), any(arm.empty for arm in arms))

    def _sequence(self) -> _Part:
        parts: list[_Part] = []
        while self._place < self._end and self._text[self._place] not in "|)":
            parts.append(self._repeated(self._atom()))
        rule = " ".join(part.rule for part in parts) or '""'
        return _Part(rule, sum(part.size for part in parts), all(part.empty for part in parts))

    def _atom(self) -> _Part:
        character = self._take()
        if character == "(":
            return self._group()
        if character == "[":
            return self._characters(self._set())
        if character == ".":
            return self._characters(ANY)
        if character == "\\":
            return self._characters(self._escape())
        if character in "*+?{":
            raise self._refuse("there is nothing to repeat")
        if character in "^$":
            raise self._refuse(Sentence("%1 stands in the middle", character))
        return self._characters(Characters.single(character))

    def _group(self) -> _Part:
        if found := _NAMED.match(self._text, self._place):
            self._place = found.end()
        elif self._next("?"):
            raise self._refuse("something looks around")
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._refuse(Sentence("groups are nested deeper than %1 levels", MAX_DEPTH))
        inner = self._choice()
        if not self._next(")"):
            raise self._refuse("a parenthesis is not closed")
        self._depth -= 1
        return replace(inner, rule=f"({inner.rule})")

    def _repeated(self, part: _Part) -> _Part:
        """A part with what says how often it comes."""
        if self._place >= self._end or self._text[self._place] not in "*+?{":
            return part
        least, most, written = self._times()
        size = part.size * max(1, least, most or 0)
        if size > MAX_SIZE:
            raise self._refuse(Sentence("something is repeated too often: it has places for %1 characters, %2 can be followed",
                                        f"{size:,}", f"{MAX_SIZE:,}"))
        if most is None and part.empty:
            raise self._refuse("something that may be empty is repeated without end")
        self._next("?")  # as few as possible: the same texts
        if self._place < self._end and self._text[self._place] in "*+?{":
            raise self._refuse("a repetition is repeated")
        return _Part(part.rule + written, size, part.empty or least == 0)

    def _times(self) -> tuple[int, int | None, str]:
        """Least, most (None: no limit), and how GBNF writes it."""
        if found := _QUANTIFIER.match(self._text, self._place, self._end):
            self._place = found.end()
            least, most = int(found[1]), int(found[3]) if found[3] else None if found[2] else int(found[1])
            if most is not None and most < least:
                raise self._refuse(Sentence("%1 asks for more than it allows", found[0]))
            return least, most, f"{{{least},{'' if most is None else most}}}"
        sign = self._take()
        if sign == "{":
            raise self._refuse("{ begins no repetition")
        return (1 if sign == "+" else 0), (1 if sign == "?" else None), sign

    def _set(self) -> Characters:
        inverted, found = self._next("^"), Characters(())
        while not self._next("]"):
            first = self._member()
            if self._text[self._place : self._place + 1] == "-" and self._text[self._place + 1 : self._place + 2] not in ("", "]"):
                self._place += 1
                last = self._member()
                ends = (first.ranges[0][0], last.ranges[-1][1])
                if len(first.ranges) > 1 or len(last.ranges) > 1 or ends[0] > ends[1]:
                    raise self._refuse("a range in a set has its ends the wrong way round")
                first = Characters((ends,))
            found |= first
        return ~found if inverted else found

    def _member(self) -> Characters:
        if self._place >= self._end:
            raise self._refuse("a set is not closed")
        character = self._take()
        return self._escape(in_set=True) if character == "\\" else Characters.single(character)

    def _escape(self, *, in_set: bool = False) -> Characters:
        if self._place >= self._end:
            raise self._refuse("it ends with a backslash")
        if found := _HEX.match(self._text, self._place, self._end):
            self._place = found.end()
            point = int(found[1] or found[2] or found[3], 16)
            if point > 0x10FFFF:
                raise self._refuse(Sentence("there is no character %1", found[0]))
            return Characters(((point, point),))
        character = self._take()
        if character in _SETS:
            return _SETS[character]
        if character in _CONTROL:
            return Characters.single(_CONTROL[character])
        if character == "b" and in_set:
            return Characters.single("\b")
        if character.isalnum():
            raise self._refuse(Sentence("grammars do not know \\%1", character))
        return Characters.single(character)

    def _characters(self, characters: Characters) -> _Part:
        rule = characters.rule()
        if not rule:
            raise self._refuse("a set has no character that a JSON text can hold")
        return _Part(rule)

    def _take(self) -> str:
        self._place += 1
        return self._text[self._place - 1]

    def _next(self, character: str) -> bool:
        """Whether it comes next; if so, it is passed."""
        found = self._place < self._end and self._text[self._place] == character
        self._place += found
        return found

    def _refuse(self, reason: str) -> SchemaTrouble:
        return SchemaTrouble(Sentence("in the pattern %1 %2", f"{self._text!r:.100}", Sentence.of(reason)), _HINT)


def _ends(pattern: str) -> bool:
    """Whether it ends with a $ that means the end."""
    backslashes = len(pattern[:-1]) - len(pattern[:-1].rstrip("\\"))
    return pattern.endswith("$") and backslashes % 2 == 0

