"""A place of a template: a text, something that prints a value, or a tag that steers."""

from __future__ import annotations

from typing import NamedTuple


class Place(NamedTuple):
    """A piece of a template; all of them together are its text. After every tag and every value comes a text, be it empty.

    Args:
        kind: ``text`` (printed as it stands), ``value`` (something else is printed for it), ``tag`` (steers).
        source: the piece as it is written.
        copied: the same without what is trimmed and without comments.
        captured: what is printed here goes into a variable, or through a function, first.
        leaves: a tag after which comes nothing (break, continue).
    """

    kind: str
    source: str
    copied: str
    captured: bool = False
    leaves: bool = False


def before(text: str, tag: str, barrier: str) -> str:
    """A text as it has to be written before a tag so that nothing more of it is trimmed, and its last brace is not taken for the tag's.

    Args:
        barrier: a comment.
    """
    if text.endswith("{"):
        return text[:-1] + '{{ "{" }}'
    return text + barrier if text[-1:].isspace() and tag[2:3] == "-" else text
