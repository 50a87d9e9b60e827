"""What a model says besides its answer: its thoughts, folded away, and the tools it asks for."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from ..messages import ToolCall
from .markup import element, page, wrap
from .tables import visible

BEGIN_THOUGHTS, END_THOUGHTS = "Thinking...", "...done thinking."
"""How Ollama's command line marks them."""


def thoughts(text: str, *, live: bool = False) -> str:
    """Thoughts as plain text; ``live`` while there may be more of them."""
    return f"{BEGIN_THOUGHTS}\n{visible(text).strip()}" + ("" if live else f"\n{END_THOUGHTS}")


def thoughts_html(text: str, *, live: bool = False) -> str:
    """Thoughts below a line that opens them. While they come it is open and shows the last of them."""
    words = len(text.split())
    title = "Thinking…" if live else f"Thoughts · {words:,} {'word' if words == 1 else 'words'}"
    inner = element("summary", title) + wrap("div", element("div", visible(text).strip()), "text")
    return page(f'<details class="thoughts{" live" if live else ""}"{" open" if live else ""}>{inner}</details>')


def calls(asked: Iterable[ToolCall]) -> str:
    """``→ get_weather(city="Paris")``: one line for each call."""
    return "\n".join(visible(f"→ {call.name}({', '.join(f'{key}={value}' for key, value in _arguments(call))})") for call in asked)


def calls_html(asked: Iterable[ToolCall]) -> str:
    """The same, coloured as code."""
    return page("".join(wrap("pre", _call_html(call), "call") for call in asked))


def _call_html(call: ToolCall) -> str:
    pairs = (f"{element('span', visible(key))}={element('span', visible(value), 'value')}" for key, value in _arguments(call))
    return f"{element('span', visible(call.name), 'name')}({', '.join(pairs)})"


def _arguments(call: ToolCall) -> Iterator[tuple[str, str]]:
    """Names and JSON values."""
    for key, value in call.arguments.items():
        yield key, json.dumps(value, ensure_ascii=False, default=str)
