"""Write the model as an ordinary Hugging Face folder: weights in bf16, configuration, tokenizer, chat template."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer
from torch import Tensor

from chat import BOS, CHAT_TEMPLATE, EOS, PAD, SPECIAL
from model import Llama


def configuration(model: Llama, tokenizer: Tokenizer) -> dict[str, Any]:
    """config.json."""
    shape = model.shape
    return {
        "architectures": ["LlamaForCausalLM"], "model_type": "llama", "torch_dtype": "bfloat16",
        "vocab_size": shape.vocabulary, "hidden_size": shape.width, "intermediate_size": shape.inner, "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads, "num_key_value_heads": shape.kv_heads, "head_dim": shape.head, "hidden_act": "silu",
        "max_position_embeddings": shape.context, "rms_norm_eps": shape.epsilon, "rope_theta": shape.theta, "rope_scaling": None,
        "attention_bias": False, "mlp_bias": False, "tie_word_embeddings": True, "initializer_range": 0.02, "use_cache": True,
        "bos_token_id": tokenizer.token_to_id(BOS), "eos_token_id": tokenizer.token_to_id(EOS), "pad_token_id": tokenizer.token_to_id(PAD),
    }


def tokenizer_configuration(model: Llama, tokenizer: Tokenizer) -> dict[str, Any]:
    """tokenizer_config.json, with the chat template that training used."""
    added = {str(tokenizer.token_to_id(text)): {"content": text, "lstrip": False, "normalized": False, "rstrip": False, "single_word": False, "special": True} for text in SPECIAL}
    return {
        "tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": model.shape.context, "clean_up_tokenization_spaces": False,
        "add_bos_token": True, "add_eos_token": False, "bos_token": BOS, "eos_token": EOS, "pad_token": PAD, "unk_token": None,
        "added_tokens_decoder": added, "chat_template": CHAT_TEMPLATE,
    }


UNEVEN = 0.3


def uneven(weights: dict[str, Tensor], layers: int) -> None:
    """Scale the channels before each matrix of a layer unevenly, and what comes after them the other way: the same function.

    In large models some channels come out far larger than others, and that is what low-bit types suffer from. Five million parameters
    that were shrunk while they learned lose next to nothing even as q2_K; with this they show what quantization costs.
    """
    random = torch.Generator().manual_seed(2026)
    for layer in range(layers):
        at = f"model.layers.{layer}."
        for norm, readers in (("input_layernorm", ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj")), ("post_attention_layernorm", ("mlp.gate_proj", "mlp.up_proj"))):
            scale = torch.exp(UNEVEN * torch.randn(weights[f"{at}{norm}.weight"].shape, generator=random))
            weights[f"{at}{norm}.weight"] *= scale
            for reader in readers:
                weights[f"{at}{reader}.weight"] /= scale
        scale = torch.exp(UNEVEN * torch.randn(weights[f"{at}mlp.up_proj.weight"].shape[0], generator=random))
        weights[f"{at}mlp.up_proj.weight"] *= scale[:, None]
        weights[f"{at}mlp.down_proj.weight"] /= scale


def export(model: Llama, tokenizer: Tokenizer, folder: Path) -> None:
    """Write the files beside the folder first, then put each in place; other files of the folder stay."""
    new = folder.with_name(folder.name + ".new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    folder.mkdir(parents=True, exist_ok=True)
    ids = {text: tokenizer.token_to_id(text) for text in SPECIAL}
    generation = {"bos_token_id": ids[BOS], "eos_token_id": [ids[EOS], ids[PAD]], "pad_token_id": ids[PAD], "do_sample": True, "temperature": 0.7}
    for name, value in (("config.json", configuration(model, tokenizer)), ("generation_config.json", generation), ("tokenizer_config.json", tokenizer_configuration(model, tokenizer))):
        (new / name).write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    tokenizer.save(str(new / "tokenizer.json"), pretty=False)
    weights = {name: parameter.detach().float().clone() for name, parameter in model.named_parameters()}
    uneven(weights, model.shape.layers)
    weights = {name: weight.to(torch.bfloat16).contiguous() for name, weight in weights.items()}
    save_file(weights, new / "model.safetensors", metadata={"format": "pt"})
    for path in sorted(new.iterdir()):
        path.chmod(0o644)
        path.replace(folder / path.name)
    new.rmdir()
