"""Where each piece of a prompt comes from. A template is rendered once more, with invisible marks around the contents of the messages.

Marks are characters of a private use area (Unicode's plane 15), put inside the blanks at both ends of a content, so that templates that
trim what they are given treat both alike; a copy of the template has marks of its own (``witness``). If the marked prompt is the other one
but for the marks, they tell which piece is whose; if it is not (a template may look at its messages closely), nothing is claimed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import product

from ..errors import TemplateError
from ..messages import Message
from ..prompts import PromptPart, TemplatePlace
from . import witness
from .chat import ChatTemplate
from .places import Place

_FIRST, _LAST = 0xF0000, 0xFFFFD
Render = Callable[[ChatTemplate, Sequence[Message]], str]
Origin = tuple[str, str]
"""Origin and role."""
_MOST_COMPARED = 2000
_OWN: Origin = ("template", "")
_VARIABLE: Origin = ("variable", "")


@dataclass(frozen=True, slots=True)
class Trace:
    """``parts`` of a prompt and ``places`` of its template. ``sure``: whether it is known which message each part comes from."""

    parts: tuple[PromptPart, ...]
    places: tuple[TemplatePlace, ...]
    sure: bool


@dataclass(frozen=True, slots=True)
class Stay:
    """What was written while the rendering was at a place (None: at one that is not known): texts with their origins."""

    place: int | None
    texts: list[tuple[Origin, str]]


def trace(
    text: str, messages: Sequence[Message], origins: Sequence[str], template: ChatTemplate, render: Render, plain: Render | None = None
) -> Trace:
    """Take a prompt apart.

    Args:
        text: the prompt.
        messages: what it was made of.
        origins: of each message.
        render: what made it, of the template.
        plain: the same without tools, if there are some.
    """
    cut = witness.places(template.kind, template.text)
    marked_texts = [witness.witness(cut, captured=captured) for captured in (True, False)]
    copies = [replace(template, text=one) for one in marked_texts if one is not None]
    told, named = list(messages), [(origin, one.role) for origin, one in zip(origins, messages, strict=True)]
    for marked, copy in product((True, False), [*copies, template]):
        given = [_marked(message, number) for number, message in enumerate(told)] if marked else told
        stays = _read(text, given, copy, render, named)
        if stays is not None:
            parts = _parts(stays, cut)
            if plain is not None and marked:
                fewer = _read(plain(template, told), given, copy, plain, named)
                parts = _with_tools(parts, _parts(fewer or [], cut))
            return Trace(tuple(parts), tuple(_seen(cut, stays)), marked)
    return Trace((PromptPart("template", text),), tuple(_seen(cut, [])), sure=False)


def _read(text: str, messages: Sequence[Message], template: ChatTemplate, render: Render, origins: Sequence[Origin]) -> list[Stay] | None:
    """The same prompt once more, with marks; None where it is another one but for them."""
    if 2 * len(messages) > _LAST - _FIRST or any(_is_mark(one) or witness.is_mark(one) for one in text):
        return None
    try:
        marked = render(template, messages)
    except TemplateError:
        return None
    if "".join(one for one in marked if not _is_mark(one) and not witness.is_mark(one)) != text:
        return None
    return list(_stays(marked, origins))


def _marked(message: Message, number: int) -> Message:
    core = message.content.strip()
    if not core:
        return message
    before, _, after = message.content.partition(core)
    return replace(message, content=f"{before}{chr(_FIRST + 2 * number)}{core}{chr(_FIRST + 2 * number + 1)}{after}")


def _is_mark(character: str) -> bool:
    return _FIRST <= ord(character) <= _LAST


def _stays(marked: str, origins: Sequence[Origin]) -> Iterator[Stay]:
    stay, origin, start = Stay(None, []), _OWN, 0

    def leave(end: int) -> None:
        if end > start:
            stay.texts.append((origin, marked[start:end]))

    for at, character in enumerate(marked):
        if witness.is_mark(character):
            leave(at)
            yield stay
            stay, start = Stay(ord(character) - witness.FIRST, []), at + 1
        elif _is_mark(character):
            leave(at)
            number, closes = divmod(ord(character) - _FIRST, 2)
            origin = _OWN if closes or number >= len(origins) else origins[number]
            start = at + 1
    leave(len(marked))
    yield stay


def _parts(stays: Sequence[Stay], cut: Sequence[Place]) -> list[PromptPart]:
    """What was written, in order; what no message brought is the template's, or what it looked up."""
    parts: list[PromptPart] = []
    for stay in stays:
        known = stay.place is not None and stay.place < len(cut)
        looked_up = known and cut[stay.place or 0].kind == "value" and all(origin == _OWN for origin, _ in stay.texts)
        for origin, text in stay.texts:
            _add(parts, _VARIABLE if looked_up else origin, text, stay.place if known else None)
    return parts


def _add(parts: list[PromptPart], origin: Origin, text: str, place: int | None) -> None:
    if text:
        parts.append(PromptPart(origin[0], text, origin[1], place))


def _seen(cut: Sequence[Place], stays: Sequence[Stay]) -> Iterator[TemplatePlace]:
    """The template with what became of each place. A tag was taken as often as what comes after it."""
    values: dict[int, list[str]] = {}
    last = None
    for stay in stays:
        if stay.place is None or stay.place >= len(cut):
            continue
        text = "".join(text for _, text in stay.texts)
        values.setdefault(stay.place, []).append(text)
        if not cut[stay.place].captured:
            last = stay.place if cut[stay.place].kind == "value" else None
        elif last is not None:  # what a variable or a function brings is printed here
            values[last][-1] += text
    known = bool(values)
    line = 1
    for number, one in enumerate(cut):
        witnessed = number if one.kind != "tag" else number - 1 if one.leaves else number + 1
        told = values.get(witnessed, [])
        sure = known and (bool(told) or not cut[min(witnessed, len(cut) - 1)].captured)
        yield TemplatePlace(one.kind, one.source, line, len(told) if sure else None, tuple(told) if one.kind == "value" else ())
        line += one.source.count("\n")


def _with_tools(parts: Sequence[PromptPart], without: Sequence[PromptPart]) -> list[PromptPart]:
    """What the template writes that it does not write without tools is about tools."""
    ours, theirs = ([(part.place, part.text, part.role) for part in some] for some in (parts, without))
    shorter = min(len(ours), len(theirs))
    start = next((at for at in range(shorter) if ours[at] != theirs[at]), shorter)
    tail = next((at for at in range(shorter - start) if ours[-1 - at] != theirs[-1 - at]), shorter - start)
    middle = range(start, len(ours) - tail), range(start, len(theirs) - tail)
    same = {*range(start), *range(len(ours) - tail, len(ours))}
    if max(map(len, middle)) <= _MOST_COMPARED:  # it takes the square of that
        changed, plain = ([held[at] for at in some] for held, some in zip((ours, theirs), middle, strict=True))
        for block in SequenceMatcher(None, changed, plain, autojunk=False).get_matching_blocks():
            same.update(range(start + block.a, start + block.a + block.size))
    return [
        part if at in same or part.origin not in ("template", "variable") else replace(part, origin="tools")
        for at, part in enumerate(parts)
    ]
