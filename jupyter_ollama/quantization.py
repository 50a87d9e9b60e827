"""The types a model can be stored in: their names, and the number GGUF files carry for them.

Names are read in any case (``q4_K_M``, ``Q4_K_M``, ``q4_k_m``). Which tensor gets which type within such a mixture is llama.cpp's
decision, taken when a model is built; nothing here knows about tensors.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from .errors import QuantizationError


@dataclass(frozen=True, slots=True)
class Quantization:
    """A target type of ``create``.

    ``spelling`` is how people write it, ``name`` how models are labelled, ``file_type`` the value of ``general.file_type``.
    """

    spelling: str
    file_type: int
    about: str

    @property
    def name(self) -> str:
        """The label that Ollama and llama.cpp show: ``Q4_K_M``."""
        return self.spelling.upper()

    @property
    def is_float(self) -> bool:
        """F32, F16 and BF16: a conversion, not a quantization, and what may be quantized further."""
        return self.name in FLOAT_NAMES

    def __str__(self) -> str:
        return self.name


FLOAT_NAMES = ("F32", "F16", "BF16")

# Source of the numbers: enum llama_ftype of llama.h. They are part of the GGUF format and do not change.
QUANTIZATIONS = (
    Quantization("q2_K", 10, "2 bits with scales: smallest, clearly worse answers"),
    Quantization("q3_K_S", 11, "3 bits, small"),
    Quantization("q3_K_M", 12, "3 bits, some tensors with more"),
    Quantization("q3_K_L", 13, "3 bits, many tensors with more"),
    Quantization("q4_0", 2, "4 bits, plain: fastest to make"),
    Quantization("q4_1", 3, "4 bits, plain with an offset"),
    Quantization("q4_K_S", 14, "4 bits, small"),
    Quantization("q4_K_M", 15, "4 bits, some tensors with more: the usual choice"),
    Quantization("q5_0", 8, "5 bits, plain"),
    Quantization("q5_1", 9, "5 bits, plain with an offset"),
    Quantization("q5_K_S", 16, "5 bits, small"),
    Quantization("q5_K_M", 17, "5 bits, some tensors with more: very near the original"),
    Quantization("q6_K", 18, "6 bits: hardly to be told from the original"),
    Quantization("q8_0", 7, "8 bits: as good as the original at half of its size"),
    Quantization("f16", 1, "16 bit floats, not quantized"),
    Quantization("bf16", 32, "bfloat16, not quantized: the range of F32, slower than F16 on most processors"),
    Quantization("f32", 0, "32 bit floats, not quantized"),
)

ALIASES = {"Q3_K": "Q3_K_M", "Q4_K": "Q4_K_M", "Q5_K": "Q5_K_M"}

_BY_NAME = {quantization.name: quantization for quantization in QUANTIZATIONS}


def parse_quantization(text: str) -> Quantization:
    """The target type of that name, in any case; ``q3_K``, ``q4_K`` and ``q5_K`` mean the M mixtures.

    Raises: QuantizationError (fields quantize, supported, near).
    """
    name = text.strip().upper()
    found = _BY_NAME.get(ALIASES.get(name, name))
    if found is None:
        raise _unknown(text)
    return found


def _unknown(text: str) -> QuantizationError:
    spellings = tuple(quantization.spelling for quantization in QUANTIZATIONS)
    near = _near(text)
    meant = f"Did you mean {' or '.join(near)}? " if near else ""
    return QuantizationError(
        f"unsupported quantization type {text.strip()!r}.",
        hint=f"{meant}Supported types are {', '.join(spellings)}.",
        quantize=text,
        supported=spellings,
        near=near,
    )


def _near(text: str) -> tuple[str, ...]:
    """Up to three spellings that differ little once case and separators are out of the way."""
    plain = {_plain(quantization.spelling): quantization.spelling for quantization in QUANTIZATIONS}
    wanted = _plain(text)
    if wanted in plain:
        return (plain[wanted],)
    return tuple(plain[key] for key in difflib.get_close_matches(wanted, plain, n=3, cutoff=0.7))


def _plain(text: str) -> str:
    return "".join(character for character in text.lower() if character.isalnum())
