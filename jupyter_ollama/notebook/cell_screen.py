"""An answer in a cell: outputs that are redrawn in place.

    thinking   folded, open while it comes          HTML
    content    the model's text and nothing else    Markdown
    calls      each tool call, and its result       HTML
    footer     one quiet line

Each is there only if there is something in it; where tools were called, the first three come again below for what the model says then.
What was asked and where the answer came from (model, digest, options, seed, statistics) is saved in the metadata of the last content's
output, or of the last output where there is no content, under ``jupyter_ollama``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .. import render
from ..events import Chunk, Done, Event, Progress, ToolResult
from ..messages import Message, ToolCall
from .progress import step_bundle

INTERVAL_S = 0.1
SLOWER_ABOVE = 8000
"""Characters of an output from which on it is redrawn less often, in proportion to its length."""

Bundle = dict[str, str]


class CellScreen:
    """The outputs of one answer."""

    def __init__(self, asked: Mapping[str, Any]) -> None:
        self._asked = dict(asked)
        self._first = _Output()
        self._round = _Round(self._first)
        self._rounds = 0
        """How many answers with calls came before."""

    def show(self, events: Sequence[Event]) -> None:
        for event in events:
            if isinstance(event, Chunk):
                if self._round.results:
                    self._next_round()
                self._round.add(event)
            elif isinstance(event, ToolResult):
                self._round.results.append(event)
        self._round.draw_if_due()
        steps = [event for event in events if isinstance(event, Progress)]
        if steps and not self._round.begun and not self._rounds:
            self._first.draw(step_bundle(steps[-1]))

    def finish(self, done: Done) -> None:
        if sum(turn.role == "assistant" for turn in done.turns) > self._rounds:  # the last answer had not begun to come
            self._next_round()
        self._round.finish(done.message, {"jupyter_ollama": {**render.provenance(done), "asked": self._asked}})
        _Output().draw({"text/plain": render.footer(done), "text/html": render.footer_html(done)})

    def give_up(self, word: str) -> None:
        mark = {"text/plain": word, "text/html": f'<div style="font-size: 85%; opacity: .65">{word}</div>'}
        if self._round.begun or self._rounds:
            self._round.draw()
            _Output().draw(mark)
        elif self._first.drawn:
            self._first.draw(mark)

    def _next_round(self) -> None:
        self._round.draw()
        self._round = _Round(_Output())
        self._rounds += 1


class _Round:
    """What the model says up to where it waits for results: thoughts, content, calls."""

    def __init__(self, first: _Output) -> None:
        self._first = first
        self._outputs: dict[str, _Output] = {}
        self._thinking = ""
        self._content = ""
        self._calls: list[ToolCall] = []
        self.results: list[ToolResult] = []

    @property
    def begun(self) -> bool:
        return bool(self._thinking or self._content or self._calls)

    def add(self, chunk: Chunk) -> None:
        if chunk.content and self._thinking and not self._content:
            self._output("thinking").draw(_thoughts(self._thinking))
        self._thinking += chunk.thinking
        self._content += chunk.content
        self._calls += chunk.tool_calls

    def draw_if_due(self) -> None:
        """Draw what has grown, unless it was drawn a moment ago."""
        if self._calls:
            self.draw()
        elif self._content:
            self._output("content").draw_if_due(lambda: _markdown(self._content), len(self._content))
        elif self._thinking:
            self._output("thinking").draw_if_due(lambda: _thoughts(self._thinking, live=True), len(self._thinking))

    def draw(self) -> None:
        """Draw all there is."""
        for kind, bundle in self._bundles().items():
            self._output(kind).draw(bundle)

    def finish(self, message: Message, metadata: dict[str, Any]) -> None:
        """Draw the whole message, with the metadata at its content."""
        self._thinking, self._content, self._calls = message.thinking, message.content, list(message.tool_calls)
        bundles = self._bundles() or {"content": _markdown("")}
        told = "content" if "content" in bundles else list(bundles)[-1]
        for kind, bundle in bundles.items():
            self._output(kind).draw(bundle, metadata if kind == told else None)

    def _bundles(self) -> dict[str, Bundle]:
        """The outputs in the order in which they stand."""
        bundles = {}
        if self._thinking:
            bundles["thinking"] = _thoughts(self._thinking)
        if self._content:
            bundles["content"] = _markdown(self._content)
        if self._calls:
            pairs = [(call, self.results[place] if place < len(self.results) else None) for place, call in enumerate(self._calls)]
            bundles["calls"] = {"text/plain": render.exchange(pairs), "text/html": render.exchange_html(pairs)}
        return bundles

    def _output(self, kind: str) -> _Output:
        """The output of that kind; the first of them takes the place of what was told about loading."""
        if kind not in self._outputs:
            self._outputs[kind] = _Output() if self._outputs else self._first
        return self._outputs[kind]


class _Output:
    """One output of the cell."""

    def __init__(self) -> None:
        self._handle: Any = None
        self._held: tuple[Bundle, dict[str, Any] | None] | None = None
        self._drawn_at = 0.0

    @property
    def drawn(self) -> bool:
        return self._handle is not None

    def draw_if_due(self, make: Callable[[], Bundle], length: int) -> None:
        """Draw what has grown to this length, unless it was drawn a moment ago."""
        if time.monotonic() - self._drawn_at >= INTERVAL_S * max(1.0, length / SLOWER_ABOVE) - 0.01:
            self.draw(make())

    def draw(self, bundle: Bundle, metadata: dict[str, Any] | None = None) -> None:
        """Draw this, unless it stands there already."""
        from IPython.display import display

        if self._held == (bundle, metadata):
            return
        if self._handle is None:
            self._handle = display(bundle, raw=True, metadata=metadata, display_id=True)
        else:
            self._handle.update(bundle, raw=True, metadata=metadata)
        self._held = bundle, metadata
        self._drawn_at = time.monotonic()


def _thoughts(text: str, *, live: bool = False) -> Bundle:
    return {"text/plain": render.thoughts(text, live=live), "text/html": render.thoughts_html(text, live=live)}


def _markdown(text: str) -> Bundle:
    return {"text/plain": render.visible(text), "text/markdown": text}
