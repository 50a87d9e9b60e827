"""``llama_model_quantize``: asked with a dry run which type each tensor gets, or told to do the whole work.

The dry run's answer is read from the lines it logs; ``selftest.py`` finds out whether the installed library still words them so.
"""

from __future__ import annotations

import ctypes
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ....errors import EngineError, QuantizationError
from ....gguf import TensorType
from ....gguf.imatrix import Imatrix
from ....quantization import Quantization
from ....sentences import Sentence
from ..llama import lib
from .library_log import listening

# [   2/  21] blk.0.attn_k.weight  - [  256,   128,     1,     1], type =   bf16, size =     0.06 MiB ->     0.02 MiB (q4_K)
_TENSOR = re.compile(
    r"\[ *(?P<number>\d+)/ *(?P<count>\d+)\] (?P<name>.+?) +- \[[^\]]*\], type = *(?P<type>\w+), "
    r"(?P<rest>size = *[\d.]+ MiB(?: -> *[\d.]+ MiB \((?P<target>\w+)\))?$)?"
)


# warning: blk.0.attn_k.weight                  - ncols    320 not divisible by 256 (required for type    q4_K) -> falling back to    q5_0
_FALLBACK = re.compile(r"warning: (\S+) +- ncols +\d+ not divisible")


_A_MATRIX = {"any": np.ones(1, np.float32)}


@dataclass(frozen=True, slots=True)
class Pin:
    """Tensors whose names match get this type, whatever the mixture says."""

    pattern: str
    kind: TensorType


@dataclass(frozen=True, slots=True)
class Decision:
    """Name and type of every tensor of the finished file, in its order, and the names of those whose rows did not fit their type."""

    tensors: tuple[tuple[str, TensorType], ...]
    fallbacks: frozenset[str]


class NoDirectRoute(EngineError):
    """The model cannot be built in one pass here; llama.cpp's own routine may still do it."""


@dataclass(frozen=True, slots=True)
class LibraryQuantizer:
    """One model and one target type.

    ``model`` is the GGUF file to read, ``source`` what the user knows it by.
    """

    model: Path
    source: Path
    quantization: Quantization
    pins: tuple[Pin, ...] = ()
    imatrix: Imatrix | None = None
    requantize: bool = False

    def decide(self) -> Decision:
        """Ask for the mixture. Only the header of the model is read.

        Raises: QuantizationError when llama.cpp refuses; NoDirectRoute.
        """
        lines: list[str] = []
        self._run(self.model, lines.append, dry_run=True)
        found = [match for match in map(_TENSOR.match, lines) if match]
        if not found or len(found) != int(found[0]["count"]) or not all(match["rest"] for match in found):
            raise NoDirectRoute("The log of llama.cpp's dry run reads differently than expected.")
        tensors = tuple((match["name"], _kind(match["target"] or match["type"])) for match in found)
        return Decision(tensors, frozenset(match[1] for match in map(_FALLBACK.search, lines) if match))

    def write(self, target: Path, advance: Callable[[str], None]) -> None:
        """Do the whole work; ``advance`` hears the name of each tensor that is done.

        Raises: QuantizationError when llama.cpp refuses.
        """

        def hear(line: str) -> None:
            match = _TENSOR.match(line)
            if match:
                advance(match["name"])

        self._run(target, hear, dry_run=False)

    def _run(self, target: Path, hear: Callable[[str], None], *, dry_run: bool) -> None:
        parameters = lib.llama_model_quantize_default_params()
        parameters.ftype = self.quantization.file_type
        parameters.dry_run = dry_run
        overrides = _overrides(self.pins)  # must outlive the call
        parameters.tt_overrides = overrides
        parameters.allow_requantize = self.requantize
        if self.imatrix is not None:
            importance = _importance(self.imatrix, names_only=dry_run)
            said = _said(self.imatrix)
            parameters.imatrix, parameters.kv_overrides = importance, said
        with listening(hear) as log:
            refused = lib.llama_model_quantize(os.fsencode(self.model), os.fsencode(target), ctypes.byref(parameters))
        if refused:
            reason = log.reason().removeprefix("failed to quantize: ") or "it gives no reason"
            raise QuantizationError(
                Sentence("llama.cpp cannot quantize %1 to %2: %3.", self.source, self.quantization, Sentence.of(reason)),
                path=self.source, quantize=self.quantization.name,
            )  # fmt: skip


def _overrides(pins: tuple[Pin, ...]) -> Any:
    """The pins as C records; one with a null name ends the list."""
    records = (lib.llama_model_tensor_override * (len(pins) + 1))()
    for record, pin in zip(records, pins, strict=False):
        record.pattern, record.type = pin.pattern.encode(), int(pin.kind)
    return records


def _importance(imatrix: Imatrix, *, names_only: bool) -> Any:
    """The matrix as C records. A dry run asks only whether there is one, so that it need not be copied."""
    held = _A_MATRIX if names_only else imatrix.means
    records = (lib.llama_model_imatrix_data * (len(held) + 1))()
    for record, (name, means) in zip(records, held.items(), strict=False):
        record.name, record.size = name.encode(), means.size
        record.data = means.ctypes.data_as(ctypes.POINTER(ctypes.c_float))
    return records


def _said(imatrix: Imatrix) -> Any:
    """What the finished file says about the matrix, as C records; one without a key ends the list."""
    said = imatrix.metadata()
    records = (lib.llama_model_kv_override * (len(said) + 1))()
    for record, (key, value) in zip(records, said.items(), strict=False):
        record.key = key.encode()
        if isinstance(value.value, bytes):
            record.tag, record.value.val_str = lib.LLAMA_KV_OVERRIDE_TYPE_STR, value.value
        else:
            record.tag, record.value.val_i64 = lib.LLAMA_KV_OVERRIDE_TYPE_INT, value.value
    return records


def _kind(name: str) -> TensorType:
    try:
        return TensorType.__members__[name.upper()]
    except KeyError:
        raise NoDirectRoute(f"llama.cpp chose the type {name}, which this version does not know.") from None
