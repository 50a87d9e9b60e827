"""Score a folder in plain torch: `python examples/pocket/score.py FOLDER`. Greedy, 64 tokens, every held-out set."""

from __future__ import annotations

import argparse
import math
from pathlib import Path

import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer

import scoring
from chat import BOS, EOS, START, pieces
from model import Llama, Shape

HELD_OUT = Path(__file__).resolve().parents[2] / "tests" / "pocket" / "heldout"
SETS = ("templated", "paraphrase", "recall", "fallback")
LONGEST_ANSWER = 64


def load_model(folder: Path) -> Llama:
    """The model of an exported folder."""
    model = Llama(Shape())
    model.load_state_dict({name: tensor.float() for name, tensor in load_file(folder / "model.safetensors").items()})
    return model.eval()


@torch.inference_mode()
def answer(model: Llama, tokenizer: Tokenizer, messages: list[scoring.Message]) -> str:
    """The greedy answer."""
    prompt = BOS + "".join(f"{START}{m['role']}\n{m['content']}{EOS}\n" for m in messages) + f"{START}assistant\n"
    ids: list[int] = tokenizer.encode(prompt, add_special_tokens=False).ids
    start, end = len(ids), tokenizer.token_to_id(EOS)
    while len(ids) < start + LONGEST_ANSWER:
        following = int(model(torch.tensor([ids]))[0, -1].argmax())
        if following == end:
            break
        ids.append(following)
    return str(tokenizer.decode(ids[start:]))


@torch.inference_mode()
def perplexity(model: Llama, tokenizer: Tokenizer, items: list[scoring.Item]) -> float:
    """Of the assistant's tokens, their end tokens included."""
    total, count = 0.0, 0
    for item in items:
        ids: list[int] = []
        own: list[bool] = []
        for text, mine in pieces(tuple((m["role"], m["content"]) for m in item.messages)):
            part = tokenizer.encode(text, add_special_tokens=False).ids
            ids += part
            own += [mine] * len(part)
        scores = model(torch.tensor([ids[:-1]]))[0].log_softmax(-1)
        losses = -scores[torch.arange(len(ids) - 1), torch.tensor(ids[1:])]
        mask = torch.tensor(own[1:])
        total += float(losses[mask].sum())
        count += int(mask.sum())
    return math.exp(total / count)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sets", nargs="*", default=SETS)
    parser.add_argument("--every", type=int, default=1, help="score only every n-th item")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--failures", action="store_true", help="print what failed")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    model, tokenizer = load_model(options.folder), Tokenizer.from_file(str(options.folder / "tokenizer.json"))
    for name in options.sets:
        items = scoring.load(HELD_OUT / f"{name}.jsonl")[:: options.every]
        outcome = scoring.score(items, lambda messages: answer(model, tokenizer, messages))[name]
        print(f"{name:12} {outcome.met:4} of {outcome.total:4}  {100 * outcome.share:5.1f} %", flush=True)
        if options.failures:
            for identity, question, text in outcome.failures:
                print(f"    {identity}: {question!r} -> {text!r}")
    items = scoring.load(HELD_OUT / "perplexity.jsonl")[:: options.every]
    print(f"perplexity   {perplexity(model, tokenizer, items):.4f}")


if __name__ == "__main__":
    main()
