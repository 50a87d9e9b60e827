"""Tiny adapter folders for the tiny models: `make_adapter` writes one of `ADAPTERS`, the same bytes everywhere."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .folders import config_of, safetensors_bytes, weights
from .models import FOLDERS
from .tiny import GELU, SWIGLU, Dtype

ATTENTION = r"self_attn\.[qkvo]_proj"
MLP = r"mlp\.\w+_proj"
LINEAR = r"(?:(?!embed|norm|wte|lm_head|word).)*"
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Lora:
    """One adapter.

    Args:
        model: which tiny model it is for.
        modules: a regular expression for the ends of their names.
        rank: of every module, or by module.
        scale: by which B·A of a module is multiplied, as PEFT and MLX compute it; what the conversion must come to.
        config: adapter_config.json besides the usual.
        mlx: in MLX's layout.
        converted: whether there is golden data of llama.cpp's converter, which passes over the scales and layouts that are ours alone.
    """

    model: str
    modules: str = f"{ATTENTION}|{MLP}"
    dtype: Dtype = "F32"
    rank: int | Callable[[str], int] = 4
    scale: Callable[[str, int], float] = lambda module, rank: 16 / rank
    config: Mapping[str, Any] = field(default_factory=dict)
    mlx: bool = False
    converted: bool = True
    logits: float = SWIGLU

    def rank_of(self, module: str) -> int:
        return self.rank if isinstance(self.rank, int) else self.rank(module)


def _attention_is_2(module: str) -> int:
    return 2 if "self_attn" in module else 8


ADAPTERS: dict[str, Lora] = {
    "llama": Lora("llama31-rope"),
    "llama-attention-bf16": Lora("llama31-rope", ATTENTION, "BF16", rank=8),
    "llama-output": Lora("llama31-rope", r"lm_head|v_proj"),
    "llama-embeddings": Lora("llama31-rope", r"embed_tokens|lm_head|q_proj"),
    "mistral": Lora("mistral", r"[qv]_proj", "F16", rank=3),
    "mixtral": Lora("mixtral", rf"{ATTENTION}|block_sparse_moe\.(gate|experts\.\d+\.w[123])"),
    "gemma": Lora("gemma", logits=GELU),
    "gemma2": Lora("gemma2", dtype="BF16", logits=GELU),
    "qwen2": Lora("qwen2"),
    "qwen3moe": Lora("qwen3moe", rf"{ATTENTION}|mlp\.(gate|experts\.\d+\.\w+_proj)"),
    "phi3": Lora("phi3", r"qkv_proj|o_proj|gate_up_proj|down_proj"),
    "internlm2": Lora("internlm2", r"wqkv|wo|w[123]", converted=False),
    **{model: Lora(model, LINEAR, converted=False, logits=GELU if model == "gemma3" else SWIGLU) for model in (
        "cohere2", "falcon", "gemma3", "gptneox", "granite", "olmo2", "qwen2moe", "smollm3", "starcoder2", "stablelm",
    )},
    "rslora": Lora(
        "llama31-rope", scale=lambda module, rank: 16 / math.sqrt(rank), config={"use_rslora": True}, rank=8, converted=False,
    ),
    "patterns": Lora(
        "llama31-rope", rank=_attention_is_2, converted=False,
        scale=lambda module, rank: (5 if module.endswith("layers.1.mlp.up_proj") else 16) / rank,
        config={"r": 8, "rank_pattern": {"self_attn.[qkvo]_proj": 2}, "alpha_pattern": {r"layers\.1\.mlp\.up_proj": 5}},
    ),
    "rslora-patterns": Lora(
        "qwen2", rank=_attention_is_2, scale=lambda module, rank: 16 / math.sqrt(rank), converted=False,
        config={"r": 8, "rank_pattern": {"self_attn.[qkvo]_proj": 2}, "use_rslora": True},
    ),
    "mlx": Lora(
        "llama31-rope", scale=lambda module, rank: 7.0, mlx=True, converted=False,
        config={"fine_tune_type": "lora", "num_layers": 2, "lora_parameters": {"rank": 4, "scale": 7.0, "dropout": 0.0}},
    ),
    "mlx-embeddings": Lora(
        "llama31-rope", r"embed_tokens|q_proj", scale=lambda module, rank: 7.0, mlx=True, converted=False,
        config={"lora_parameters": {"rank": 4, "scale": 7.0}},
    ),
    "mlx-alpha": Lora(
        "gemma2", scale=lambda module, rank: 2.0 * 16 / rank, mlx=True, converted=False, logits=GELU,
        config={"lora_layers": 2, "lora_parameters": {"rank": 4, "alpha": 16.0, "scale": 2.0}},
    ),
    "mlx-experts": Lora(
        "mixtral", rf"{ATTENTION}|block_sparse_moe\.(gate|experts\.\d+\.w[123])", scale=lambda module, rank: 7.0, mlx=True, converted=False,
        config={"lora_parameters": {"rank": 4, "scale": 7.0}},
    ),
}  # fmt: skip
"""Those that are compared with llama.cpp's converter; more architectures; and what goes beyond it: other scales, MLX."""


