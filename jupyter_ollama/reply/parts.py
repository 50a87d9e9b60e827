"""What an answer turns out to be: content, thinking and tool calls, in order."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from ..events import Chunk
from ..messages import ToolCall

MAX_BLANKS = 256
"""White space at the end of the content that waits: before a call it is dropped."""

_ID_LENGTH = 9  # letters and digits; some templates insist on nine


class Parts:
    """Collects the parts of one answer. The content of an answer with calls has no white space at its ends.

    Args:
        prompt: what was answered; calls without an id of their own get one that is the same whenever the answer is.
    """

    def __init__(self, prompt: str = "") -> None:
        self._prompt = prompt
        self._ready: list[Chunk | tuple[str, list[str]]] = []
        self._blanks = ""
        self._said = False
        self.n_calls = 0

    def say(self, text: str) -> None:
        """Content."""
        whole = self._blanks + text
        if self.n_calls and not self._said:
            whole = whole.lstrip()
        certain = max(len(whole.rstrip()), len(whole) - MAX_BLANKS)
        self._blanks = whole[certain:]
        self._say(whole[:certain])

    def think(self, text: str) -> None:
        """Thinking."""
        self._put("thinking", text)

    def call(self, call: ToolCall) -> None:
        """A tool call: it is given its index, and an id if it has none."""
        self._blanks = self._blanks if self._said else ""
        numbered = replace(call, index=self.n_calls, id=call.id or self._id(self.n_calls))
        self._ready.append(Chunk(tool_calls=(numbered,)))
        self.n_calls += 1

    def close(self) -> None:
        """The answer has ended."""
        if not self.n_calls:
            self._say(self._blanks)
        self._blanks = ""

    def drain(self) -> list[Chunk]:
        """What is new, each chunk with one kind of part."""
        ready, self._ready = self._ready, []
        return [one if isinstance(one, Chunk) else _chunk(one[0], "".join(one[1])) for one in ready]

    def _say(self, text: str) -> None:
        self._said = self._said or bool(text.strip())
        self._put("content", text)

    def _put(self, kind: str, text: str) -> None:
        last = self._ready[-1] if self._ready else None
        if not text:
            return
        if isinstance(last, tuple) and last[0] == kind:
            last[1].append(text)
        else:
            self._ready.append((kind, [text]))

    def _id(self, index: int) -> str:
        return hashlib.sha256(f"{index}\n{self._prompt}".encode("utf-8", "replace")).hexdigest()[:_ID_LENGTH]


def _chunk(kind: str, text: str) -> Chunk:
    return Chunk(thinking=text) if kind == "thinking" else Chunk(text)
