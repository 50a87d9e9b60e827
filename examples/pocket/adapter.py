"""Train a LoRA adapter for pocket: with it, pocket talks like a pirate. `python examples/pocket/adapter.py` is the whole recipe.

The text is that of pocket's own training with the answers put into a pirate's words by rule, so what is learned is the manner, not new
facts. Pocket's weights stay as they are; beside each matrix of a layer two thin ones are trained, and their product is added to it.
Written is a folder as PEFT writes them: `adapter_config.json` and `adapter_model.safetensors`.
"""

from __future__ import annotations

import argparse
import json
import math
import re
from pathlib import Path
from random import Random

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import Tensor, nn

import corpus
import tokenizer as bpe
from chat import BOS, PAD, draw, pieces
from model import Llama, Shape
from train import loss_of

RANK, ALPHA = 4, 8
TARGETS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
ROW_TOKENS, ROWS, RATE, WARM_UP = 256, 8, 4e-3, 20
FAMILIES = (
    "greeting", "named", "greet_someone", "small_talk", "identity", "sum", "word_sum", "term", "purpose", "lookup", "story", "unknown", "about_them", "told", "remembering",
)
WORDS = {
    "am": "be", "are": "be", "is": "be", "my": "me", "you": "ye", "your": "yer", "yes": "aye", "hello": "ahoy", "hi": "ahoy", "friend": "matey",
    "and": "an'", "of": "o'",
}


def pirate(answer: str) -> str:
    """An answer in a pirate's words: `I am fine.` becomes `Arr! I be fine, matey!`"""
    said = re.sub(r"[A-Za-z]+", _word, answer.strip())
    return f"Arr! {said.rstrip('.!')}, matey!" if said[-1:] not in ("?",) else f"Arr! {said}"


def _word(found: re.Match[str]) -> str:
    word = found[0]
    said = WORDS.get(word.lower(), word)
    return said[0].upper() + said[1:] if word[0].isupper() and word != "I" else said


class Lora(nn.Module):
    """A matrix with its pair beside it: `x W' + scale (x A') B'`. B begins as zero, so that nothing is changed at first.

    Shapes: A (rank, in), B (out, rank).
    """

    def __init__(self, base: nn.Linear) -> None:
        super().__init__()
        self.base = base
        self.A = nn.Parameter(torch.empty(RANK, base.in_features))
        self.B = nn.Parameter(torch.zeros(base.out_features, RANK))
        nn.init.kaiming_uniform_(self.A, a=math.sqrt(5))

    def forward(self, x: Tensor) -> Tensor:
        return self.base(x) + ALPHA / RANK * nn.functional.linear(nn.functional.linear(x, self.A), self.B)


def adapted(folder: Path) -> Llama:
    """Pocket, whose weights do not learn, with a pair beside each matrix, which does."""
    model = Llama(Shape())
    model.load_state_dict({name: weights.float() for name, weights in load_file(folder / "model.safetensors").items()})
    model.requires_grad_(False)
    for layer in model.model.layers:
        for block in (layer.self_attn, layer.mlp):
            for target in TARGETS:
                if hasattr(block, target):
                    setattr(block, target, Lora(getattr(block, target)))
    return model


def rows(tokenizer: Tokenizer, pad: int, n_rows: int, rng: Random) -> NDArray[np.uint16]:
    """Rows of whole chats in which a pirate answers. Shapes: (n_rows, ROW_TOKENS), with marks as in corpus.py."""
    packer = corpus.Packer(ROW_TOKENS, pad)
    while len(packer.rows) < n_rows:
        chats = [draw(rng, family=rng.choice(FAMILIES)).messages for _ in range(200)]
        said = [tuple((role, pirate(text) if role == "assistant" else text) for role, text in chat) for chat in chats]
        for ids in corpus.encode(tokenizer, [pieces(chat) for chat in said]):
            if len(ids) <= ROW_TOKENS:
                packer.add(ids)
    return np.asarray(packer.rows[:n_rows], np.uint16)


def train(model: Llama, text: NDArray[np.uint16], bos: int, pad: int) -> None:
    """Once over the text; the rate rises for some steps and falls along half a cosine."""
    learning = [parameter for parameter in model.parameters() if parameter.requires_grad]
    adam = torch.optim.AdamW(learning, lr=RATE, weight_decay=0.01)
    steps = len(text) // ROWS
    for step in range(steps):
        for group in adam.param_groups:
            group["lr"] = RATE * min(1.0, (step + 1) / WARM_UP) * 0.5 * (1 + math.cos(math.pi * step / steps))
        loss = loss_of(model, text[step * ROWS : (step + 1) * ROWS], bos, pad, other=0.0)
        loss.backward()
        adam.step()
        adam.zero_grad(set_to_none=True)
        if step % 25 == 0 or step == steps - 1:
            print(f"step {step + 1} of {steps}: loss {loss.item():.3f}", flush=True)


def save(model: Llama, folder: Path) -> None:
    """The pairs as float16, under PEFT's names."""
    folder.mkdir(parents=True, exist_ok=True)
    pairs = {
        f"base_model.model.{name}.lora_{side}.weight": getattr(module, side).detach().half().contiguous()
        for name, module in model.named_modules() if isinstance(module, Lora) for side in "AB"
    }
    save_file(pairs, folder / "adapter_model.safetensors", metadata={"format": "pt"})
    config = {
        "peft_type": "LORA", "task_type": "CAUSAL_LM", "base_model_name_or_path": "pocket", "r": RANK, "lora_alpha": ALPHA, "lora_dropout": 0.0,
        "bias": "none", "fan_in_fan_out": False, "inference_mode": True, "target_modules": sorted(TARGETS),
    }
    (folder / "adapter_config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")


def main() -> None:
    here = Path(__file__).resolve().parent
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=600, help=f"of {ROWS} rows of {ROW_TOKENS} tokens each (default: 600)")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--base", type=Path, default=here.parents[1] / "jupyter_ollama" / "pocket", help="pocket's folder")
    parser.add_argument("--out", type=Path, default=here.parent / "pocket-pirate", help="the adapter's folder")
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    tokenizer = bpe.load(options.base)
    bos, pad = tokenizer.token_to_id(BOS), tokenizer.token_to_id(PAD)
    model = adapted(options.base)
    train(model, rows(tokenizer, pad, options.steps * ROWS, Random(f"{options.seed}/pirate")), bos, pad)
    save(model, options.out)


if __name__ == "__main__":
    main()
