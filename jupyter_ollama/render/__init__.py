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

Strings here come from models that anybody may have made: nothing reaches HTML unescaped or a terminal with control characters in it.
"""

from __future__ import annotations

from . import cards as cards  # their forms join plain and html
from . import editing as editing
from . import prompts as prompts
from . import scores as scores
from . import upkeep as upkeep
from .answer import footer, footer_html, provenance, statistics_lines
from .cards import recipe_parts
from .numbers import human_bytes, human_count, human_duration, human_time, short_duration
from .reply import BEGIN_THOUGHTS, END_THOUGHTS, calls, calls_html, exchange, exchange_html, result, thoughts, thoughts_html
from .tables import visible
from .text import parameter_lines, plain
from .views import html

__all__ = [
    "BEGIN_THOUGHTS", "END_THOUGHTS", "calls", "calls_html", "exchange", "exchange_html", "footer", "footer_html", "html", "human_bytes",
    "human_count", "human_duration", "human_time", "parameter_lines", "plain", "provenance", "recipe_parts", "result", "short_duration",
    "statistics_lines", "thoughts", "thoughts_html", "visible",
]  # fmt: skip
