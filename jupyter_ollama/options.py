"""Every PARAMETER a model can be given: one table that the Modelfile parser, the API, completion and the engine all read.

Numbers in text follow Go's rules (``10`` is an int, ``1.0`` is not); floats are rounded to float32 and printed in the shortest form
that reads back, as Ollama stores them.
"""

from __future__ import annotations

import difflib
import math
import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from .errors import OptionError
from .sentences import Sentence

Kind = Literal["int", "float", "bool", "list"]
Value = int | float | bool | list[str]
Options = dict[str, Value]


@dataclass(frozen=True, slots=True)
class Option:
    """One parameter.

    ``default`` is what Ollama uses today, ``documented`` what its older documentation says where that differs; ``low`` and ``high``
    bound sensible values (sliders, completion), ``least`` and ``most`` those that are accepted; ``load`` marks what a loaded model has to
    be reloaded for.
    """

    name: str
    kind: Kind
    default: Value | None
    doc: str
    low: float | None = None
    high: float | None = None
    load: bool = False
    deprecated: bool = False
    documented: Value | None = None
    least: float = -(1 << 31)
    most: float = (1 << 31) - 1

    @property
    def group(self) -> Literal["sampling", "length", "runner"]:
        """What it is about: which token is taken, how long an answer or its context gets, how the model is run."""
        if self.load or self.name in ("draft_num_predict", "prompt_lookup", "adapter_scale"):
            return "runner"
        return "length" if self.name in ("num_predict", "num_keep", "stop") else "sampling"


MAX_CONTEXT = 1 << 24
"""The longest context that is accepted: a larger number is a mistake, not a wish."""

MAX_STOPS, MAX_STOP_CHARACTERS = 1000, 100_000
"""How many stop texts are accepted, and how many characters all of them may have."""

_TABLE = (
    Option("num_ctx", "int", 0, "Context length in tokens; 0 lets the engine choose (4096, at most what the model was trained for).",
           0, 1 << 20, load=True, documented=2048, least=0, most=MAX_CONTEXT),
    Option("num_batch", "int", 512, "Prompt tokens evaluated in one step.", 1, 8192, load=True, least=1, most=MAX_CONTEXT),
    Option("num_gpu", "int", -1, "Layers to put on the GPU; -1 chooses, 0 uses the CPU only.", -1, 999, load=True, least=-1, most=1 << 20),
    Option("main_gpu", "int", None, "The GPU that holds small tensors when several are used.", 0, 64, load=True, least=0, most=1 << 10),
    Option("use_mmap", "bool", None, "Map the model file into memory instead of reading it.", load=True),
    Option("num_thread", "int", 0, "CPU threads; 0 uses all physical cores (one to decode with a model below 32 MB).", 0, 512,
           load=True, least=0, most=1 << 16),
    Option("draft_num_predict", "int", 4, "Tokens guessed ahead by the model of DRAFT; 0 does without it.", 0, 64, least=0, most=1 << 10),
    Option("prompt_lookup", "int", 0, "Tokens guessed ahead where the text repeats what was there before; 0 is off.", 0, 16,
           least=0, most=32),
    Option("num_keep", "int", 4, "Tokens kept at the head when the context is shifted.", 0, 1 << 20, least=-1, most=MAX_CONTEXT),
    Option("seed", "int", -1,
           "Seed of the sampler; -1 is a new one for each answer. The same one repeats an answer made alone; several at once round.",
           -1, (1 << 31) - 1, least=-(1 << 63), most=(1 << 64) - 1),
    Option("num_predict", "int", -1, "At most this many new tokens; -1 until the model ends by itself, -2 until the context is full.",
           -2, 1 << 20, documented=128, least=-2),
    Option("top_k", "int", 40, "Sample among the k most probable tokens; 0 is off.", 0, 1000, least=-1),
    Option("top_p", "float", 0.9, "Sample among the most probable tokens that together reach probability p; 1 is off.", 0, 1,
           least=0, most=1),
    Option("min_p", "float", 0.0, "Drop tokens less probable than p times the most probable one; 0 is off.", 0, 1,
           least=0, most=1),
    Option("typical_p", "float", 1.0, "Locally typical sampling: keep tokens close to the expected surprise; 1 is off.", 0, 1,
           least=0, most=1),
    Option("tfs_z", "float", 1.0, "Tail-free sampling: cut the flat tail of the distribution; 1 is off.", 0, 1, least=0, most=1),
    Option("repeat_last_n", "int", 64, "Tokens looked back for repetition; 0 is off, -1 the whole context.", -1, 1 << 20,
           least=-1, most=MAX_CONTEXT),
    Option("temperature", "float", 0.8, "0 takes the most probable token, higher is more varied.", 0, 2, least=-1000, most=1000),
    Option("repeat_penalty", "float", 1.0, "Divides the logits of tokens seen lately; 1 is off.", 0, 2,
           documented=1.1, least=0.01, most=100),
    Option("presence_penalty", "float", 0.0, "Subtracted from the logit of every token seen lately.", -2, 2, least=-1000, most=1000),
    Option("frequency_penalty", "float", 0.0, "Subtracted once for each time a token was seen lately.", -2, 2, least=-1000, most=1000),
    Option("penalize_newline", "bool", True, "Whether newlines are penalized as repetitions too.", deprecated=True),
    Option("mirostat", "int", 0, "Mirostat sampling: 0 off, 1 or 2 the version.", 0, 2, deprecated=True, least=0, most=2),
    Option("mirostat_tau", "float", 5.0, "Mirostat: the surprise aimed at, in bits.", 0, 10, deprecated=True, least=0, most=1000),
    Option("mirostat_eta", "float", 0.1, "Mirostat: how fast it corrects.", 0, 1, deprecated=True, least=0, most=10),
    Option("adapter_scale", "float", 1.0, "How much the model's LoRA adapters count; 1 is as they were made, 0 leaves them out.", -2, 2,
           least=-1000, most=1000),
    Option("stop", "list", None, "Text that ends the answer; may be given several times."),
)  # fmt: skip

