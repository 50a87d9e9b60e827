"""The types a model can be stored in: their names, the number GGUF files carry for them, and what else can be said about quantizing.

Names are read in any case (``q4_K_M``, ``Q4_K_M``, ``q4_k_m``). Which tensor gets which type within such a mixture is llama.cpp's
decision, taken when a model is built, unless the user decides for some of them (``TensorChoice``).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from .errors import QuantizationError, SourceError
from .sentences import Sentence, together


@dataclass(frozen=True, slots=True)
class Quantization:
    """A target type of ``create``.

    ``spelling`` is how people write it, ``name`` how models are labelled, ``file_type`` the value of ``general.file_type``, ``bits`` about
    what it takes for each weight, scales included.
    """

    spelling: str
    file_type: int
    bits: float
    about: str

    @property
    def name(self) -> str:
        """The label that Ollama and llama.cpp show: ``Q4_K_M``."""
        return self.spelling.upper()

    @property
    def is_float(self) -> bool:
        """F32, F16 and BF16: a conversion, not a quantization, and what may be quantized further."""
        return self.name in FLOAT_NAMES

    @property
    def recommended(self) -> bool:
        """Whether it is one of the two to choose from as a rule: small and good, or as good as the original."""
        return self.spelling in ("q4_K_M", "q8_0")

    def __str__(self) -> str:
        return self.name


FLOAT_NAMES = ("F32", "F16", "BF16")

# Source of the numbers: enum llama_ftype of llama.h. They are part of the GGUF format and do not change.
QUANTIZATIONS = (
    Quantization("q2_K", 10, 3, "2 bits with scales: smallest, clearly worse answers"),
    Quantization("q3_K_S", 11, 3.5, "3 bits, small"),
    Quantization("q3_K_M", 12, 3.95, "3 bits, some tensors with more"),
    Quantization("q3_K_L", 13, 4.3, "3 bits, many tensors with more"),
    Quantization("iq4_xs", 30, 4.4, "4 bits on a curve, smaller than q4_K_S: slow to make, slower to run on a processor"),
    Quantization("iq4_nl", 25, 4.6, "4 bits on a curve, in the blocks of q4_0: slow to make"),
    Quantization("q4_0", 2, 4.6, "4 bits, plain: fastest to make"),
    Quantization("q4_1", 3, 5, "4 bits, plain with an offset"),
    Quantization("q4_K_S", 14, 4.6, "4 bits, small"),
    Quantization("q4_K_M", 15, 4.9, "4 bits, some tensors with more: the usual choice"),
    Quantization("q5_0", 8, 5.5, "5 bits, plain"),
    Quantization("q5_1", 9, 6, "5 bits, plain with an offset"),
    Quantization("q5_K_S", 16, 5.5, "5 bits, small"),
    Quantization("q5_K_M", 17, 5.7, "5 bits, some tensors with more: very near the original"),
    Quantization("q6_K", 18, 6.6, "6 bits: hardly to be told from the original"),
    Quantization("q8_0", 7, 8.5, "8 bits: as good as the original at half of its size"),
    Quantization("f16", 1, 16, "16 bit floats, not quantized"),
    Quantization("bf16", 32, 16, "bfloat16, not quantized: the range of F32, slower than F16 on most processors"),
    Quantization("f32", 0, 32, "32 bit floats, not quantized"),
)

# What one tensor can be stored in.
TENSOR_TYPES = (
    *("q2_K", "q3_K", "iq4_xs", "iq4_nl", "q4_0", "q4_1", "q4_K", "q5_0", "q5_1", "q5_K", "q6_K", "q8_0"),
    *("f16", "bf16", "f32"),
)

ALIASES = {"Q3_K": "Q3_K_M", "Q4_K": "Q4_K_M", "Q5_K": "Q5_K_M"}

_BY_NAME = {quantization.name: quantization for quantization in QUANTIZATIONS}


@dataclass(frozen=True, slots=True)
class TensorChoice:
    """The tensors whose name the pattern is found in get this type, whatever the mixture says. ``type``: its name, as ``Q8_0``."""

    pattern: str
    type: str


@dataclass(frozen=True, slots=True)
class Quantize:
    """What is to be done to a model's weights.

    Args:
        target: the mixture.
        choices: types of some tensors; the first pattern that is found in a tensor's name counts.
        imatrix: an importance matrix (gguf/imatrix.py).
        requantize: whether weights that are quantized already may lose more.
    """

    target: Quantization
    choices: tuple[TensorChoice, ...] = ()
    imatrix: Path | None = None
    requantize: bool = False

    def is_done(self, file_type: str) -> bool:
        """Whether a model of that file type is what is asked for already."""
        return self.target.name == file_type and not self.choices and self.imatrix is None


def parse_quantize(
    quantize: str | None, tensor_types: Mapping[str, str] | None = None, imatrix: str | Path | None = None, *, requantize: bool = False
) -> Quantize | None:
    """What the user says about quantizing, read and checked; None when there is nothing to do.

    Raises: QuantizationError; SourceError when there is no such imatrix.
    """
    extras = (
        (Sentence("tensor types"), tensor_types), (Sentence("an importance matrix"), imatrix), (Sentence("quantizing again"), requantize),
    )  # fmt: skip
    given = next((what for what, value in extras if value), None)
    if not quantize:
        if given:
            hint = "Add one, such as q4_K_M."
            raise QuantizationError(Sentence("%1 needs a type to quantize to.", given), hint=hint, quantize=None, supported=spellings())
        return None
    target = parse_quantization(quantize)
    if target.is_float and (tensor_types or imatrix):
        raise QuantizationError(
            Sentence("%1 has no effect on %2, which is no quantization.", given, target), hint="Choose another type, such as q4_K_M.",
            quantize=quantize, supported=spellings(),
        )  # fmt: skip
    path = Path(imatrix).expanduser().absolute() if imatrix else None
    if path is not None and not path.is_file():
        raise SourceError(Sentence("no importance matrix at %1.", path), hint="Check the path.", path=path)
    return Quantize(target, tuple(parse_choice(*pair) for pair in (tensor_types or {}).items()), path, requantize)


def parse_choice(pattern: str, kind: str) -> TensorChoice:
    """The type of some tensors. Capitals of a pattern mean small letters: no tensor's name has others.

    Raises: QuantizationError for an empty or wrong pattern, or an unknown type.
    """
    plain = re.sub(r"\\.|[A-Z]", lambda found: found[0] if found[0][0] == "\\" else found[0].lower(), pattern)
    try:
        re.compile(plain)
    except re.error as error:
        raise _bad_choice(pattern, Sentence("the pattern %1 for tensors is no regular expression: %2.", repr(pattern), error)) from error
    if not plain:
        raise _bad_choice(pattern, "the pattern for tensors is empty.")
    known = {spelling.upper(): spelling for spelling in TENSOR_TYPES}
    if kind.strip().upper() not in known:
        raise QuantizationError(
            Sentence("unsupported type %1 for tensors %2.", repr(kind.strip()), repr(pattern)),
            hint=Sentence("Types of a tensor are %1.", ", ".join(TENSOR_TYPES)),
            quantize=kind, supported=TENSOR_TYPES, near=_near(kind, TENSOR_TYPES),
        )  # fmt: skip
    return TensorChoice(plain, kind.strip().upper())


def _bad_choice(pattern: str, what: str) -> QuantizationError:
    hint = "It is looked for in names of tensors, such as attn_v, ffn_down or blk\\.0\\."
    return QuantizationError(what, hint=hint, quantize=pattern, supported=TENSOR_TYPES)


def parse_quantization(text: str) -> Quantization:
    """The target type of that name, in any case; ``q3_K``, ``q4_K`` and ``q5_K`` mean the M mixtures.

    Raises: QuantizationError (fields quantize, supported, near).
    """
    name = text.strip().upper()
    found = _BY_NAME.get(ALIASES.get(name, name))
    if found is None:
        raise _unknown(text)
    return found


def spellings() -> tuple[str, ...]:
    """The names of all target types."""
    return tuple(quantization.spelling for quantization in QUANTIZATIONS)


def _unknown(text: str) -> QuantizationError:
    near = _near(text, spellings())
    meant = Sentence("Did you mean %1?", " / ".join(near)) if near else ""
    return QuantizationError(
        Sentence("unsupported quantization type %1.", repr(text.strip())),
        hint=together(meant, Sentence("Supported types are %1.", ", ".join(spellings()))),
        quantize=text,
        supported=spellings(),
        near=near,
    )


def _near(text: str, known: Iterable[str]) -> tuple[str, ...]:
    """Up to three spellings that differ little once case and separators are out of the way."""
    plain = {_plain(spelling): spelling for spelling in known}
    wanted = _plain(text)
    if wanted in plain:
        return (plain[wanted],)
    return tuple(plain[key] for key in difflib.get_close_matches(wanted, plain, n=3, cutoff=0.7))


def _plain(text: str) -> str:
    return "".join(character for character in text.lower() if character.isalnum())
