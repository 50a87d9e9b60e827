"""The engine's stream of bytes -> text that may be shown: whole characters only, and nothing from a stop string on.

Both classes take pieces of any size and give the same answer however the stream is cut.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable

from .marks import Marks


class TextDecoder:
    """Bytes to text. A character that is not complete yet waits; bytes that can never become one turn into U+FFFD.

    >>> decoder = TextDecoder()
    >>> decoder.feed(b"caf\\xc3"), decoder.feed(b"\\xa9")
    ('caf', 'é')
    """

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def feed(self, piece: bytes) -> str:
        """The text that is certain after this piece."""
        return self._decoder.decode(piece)

    def flush(self) -> str:
        """What is left at the end of the stream: U+FFFD for an unfinished character. The decoder can be used again."""
        rest = self._decoder.decode(b"", final=True)
        self._decoder.reset()
        return rest


class StopFinder:
    """Looks for stop strings in a stream of text and holds back what may become one.

    The stop string that is complete first ends the text; of several complete at the same character, the longest.

    >>> finder = StopFinder(["</s>"])
    >>> finder.feed("done </"), finder.feed("s> more")
    (('done ', None), ('', '</s>'))
    """

    def __init__(self, stops: Iterable[str]) -> None:
        self._stops = Marks(stops)
        self._state = 0
        self._held = ""
        self.hit: str | None = None

    def feed(self, text: str) -> tuple[str, str | None]:
        """The text that is safe to show, and the stop string if one is complete now. Later text is ignored."""
        if self.hit is not None:
            return "", self.hit
        whole = self._held + text
        end, self._state, hit = self._stops.search(whole, len(self._held), self._state)
        safe = end - (len(hit) or self._stops.held(self._state))
        self.hit = hit or None
        self._held = "" if hit else whole[safe:]
        return whole[:safe], self.hit

    def flush(self) -> str:
        """What was held back, at the end of the stream: it did not become a stop string."""
        rest, self._held, self._state = self._held, "", 0
        return rest
