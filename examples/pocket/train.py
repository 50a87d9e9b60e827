"""Train pocket from nothing: text, tokenizer, model, export. `python examples/pocket/train.py` is the whole recipe.

The learning rate follows the clock, so the run ends annealed after `--minutes` on any machine. Interrupted, it goes on from
its last checkpoint. The folder given with `--work` holds the shards and checkpoints; nothing else outside `--out` is written.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

os.environ.setdefault("KMP_BLOCKTIME", "0")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import Tensor

import corpus
import tokenizer as bpe
from chat import BOS, PAD, draw, pieces
from export import export
from model import Llama, Shape
from muon import Muon

MUON_RATE, ADAM_RATE = 0.016, 3e-3
DECAY = 0.05  # of the matrices; off in a run that only polishes
WARM_UP_STEPS, FLAT = 20, 0.35
FEWER_STEP_TOKENS, STEP_TOKENS, FEWER_UNTIL = 2048, 4096, 0.25
LONGEST_STEP_S = 2.0
OTHER_WEIGHT = 0.1
TOKENIZER_CHATS = 60_000
CHECKPOINT_S = 300.0


@dataclass
class Progress:
    """Where the run is; stored in the checkpoint."""

    seconds: float = 0.0
    steps: int = 0
    tokens: int = 0
    shard: int = 0


def batch(rows: np.ndarray, bos: int, pad: int, other: float) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Inputs, labels, which of them count, and the mask that keeps the chats of a row apart.

    The assistant's tokens count, and of the others a random share `other`: that is their weight, for less work.
    Shapes: rows (n, length) with marks; ids, labels, counted (n, length); mask (n, 1, length, length).
    """
    marked = torch.from_numpy(rows.astype(np.int64))
    ids, mine = marked & 0x7FFF, marked >= 1 << 15
    labels = F.pad(ids[:, 1:], (0, 1), value=pad)
    counted = (F.pad(mine[:, 1:], (0, 1)) | (torch.rand(ids.shape) < other)) & (labels != bos) & (labels != pad)
    chat = (ids == bos).cumsum(1)
    mask = (chat[:, None, :, None] == chat[:, None, None, :]) & torch.ones(ids.shape[1], ids.shape[1], dtype=torch.bool).tril()
    return ids, labels, counted, mask


def loss_of(model: Llama, rows: np.ndarray, bos: int, pad: int, other: float = OTHER_WEIGHT) -> Tensor:
    """The mean loss; with `other` 0 that of the assistant's tokens alone."""
    inputs, labels, counted, mask = batch(rows, bos, pad, other)
    with torch.autocast("cpu", torch.bfloat16):
        logits = model(inputs, mask, counted)
    return F.cross_entropy(logits.float(), labels[counted])


