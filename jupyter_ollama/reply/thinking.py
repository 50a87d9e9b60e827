"""Thoughts before the content, between two tags.

White space around the tags is dropped. Thoughts come first or not at all: tags after anything else are content. A tag that is not
complete when the answer ends is text of where it stands.
"""

from __future__ import annotations

from .marks import Marks
from .parts import Parts
from .speech import Speech
from .tagged import Tagged
from .tape import Reading, Tape

KNOWN_TAGS = (
    ("<think>", "</think>"),
    ("[THINK]", "[/THINK]"),
    ("<|START_THINKING|>", "<|END_THINKING|>"),
    ("<seed:think>", "</seed:think>"),
    ("<mm:think>", "</mm:think>"),
    ("<|channel>thought", "<channel|>"),
    ("Here are my reasoning steps:", "[BEGIN FINAL RESPONSE]"),
)


def tags_of(speech: Speech) -> tuple[str, str] | None:
    """The tags to look for: the template's own, or known ones that occur in it; none if thoughts shall stay where they are."""
    if speech.think is False:
        return None
    return speech.thinking_tags or next((tags for tags in KNOWN_TAGS if all(tag in speech.template for tag in tags)), None)


def read_thoughts(tape: Tape, parts: Parts, tags: tuple[str, str], calls: Tagged | None, *, open_already: bool) -> Reading[None]:
    """Read up to where the content begins.

    Args:
        calls: what ends thoughts as well: a model that calls has thought enough.
        open_already: the prompt ended with the opening tag.
    """
    opening, closing = tags
    if not open_already:
        before = yield from tape.blanks()
        if not (yield from tape.take(opening)):
            parts.say(before)
            return
    yield from tape.blanks()
    marks = Marks([closing, *(calls.opens if calls else ())])
    while mark := (yield from tape.until(marks, parts.think)):
        blanks = yield from tape.blanks()
        if mark == closing:
            return
        if calls and (yield from tape.peek()) == "{":
            yield from calls.block(tape, parts, mark + blanks)
            return
        parts.think(mark + blanks)
