"""What Tab offers inside the magics: models and tags, options, parameters, variables, instructions; near misses when nothing fits."""

from __future__ import annotations

import re
from argparse import Action, ArgumentParser
from collections.abc import Callable, Iterable, Mapping
from types import FunctionType, ModuleType
from typing import Any

from IPython.core.completer import CompletionContext, SimpleCompletion, SimpleMatcherResult, context_matcher

from .. import pocket
from ..editing import best
from ..errors import OllamaError
from ..options import ALIASES, OPTIONS, QUANTIZE_KEYS, usual_values
from ..quantization import QUANTIZATIONS
from .commands import COMMANDS
from .session import Session

_CELL = re.compile(r"\s*%%(\w+)[ \t]?(.*)")
_LINE = re.compile(r"(?:.*=)?[ \t]*%(\w+)[ \t](.*)")
_VARIABLE = re.compile(r"\{\{[ \t]*(\w*)\Z")
_PATH = (".", "/", "~")

Offer = tuple[str, Iterable[str]]
"""What stands before the cursor and is to be replaced, and all that could stand there."""


class Completion:
    """IPython asks ``match`` for every Tab; outside of our magics it has nothing to say."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._values: dict[str, Callable[[], Iterable[str]]] = {
            "model": self._models,
            "models": self._models,
            "source": self._models,
            "prefix": self._models,
            "name": lambda: self._session.modelfile_names,
            "quantize": _types,
        }

    @context_matcher(priority=10, identifier="jupyter_ollama")
    def match(self, context: CompletionContext) -> SimpleMatcherResult:
        fragment, candidates = self._offer(context) or ("", ())
        fits = best(fragment, candidates)
        return {
            "completions": [SimpleCompletion(text=text, type="magic") for text in fits],
            "matched_fragment": fragment,
            "suppress": bool(fits) and not fragment.startswith(_PATH),
        }

    def _offer(self, context: CompletionContext) -> Offer | None:
        before = context.text_until_cursor
        text = context.full_text
        head = len(text) - len(text.lstrip())
        cell = _CELL.match(text[head:].split("\n", 1)[0])
        above = text[:head].count("\n")
        if cell and context.cursor_line > above:
            body = text[head:].partition("\n")[2]
            return self._in_body(cell[1], before, body, context.cursor_line - above - 1)
        at = _CELL.match(before) or _LINE.match(before)
        return self._in_line(at[1], at[2]) if at else None

    def _in_body(self, magic: str, before: str, body: str, line: int) -> Offer | None:
        if magic == "chat" and (variable := _VARIABLE.search(before)):
            return variable[1], _variables(self._session.shell)
        return self._in_modelfile(before, body, line) if magic == "modelfile" else None

    def _in_modelfile(self, before: str, body: str, line: int) -> Offer | None:
        """What ``complete`` offers, which the panel's editor shows, too; but paths stay with IPython."""
        try:
            found = self._session.ollama.complete(body, line, len(before))
        except OllamaError:  # an engine elsewhere that has no Modelfiles
            return None
        fragment = before[found.start :]
        return None if fragment.startswith(_PATH) else (fragment, [one.label for one in found.items])

    def _in_line(self, magic: str, before: str) -> Offer | None:
        words, fragment = _cut(before)
        if magic == "ollama":
            if not words:
                return fragment, COMMANDS
            if words[0] not in COMMANDS:
                return None
            return self._argument(COMMANDS[words[0]].parser, words[1:], fragment)
        found = self._session.shell.find_cell_magic(magic) or self._session.shell.find_line_magic(magic)
        if getattr(getattr(found, "__self__", None), "session", None) is not self._session:
            return None
        return self._argument(found.parser, words, fragment)

    def _argument(self, parser: ArgumentParser, words: list[str], fragment: str) -> Offer | None:
        """The word that is being typed is an option, an option's value or the next name."""
        action = expected(parser, words)
        if action is not None and action.dest == "option":
            return _option_pair(fragment)
        if action is not None and action.dest == "tools":
            return fragment.rpartition(",")[2], _functions(self._session.shell)
        if fragment.startswith("-"):
            return fragment, [option for option in parser._option_string_actions if option.startswith("--")]
        values = self._values.get(action.dest) if action is not None else None
        return (fragment, values()) if values else None

    def _models(self) -> list[str]:
        """Names in the store, without a tag where it is the usual one and with it; pocket is always there."""
        try:
            names = [model.name for model in self._session.ollama.list()]
        except (OllamaError, OSError):
            names = []
        short = [name.removesuffix(":latest") for name in names]
        return list(dict.fromkeys([*short, pocket.NAME, *names]))


def expected(parser: ArgumentParser, words: list[str]) -> Action | None:
    """What argument comes behind these words: the value of an option, or the next name."""
    names = [action for action in parser._actions if not action.option_strings]
    rest = iter(words)
    for word in rest:
        option = parser._option_string_actions.get(word)
        if option is not None and option.nargs != 0:
            if next(rest, None) is None:
                return option
        elif not word.startswith("-") and names and names[0].nargs not in ("+", "*"):
            names.pop(0)
    return names[0] if names else None


def option_values(name: str) -> list[str]:
    """Values worth offering for a parameter."""
    return _types() if name in QUANTIZE_KEYS else usual_values(name)


def _option_pair(fragment: str) -> Offer:
    name, separator, value = fragment.partition("=")
    if separator:
        return value, option_values(name)
    return fragment, [f"{option}=" for option in (*OPTIONS, *ALIASES)]


def _variables(shell: Any) -> list[str]:
    """The user's own data: no modules, functions or classes, nothing of IPython's."""
    hidden: Mapping[str, Any] = shell.user_ns_hidden
    return sorted(
        name
        for name, value in shell.user_ns.items()
        if not name.startswith("_") and name not in hidden and not isinstance(value, ModuleType | FunctionType | type)
    )


def _functions(shell: Any) -> list[str]:
    """The functions that the notebook defines or imports, as tools for a model."""
    hidden: Mapping[str, Any] = shell.user_ns_hidden
    return sorted(
        name for name, value in shell.user_ns.items() if not name.startswith("_") and name not in hidden and isinstance(value, FunctionType)
    )


def _types() -> list[str]:
    return [quantization.spelling for quantization in QUANTIZATIONS]


def _cut(before: str) -> tuple[list[str], str]:
    """The finished words before the cursor, and the one that is being typed (perhaps empty)."""
    words = before.split()
    return (words, "") if not before or before[-1].isspace() else (words[:-1], words[-1])
