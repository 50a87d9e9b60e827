"""``%ollama COMMAND``: Ollama's small commands, each with its value: ``models = %ollama list``."""

from __future__ import annotations

import difflib
from typing import Any

from IPython.core.error import UsageError
from IPython.core.magic import line_magic, magics_class, no_var_expand

from ..commands import COMMANDS, ELSEWHERE, Text, overview
from ..progress import Bundle, follow, line
from .base import OllamaMagics, parse


@magics_class
class OllamaMagic(OllamaMagics):
    """``%ollama``."""

    @line_magic
    @no_var_expand
    def ollama(self, line: str) -> Any:
        word, _, rest = line.strip().partition(" ")
        if word in ("", "help", "-h", "--help"):
            return Text(overview())
        command = COMMANDS.get(word)
        if command is None:
            raise UsageError(_unknown(word))
        if rest.strip() in ("-h", "--help"):
            return Text(command.parser.format_help())
        value = command.call(self.session.ollama, parse(command, rest))
        return follow(value, self.shell, _finished) if command.is_long else value

    ollama.__doc__ = overview()


def _finished(value: Any) -> Bundle:
    """What is left of the bar: nearly nothing, because the value itself is shown below."""
    return line("done")


def _unknown(word: str) -> str:
    if word in ELSEWHERE:
        return f"%ollama has no {word}. {ELSEWHERE[word]}"
    near = difflib.get_close_matches(word, [*COMMANDS, *ELSEWHERE], n=1, cutoff=0.5)
    meant = f"Did you mean %ollama {near[0]}? " if near and near[0] in COMMANDS else ELSEWHERE.get(near[0], "") if near else ""
    return f"unknown command {word!r}. {meant}".rstrip() + f" Commands are {', '.join(COMMANDS)}."
