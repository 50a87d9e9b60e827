"""Where each piece of a prompt comes from. A template is rendered once more, with invisible marks around the contents of the messages.

Marks are characters of a private use area (Unicode's plane 15), put inside the blanks at both ends of a content, so that templates that
trim what they are given treat both alike. If the marked prompt is the other one but for the marks, they tell which piece is whose; if it
is not (a template may look at its messages closely), nothing is claimed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from ..errors import TemplateError
from ..messages import Message
from ..prompts import PromptPart

_FIRST, _LAST = 0xF0000, 0xFFFFD
Render = Callable[[Sequence[Message]], str]
Origin = tuple[str, str]
"""Origin and role."""


def trace(
    text: str, messages: Sequence[Message], origins: Sequence[str], render: Render, plain: Render | None = None
) -> list[PromptPart] | None:
    """The parts of a prompt; None if they cannot be told.

    Args:
        text: the prompt.
        messages: what it was made of.
        origins: of each message.
        render: what made it.
        plain: the same without tools, if there are some.
    """
    if 2 * len(messages) > _LAST - _FIRST or any(_is_mark(one) for one in text):
        return None
    try:
        marked = render([_marked(message, number) for number, message in enumerate(messages)])
    except TemplateError:
        return None
    if "".join(one for one in marked if not _is_mark(one)) != text:
        return None
    parts = _parts(marked, [(origin, message.role) for origin, message in zip(origins, messages, strict=True)])
    return _with_tools(parts, text, plain(messages)) if plain is not None else parts


def _marked(message: Message, number: int) -> Message:
    core = message.content.strip()
    if not core:
        return message
    before, _, after = message.content.partition(core)
    return replace(message, content=f"{before}{chr(_FIRST + 2 * number)}{core}{chr(_FIRST + 2 * number + 1)}{after}")


def _is_mark(character: str) -> bool:
    return _FIRST <= ord(character) <= _LAST


def _parts(marked: str, origins: Sequence[Origin]) -> list[PromptPart]:
    parts: list[PromptPart] = []
    origin: Origin = ("template", "")
    start = 0
    for place, character in enumerate(marked):
        if not _is_mark(character):
            continue
        _add(parts, origin, marked[start:place])
        number, closes = divmod(ord(character) - _FIRST, 2)
        origin = ("template", "") if closes or number >= len(origins) else origins[number]
        start = place + 1
    _add(parts, origin, marked[start:])
    return parts


def _add(parts: list[PromptPart], origin: Origin, text: str) -> None:
    if text:
        parts.append(PromptPart(origin[0], text, origin[1]))


def _with_tools(parts: Sequence[PromptPart], text: str, without: str) -> list[PromptPart]:
    """What is not in the prompt without tools is about tools: all between what both have at the beginning and at the end."""
    shorter = min(len(text), len(without))
    start = next((place for place in range(shorter) if text[place] != without[place]), shorter)
    most = shorter - start
    tail = next((count for count in range(most) if text[-1 - count] != without[-1 - count]), most)
    end, place = len(text) - tail, 0
    told: list[PromptPart] = []
    for part in parts:
        low, high = (min(max(bound - place, 0), len(part.text)) for bound in (start, end))
        place += len(part.text)
        if part.origin != "template":
            told.append(part)
            continue
        _add(told, ("template", ""), part.text[:low])
        _add(told, ("tools", ""), part.text[low:high])
        _add(told, ("template", ""), part.text[high:])
    return told