OPTIONS: Mapping[str, Option] = {option.name: option for option in _TABLE}
ALIASES: Mapping[str, str] = {"max_tokens": "num_predict"}
IGNORED = frozenset({"low_vram", "f16_kv", "logits_all", "vocab_only", "use_mlock"})
"""Deprecated parameters that no engine of today knows: accepted with a warning and dropped."""
QUANTIZE_KEYS = frozenset({"quantization", "quantize"})
"""Written as a PARAMETER these ask for a quantization, as ``-q`` does; they are not stored."""

_TRUE = frozenset({"1", "t", "T", "TRUE", "true", "True"})
_FALSE = frozenset({"0", "f", "F", "FALSE", "false", "False"})
_INT = re.compile(r"[+-]?[0-9]+", re.ASCII)
_FLOAT = re.compile(r"[+-]?(?:[0-9.]+(?:e[+-]?[0-9]+)?|0x[0-9a-f.]+p[+-]?[0-9]+|inf|infinity|nan)", re.ASCII | re.IGNORECASE)
_INT64 = range(-(1 << 63), 1 << 63)


def usual_values(name: str) -> list[str]:
    """Values of a parameter that are worth offering, as they are written: its default and the ends of its range."""
    option = OPTIONS.get(ALIASES.get(name, name))
    if option is None:
        return []
    if option.kind == "bool":
        return ["true", "false"]
    usual = (option.default, option.documented, option.low, option.high)
    return [f"{value:g}" for value in dict.fromkeys(usual) if isinstance(value, int | float) and not isinstance(value, bool)]


def find(name: str) -> Option:
    """The option of that name or alias.

    Raises: OptionError, with the names that are near.
    """
    option = OPTIONS.get(ALIASES.get(name, name))
    if option is None:
        similar = near(name)
        hint = Sentence("Did you mean %1?", similar[0]) if similar else Sentence("Parameters are %1.", ", ".join(OPTIONS))
        raise OptionError(Sentence("unknown parameter %1.", repr(name)), hint=hint, option=name, near=similar)
    return option


def near(name: str) -> list[str]:
    """Known option names that look like this one, best first."""
    known = [*OPTIONS, *ALIASES]
    return difflib.get_close_matches(name.lower().replace("-", "_"), known, n=3, cutoff=0.6)


def parse_option(name: str, text: str) -> Value:
    """Read one value as written in a Modelfile or on a command line. A ``list`` option gives a list of one.

    Raises: OptionError for an unknown name, or a value of the wrong kind or out of range.
    """
    option = find(name)
    match option.kind:
        case "list":
            return _few(option, [text])
        case "int":
            if _INT.fullmatch(text) and len(text) < 25 and int(text) in _INT64:
                return _in_range(option, int(text))
        case "bool":
            if text in _TRUE or text in _FALSE:
                return text in _TRUE
        case "float":
            number = _parse_float(text)
            if number is not None:
                return _in_range(option, number)
    raise OptionError(
        Sentence("%1 needs %2, not %3.", option.name, _KIND_TEXT[option.kind], repr(text)), hint=option.doc, option=option.name, value=text,
        text=f"invalid {option.kind} value [{text}]",
    )  # fmt: skip


