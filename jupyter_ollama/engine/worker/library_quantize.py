"""``llama_model_quantize``: asked with a dry run which type each tensor gets, or told to do the whole work.

The dry run's answer is read from the lines it logs; ``selftest.py`` finds out whether the installed library still words them so.
"""

from __future__ import annotations

import ctypes
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import llama_cpp

from ...errors import EngineError, QuantizationError
from ...gguf import TensorType
from ...quantization import Quantization
from .library_log import listening, reason

# [   2/  21] blk.0.attn_k.weight  - [  256,   128,     1,     1], type =   bf16, size =     0.06 MiB ->     0.02 MiB (q4_K)
_TENSOR = re.compile(
    r"\[ *(?P<number>\d+)/ *(?P<count>\d+)\] (?P<name>.+?) +- \[[^\]]*\], type = *(?P<type>\w+), "
    r"(?P<rest>size = *[\d.]+ MiB(?: -> *[\d.]+ MiB \((?P<target>\w+)\))?$)?"
)


_FALLBACKS = re.compile(r"WARNING: (\d+) of \d+ tensor\(s\) required fallback quantization")


@dataclass(frozen=True, slots=True)
class Pin:
    """Tensors whose names match get this type, whatever the mixture says."""

    pattern: str
    kind: TensorType


@dataclass(frozen=True, slots=True)
class Decision:
    """Name and type of every tensor of the finished file, in its order, and how many rows did not fit the blocks of their type."""

    tensors: tuple[tuple[str, TensorType], ...]
    n_fallbacks: int


class NotUnderstood(EngineError):
    """The library does something else than this version of the package expects; its own routine may still work."""


def decide(model: Path, quantization: Quantization, pins: Sequence[Pin], source: Path) -> Decision:
    """Ask llama.cpp for its mixture. Only the header of ``model`` is read; ``source`` is what the user knows it by.

    Raises: QuantizationError when llama.cpp refuses; NotUnderstood.
    """
    lines: list[str] = []
    _run(model, model, quantization, pins, source, lines, lines.append, dry_run=True)
    found = [match for match in map(_TENSOR.match, lines) if match]
    if not found or len(found) != int(found[0]["count"]) or not all(match["rest"] for match in found):
        raise NotUnderstood("The log of llama.cpp's dry run reads differently than expected.")
    fallbacks = [int(match[1]) for match in map(_FALLBACKS.search, lines) if match]
    return Decision(tuple((match["name"], _kind(match["target"] or match["type"])) for match in found), sum(fallbacks))


def quantize(
    model: Path, target: Path, quantization: Quantization, pins: Sequence[Pin], source: Path, advance: Callable[[str], None]
) -> None:
    """Write ``target`` from ``model``; ``advance`` hears the name of each tensor as its turn comes.

    Raises: QuantizationError when llama.cpp refuses.
    """
    lines: list[str] = []

    def hear(line: str) -> None:
        lines.append(line)
        match = _TENSOR.match(line)
        if match:
            advance(match["name"])

    _run(model, target, quantization, pins, source, lines, hear, dry_run=False)


def _run(
    model: Path,
    target: Path,
    quantization: Quantization,
    pins: Sequence[Pin],
    source: Path,
    lines: list[str],
    hear: Callable[[str], None],
    *,
    dry_run: bool,
) -> None:
    parameters = llama_cpp.llama_model_quantize_default_params()
    parameters.ftype = quantization.file_type
    parameters.dry_run = dry_run
    overrides = _overrides(pins)  # must outlive the call
    parameters.tt_overrides = overrides
    with listening(hear):
        refused = llama_cpp.llama_model_quantize(os.fsencode(model), os.fsencode(target), ctypes.byref(parameters))
    if refused:
        raise QuantizationError(
            f"{source} cannot be quantized to {quantization}: llama.cpp says: {reason(lines)}.", path=source, quantize=quantization.name
        )


def _overrides(pins: Sequence[Pin]) -> Any:
    """The pins as C records; one with a null name ends the list."""
    records = (llama_cpp.llama_model_tensor_override * (len(pins) + 1))()
    for record, pin in zip(records, pins, strict=False):
        record.pattern, record.type = pin.pattern.encode(), int(pin.kind)
    return records


def _kind(name: str) -> TensorType:
    try:
        return TensorType.__members__[name.upper()]
    except KeyError:
        raise NotUnderstood(f"llama.cpp chose the type {name}, which this version does not know.") from None
