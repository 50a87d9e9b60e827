"""The places of a Jinja template: its texts, and its tags by what they do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .jinja import environment, translated
from .limits import check_source
from .places import Place, before

_CONSTANTS = frozenset({"True", "False", "None", "true", "false", "none", "not", "and", "or", "in", "is", "if", "else"})
_CAPTURES = frozenset({"macro", "call", "filter", "set"})
_LEAVES = frozenset({"break", "continue"})
_BEGINS = {"variable_begin": "value", "block_begin": "tag", "raw_begin": "tag", "raw_end": "tag", "comment_begin": "comment"}
_ENDS = frozenset({"variable_end", "block_end", "raw_begin", "raw_end", "comment_end"})
Token = tuple[str, str]
"""Kind and text."""


def jinja_places(source: str) -> Iterator[Place]:
    """Raises: TemplateError for what cannot be cut into tokens."""
    check_source(source)
    source = source.replace("\r\n", "\n").replace("\r", "\n")  # as Jinja does
    at = begin = depth = 0
    text = kind = ""
    inside: list[Token] = []
    for found, written in _tokens(source):
        start = max(at, source.find(written, at))
        at = start + len(written)
        if found == "data":
            text += written
        elif found in _BEGINS:
            kind, inside = _BEGINS[found], [(found, written)]
            if kind != "comment":
                yield Place("text", source[begin:start], before(text, written, "{#+#}"), depth > 0)
                begin, text = start, ""
        else:
            inside.append((found, written))
        if found in _ENDS and kind != "comment":
            words = [word for name, word in inside if name == "name"]
            copied = "".join(word for _, word in inside)
            depth = max(0, depth + _step(inside, words)) if kind == "tag" else depth
            shown = "text" if kind == "value" and not _names(words) else kind
            yield Place(shown, source[begin:at], copied, depth > 0, bool(words) and words[0] in _LEAVES)
            begin, kind = at, ""
    yield Place("text", source[begin:], f"{text}\n" if text.endswith("\n") else text, depth > 0)  # Jinja drops the last one


def _tokens(source: str) -> list[Token]:
    try:
        return [(kind, text) for _, kind, text in environment().lex(source)]
    except Exception as error:  # whatever Jinja raises for a text that it cannot cut
        raise translated(error) from error


def _step(inside: Sequence[Token], words: Sequence[str]) -> int:
    """How much deeper within captured text it is behind a tag."""
    if not words:
        return 0
    if words[0].removeprefix("end") not in _CAPTURES:
        return 0
    if words[0].startswith("end"):
        return -1
    return 0 if words[0] == "set" and ("operator", "=") in inside else 1


def _names(words: Sequence[str]) -> bool:
    """Whether something is looked up: what is written out is a text."""
    return any(word not in _CONSTANTS for word in words)
