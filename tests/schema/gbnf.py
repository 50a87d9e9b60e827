"""Whether a text follows a rule in GBNF, worked out by a small reader of such rules: llama.cpp's has no door for single texts.

Only what patterns and ranges become: sets, literals, groups, choices and repetitions.
"""

from __future__ import annotations

import re
from collections.abc import Callable

Match = Callable[[str, frozenset[int]], frozenset[int]]
_CODE = re.compile(r"\\u([0-9A-F]{4})|\\U([0-9A-F]{8})|([0-9])")
_TIMES = re.compile(r"\{(\d+),(\d*)\}")


def accepts(rule: str, text: str) -> bool:
    """Whether the whole text follows the rule."""
    match, end = _choice(rule, 0)
    assert end == len(rule), rule[end:]
    return len(text) in match(text, frozenset([0]))


def _choice(rule: str, place: int) -> tuple[Match, int]:
    arms = []
    while True:
        arm, place = _sequence(rule, place)
        arms.append(arm)
        if not rule.startswith("|", place):
            break
        place += 1
    return lambda text, starts: frozenset().union(*(arm(text, starts) for arm in arms)), place


def _sequence(rule: str, place: int) -> tuple[Match, int]:
    parts: list[Match] = []
    while place < len(rule) and rule[place] not in "|)":
        if rule[place] == " ":
            place += 1
            continue
        part, place = _part(rule, place)
        parts.append(part)

    def match(text: str, starts: frozenset[int]) -> frozenset[int]:
        for part in parts:
            starts = part(text, starts)
        return starts

    return match, place


def _part(rule: str, place: int) -> tuple[Match, int]:
    if rule[place] == "(":
        part, place = _choice(rule, place + 1)
        assert rule[place] == ")"
        place += 1
    elif rule[place] == '"':
        end = re.compile(r'"(?:[^"\\]|\\.)*"').match(rule, place)
        assert end
        literal, place = re.sub(r"\\(.)", r"\1", end[0][1:-1]), end.end()
        part = _literal(literal)
    else:
        assert rule[place] == "[", rule[place:]
        end_place = rule.index("]", place)
        codes = [ord(found[3]) if found[3] else int(found[1] or found[2], 16) for found in _CODE.finditer(rule, place, end_place)]
        dashes = [rule[found.end()] == "-" for found in _CODE.finditer(rule, place, end_place)]
        part, place = _set(codes, dashes), end_place + 1
    return _repeated(rule, place, part)


def _repeated(rule: str, place: int, part: Match) -> tuple[Match, int]:
    found = _TIMES.match(rule, place)
    if found:
        return _times(part, int(found[1]), int(found[2]) if found[2] else None), found.end()
    bounds = {"*": (0, None), "+": (1, None), "?": (0, 1)}.get(rule[place : place + 1])
    return (_times(part, *bounds), place + 1) if bounds else (part, place)


def _literal(literal: str) -> Match:
    return lambda text, starts: frozenset(start + len(literal) for start in starts if text.startswith(literal, start))


def _set(codes: list[int], dashes: list[bool]) -> Match:
    ranges, place = [], 0
    while place < len(codes):
        ranges.append((codes[place], codes[place + dashes[place]]))
        place += 1 + dashes[place]
    return lambda text, starts: frozenset(
        start + 1 for start in starts if start < len(text) and any(first <= ord(text[start]) <= last for first, last in ranges)
    )


def _times(part: Match, least: int, most: int | None) -> Match:
    def match(text: str, starts: frozenset[int]) -> frozenset[int]:
        found = starts if least == 0 else frozenset()
        reached, count = starts, 0
        while reached and (most is None or count < most):
            reached, count = part(text, reached), count + 1
            fresh = reached - found
            if count >= least:
                found |= reached
                if not fresh:
                    break
        return found

    return match
