"""The corpus as shards of token ids, written ahead of the training by a process of its own.

Shard: one file for each row length, little-endian uint16, rows of that length. Bit 15 marks a token that the assistant
says (its loss counts fully). A row holds whole chats, each beginning with BOS; the rest is padding. A shard is complete when
its `.done` file is there.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from chat import PAD, draw, pieces
from tokenizer import load

LENGTHS = (256, 512, 1536)
ASSISTANT = np.uint16(1 << 15)
SHARD_TOKENS = 1_000_000
OPEN_TOKENS = 12288
AHEAD = 3
EARLY_SHARDS = 4


def encode(tokenizer: Tokenizer, chats: list[list[tuple[str, bool]]]) -> list[NDArray[np.uint16]]:
    """Token ids of each chat, the assistant's marked. Every piece is encoded alone: special tokens lie between them."""
    flat = [(index, mine) for index, chat in enumerate(chats) for _, mine in chat]
    encoded = tokenizer.encode_batch_fast([text for chat in chats for text, _ in chat], add_special_tokens=False)
    parts: list[list[NDArray[np.uint16]]] = [[] for _ in chats]
    for (index, mine), encoding in zip(flat, encoded, strict=True):
        ids = np.asarray(encoding.ids, np.uint16)
        parts[index].append(ids | ASSISTANT if mine else ids)
    return [np.concatenate(part) for part in parts]


class Packer:
    """Fills rows of one length with whole chats, best fit among a few open rows."""

    def __init__(self, length: int, pad: int) -> None:
        self.length, self.pad = length, pad
        self.open: list[tuple[int, list[NDArray[np.uint16]]]] = []
        self.rows: list[NDArray[np.uint16]] = []

    def add(self, ids: NDArray[np.uint16]) -> None:
        """Put a chat into the fullest row that still has room."""
        fits = [i for i, (used, _) in enumerate(self.open) if used + len(ids) <= self.length]
        if fits:
            best = max(fits, key=lambda i: self.open[i][0])
            used, chats = self.open[best]
            self.open[best] = (used + len(ids), [*chats, ids])
        else:
            if len(self.open) * self.length >= OPEN_TOKENS:
                self._close(max(range(len(self.open)), key=lambda i: self.open[i][0]))
            self.open.append((len(ids), [ids]))

    def close(self) -> None:
        """Close the open rows as they are."""
        while self.open:
            self._close(0)

    def _close(self, index: int) -> None:
        used, chats = self.open.pop(index)
        self.rows.append(np.concatenate([*chats, np.full(self.length - used, self.pad, np.uint16)]))


def write_shard(folder: Path, tokenizer: Tokenizer, index: int, seed: int) -> None:
    """Write shard `index`; the same seed gives the same bytes."""
    rng = Random(f"{seed}/{index}")
    pad = tokenizer.token_to_id(PAD)
    packers = [Packer(length, pad) for length in LENGTHS]
    while sum(len(p.rows) * p.length for p in packers) < SHARD_TOKENS:
        for ids in encode(tokenizer, [pieces(draw(rng, early=index < EARLY_SHARDS).messages) for _ in range(500)]):
            longer = 0 if len(ids) <= 256 and rng.random() < 0.97 else 1 if len(ids) <= 512 else 2
            packers[longer].add(ids[: LENGTHS[longer]])
    for packer in packers:
        packer.close()
        np.asarray(packer.rows, np.uint16).reshape(-1, packer.length).tofile(folder / f"shard-{index:03}.{packer.length}")
    (folder / f"shard-{index:03}.done").touch()


def produce(folder: Path, seed: int, first: int) -> None:
    """Write shards for ever, staying `AHEAD` of the last one that the training has taken."""
    tokenizer = load(folder)
    index = first
    while True:
        if (folder / f"shard-{index:03}.done").exists():
            index += 1
        elif index - max((int(path.stem[-3:]) for path in folder.glob("shard-*.taken")), default=first - 1) > AHEAD:
            time.sleep(2)
        else:
            write_shard(folder, tokenizer, index, seed)


if __name__ == "__main__":
    produce(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
