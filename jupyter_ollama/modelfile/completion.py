"""What is being written at a place of a Modelfile, and what could stand there as far as the language decides."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from ..editing import Completion
from ..options import ALIASES, OPTIONS, QUANTIZE_KEYS, Option, usual_values
from ..quantization import QUANTIZATIONS
from ..sentences import Sentence
from .command import KEYWORDS, ROLES
from .encoding import clean
from .lexer import Lexer

Kind = Literal["instruction", "parameter", "value", "role", "source", "file", ""]

_FILE = re.compile(r"\s*(FROM|ADAPTER|DRAFT)[ \t]+(.*)", re.IGNORECASE | re.DOTALL)
_FIRST = re.compile(r"\s*([^\s#]*)")
_WORDS = re.compile(r"\s*(\S+)(?:[ \t]+(\S+))?[ \t]+(\S*)")

ABOUT = {
    "from": ("base model", "What the model is made of: a model's name, a GGUF file, or a folder with safetensors."),
    "license": ("text", "The terms under which the model may be used; may be given several times."),
    "template": ("Go template", "How a conversation becomes a prompt, in Go's template language."),
    "system": ("text", "What the model is told before every conversation."),
    "adapter": ("file or folder", "A LoRA adapter that is laid over the weights."),
    "draft": ("file or model", "A smaller model of the same family that guesses ahead."),
    "renderer": ("name", "The built-in renderer of prompts that Ollama uses for the model."),
    "parser": ("name", "The built-in parser of answers that Ollama uses for the model."),
    "parameter": ("name and value", "A setting such as temperature; each on a line of its own."),
    "message": ("role and text", "A turn that every conversation begins with."),
    "requires": ("version", "The oldest version of Ollama that can run the model."),
}
_ROLES = {"system": "an instruction", "user": "what somebody asks", "assistant": "how the model is to answer"}


@dataclass(frozen=True, slots=True)
class Slot:
    """What is being written: its kind, nothing where nothing can be offered; what there is of it, and of which parameter it is a value."""

    kind: Kind
    fragment: str = ""
    name: str = ""


def slot(above: str, before: str) -> Slot:
    """What stands at the cursor.

    Args:
        above: the lines above the cursor's.
        before: its line up to the cursor.
    """
    if _is_inside_quotes(above):
        return Slot("")
    if named := _FILE.fullmatch(before):
        return Slot("source" if named[1].upper() == "FROM" else "file", named[2])
    if first := _FIRST.fullmatch(before):
        return Slot("instruction", first[1])
    words = _WORDS.fullmatch(before)
    if words is None:
        return Slot("")
    match words[1].upper(), words[2]:
        case "PARAMETER", None:
            return Slot("parameter", words[3])
        case "PARAMETER", name:
            return Slot("value", words[3], name)
        case "MESSAGE", None:
            return Slot("role", words[3])
    return Slot("")


def candidates(wanted: Slot) -> list[Completion]:
    """What the language knows for it; models and files are somebody else's."""
    match wanted.kind:
        case "instruction":
            return [Completion(keyword.upper(), *ABOUT[keyword]) for keyword in KEYWORDS]
        case "parameter":
            return _parameters()
        case "value":
            return _values(wanted.name)
        case "role":
            return [Completion(role, _ROLES[role]) for role in ROLES]
    return []


def _is_inside_quotes(above: str) -> bool:
    """Whether a text that is quoted is open where these lines end."""
    lexer = Lexer(clean(above))
    lexer.survey()
    return lexer.is_open


def _parameters() -> list[Completion]:
    known = [Completion(option.name, _kind(option), option.doc) for option in OPTIONS.values()]
    aliases = [Completion(alias, Sentence("the same as %1", name), OPTIONS[name].doc) for alias, name in ALIASES.items()]
    return [*known, *aliases, *(Completion(key, "type", "What the weights are quantized to.") for key in sorted(QUANTIZE_KEYS))]


def _kind(option: Option) -> str:
    return option.kind if option.default is None else Sentence("%1, %2", option.kind, _written(option.default))


def _values(name: str) -> list[Completion]:
    if name in QUANTIZE_KEYS:
        return [Completion(one.spelling, "recommended" if one.recommended else "", one.about) for one in QUANTIZATIONS]
    option = OPTIONS.get(ALIASES.get(name, name))
    if option is None:
        return []
    default = _written(option.default)
    return [Completion(value, "default" if value == default else "", option.doc) for value in usual_values(name)]


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, int | float) else ""
