"""InternLM folders rewritten as Llama, which they are but for names and order. transformers has no InternLM2, and takes InternLM3 for a Llama
only where all parts of attention have biases or none has.

InternLM2 keeps the queries, the key and the value of each group of heads beside one another in one matrix (``wqkv``); InternLM3 has biases
for queries, keys and values, where transformers' Llama wants one for the output, too. Works on whole arrays, and shares no code with the
package's own conversion.

Source: modeling_internlm2.py and modeling_internlm3.py beside the published weights (InternLM2Attention.forward,
InternLM3Attention.__init__).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_NAMES = {
    "tok_embeddings": "embed_tokens", "attention.wo": "self_attn.o_proj", "attention_norm": "input_layernorm", "ffn_norm": "post_attention_layernorm",
    "feed_forward.w1": "mlp.gate_proj", "feed_forward.w2": "mlp.down_proj", "feed_forward.w3": "mlp.up_proj",
}  # fmt: skip


def rewrite(folder: Path) -> None:
    """Rewrite the folder of an InternLM2 or 3; leave others as they are."""
    import safetensors.torch

    path = folder / "config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    kind = config["model_type"]
    if kind not in ("internlm2", "internlm3"):
        return
    tensors = safetensors.torch.load_file(folder / "model.safetensors")
    tensors = _of_internlm2(tensors, config) if kind == "internlm2" else _of_internlm3(tensors)
    safetensors.torch.save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    config |= {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "attention_bias": kind == "internlm3"}
    config.pop("rope_scaling", None)  # dynamic: nothing changes within the length of training
    path.write_text(json.dumps(config), encoding="utf-8")


def _of_internlm2(tensors: dict[str, Any], config: dict[str, Any]) -> dict[str, Any]:
    keys = config["num_key_value_heads"]
    queries = config["num_attention_heads"] // keys
    width = config["hidden_size"]
    made = {}
    for name, held in tensors.items():
        if ".wqkv." in name:
            groups = held.reshape(keys, queries + 2, -1, width)
            for part, rows in (("q", groups[:, :queries]), ("k", groups[:, queries]), ("v", groups[:, queries + 1])):
                made[name.replace("attention.wqkv", f"self_attn.{part}_proj")] = rows.reshape(-1, width).contiguous()
        else:
            for old, new in _NAMES.items():
                name = name.replace(old, new)
            made["lm_head.weight" if name == "output.weight" else name] = held
    return made


def _of_internlm3(tensors: dict[str, Any]) -> dict[str, Any]:
    outputs = {name: held for name, held in tensors.items() if name.endswith(".o_proj.weight")}
    return tensors | {name.replace(".weight", ".bias"): held.new_zeros(held.shape[0]) for name, held in outputs.items()}
