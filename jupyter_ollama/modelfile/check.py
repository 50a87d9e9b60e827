"""Is each value of a Modelfile of the right kind? Parameters by the options table, roles, versions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from ..errors import ModelfileError, OptionError
from ..options import IGNORED, OPTIONS, QUANTIZE_KEYS, find, parse_option
from ..sentences import Sentence
from .command import ROLES, Command

_NUMBER = r"(?:0|[1-9][0-9]*)"
_PRE = rf"(?:{_NUMBER}|[0-9]*[A-Za-z-][0-9A-Za-z-]*)"
_SEMVER = re.compile(
    rf"v?({_NUMBER}(?:\.{_NUMBER}(?:\.{_NUMBER}(?:-{_PRE}(?:\.{_PRE})*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?)?)?)", re.ASCII
)
_ONCE = {"adapter": "ADAPTER", "renderer": "RENDERER", "parser": "PARSER", "requires": "REQUIRES", "system": "SYSTEM",
         "template": "TEMPLATE"}  # fmt: skip


def check(command: Command) -> None:
    """Nothing if the command is good.

    Raises: OptionError for a parameter, ModelfileError for the rest; both without a place.
    """
    if command.name == "requires":
        version(command.args)
    elif command.name == "message":
        _check_role(command.args)
    elif command.is_parameter:
        _check_parameter(command.name, command.args)


def version(text: str) -> str:
    """A version without its ``v``.

    Raises: ModelfileError if it is not a semantic version: 1, 0.14, 0.14.0, 0.14.0-rc1.
    """
    found = _SEMVER.fullmatch(text) if len(text) < 256 else None
    if not found:
        raise ModelfileError(
            "REQUIRES needs a version number.", hint="Write for example REQUIRES 0.14.0",
            text="requires must be a valid semver (e.g. 0.14.0)",
        )  # fmt: skip
    return found[1]


def notes(commands: Iterable[Command]) -> Iterator[tuple[Command, Sentence]]:
    """What is allowed but worth a warning, each with the command it is about."""
    last: dict[str, Command] = {}
    times: Counter[str] = Counter()
    for command in commands:
        if note := _note(command):
            yield command, note
        if key := _counts_once(command):
            last[key] = command
            times[key] += 1
    for key, command in last.items():
        if times[key] > 1:
            yield command, Sentence("%1 is given %2 times; this last one counts.", key, times[key])


def _note(command: Command) -> Sentence | None:
    name, args = command.name, command.args
    if name == "model" and not args.strip():
        return Sentence("FROM without a name means the folder of the Modelfile.")
    if name in ("model", "adapter", "draft") and " #" in args:
        return Sentence("# begins a comment only at the beginning of a line; here it is part of the name %1.", repr(args))
    if name in IGNORED:
        return Sentence("parameter %1 is deprecated and has no effect.", name)
    if name in OPTIONS and OPTIONS[name].deprecated:
        return Sentence("parameter %1 is deprecated: it works here, Ollama ignores it.", name)
    return None


def _counts_once(command: Command) -> str:
    """What a warning calls something of which only the last one counts; empty if all count."""
    if not command.is_parameter:
        return _ONCE.get(command.name, "")
    if command.name in QUANTIZE_KEYS:
        return Sentence("parameter %1", "quantize")
    if command.name in IGNORED or find(command.name).kind == "list":
        return ""
    return Sentence("parameter %1", find(command.name).name)


def _check_role(args: str) -> None:
    role, separator, _ = args.partition(": ")
    if role not in ROLES or not separator:
        raise ModelfileError(
            "a message needs a role.", hint=Sentence("Write MESSAGE and %1 or %2.", ", ".join(ROLES[:-1]), ROLES[-1]),
            text='message role must be one of "system", "user", or "assistant"',
        )  # fmt: skip


def _check_parameter(name: str, text: str) -> None:
    if name in IGNORED:
        return
    if name in QUANTIZE_KEYS:
        if not text.strip():
            hint = "Write for example PARAMETER quantize q4_K_M"
            raise OptionError(Sentence("%1 needs a type.", name), hint=hint, option=name, value=text)
        return
    if not name:
        raise OptionError(
            "there is more than one blank behind PARAMETER.", hint="Write exactly one, and then the parameter's name.",
            option="", near=[], text="unknown parameter ''",
        )  # fmt: skip
    try:
        parse_option(name, text)
    except OptionError as error:
        raise _explained(error, name, text) from None


def _explained(error: OptionError, name: str, text: str) -> OptionError:
    """The same error with Ollama's words, and a better hint where the mistake is a common one."""
    facts = dict(error.facts)
    hint = error.hint
    if "value" not in facts:
        facts["text"] = f"unknown parameter '{name}'"
    elif "#" in text:
        hint = "A comment needs a line of its own."
    elif not text:
        hint = Sentence("Write PARAMETER %1 and a value, on one line.", name)
    return OptionError(error.message, hint=hint, **facts)
