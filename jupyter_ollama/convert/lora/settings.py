"""adapter_config.json, of PEFT and of MLX: how strongly each pair counts. What would change more than pairs of matrices is refused.

    PEFT   lora_alpha, r, use_rslora, alpha_pattern, rank_pattern
    MLX    lora_parameters: scale, rank; in older versions alpha as well

llama.cpp multiplies B·A by alpha / rank with one alpha for the adapter. Everything else is brought to that form.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...errors import SourceError
from ...json_file import read_json
from ...sentences import Sentence

CONFIG = "adapter_config.json"
MAX_PATTERNS = 4096
MAX_PATTERN = 200
MAX_REPEATS = 3

_SLOW = re.compile(r"\)[*+{]|\\[1-9]|\(\?[^:]")
"""Repeated groups, references and look-around, on which `re` can take years."""
_REPEAT = re.compile(r"[*+{]")
_MERGE = "Merge the adapter into its model (merge_and_unload) and use that model."
_KEEPS_THE_BASE = ("gaussian", "eva", "orthogonal")
"""``init_lora_weights`` that leaves the weights of the model as they were; the others subtract from them what the adapter begins with."""
_REFUSED: Mapping[str, str] = {
    "use_dora": "it is a DoRA adapter",
    "modules_to_save": "it replaces whole modules (modules_to_save)",
    "trainable_token_indices": "it replaces single embeddings (trainable_token_indices)",
    "target_parameters": "it changes parameters that are no modules (target_parameters)",
    "layer_replication": "it repeats layers of the model (layer_replication)",
    "alora_invocation_tokens": "it is an activated LoRA, which works behind some tokens only",
    "lora_bias": "it changes biases (lora_bias)",
    "use_qalora": "it is a QA-LoRA adapter",
}


@dataclass(frozen=True, slots=True)
class Settings:
    """How strongly pairs count: B·A is multiplied by ``alpha_of(...)`` / rank.

    Args:
        alpha: for all modules that ``alphas`` does not name; None: ``scale`` is all there is.
        scale: a factor besides.
        by_root: whether alpha is divided by the root of the rank (rsLoRA).
        rank: what the config says it is; None when it says nothing.
        alphas, ranks: by patterns of module names, the first that matches counts.
    """

    path: Path
    alpha: float | None
    scale: float = 1.0
    by_root: bool = False
    rank: int | None = None
    alphas: Mapping[re.Pattern[str], float] = field(default_factory=dict)
    ranks: Mapping[re.Pattern[str], int] = field(default_factory=dict)

    def alpha_of(self, module: str, rank: int) -> float:
        """What alpha a module has in llama.cpp's form.

        Raises: SourceError when the config gives the module another rank than its matrices have.
        """
        said = next((held for pattern, held in self.ranks.items() if pattern.fullmatch(module)), self.rank)
        if said is not None and said != rank:
            raise fail(self.path, Sentence("by it the rank of %1 is %2, but the matrices have the rank %3", module, said, rank))
        alpha = next((held for pattern, held in self.alphas.items() if pattern.fullmatch(module)), self.alpha)
        if alpha is None:
            return self.scale * rank
        return self.scale * alpha * (math.sqrt(rank) if self.by_root else 1.0)


def read_settings(folder: Path) -> Settings:
    """Read and check the config of an adapter.

    Raises: SourceError when it is missing, broken, or asks for what llama.cpp's adapters cannot do.
    """
    path = folder / CONFIG
    raw = read_json(path)
    kind = raw.get("peft_type") or raw.get("fine_tune_type") or "LORA"
    if not isinstance(kind, str) or kind.upper() != "LORA":
        raise fail(path, Sentence("it is an adapter of the type %1, but only LoRA can be used", repr(kind)), _MERGE)
    for key, what in _REFUSED.items():
        if raw.get(key):
            raise fail(path, what, _MERGE)
    if raw.get("bias") not in (None, "none", False):
        raise fail(path, Sentence("it changes biases (bias is %1)", repr(raw["bias"])), _MERGE)
    start = raw.get("init_lora_weights")
    if not (start is None or isinstance(start, bool) or start in _KEEPS_THE_BASE):
        raise fail(path, Sentence("it was begun with other weights of its model (init_lora_weights is %1)", repr(start)), _MERGE)
    parameters = raw.get("lora_parameters")
    if parameters is not None and raw.get("lora_alpha") is None:
        return _of_mlx(path, parameters)
    return _of_peft(path, raw)


def _of_peft(path: Path, raw: Mapping[str, Any]) -> Settings:
    alpha = _number(path, "lora_alpha", raw.get("lora_alpha"))
    by_root = raw.get("use_rslora") or False
    if not isinstance(by_root, bool):
        raise fail(path, Sentence("use_rslora is %1", repr(by_root)))
    rank = None if raw.get("r") is None else _rank(path, "r", raw["r"])
    alphas = {pattern: _number(path, "alpha_pattern", held) for pattern, held in _patterns(path, "alpha_pattern", raw)}
    ranks = {pattern: _rank(path, "rank_pattern", held) for pattern, held in _patterns(path, "rank_pattern", raw)}
    return Settings(path, alpha, 1.0, by_root, rank, alphas, ranks)


def _of_mlx(path: Path, parameters: object) -> Settings:
    if not isinstance(parameters, dict):
        raise fail(path, "lora_parameters is no object")
    said = {key: _number(path, f"lora_parameters.{key}", parameters[key]) for key in ("alpha", "scale") if parameters.get(key) is not None}
    if not said:
        raise fail(path, "lora_parameters says neither scale nor alpha", "Add them as they were in training.")
    rank = None if parameters.get("rank") is None else _rank(path, "lora_parameters.rank", parameters["rank"])
    return Settings(path, said.get("alpha"), said.get("scale", 1.0), rank=rank)


def _patterns(path: Path, key: str, raw: Mapping[str, Any]) -> list[tuple[re.Pattern[str], Any]]:
    """Regular expressions for the end of a module's name, from a dot on."""
    held = raw.get(key) or {}
    if not isinstance(held, dict) or len(held) > MAX_PATTERNS or any(len(pattern) > MAX_PATTERN for pattern in held):
        raise fail(path, Sentence("%1 is no object with up to %2 short names", key, MAX_PATTERNS))
    slow = [pattern for pattern in held if _SLOW.search(pattern) or len(_REPEAT.findall(pattern)) > MAX_REPEATS]
    if slow:
        raise fail(path, Sentence("%1 has %2, which is too intricate", key, repr(slow[0])), "Write the names of the modules in full.")
    try:
        return [(re.compile(rf"(?:.*\.)?(?:{pattern})"), value) for pattern, value in held.items()]
    except (re.error, OverflowError, RecursionError) as cause:
        raise fail(path, Sentence("%1 has a name that is no regular expression: %2", key, cause)) from cause


def _number(path: Path, name: str, value: object) -> float:
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not 0 < abs(value) < 3e38:
        raise fail(path, Sentence("%1 is %2, not a number other than 0",
                                  name, repr(value)) if value is not None else Sentence("it does not say %1", name))
    return float(value)


def _rank(path: Path, name: str, value: object) -> int:
    if type(value) is not int or not 0 < value < 1 << 31:
        raise fail(path, Sentence("%1 is %2, not a whole number above 0", name, repr(value)))
    return value


def fail(path: Path, what: str, hint: str = "Copy or download the adapter again.") -> SourceError:
    """An error about the adapter."""
    return SourceError(Sentence("%1 cannot be used: %2.", path, Sentence.of(what)), hint=hint, path=path)