class Trainer:
    """The model, its two optimizers, and the shards."""

    def __init__(self, work: Path, seed: int, minutes: float, start: Path | None, highest: float = 1.0) -> None:
        torch.manual_seed(seed)
        self.work, self.seed, self.limit_s, self.highest = work, seed, minutes * 60, highest
        self.tokenizer = bpe.load(work)
        self.bos, self.pad = self.tokenizer.token_to_id(BOS), self.tokenizer.token_to_id(PAD)
        self.model = Llama(Shape())
        for layer in self.model.model.layers:
            layer.forward = torch.compile(layer.forward, dynamic=False)  # 1.5 times as fast; needs a C++ compiler
        matrices = [p for p in self.model.model.layers.parameters() if p.ndim == 2]
        self.muon = Muon(matrices, decay=DECAY if highest == 1.0 else 0.0)
        others = [p for p in self.model.parameters() if all(p is not m for m in matrices)]
        self.adam = torch.optim.AdamW(others, lr=ADAM_RATE, betas=(0.9, 0.95), weight_decay=0.0)
        self.progress, self.fewer_until, self.flat = Progress(), FEWER_UNTIL, FLAT
        if start is not None:  # what the beginning is for has been learned
            self.model.load_state_dict({name: weights.float() for name, weights in load_file(start / "model.safetensors").items()})
            self.progress.shard, self.fewer_until, self.flat = corpus.EARLY_SHARDS, 0.0, 0.0
        self.valid = self._validation()

    def _validation(self) -> np.ndarray:
        rng = Random(f"{self.seed}/valid")
        packer = corpus.Packer(256, self.pad)
        chats = [pieces(draw(rng, test=True).messages) for _ in range(600)]
        for ids in corpus.encode(self.tokenizer, chats):
            if len(ids) <= 256:
                packer.add(ids)
        return np.asarray(packer.rows[:64], np.uint16)

    def resume(self) -> None:
        """Load the last checkpoint, if there is one."""
        path = self.work / "checkpoint.pt"
        if path.exists():
            state: dict[str, Any] = torch.load(path, weights_only=True)
            self.model.load_state_dict(state["model"])
            self.adam.load_state_dict(state["adam"])
            self.muon.buffers = state["muon"]
            self.progress = Progress(**state["progress"])

    def save(self) -> None:
        """Write the checkpoint and the preview folder, and say how it goes."""
        path = self.work / "checkpoint.pt"
        state = {"model": self.model.state_dict(), "adam": self.adam.state_dict(), "muon": self.muon.buffers, "progress": vars(self.progress)}
        torch.save(state, path.with_suffix(".new"))
        path.with_suffix(".new").replace(path)
        export(self.model, self.tokenizer, self.work / "preview")
        with torch.no_grad():
            nll = float(np.mean([loss_of(self.model, rows, self.bos, self.pad, other=0.0).item() for rows in np.split(self.valid, 4)]))
        print(json.dumps({"minutes": round(self.progress.seconds / 60, 1), "steps": self.progress.steps, "tokens": self.progress.tokens, "assistant_nll": round(nll, 4)}), flush=True)

    @property
    def done(self) -> float:
        """The share of the time that is over."""
        return self.progress.seconds / self.limit_s

    def rate(self) -> float:
        """The share of the full learning rate now: warm-up by steps, then flat and linear by the clock."""
        return self.highest * min(1.0, (self.progress.steps + 1) / WARM_UP_STEPS) * min(1.0, max(0.0, (1 - self.done) / (1 - self.flat)))

    def shard(self, index: int) -> list[np.ndarray]:
        """The batches of a shard in random order, each of one row length."""
        stem = self.work / f"shard-{index:03}"
        while not stem.with_suffix(".done").exists():
            time.sleep(0.5)
        rng = np.random.default_rng([self.seed, index])
        batches: list[np.ndarray] = []
        for length in corpus.LENGTHS:
            rows = np.fromfile(stem.with_suffix(f".{length}"), np.uint16).reshape(-1, length)
            rows = rows[rng.permutation(len(rows))]
            size = max(1, (FEWER_STEP_TOKENS if self.done < self.fewer_until else STEP_TOKENS) // length)
            batches += [rows[i:i + size] for i in range(0, len(rows) - size + 1, size)]  # full ones: each shape is compiled once
        stem.with_suffix(".taken").touch()
        return [batches[i] for i in rng.permutation(len(batches))]

    def step(self, rows: np.ndarray) -> float:
        """One update."""
        rate = self.rate()
        loss = loss_of(self.model, rows, self.bos, self.pad)
        loss.backward()
        self.muon.step(MUON_RATE * rate)
        for group in self.adam.param_groups:
            group["lr"] = ADAM_RATE * rate
        self.adam.step()
        self.adam.zero_grad(set_to_none=True)
        self.progress.steps += 1
        self.progress.tokens += rows.size
        return loss.item()

    def run(self) -> None:
        """Train until the time is over. Waiting for a shard, compiling and pauses do not count."""
        saved_s = self.progress.seconds
        while self.progress.seconds < self.limit_s:
            batches = self.shard(self.progress.shard)
            for rows in batches:
                started = time.monotonic()
                loss = self.step(rows)
                self.progress.seconds += min(time.monotonic() - started, LONGEST_STEP_S)
                if self.progress.steps % 50 == 0:
                    print(f"step {self.progress.steps} {self.progress.seconds:.0f}s {self.progress.tokens / self.progress.seconds:.0f} tokens/s loss {loss:.3f}", flush=True)
                if self.progress.seconds >= self.limit_s:
                    break
                if self.progress.seconds - saved_s > CHECKPOINT_S:
                    saved_s = self.progress.seconds
                    self.save()
            self.progress.shard += 1
        self.save()


def main() -> None:
    here = Path(__file__).resolve().parent
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=80, help="wall-clock minutes of training (default: 80)")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--work", type=Path, default=Path("pocket-training"), help="folder for shards and checkpoints")
    parser.add_argument("--start", type=Path, help="folder of a trained pocket to go on from, with its tokenizer, instead of nothing")
    parser.add_argument("--rate", type=float, default=1.0, help="the highest share of the full learning rate; less than 1 polishes what --start names")
    parser.add_argument("--out", type=Path, default=here.parents[1] / "jupyter_ollama" / "pocket", help="folder of the finished model")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    options.work.mkdir(parents=True, exist_ok=True)
    if options.start is not None:
        shutil.copyfile(options.start / "tokenizer.json", options.work / "tokenizer.json")
    elif not (options.work / "tokenizer.json").exists():
        rng = Random(f"{options.seed}/tokenizer")
        texts = (text for _ in range(TOKENIZER_CHATS) for text, _ in pieces(draw(rng).messages))
        bpe.train(texts).save(str(options.work / "tokenizer.json"), pretty=False)
    trainer = Trainer(options.work, options.seed, options.minutes, options.start, options.rate)
    trainer.resume()
    command = ["nice", "-n", "15", sys.executable, str(here / "corpus.py"), str(options.work), str(options.seed), str(trainer.progress.shard)]
    producer = subprocess.Popen(command)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the producer ends too
    try:
        trainer.run()
    except (KeyboardInterrupt, SystemExit):
        trainer.save()
        raise
    finally:
        producer.terminate()
    export(trainer.model, trainer.tokenizer, options.out)
    print(json.dumps({"folder": str(options.out), **vars(trainer.progress)}))


if __name__ == "__main__":
    main()
