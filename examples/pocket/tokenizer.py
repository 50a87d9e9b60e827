"""Train the tokenizer: byte-level BPE with Qwen2's split pattern, so that every runtime that knows Qwen2 knows this one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, processors, trainers

from chat import BOS, SPECIAL

VOCABULARY = 2048
LONGEST_TOKEN_BYTES = 16
# Source: the pre_tokenizer of Qwen2's tokenizer.json. Single digits, which is what sums need.
SPLIT = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"


def train(texts: Iterable[str]) -> Tokenizer:
    """Learn the merges; the four special tokens take the last ids, and encoding puts BOS first."""
    plain = (part for text in texts for part in re.split("|".join(map(re.escape, SPECIAL)), text) if part)
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(SPLIT), behavior="isolated", invert=False),
        pre_tokenizers.ByteLevel(add_prefix_space=False, trim_offsets=False, use_regex=False),
    ])
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY - len(SPECIAL), max_token_length=LONGEST_TOKEN_BYTES, show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )
    tokenizer.train_from_iterator(plain, trainer)
    tokenizer.add_special_tokens([AddedToken(text, special=True, normalized=False) for text in SPECIAL])
    tokenizer.post_processor = processors.Sequence([
        processors.ByteLevel(trim_offsets=False),
        processors.TemplateProcessing(single=f"{BOS} $A", pair=f"{BOS} $A {BOS}:1 $B:1", special_tokens=[(BOS, tokenizer.token_to_id(BOS))]),
    ])
    if tokenizer.get_vocab_size() != VOCABULARY:
        raise SystemExit(f"The tokenizer has {tokenizer.get_vocab_size()} tokens instead of {VOCABULARY}: give it more text.")
    return tokenizer


def load(folder: Path) -> Tokenizer:
    """The tokenizer that `train` saved."""
    return Tokenizer.from_file(str(folder / "tokenizer.json"))
