"""A text with its parts named, to be coloured by whoever shows it. The parts put together are the text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

STYLES = ("plain", "keyword", "variable", "string", "number", "comment", "operator", "instruction", "error")

MOST = 20_000

_JSON = re.compile(
    r"""(?P<variable>"(?:[^"\\]|\\.)*"(?=\s*:)) | (?P<string>"(?:[^"\\]|\\.)*") | (?P<number>-?[0-9][0-9.eE+-]*)
      | (?P<keyword>\b(?:true|false|null)\b) | (?P<operator>[{}\[\],:])""",
    re.VERBOSE | re.DOTALL,
)


class Piece(NamedTuple):
    """A part of a text. ``style`` is one of ``STYLES``."""

    style: str
    text: str


Pieces = tuple[Piece, ...]


def joined(pieces: Iterable[Piece]) -> Pieces:
    """The same with empty ones left out and neighbours of one style put together."""
    found: list[tuple[str, list[str]]] = []
    for style, text in pieces:
        if text and found and found[-1][0] == style:
            found[-1][1].append(text)
        elif text:
            found.append((style, [text]))
    return tuple(Piece(style, "".join(texts)) for style, texts in found)


def covering(source: str, parts: Iterable[tuple[int, int, str]]) -> Pieces:
    """All of a source: its parts, given as start, end and style in their order; what is between them is plain, and so is what comes
    behind the first ``MOST`` parts.
    """
    return joined(_filled(source, islice(parts, MOST)))


def _filled(source: str, parts: Iterable[tuple[int, int, str]]) -> Iterator[Piece]:
    at = 0
    for start, end, style in parts:
        yield Piece("plain", source[at:start])
        yield Piece(style, source[max(start, at) : end])
        at = max(at, end)
    yield Piece("plain", source[at:])


def of_json(text: str) -> Pieces:
    """JSON: keys are variables."""
    return covering(text, ((found.start(), found.end(), str(found.lastgroup)) for found in _JSON.finditer(text)))
