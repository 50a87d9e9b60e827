"""An answer in a cell: outputs that are redrawn in place.

    thinking   folded, open while it comes          HTML
    content    the model's text and nothing else    Markdown
    calls      one line for each tool call          HTML
    footer     one quiet line

Each is there only if there is something in it. Where the answer came from (model, digest, options, seed, statistics) is saved in the
metadata of the content's output, or of the last one where there is no content, under ``jupyter_ollama``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from .. import render
from ..events import Chunk, Done, Event, Progress
from ..messages import Message
from .progress import step_bundle

INTERVAL_S = 0.1
SLOWER_ABOVE = 8000
"""Characters of an output from which on it is redrawn less often, in proportion to its length."""

Bundle = dict[str, str]


class CellScreen:
    """The outputs of one answer."""

    def __init__(self) -> None:
        self._outputs: dict[str, _Output] = {}
        self._first = _Output()
        self._thinking = ""
        self._content = ""

    def show(self, events: Sequence[Event]) -> None:
        chunks = [event for event in events if isinstance(event, Chunk)]
        more = "".join(chunk.content for chunk in chunks)
        self._thinking += "".join(chunk.thinking for chunk in chunks)
        if more and self._thinking and not self._content:
            self._fold_thoughts()
        self._content += more
        if self._content:
            self._output("content").draw_if_due(lambda: _markdown(self._content), len(self._content))
        elif self._thinking:
            self._output("thinking").draw_if_due(lambda: _thoughts(self._thinking, live=True), len(self._thinking))
        elif steps := [event for event in events if isinstance(event, Progress)]:
            self._first.draw(step_bundle(steps[-1]))

    def finish(self, done: Done) -> None:
        bundles = _bundles(done.message)
        told = "content" if "content" in bundles else list(bundles)[-1]
        for kind, bundle in bundles.items():
            self._output(kind).draw(bundle, {"jupyter_ollama": render.provenance(done)} if kind == told else None)
        _Output().draw({"text/plain": render.footer(done), "text/html": render.footer_html(done)})

    def give_up(self, word: str) -> None:
        if self._content:
            self._output("content").draw(_markdown(self._content))
        elif self._thinking:
            self._fold_thoughts()
        mark = {"text/plain": word, "text/html": f'<div style="font-size: 85%; opacity: .65">{word}</div>'}
        if self._outputs:
            _Output().draw(mark)
        elif self._first.drawn:
            self._first.draw(mark)

    def _fold_thoughts(self) -> None:
        self._output("thinking").draw(_thoughts(self._thinking))

    def _output(self, kind: str) -> _Output:
        """The output of that kind; the first of them takes the place of what was told about loading."""
        if kind not in self._outputs:
            self._outputs[kind] = _Output() if self._outputs else self._first
        return self._outputs[kind]


class _Output:
    """One output of the cell."""

    def __init__(self) -> None:
        self._handle: Any = None
        self._drawn_at = 0.0

    @property
    def drawn(self) -> bool:
        return self._handle is not None

    def draw_if_due(self, make: Callable[[], Bundle], length: int) -> None:
        """Draw what has grown to this length, unless it was drawn a moment ago."""
        if time.monotonic() - self._drawn_at >= INTERVAL_S * max(1.0, length / SLOWER_ABOVE) - 0.01:
            self.draw(make())

    def draw(self, bundle: Bundle, metadata: dict[str, Any] | None = None) -> None:
        from IPython.display import display

        if self._handle is None:
            self._handle = display(bundle, raw=True, metadata=metadata, display_id=True)
        else:
            self._handle.update(bundle, raw=True, metadata=metadata)
        self._drawn_at = time.monotonic()


def _bundles(message: Message) -> dict[str, Bundle]:
    """The outputs of a whole answer, in the order in which they stand."""
    bundles = {}
    if message.thinking:
        bundles["thinking"] = _thoughts(message.thinking)
    if message.content or not (message.thinking or message.tool_calls):
        bundles["content"] = _markdown(message.content)
    if message.tool_calls:
        bundles["calls"] = {"text/plain": render.calls(message.tool_calls), "text/html": render.calls_html(message.tool_calls)}
    return bundles


def _thoughts(text: str, *, live: bool = False) -> Bundle:
    return {"text/plain": render.thoughts(text, live=live), "text/html": render.thoughts_html(text, live=live)}


def _markdown(text: str) -> Bundle:
    return {"text/plain": render.visible(text), "text/markdown": text}