_KIND_TEXT = {
    "int": Sentence("a whole number"),
    "float": Sentence("a number"),
    "bool": Sentence("true or false"),
    "list": Sentence("a list of texts"),
}


def _parse_float(text: str) -> float | None:
    if not _FLOAT.fullmatch(text) or len(text) > 400:
        return None
    try:
        return float32(float.fromhex(text) if "x" in text.lower() else float(text))
    except (ValueError, OverflowError):
        return None


def float32(number: float) -> float:
    """The shortest decimal that names the same float32: 0.7 stays 0.7 although it is stored in four bytes."""
    if not math.isfinite(number):
        return number
    try:
        (stored,) = struct.unpack("<f", struct.pack("<f", number))
    except OverflowError:
        return math.copysign(math.inf, number)
    for digits in range(1, 10):
        short = float(f"{stored:.{digits}g}")
        if struct.unpack("<f", struct.pack("<f", short))[0] == stored:
            return short
    return float(stored)


def check_option(name: str, value: Any) -> Value | None:
    """Read one value as it comes from Python or JSON; ``None`` means "not given".

    Raises: OptionError for an unknown name, or a value of the wrong type or out of range.
    """
    option = find(name)
    if value is None:
        return None
    match option.kind:
        case "int" if _is_number(value) and (isinstance(value, int) or math.isfinite(value)):
            return _in_range(option, int(value))
        case "float" if _is_number(value):
            return _in_range(option, _as_float(value))
        case "bool" if isinstance(value, bool):
            return value
        case "list" if isinstance(value, str):
            return _few(option, [value])
        case "list" if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
            return _few(option, list(value))
    raise OptionError(
        Sentence("%1 needs %2, not %3.", option.name, _KIND_TEXT[option.kind], repr(value)),
        hint=option.doc, option=option.name, value=value,
    )  # fmt: skip


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _as_float(value: float) -> float:
    try:
        return float32(float(value))
    except OverflowError:  # a whole number that no float reaches
        return math.inf if value > 0 else -math.inf


def _in_range(option: Option, number: float) -> float:
    """The number, if native code can work with it. Raises: OptionError."""
    if option.least <= number <= option.most:
        return number
    least, most = (f"{int(bound):,}" if bound == int(bound) else f"{bound:g}" for bound in (option.least, option.most))
    given = number if isinstance(number, float) or abs(number) < 1e30 else Sentence("one as large as that")
    raise OptionError(
        Sentence("%1 needs %2 from %3 to %4, not %5.", option.name, _KIND_TEXT[option.kind], least, most, given),
        hint=option.doc, option=option.name, value=given,
    )  # fmt: skip


def _few(option: Option, texts: list[str]) -> list[str]:
    """The texts, if there are not too many. Raises: OptionError."""
    if len(texts) <= MAX_STOPS and sum(map(len, texts)) <= MAX_STOP_CHARACTERS:
        return texts
    raise OptionError(
        Sentence("%1 takes at most %2 texts of together %3 characters.", option.name, f"{MAX_STOPS:,}", f"{MAX_STOP_CHARACTERS:,}"),
        hint="Give fewer or shorter ones.", option=option.name, value=texts[:3],
    )  # fmt: skip


def check_options(options: Mapping[str, Any] | None) -> Options:
    """Check a whole mapping; aliases are resolved, values that are None are left out.

    Raises: OptionError.
    """
    checked: Options = {}
    for name, value in (options or {}).items():
        good = check_option(name, value)
        if good is not None:
            checked[ALIASES.get(name, name)] = good
    return checked


def known_options(stored: Mapping[str, Any]) -> Options:
    """What can be used of parameters that somebody else stored: unknown names and wrong types are left out, not an error."""
    usable: Options = {}
    for name, value in stored.items():
        try:
            usable.update(check_options({name: value}))
        except OptionError:
            continue
    return usable


def defaults() -> Options:
    """All defaults that are a value; options that are unset by default are left out."""
    return {option.name: option.default for option in _TABLE if option.default is not None}


def merge(*layers: Mapping[str, Value] | None) -> Options:
    """Later layers win, key by key; a list is replaced as a whole."""
    merged: Options = {}
    for layer in layers:
        merged.update(layer or {})
    return merged


def load_options(options: Mapping[str, Value]) -> Options:
    """Only those options that a loaded model depends on."""
    return {name: value for name, value in options.items() if OPTIONS[name].load}
