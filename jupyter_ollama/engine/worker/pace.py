"""How much of the prompts one evaluation takes: as much as keeps the answers that are being made flowing.

A step that only makes tokens reads all weights once; prompt tokens in the same step come nearly free, until there are so many that
computing takes longer than reading. Where that is, the machine tells: the time that prompt tokens took lately.
"""

from __future__ import annotations

BESIDE_ANSWERS_S = 0.15
MIN_BESIDE = 16


class Pace:
    """Remembers what prompt tokens cost.

    Args:
        n_batch: the most that one evaluation takes.
        n_alone: what it takes of prompts when nobody waits for the next token. It is always the same, so that a prompt is always cut in
            the same places: sums are rounded differently in batches of another size.
    """

    def __init__(self, n_batch: int, n_alone: int) -> None:
        self._n_batch, self._n_alone = n_batch, n_alone
        self._token_s = 0.0

    def chunk(self, *, beside_answers: bool) -> int:
        """How many prompt tokens the next step may take."""
        if not beside_answers:
            return self._n_alone
        affordable = int(BESIDE_ANSWERS_S / self._token_s) if self._token_s else 2 * MIN_BESIDE
        return min(self._n_batch, max(MIN_BESIDE, affordable))

    def took(self, n_prompt_tokens: int, seconds: float) -> None:
        """An evaluation with so many prompt tokens took so long. Small ones say nothing: they wait for the weights."""
        if n_prompt_tokens >= MIN_BESIDE:
            now = seconds / n_prompt_tokens
            self._token_s = now if not self._token_s else 0.7 * self._token_s + 0.3 * now
