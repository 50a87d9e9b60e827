"""An answer as text -> its parts, while it comes."""

from __future__ import annotations

from dataclasses import replace

from ..events import Chunk
from .dialects import dialect_of
from .parts import Parts
from .speech import Speech
from .tape import Reading, Tape
from .thinking import read_thoughts, tags_of


class Reader:
    """Reads one answer. The parts are the same however the answer is cut; nothing that a model says raises.

    >>> reader = Reader(Speech(thinking_tags=("<think>", "</think>")))
    >>> reader.feed("<think>Hm.</th"), reader.feed("ink> Yes."), reader.close()
    ([Chunk(content='', thinking='Hm.', tool_calls=())], [Chunk(content='Yes.', thinking='', tool_calls=())], [])

    Args:
        speech: how the model answers; content only, if nothing is known.
        prompt: what it answers. If that ends with the opening tag of thoughts, the answer begins within them.
    """

    def __init__(self, speech: Speech | None = None, prompt: str = "") -> None:
        speech = replace(speech or Speech(), prompt=prompt)
        self._dialect = dialect_of(speech)
        self._tags = None if self._dialect and self._dialect.channels else tags_of(speech)
        self._tape, self._parts = Tape(), Parts(prompt)
        self._reading = self._read(speech)

    @property
    def tokens(self) -> tuple[str, ...]:
        """The control tokens whose texts must be in the answer. Others are of no use in it."""
        begins = tuple(tag[: tag.find(">") + 1] for tag in self._tags or ())  # a tag may be a token and a word
        return (self._dialect.tokens if self._dialect else ()) + (self._tags or ()) + begins

    @property
    def may_think(self) -> bool:
        """Whether thoughts may come before the content."""
        return bool(self._tags) or bool(self._dialect and self._dialect.channels)

    def feed(self, text: str) -> list[Chunk]:
        """The parts that are certain after this text."""
        self._tape.add(text)
        next(self._reading, None)
        return self._parts.drain()

    def close(self) -> list[Chunk]:
        """What is left when the answer has ended."""
        self._tape.ended = True
        next(self._reading, None)
        self._parts.close()
        return self._parts.drain()

    def _read(self, speech: Speech) -> Reading[None]:
        tape, parts = self._tape, self._parts
        if self._tags:
            calls = self._dialect.tagged if self._dialect else None
            begun = speech.prompt.rstrip().endswith(self._tags[0])
            yield from read_thoughts(tape, parts, self._tags, calls, open_already=begun)
        if self._dialect:
            yield from self._dialect.read(tape, parts, speech)
        yield from tape.rest(parts.say)
