"""The parts of a Modelfile by name, to be coloured: instructions, names of parameters and roles, values, comments."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from ..pieces import Pieces, covering
from .command import KEYWORDS, TEXTS
from .lexer import Lexed
from .survey import Survey

_LETTERS = re.compile(r"[A-Za-z]+")
_KEY = re.compile(r"\w*")
_LINE = re.compile(r"[^\S\r\n]*(?:(#[^\r\n]*)|([^\s]+))[^\r\n]*")
_NUMBER = re.compile(r"[+-]?[0-9.]+(?:e[+-]?[0-9]+)?", re.IGNORECASE)

Part = tuple[int, int, str]


def highlight(survey: Survey, template: Callable[[str], Pieces]) -> Pieces:
    """The whole text in its parts; ``template`` cuts the value of a TEMPLATE."""
    parts = _parts(survey, template)
    return covering(survey.text, ((survey.original(start), survey.original(end), style) for start, end, style in parts))


def _parts(survey: Survey, template: Callable[[str], Pieces]) -> Iterator[Part]:
    text, at = survey.cleaned, 0
    for one in survey.commands:
        yield from _between(survey, at, one.start)
        yield from _command(text, one, template)
        at = one.end
    yield from _between(survey, at, len(text))


def _between(survey: Survey, start: int, end: int) -> Iterator[Part]:
    """Comments, and lines that could not be read."""
    for line in _LINE.finditer(survey.cleaned, start, end):
        if line[1]:
            yield *line.span(1), "comment"
        elif line[2].lower() in KEYWORDS:
            yield *line.span(2), "instruction"
        elif line.start(2) in survey.wrong:
            yield *line.span(2), "error"


def _command(text: str, one: Lexed, template: Callable[[str], Pieces]) -> Iterator[Part]:
    keyword = _LETTERS.match(text, one.start)
    stop = keyword.end() if keyword else one.start
    yield one.start, stop, "instruction"
    if one.key_at > one.start:
        key = _KEY.match(text, one.key_at)
        yield one.key_at, key.end() if key else one.key_at, "keyword"
    if one.command.name == "template":
        yield from _template(text, one, template)
    elif one.value_at < one.end:
        yield one.value_at, one.end, _style(one)


def _style(one: Lexed) -> str:
    name, value = one.command.name, one.command.args
    if one.command.is_parameter and not one.quote and (_NUMBER.fullmatch(value) or value in ("true", "false")):
        return "number"
    if name in ("model", "adapter", "draft"):
        return "variable"
    return "plain" if name in TEXTS and not one.quote else "string"


def _template(text: str, one: Lexed, template: Callable[[str], Pieces]) -> Iterator[Part]:
    """The quotes, and the parts of what is between them."""
    start, end = one.value_at + len(one.quote), one.end - len(one.quote)
    yield one.value_at, start, "string"
    for style, part in template(text[start:end]):
        yield start, start + len(part), style
        start += len(part)
    yield end, one.end, "string"
