"""What a model says besides its answer: its thoughts, folded away, and the tools it asks for with what they returned."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from ..events import ToolResult
from ..messages import ToolCall
from .markup import element, page, wrap
from .tables import visible

BEGIN_THOUGHTS, END_THOUGHTS = "Thinking...", "...done thinking."
"""How Ollama's command line marks them."""

LONGEST_RESULT = 2000
"""Characters of a result that are shown as plain text; in HTML all of it is there, folded."""
_LONGEST_LINE = 160

Exchange = Iterable[tuple[ToolCall, ToolResult | None]]
"""Calls with their results, as far as there are any."""


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
    return exchange_html((call, None) for call in asked)


def result(one: ToolResult) -> str:
    """``← rain``: what the model is told; ``✗`` before what went wrong."""
    text = visible(one.result).strip()
    more = f" [{len(text):,} characters]" if len(text) > LONGEST_RESULT else ""
    return f"{_sign(one)} {text[:LONGEST_RESULT]}{more}"


def exchange(pairs: Exchange) -> str:
    """Calls, each above its result."""
    return "\n".join(line for call, told in pairs for line in (calls([call]), *([result(told)] if told else ())))


def exchange_html(pairs: Exchange) -> str:
    """The same, coloured as code; a long result is folded below its beginning."""
    return page("".join(wrap("pre", _call_html(call), "call") + (_result_html(told) if told else "") for call, told in pairs))


def _call_html(call: ToolCall) -> str:
    pairs = (f"{element('span', visible(key))}={element('span', visible(value), 'value')}" for key, value in _arguments(call))
    return f"{element('span', visible(call.name), 'name')}({', '.join(pairs)})"


def _result_html(one: ToolResult) -> str:
    text = visible(one.result).strip()
    css = "result" if one.outcome == "done" else "result wrong"
    first, _, more = text.partition("\n")
    if not more and len(first) <= _LONGEST_LINE:
        return element("pre", f"{_sign(one)} {first}", css, title=_took(one))
    summary = f"{_sign(one)} {first[:_LONGEST_LINE]} … {len(text):,} characters"
    return wrap("details", element("summary", summary) + element("pre", text), css, title=_took(one))


def _sign(one: ToolResult) -> str:
    return "←" if one.outcome == "done" else "✗"


def _took(one: ToolResult) -> str:
    return f"{one.run_duration / 1e9:.2f} s" if one.run_duration else ""


def _arguments(call: ToolCall) -> Iterator[tuple[str, str]]:
    """Names and JSON values."""
    for key, value in call.arguments.items():
        yield key, json.dumps(value, ensure_ascii=False, default=str)
