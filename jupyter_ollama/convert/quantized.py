"""Weights that somebody quantized before: FP8 is read, everything else is refused by its name.

What GPTQ, AWQ and bitsandbytes store has lost what another quantization would need.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ..errors import SourceError
from ..sentences import Sentence
from .config import lifted

# How the tensors of each method end.
_MARKS = {
    ".qweight": "GPTQ or AWQ", ".qzeros": "GPTQ or AWQ", ".absmax": "bitsandbytes", ".SCB": "bitsandbytes",
    ".weight_packed": "compressed-tensors", "_blocks": "MXFP4", ".codebooks": "AQLM", ".W_q": "HQQ",
}  # fmt: skip
_NAMES = {"gptq": "GPTQ", "awq": "AWQ", "mxfp4": "MXFP4", "aqlm": "AQLM", "hqq": "HQQ", "bitsandbytes": "bitsandbytes"}


def fp8_block(raw: Mapping[str, Any], path: Path, packed: str = "") -> Any:
    """``weight_block_size`` of an FP8 model; None for another scale, or a model that is not quantized.

    Args:
        raw: config.json. Some keep the entry beside the text model, some in it.
        path: the file, for errors.
        packed: another method that is fine.
    Raises: SourceError for weights quantized in another way.
    """
    held = raw.get("quantization_config") or raw.get("compression_config") or lifted(raw).get("quantization_config")
    if not held:
        return None
    if not isinstance(held, dict):
        raise _refused(path, "unknown")
    method, form = held.get("quant_method", "unknown"), held.get("format")
    if method == packed:
        return None
    if method == "fp8":
        return held.get("weight_block_size")
    if method == "modelopt" and held.get("quant_algo") == "FP8":
        return None
    if method == "compressed-tensors" and form == "float-quantized":
        return _compressed_block(held)
    raise _refused(path, f"{method}, {form}" if isinstance(form, str) else str(_NAMES.get(str(method), method)))


def _compressed_block(held: Mapping[str, Any]) -> Any:
    groups = held.get("config_groups")
    first = next(iter(groups.values()), None) if isinstance(groups, dict) else None
    weights = first.get("weights") if isinstance(first, dict) else None
    return weights.get("block_structure") if isinstance(weights, dict) else None


def refuse_marked(names: Iterable[str], path: Path, packed: str = "") -> None:
    """Raises: SourceError when tensors have the names of a quantization method, whatever the config says."""
    for name in names:
        for mark, method in _MARKS.items():
            if name.endswith(mark) and method.lower() != packed:
                raise _refused(path, method, repr(name))


def _refused(path: Path, method: str, tensor: str = "") -> SourceError:
    return SourceError(
        Sentence("%1 holds weights that are quantized already: %2 (it has the tensor %3).", path, method, tensor) if tensor else
        Sentence("%1 says that the weights are quantized already (%2).", path, method),
        hint="Use the original model in BF16, F16 or F32, or a GGUF of it.", path=path, quantization=method,
    )  # fmt: skip
