"""The places of a Go template: its texts, and its actions by what they do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..limits import check_source
from ..places import Place, before
from .lexer import Token, tokens
from .trouble import Trouble

_LEAVES = ("break", "continue")
_ASSIGNS = ("declare", "assign", "comma")


def go_places(source: str) -> Iterator[Place]:
    """Raises: TemplateError for what cannot be cut into tokens."""
    check_source(source)
    try:
        found = list(tokens(source))
    except Trouble as trouble:
        raise trouble.located(source) from None
    begin, text = 0, ""
    action: list[Token] = []
    for token in found:
        if token.kind in ("text", "end") and not action:
            text += token.text
        elif token.kind == "left":
            yield Place("text", source[begin : token.at], before(text, source[token.at : token.at + 3], "{{/**/}}"))
            action, begin, text = [token], token.at, ""
        elif token.kind == "right":
            end = source.index("}}", token.at) + 2
            yield _action(source[begin:end], action[1:])
            action, begin = [], end
        else:
            action.append(token)
    yield Place("text", source[begin:], text)


def _action(source: str, inside: Sequence[Token]) -> Place:
    kinds = [token.kind for token in inside if token.kind != "space"]
    steers = kinds[:1] == ["keyword"] or (kinds[:1] == ["variable"] and kinds[1:2] and kinds[1] in _ASSIGNS)
    leaves = any(token.text in _LEAVES for token in inside[:2] if token.kind == "keyword")
    return Place("tag" if steers else "value" if _names(kinds) else "text", source, source, leaves=leaves)


def _names(kinds: Sequence[str]) -> bool:
    """Whether something is looked up: what is written out is a text."""
    return any(kind in ("field", "dot", "variable", "word") for kind in kinds)
