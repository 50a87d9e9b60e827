"""Values as people read them: plain text as Ollama's command line prints it, and HTML for notebooks.

    numbers   bytes, counts, durations, relative times
    tables    columns of plain text, and what may go to a terminal
    markup    HTML: escaping, tables, the one style sheet
    text      each value of ``models`` as plain text
    views     each value of ``models`` as HTML
    cards     cards, Modelfiles, and values that are displayed as their fields
    editing   mistakes and completions of a Modelfile, folders, suggestions
    upkeep    what rm, verify and du say, in both forms
    answer    the quiet line below an answer, and where it came from
    reply     what a model says besides its answer: thoughts and tool calls
    scores    how probable tokens are
    prompts   where the pieces of a prompt come from; templates what became of the template
    forms     `plain` and `html` with the forms of all of these

Strings here come from models that anybody may have made: nothing reaches HTML unescaped or a terminal with control characters in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..on_demand import on_demand

if TYPE_CHECKING:
    from .answer import footer, footer_html, provenance, statistics_lines
    from .cards import recipe_parts
    from .forms import html, plain
    from .numbers import human_bytes, human_count, human_duration, human_time, short_duration
    from .reply import BEGIN_THOUGHTS, END_THOUGHTS, calls, calls_html, exchange, exchange_html, result, thoughts, thoughts_html
    from .tables import visible
    from .text import parameter_lines

__all__ = [
    "BEGIN_THOUGHTS", "END_THOUGHTS", "calls", "calls_html", "exchange", "exchange_html", "footer", "footer_html", "html", "human_bytes",
    "human_count", "human_duration", "human_time", "parameter_lines", "plain", "provenance", "recipe_parts", "result", "short_duration",
    "statistics_lines", "thoughts", "thoughts_html", "visible",
]  # fmt: skip

__getattr__ = on_demand(
    __name__,
    {
        "BEGIN_THOUGHTS": ".reply",
        "END_THOUGHTS": ".reply",
        "calls": ".reply",
        "calls_html": ".reply",
        "exchange": ".reply",
        "exchange_html": ".reply",
        "footer": ".answer",
        "footer_html": ".answer",
        "html": ".forms",
        "human_bytes": ".numbers",
        "human_count": ".numbers",
        "human_duration": ".numbers",
        "human_time": ".numbers",
        "parameter_lines": ".text",
        "plain": ".forms",
        "provenance": ".answer",
        "recipe_parts": ".cards",
        "result": ".reply",
        "short_duration": ".numbers",
        "statistics_lines": ".answer",
        "thoughts": ".reply",
        "thoughts_html": ".reply",
        "visible": ".tables",
    },
)