def modules_of(name: str) -> dict[str, tuple[int, int]]:
    """The modules of the model that an adapter changes, and the shapes of their weights (PyTorch's order)."""
    lora, tiny = ADAPTERS[name], FOLDERS[ADAPTERS[name].model]
    shapes = tiny.shapes(config_of(tiny))
    wanted = re.compile(rf"(.*[.])?({lora.modules})")
    found = {module.removesuffix(".weight"): shape for module, shape in shapes if module.endswith(".weight") and len(shape) == 2}
    return {module: (shape[0], shape[1]) for module, shape in found.items() if wanted.fullmatch(module)}


def halves(name: str) -> dict[str, tuple[Any, Any]]:
    """A (rank, in) and B (out, rank) of each module, as they are stored."""
    lora = ADAPTERS[name]
    made = {}
    for module, (rows, columns) in modules_of(name).items():
        rank = lora.rank_of(module)
        ends = (columns, rows) if "embed_tokens" not in module else (rows, columns)
        made[module] = (
            weights(f"{module}.lora_A", (rank, ends[0]), lora.dtype), weights(f"{module}.lora_B", (ends[1], rank), lora.dtype),
        )  # fmt: skip
    return made


def changes(name: str) -> dict[str, Floats]:
    """What is added to the weights, by their names: the scale times B·A."""
    lora, added = ADAPTERS[name], {}
    for module, (a, b) in halves(name).items():
        product = lora.scale(module, a.shape[0]) * (floats(b).astype(np.float64) @ floats(a).astype(np.float64))
        added[f"{module}.weight"] = (product.T if "embed_tokens" in module else product).astype(np.float32)
    return added


def make_adapter(parent: Path, name: str, **config_values: Any) -> Path:
    """Write the folder of an adapter; ``config_values`` replace those of its config, None takes one away."""
    lora, folder = ADAPTERS[name], parent / f"{name}-lora"
    folder.mkdir(parents=True)
    made = halves(name)
    rank = lora.rank_of("")
    usual = {} if lora.mlx else {
        "peft_type": "LORA", "task_type": "CAUSAL_LM", "lora_alpha": 16, "r": rank, "bias": "none", "lora_dropout": 0.0,
        "target_modules": sorted({module.rpartition(".")[2] for module in made}), "base_model_name_or_path": "tiny", "modules_to_save": None,
        "use_dora": False, "use_rslora": False, "init_lora_weights": True, "fan_in_fan_out": False, "rank_pattern": {}, "alpha_pattern": {},
    }  # fmt: skip
    config = {key: value for key, value in {**usual, **lora.config, **config_values}.items() if value is not None or key in usual}
    (folder / "adapter_config.json").write_text(json.dumps(config, indent=1), encoding="utf-8")
    tensors = dict(_as_mlx(made) if lora.mlx else _as_peft(made))
    file = folder / ("adapters.safetensors" if lora.mlx else "adapter_model.safetensors")
    file.write_bytes(safetensors_bytes({key: (lora.dtype, values) for key, values in tensors.items()}))
    return folder


def _as_peft(made: Mapping[str, tuple[Any, Any]]) -> list[tuple[str, Any]]:
    named = []
    for module, (a, b) in made.items():
        ends = (".lora_embedding_A", ".lora_embedding_B") if "embed_tokens" in module else (".lora_A.weight", ".lora_B.weight")
        named += [(f"base_model.model.{module}{end}", values) for end, values in zip(ends, (a, b), strict=True)]
    return named


def _as_mlx(made: Mapping[str, tuple[Any, Any]]) -> list[tuple[str, Any]]:
    """Transposed; but the experts of a block are one tensor, as they are."""
    experts: dict[str, list[tuple[Any, Any]]] = {}
    named = []
    for module, (a, b) in made.items():
        if match := re.fullmatch(r"(.*\.block_sparse_moe)\.experts\.\d+\.(w[123])", module):
            kind = {"w1": "gate_proj", "w2": "down_proj", "w3": "up_proj"}[match[2]]
            experts.setdefault(f"{match[1]}.switch_mlp.{kind}", []).append((a, b))
        else:
            named += [(f"{module}.lora_a", np.ascontiguousarray(a.T)), (f"{module}.lora_b", np.ascontiguousarray(b.T))]
    for module, parts in experts.items():
        named += [(f"{module}.lora_a", np.stack([a for a, _ in parts])), (f"{module}.lora_b", np.stack([b for _, b in parts]))]
    return named


def floats(values: NDArray[Any]) -> Floats:
    """Stored numbers as F32; BF16 comes as uint16."""
    if values.dtype == np.uint16:
        return (values.astype(np.uint32) << 16).view(np.float32)
    return values.astype(np.float32)
