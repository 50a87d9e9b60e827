"""What Tab offers inside the magics: models and tags, options, parameters, variables, instructions; near misses when nothing fits."""

from __future__ import annotations

import difflib
import re
from argparse import Action, ArgumentParser
from collections.abc import Callable, Iterable, Mapping
from types import FunctionType, ModuleType
from typing import Any

from IPython.core.completer import CompletionContext, SimpleCompletion, SimpleMatcherResult, context_matcher

from .. import pocket
from ..errors import OllamaError
from ..options import ALIASES, OPTIONS, QUANTIZE_KEYS
from ..quantization import QUANTIZATIONS
from .commands import COMMANDS
from .session import Session

_CELL = re.compile(r"\s*%%(\w+)[ \t]?(.*)")
_LINE = re.compile(r"(?:.*=)?[ \t]*%(\w+)[ \t](.*)")
_VARIABLE = re.compile(r"\{\{[ \t]*(\w*)\Z")
_PATH = (".", "/", "~")
_ROLES = ("system", "user", "assistant")

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
        first, *_ = context.full_text.lstrip().split("\n", 1)
        cell = _CELL.match(first)
        if cell and context.cursor_line > context.full_text[: context.full_text.find("%%")].count("\n"):
            return self._in_body(cell[1], before)
        at = _CELL.match(before) or _LINE.match(before)
        return self._in_line(at[1], at[2]) if at else None

    def _in_body(self, magic: str, before: str) -> Offer | None:
        if magic == "chat" and (variable := _VARIABLE.search(before)):
            return variable[1], _variables(self._session.shell)
        return self._in_modelfile(before) if magic == "modelfile" else None

    def _in_modelfile(self, before: str) -> Offer | None:
        words, fragment = _cut(before)
        match [word.upper() for word in words]:
            case []:
                return fragment, _keywords()
            case ["PARAMETER"]:
                return fragment, [*OPTIONS, *ALIASES, *QUANTIZE_KEYS]
            case ["PARAMETER", _]:
                return fragment, option_values(words[1])
            case ["MESSAGE"]:
                return fragment, _ROLES
            case ["FROM"]:
                return fragment, self._models()
        return None

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


def best(fragment: str, candidates: Iterable[str]) -> list[str]:
    """Candidates that begin with the fragment in any case, else those that are nearly it."""
    known = list(dict.fromkeys(candidates))
    fits = [text for text in known if text.lower().startswith(fragment.lower())]
    if fits or len(fragment) < 3 or fragment.startswith(_PATH):
        return fits
    rated = {text: difflib.SequenceMatcher(None, fragment.lower(), text.lower()).ratio() for text in known}
    limit = max(0.6, max(rated.values(), default=1.0) - 0.1)
    return [text for text in known if rated[text] >= limit]


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
    if name in QUANTIZE_KEYS:
        return _types()
    option = OPTIONS.get(ALIASES.get(name, name))
    if option is None:
        return []
    if option.kind == "bool":
        return ["true", "false"]
    usual = [option.default, option.documented, option.low, option.high]
    return [f"{value:g}" for value in usual if isinstance(value, int | float)]


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


def _keywords() -> list[str]:
    from ..modelfile.command import KEYWORDS

    return [keyword.upper() for keyword in KEYWORDS]


def _types() -> list[str]:
    return [quantization.spelling for quantization in QUANTIZATIONS]


def _cut(before: str) -> tuple[list[str], str]:
    """The finished words before the cursor, and the one that is being typed (perhaps empty)."""
    words = before.split()
    return (words, "") if not before or before[-1].isspace() else (words[:-1], words[-1])
