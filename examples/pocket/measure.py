"""Measure pocket as it is used: GGUFs made by this package's builder, scored by llama.cpp. `python examples/pocket/measure.py`

For each type: the size of the file, the mean loss of the assistant's tokens on the perplexity texts, its ratio to that of q8_0,
and, with `--sets`, the share of each held-out set that greedy answers of the package's own engine meet.
Needs the installed package, but no torch.
"""

from __future__ import annotations

import argparse
import math
import tempfile
from pathlib import Path

import llama_cpp
import numpy as np
from jupyter_ollama import Ollama
from jupyter_ollama.names import ModelName
from numpy.typing import NDArray

import scoring
from chat import pieces

HELD_OUT = Path(__file__).resolve().parents[2] / "tests" / "pocket" / "heldout"
SETS = ("templated", "paraphrase", "recall", "fallback")
CONTEXT = 2048
_SILENT = llama_cpp.llama_log_callback(lambda *_: None)


class Scorer:
    """A model loaded for its logits alone."""

    def __init__(self, path: Path) -> None:
        llama_cpp.llama_backend_init()
        llama_cpp.llama_log_set(_SILENT, None)
        loading = llama_cpp.llama_model_default_params()
        # Some builds crash in their repacked CPU buffers; the numbers do not depend on them.
        loading.use_extra_bufts = False
        self.model = llama_cpp.llama_model_load_from_file(str(path).encode(), loading)
        context = llama_cpp.llama_context_default_params()
        context.n_ctx = context.n_batch = CONTEXT
        self.context = llama_cpp.llama_init_from_model(self.model, context)
        if not self.context:
            raise SystemExit(f"llama.cpp cannot load {path}.")
        self.vocabulary = llama_cpp.llama_model_get_vocab(self.model)
        self.size = llama_cpp.llama_vocab_n_tokens(self.vocabulary)

    def tokens(self, text: str) -> list[int]:
        """Token ids, special tokens included, without an added BOS."""
        raw = text.encode()
        room = (llama_cpp.llama_token * (len(raw) + 1))()
        count = llama_cpp.llama_tokenize(self.vocabulary, raw, len(raw), room, len(room), False, True)
        return list(room[:count])

    def losses(self, ids: list[int]) -> NDArray[np.float64]:
        """Negative log likelihood of every token but the first. Shapes: (tokens - 1,)"""
        llama_cpp.llama_memory_clear(llama_cpp.llama_get_memory(self.context), True)
        batch = llama_cpp.llama_batch_init(len(ids), 0, 1)
        batch.n_tokens = len(ids)
        for place, token in enumerate(ids):
            batch.token[place], batch.pos[place], batch.logits[place] = token, place, 1
            batch.n_seq_id[place], batch.seq_id[place][0] = 1, 0
        if llama_cpp.llama_decode(self.context, batch):
            raise SystemExit("llama.cpp could not evaluate a text.")
        llama_cpp.llama_batch_free(batch)
        logits = np.ctypeslib.as_array(llama_cpp.llama_get_logits(self.context), (len(ids), self.size))[:-1].astype(np.float64)
        top = logits.max(-1, keepdims=True)
        return top[:, 0] + np.log(np.exp(logits - top).sum(-1)) - logits[np.arange(len(ids) - 1), ids[1:]]

    def close(self) -> None:
        """Free the memory."""
        llama_cpp.llama_free(self.context)
        llama_cpp.llama_model_free(self.model)


def loss(path: Path, items: list[scoring.Item]) -> float:
    """Mean negative log likelihood of the assistant's tokens, in nats, end tokens included."""
    scorer = Scorer(path)
    total, count = 0.0, 0
    for item in items:
        ids: list[int] = []
        own: list[bool] = []
        for text, mine in pieces(tuple((m["role"], m["content"]) for m in item.messages)):
            part = scorer.tokens(text)
            ids += part
            own += [mine] * len(part)
        mask = np.asarray(own[1:])
        total += float(scorer.losses(ids)[mask].sum())
        count += int(mask.sum())
    scorer.close()
    return total / count


def shares(ollama: Ollama, name: str) -> str:
    """The held-out sets through the package's engine, in percent."""

    def answer(said: list[scoring.Message]) -> str:
        return str(ollama.chat(name, said, options={"temperature": 0, "num_predict": 64}).result(120))

    found = []
    for each in SETS:
        outcome = scoring.score(scoring.load(HELD_OUT / f"{each}.jsonl"), answer)[each]
        found.append(f"{each} {100 * outcome.share:.1f}")
    return "  ".join(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", default="", help="a Hugging Face folder instead of the pocket that is installed")
    parser.add_argument("--types", nargs="*", default=["F16", "q8_0", "q4_K_M", "q2_K"])
    parser.add_argument("--sets", nargs="*", default=[], metavar="TYPE", help="the types to answer the held-out sets with")
    options = parser.parse_args()
    items = scoring.load(HELD_OUT / "perplexity.jsonl")
    losses: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder, Ollama(folder) as ollama:
        source = f"FROM {options.folder or 'pocket'}"
        for kind in ["q8_0", *(kind for kind in options.types if kind != "q8_0")]:
            name = f"pocket-{kind.lower()}"
            ollama.create(name, source, quantize=None if kind == "F16" else kind).result(300)
            path = ollama.store.open(ModelName.valid(name)).path
            losses[kind] = loss(path, items)
            ratio = losses[kind] / losses["q8_0"]
            print(f"{kind:7} {path.stat().st_size / 2**20:5.2f} MiB  loss {losses[kind]:.4f}  perplexity {math.exp(losses[kind]):.4f}  loss / q8_0 {ratio:.2f}", flush=True)
            if kind in options.sets:
                print(f"        {shares(ollama, name)}", flush=True)


if __name__ == "__main__":
    main()
