"""Templates with their parts named, for highlighting: Go's in ``go/pieces``, Jinja's here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..pieces import Pieces, covering
from .go.pieces import pieces as go_pieces
from .jinja import environment
from .limits import SOURCE_CHARS

__all__ = ["go_pieces", "jinja_pieces"]

_KEYWORDS = frozenset(
    "and block break call continue elif else endblock endcall endfilter endfor endgeneration endif endmacro endset extends False false "
    "filter for from generation if import in include is loop macro namespace None none not or recursive set True true".split()
)
_STYLES = {
    "string": "string", "integer": "number", "float": "number", "data": "plain", "whitespace": "plain", "comment": "comment",
    "comment_begin": "comment", "comment_end": "comment", "raw_begin": "keyword", "raw_end": "keyword",
}  # fmt: skip


def jinja_pieces(source: str) -> Pieces:
    """The parts of a Jinja template. One that is wrong has an error on the line that is wrong; all of it is plain if it is longer than
    any template may be.
    """
    if len(source) > SOURCE_CHARS:
        return covering(source, ())
    return covering(source, _parts(source))


def _parts(source: str) -> Iterator[tuple[int, int, str]]:
    plain = source.replace("\r", " ")  # Jinja counts a carriage return and what follows as one character
    at, wrong = 0, _wrong_line(plain)
    try:
        for line, kind, text in environment().lex(plain):
            start = max(at, plain.find(text, at))
            at = start + len(text)
            yield start, at, "error" if line == wrong and kind not in ("data", "whitespace") else _style(kind, text)
    except Exception:  # noqa: BLE001 (what Jinja raises for a text that it cannot cut: the rest is wrong)
        newline = plain.find("\n", at + 1)
        yield at, newline if newline > 0 else len(source), "error"


def _style(kind: str, text: str) -> str:
    if kind == "name":
        return "keyword" if text in _KEYWORDS else "variable"
    return _STYLES.get(kind, "operator")


def _wrong_line(source: str) -> int:
    """The line of the mistake for which the template does not parse; 0 if it does."""
    try:
        environment().parse(source)
    except Exception as error:  # noqa: BLE001 (Jinja's own, or Python's for what nests too deeply)
        line: Any = getattr(error, "lineno", 0)
        return line if isinstance(line, int) else 0
    return 0
