"""What greedy answers must be, whoever else is answered at the same time.

Sums are rounded in another way in batches of another size. So an answer is right if it equals the one that a request alone gets, or parts
from it where the two most probable tokens are closer to each other than this rounding moves them. How far that is, is measured: the
logits of the same answers, made one by one and made all at once.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from .talk import answer, running


@dataclass(frozen=True)
class Expected:
    """The answer that a request alone gets. ``margins``: by how much the most probable token led, at each place."""

    tokens: list[int]
    margins: list[float]


class Oracle:
    """Knows the greedy answers to some prompts. ``noise`` is how far rounding moved a logit; ``parted`` counts what it excused,
    ``widest`` is the largest lead that was lost."""

    def __init__(self, model: Path, prompts: Sequence[Sequence[int]], count: int, folder: Path, **options: Any) -> None:
        with running(model, **options) as engine:
            alone = [answer(engine, list(prompt), temperature=0, num_predict=count)[0] for prompt in prompts]
        self.prompts = [list(prompt) for prompt in prompts]
        ids = [[token.id for token in tokens] for tokens in alone]
        asked = [[prompt, said] for prompt, said in zip(self.prompts, ids, strict=True)]
        single, batched = (_logits(script, model, asked, folder) for script in ("step_logits.py", "batch_logits.py"))
        self.noise = max(float(np.abs(one - other).max()) for one, other in zip(single, batched, strict=True))
        self.expected = [Expected(said, _margins(rows)) for said, rows in zip(ids, single, strict=True)]
        self.tolerance = 2 * self.noise  # one logit rises, the other falls
        self.parted, self.widest = 0, 0.0

    def check(self, number: int, said: Sequence[int], *, whole: bool) -> None:
        """Raises: AssertionError unless ``said`` is right, as far as it goes if it need not be the whole answer."""
        expected = self.expected[number]
        for place, (got, wanted, margin) in enumerate(zip(said, expected.tokens, expected.margins, strict=False)):
            if got != wanted:
                assert margin <= self.tolerance, f"prompt {number}, token {place}: {got} instead of {wanted}, which led by {margin}"
                self.parted += 1
                self.widest = max(self.widest, margin)
                return
        assert len(said) == len(expected.tokens) if whole else len(said) <= len(expected.tokens), f"prompt {number}: {len(said)} tokens"


def _logits(script: str, model: Path, asked: list[Any], folder: Path) -> list[Any]:
    answers, out = folder / "answers.json", folder / f"{script}.npz"
    answers.write_text(json.dumps(asked))
    command = [sys.executable, str(Path(__file__).with_name(script)), str(model), str(answers), str(out)]
    subprocess.run(command, check=True, capture_output=True)
    with np.load(out) as held:
        return [held[str(number)] for number in range(len(asked))]


def _margins(rows: Any) -> list[float]:
    best = np.partition(rows, -2, axis=1)[:, -2:]
    return [float(margin) for margin in best[:, 1] - best[:, 0]]
