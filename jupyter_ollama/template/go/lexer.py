"""Go template text -> tokens. Trim markers and comments are gone afterwards.

Source: https://pkg.go.dev/text/template, sections "Text and spaces" and "Actions" (Go 1.27).
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from typing import NamedTuple

from .trouble import Trouble

_SPACE = " \t\r\n"
_KEYWORDS = frozenset("block break continue define else end if nil range template with".split())

_ACTION = re.compile(
    r"""
      (?P<space>[ \t\r\n]+)
    | (?P<declare>:=)
    | (?P<assign>=)
    | (?P<pipe>\|)
    | (?P<open>\()
    | (?P<close>\))
    | (?P<comma>,)
    | (?P<raw>`[^`]*`)
    | (?P<string>"(?:[^"\\\n]|\\[^\n])*")
    | (?P<char>'(?:[^'\\\n]|\\[^\n])*')
    | (?P<number>(?:[+-]\.?|\.)?[0-9](?:[eEpP][+-]|[\w.])*)
    | (?P<field>\.\w+)
    | (?P<dot>\.)
    | (?P<variable>\$\w*)
    | (?P<word>\w+)
    """,
    re.VERBOSE,
)
_NAMES = frozenset({"field", "dot", "variable", "word"})
_AFTER_NAME = frozenset(" \t\r\n.,|:)(")


class Token(NamedTuple):
    """``kind`` is text, left, right, end (of the source), keyword, bool or a group name of the pattern above."""

    kind: str
    text: str
    at: int


def tokens(source: str) -> Iterator[Token]:
    """Cut a template into tokens; the last one is ``end``. Raises: Trouble with the offset of what is wrong."""
    at, trim = 0, False
    while True:
        left = source.find("{{", at)
        text = source[at:] if left < 0 else source[at:left]
        trims_left = left >= 0 and source.startswith("-", left + 2) and source[left + 3 : left + 4] in tuple(_SPACE)
        shown = text.lstrip(_SPACE) if trim else text
        start = at + len(text) - len(shown)
        shown = shown.rstrip(_SPACE) if trims_left else shown
        if shown:
            yield Token("text", shown, start)
        if left < 0:
            yield Token("end", "", len(source))
            return
        inside = left + (4 if trims_left else 2)
        if source.startswith("/*", inside):
            at, trim = _skip_comment(source, inside, left)
            continue
        yield Token("left", "{{", left)
        at, trim = yield from _action(source, inside, left)


def _skip_comment(source: str, at: int, left: int) -> tuple[int, bool]:
    end = source.find("*/", at + 2)
    if end < 0:
        raise Trouble("unclosed comment", left, "Close it with */}}.")
    closing = _closing(source, end + 2)
    if closing is None:
        raise Trouble("comment ends before closing delimiter", left, "A comment fills its whole action: {{/* text */}}.")
    return closing


def _closing(source: str, at: int) -> tuple[int, bool] | None:
    """Where the text goes on after ``}}`` or `` -}}`` at this place, and whether it is trimmed; None if neither is here."""
    if source.startswith("}}", at):
        return at + 2, False
    if source.startswith("-}}", at + 1) and source[at] in _SPACE:  # the blank belongs to the mark
        return at + 4, True
    return None


def _action(source: str, at: int, left: int) -> Generator[Token, None, tuple[int, bool]]:
    """Yield the tokens between the braces and the ``right`` token; returns what ``_closing`` returns."""
    while True:
        closing = _closing(source, at)
        if closing is not None:
            yield Token("right", "}}", at)
            return closing
        if at >= len(source):
            raise Trouble("unclosed action", left, "Close it with }}.")
        found = _ACTION.match(source, at)
        if found is None:
            raise _unreadable(source, at)
        kind, text = str(found.lastgroup), found.group()
        if kind == "space" and source.startswith("-}}", found.end()):  # the last blank belongs to the trim marker
            text = text[:-1]
        if kind in _NAMES:
            _check_name_ends(source, at + len(text), left)
        yield Token(_refine(kind, text), text, at)
        at += len(text)


def _refine(kind: str, text: str) -> str:
    if kind != "word":
        return kind
    if text in _KEYWORDS:
        return "keyword"
    return "bool" if text in ("true", "false") else "word"


def _check_name_ends(source: str, at: int, left: int) -> None:
    if at >= len(source):
        raise Trouble("unclosed action", left, "Close it with }}.")
    if source[at] not in _AFTER_NAME and not source.startswith("}}", at):
        raise Trouble(f"bad character {source[at]!r} after a name", at, "Separate the parts of an action with blanks.")


def _unreadable(source: str, at: int) -> Trouble:
    first = source[at]
    if first == "`":
        return Trouble("unterminated raw quoted string", at, "Close it with a back quote.")
    if first == '"':
        return Trouble("unterminated quoted string", at, 'Close it with " in the same line, or use back quotes.')
    if first == "'":
        return Trouble("unterminated character constant", at, "Text stands in double quotes.")
    if first in "{}":
        return Trouble(f"unexpected {first!r} in action", at, "Is a }} missing before it?")
    return Trouble(f"unexpected {first!r} in action", at, "Only names, literals, | ( ) := = and , stand in an action.")
