"""Texts that begin alike are evaluated once, and each is told what follows it."""

from __future__ import annotations

import random
from itertools import pairwise
from pathlib import Path

import numpy as np

from jupyter_ollama.engine.beginnings import groups

from . import tiny
from .talk import running


def test_every_text_is_in_one_group_and_a_beginning_of_the_ones_behind_it() -> None:
    chance = random.Random(4)
    texts = [tuple(chance.choices((1, 2), k=chance.randrange(9))) for _ in range(300)]
    for most in (1, 2, 5, 1000):
        found = list(groups(texts, most))
        assert sorted(text for group in found for text in group) == sorted(set(texts))
        assert all(len(group) <= most for group in found)
        assert all(after[: len(before)] == before for group in found for before, after in pairwise(group))
    assert len(list(groups([(1, 2, 3)[:end] for end in range(1, 4)], 1000))) == 1
    assert list(groups([(), (1,)], 1000)) == [[(1,)], [()]]


def test_what_follows_a_beginning_is_what_follows_it_alone(models: Path) -> None:
    row = {token: {b"a"[0]: 1.5, b"b"[0]: 0.5, b"c"[0]: -1.0} for token in (tiny.BOS, *b"abcd")}
    row[b"b"[0]] = {b"d"[0]: 3.0}
    with running(tiny.markov(models / "beginnings.gguf", row)) as engine:
        whole = [tiny.BOS, *b"abcabcab" * 20]
        texts = [whole[:end] for end in (5, 1, len(whole), 3, 90, 5)] + [[tiny.BOS, *b"cb"]]
        together = engine.next_tokens(texts, 4, {})
        for text, found in zip(texts, together, strict=True):
            (alone,) = engine.next_tokens([text], 4, {})
            assert list(found.tokens) == text
            np.testing.assert_allclose(found.logprobs, alone.logprobs, atol=1e-4)
            assert [one.id for one in found.top] == [one.id for one in alone.top]
            assert abs(found.log_sum - alone.log_sum) < 1e-4
