"""A Go template with its parts named. One that is wrong has an error where it is wrong."""

from __future__ import annotations

from collections.abc import Iterator

from ...pieces import Pieces, covering
from ..limits import SOURCE_CHARS
from .functions import FUNCTIONS
from .lexer import Token, tokens
from .parser import parse
from .trouble import Trouble

_STYLES = {
    **dict.fromkeys(("text", "space", "end"), "plain"),
    **dict.fromkeys(("keyword", "bool", "word"), "keyword"),
    **dict.fromkeys(("field", "variable", "dot"), "variable"),
    **dict.fromkeys(("raw", "string", "char"), "string"),
    "number": "number",
}


def pieces(source: str) -> Pieces:
    """The parts of a template; all of it is plain if it is longer than any template may be."""
    if len(source) > SOURCE_CHARS:
        return covering(source, ())
    found, wrong_at = _tokens(source)
    return covering(source, _parts(source, found, wrong_at))


def _tokens(source: str) -> tuple[list[Token], int]:
    """The tokens up to a mistake, and its offset; -1 if there is none."""
    found: list[Token] = []
    try:
        for token in tokens(source):
            found.append(token)
        parse(source, FUNCTIONS)
    except Trouble as trouble:
        return found, max(0, trouble.at)
    except RecursionError:
        return found, -1
    return found, -1


def _parts(source: str, found: list[Token], wrong_at: int) -> Iterator[tuple[int, int, str]]:
    at = 0
    for token in found:
        end = _end(source, token)
        yield from _between(source, at, token.at)
        wrong = token.at <= wrong_at < end
        yield token.at, end, "error" if wrong else _STYLES.get(token.kind, "operator")
        at = end
    if at < len(source):  # what could not be read: to the end of its line
        start = max(at, wrong_at)
        newline = source.find("\n", start + 1)
        yield start, newline if newline > 0 else len(source), "error"


def _end(source: str, token: Token) -> int:
    """Where a token ends, its trim mark included."""
    end = token.at + len(token.text)
    if token.kind == "left" and source.startswith("-", end):
        return end + 1
    return source.find("}}", token.at) + 2 if token.kind == "right" else end


def _between(source: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    """Comments, which are no tokens."""
    while start < end:
        comment = source.find("{{", start, end)
        if comment >= 0 and "/*" in source[comment : comment + 5]:
            close = source.find("}}", source.find("*/", comment, end), end)
            stop = close + 2 if close > 0 else end
            yield comment, stop, "comment"
            start = stop
        else:
            return
