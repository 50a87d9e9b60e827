"""A copy of a template that says where it has been.

The copy prints a mark (a character of Unicode's plane 16, which is for private use) in front of each text and each value: what it makes
tells which places it came by, how often, and what each of them wrote. What the template trims is trimmed already, so that marks change
nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import TemplateError
from .go.places import go_places
from .jinja_places import jinja_places
from .places import Place

FIRST, LAST = 0x100000, 0x10FFFD
"""The mark of place 0, and the last there can be."""


def places(kind: str, source: str) -> list[Place]:
    """The places of a template (``go`` or ``jinja``); one that cannot be read is a single text."""
    try:
        return list(go_places(source) if kind == "go" else jinja_places(source))
    except TemplateError:
        return [Place("text", source, source)]


def witness(cut: Sequence[Place], *, captured: bool) -> str | None:
    """The copy that says where it has been; None if there are more places than marks.

    Args:
        captured: mark also what goes into a variable first, where the template may look at it closely.
    """
    if len(cut) > LAST - FIRST:
        return None
    return "".join(one.copied if one.kind == "tag" or (one.captured and not captured) else chr(FIRST + number) + one.copied
                   for number, one in enumerate(cut))  # fmt: skip


def is_mark(character: str) -> bool:
    """Whether a character could be one of the marks."""
    return FIRST <= ord(character) <= LAST
