"""Which type each tensor of the finished model gets.

Conversions of a folder follow llama.cpp's converter: one type for every tensor that the plan does not keep. Everything else is
llama.cpp's own decision: it is shown a file that has the model's header and, in place of the weights, a hole.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from ....gguf import Plan, TensorSource, TensorType, Typed, header_bytes, padded, tensor_bytes
from ....gguf.imatrix import Imatrix, Means
from ....gguf.types import FLOATS, INTEGERS
from ....gguf.values import u32
from ....quantization import Quantization, Quantize
from ....sentences import Sentence
from .library_quantize import LibraryQuantizer, NoDirectRoute, Pin
from .scratch import scratch_file

QUANTIZATION_VERSION = 2  # GGML_QNT_VERSION of ggml.h
_ABOUT_THE_FILE = ("general.file_type", "general.quantization_version", "split.no", "split.count", "split.tensors.count")

# What Ollama keeps at more bits than these mixtures do. Source: Ollama's documented overrides for Q4_K_S and Q4_K_M.
_PINNED_MIXTURES = ("Q4_K_S", "Q4_K_M")
_PINS = {
    "qwen35": Pin(r"^blk\.[0-9]+\.nextn\.eh_proj\.weight$", TensorType.Q8_0),
    "qwen35moe": Pin(r"^blk\.[0-9]+\.nextn\.eh_proj\.weight$", TensorType.Q8_0),
    "gemma3n": Pin(r"^per_layer_token_embd\.weight$", TensorType.F16),
    "deepseek2": Pin(r"\.attn_(k_b|q_a|q_b|v_b|kv_a_mqa)\.weight$", TensorType.Q8_0),
    "glmocr": Pin(r"^(token_embd|output)\.weight$", TensorType.F16),
    "glm4": Pin(r"^(token_embd|output)\.weight$", TensorType.F16),
}


@dataclass(frozen=True, slots=True)
class Target:
    """A tensor of the finished model: where it comes from and its type there.

    Shapes: importance (matrices * row_length,): how much each column of each matrix counts.
    """

    source: TensorSource
    type: TensorType
    importance: Means | None = None

    @property
    def name(self) -> str:
        return self.source.name

    @property
    def row_length(self) -> int:
        return self.source.shape[0]

    @property
    def n_rows(self) -> int:
        return math.prod(self.source.shape[1:])

    @property
    def n_matrix_rows(self) -> int:
        """Rows of one expert; of all there is where there are none."""
        return self.source.shape[1] if len(self.source.shape) > 1 else 1

    @property
    def source_bytes(self) -> int:
        return tensor_bytes(self.source.type, self.source.shape)

    @property
    def size_bytes(self) -> int:
        return tensor_bytes(self.type, self.source.shape)


@dataclass(frozen=True)
class Targets:
    """Everything that the finished file holds, in its order."""

    metadata: Mapping[str, Typed]
    tensors: tuple[Target, ...]
    notes: tuple[str, ...] = ()

    @cached_property
    def header(self) -> bytes:
        """The file up to its first weight."""
        return header_bytes(self.metadata, [(target.name, target.source.shape, target.type) for target in self.tensors])[0]

    @property
    def source_bytes(self) -> int:
        """What has to be read."""
        return sum(target.source_bytes for target in self.tensors)

    @property
    def size_bytes(self) -> int:
        """The whole file."""
        return len(self.header) + sum(padded(target.size_bytes) for target in self.tensors)

    @property
    def bits_per_weight(self) -> float:
        weights = sum(math.prod(target.source.shape) for target in self.tensors)
        return 8 * sum(target.size_bytes for target in self.tensors) / max(weights, 1)

    def keeping(self, names: Collection[str], note: str) -> Targets:
        """The same, but the named tensors keep the type they come in."""
        tensors = tuple(replace(target, type=target.source.type) if target.name in names else target for target in self.tensors)
        return Targets(self.metadata, tensors, (*self.notes, note))


def lossless(plan: Plan) -> Targets:
    """The model as it comes, unquantized, in one file."""
    return Targets(plan.metadata, tuple(Target(source, source.type) for source in plan.tensors))


def converted(plan: Plan, quantization: Quantization) -> Targets:
    """Every tensor in one float type, but for those that stay as they are."""
    kind = TensorType.__members__[quantization.name]
    tensors = tuple(Target(source, source.type if source.keep else kind) for source in plan.tensors)
    return Targets(labelled(plan.metadata, quantization), tensors)


def mixture(plan: Plan, quantize: Quantize, path: Path, imatrix: Imatrix | None = None) -> Targets:
    """llama.cpp's choice for the model that the user knows as ``path``, in llama.cpp's order.

    Raises: QuantizationError when llama.cpp refuses the model; NoDirectRoute.
    """
    quantization, source = quantize.target, lossless(plan)
    with scratch_file() as (file, model):
        try:
            file.write(source.header)
            file.truncate(source.size_bytes)
        except OSError as error:  # a limit on the size of files; the finished one may be small enough
            raise NoDirectRoute(f"The system gives no sparse file of the model's size: {error.strerror}.") from error
        decision = LibraryQuantizer(model, path, quantization, pins(plan, quantize), imatrix).decide()
    by_name = {tensor.name: tensor for tensor in plan.tensors}
    if sorted(name for name, _ in decision.tensors) != sorted(by_name):
        raise NoDirectRoute("llama.cpp's dry run lists other tensors than the model has.")
    tensors = tuple(Target(by_name[name], kind) for name, kind in decision.tensors)
    targets = Targets({**labelled(plan.metadata, quantization), **(imatrix.metadata() if imatrix else {})}, tensors)
    return replace(targets, notes=(*_fallbacks(targets, quantization, decision.fallbacks),))


def _fallbacks(targets: Targets, quantization: Quantization, names: Collection[str]) -> Iterator[str]:
    """What becomes of the rows that do not fit."""
    others = Counter(target.type.name for target in targets.tensors if target.name in names)
    if others:
        kinds = ", ".join(f"{count} {kind}" for kind, count in others.most_common())
        yield (
            Sentence(
                "%1 of %2 tensors have rows that do not fill the blocks of %3 and take other types (%4): %5 bits per weight in all.",
                len(names), len(targets.tensors), quantization, kinds, f"{targets.bits_per_weight:.2f}",
            )
        )


def pins(plan: Plan, quantize: Quantize) -> tuple[Pin, ...]:
    """The tensors of this model that the mixture does not decide; the user's word counts first."""
    architecture = plan.metadata.get("general.architecture")
    pin = _PINS.get(str(architecture.value)) if architecture and quantize.target.name in _PINNED_MIXTURES else None
    chosen = (Pin(choice.pattern, TensorType.__members__[choice.type]) for choice in quantize.choices)
    return (*chosen, *((pin,) if pin else ()), *_packed(plan))


def _packed(plan: Plan) -> Iterator[Pin]:
    """What a folder holds in a type like MXFP4 stays as it is; other types would lose more."""
    kinds = {tensor.type for tensor in plan.tensors if tensor.keep} - FLOATS - INTEGERS
    for kind in sorted(kinds):
        names = {re.sub(r"\d+", "[0-9]+", re.escape(tensor.name)) for tensor in plan.tensors if tensor.keep and tensor.type is kind}
        yield Pin(f"^({'|'.join(sorted(names))})$", kind)


def labelled(metadata: Mapping[str, Typed], quantization: Quantization) -> dict[str, Typed]:
    """The metadata with what llama.cpp says about the finished file, where it says it: at the end."""
    kept = {key: value for key, value in metadata.items() if key not in _ABOUT_THE_FILE}
    version, file_type = u32(QUANTIZATION_VERSION), u32(quantization.file_type)
    return {**kept, "general.quantization_version": version, "general.file_type": file_type}
