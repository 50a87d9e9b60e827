"""How much of the prompts one evaluation takes: as much as keeps the answers that are being made flowing.

A step that only makes tokens reads all weights once; prompt tokens in the same step come nearly free, until there are so many that
computing takes longer than reading. Where that is, the machine tells: the time that prompt tokens took lately.
"""

from __future__ import annotations

BESIDE_ANSWERS_S = 0.15
ALONE_S = 2.0
MIN_BESIDE, MIN_ALONE = 16, 64


class Pace:
    """Remembers what prompt tokens cost. ``n_batch`` is the most that one evaluation takes."""

    def __init__(self, n_batch: int) -> None:
        self._n_batch = n_batch
        self._token_s = 0.0

    def chunk(self, *, beside_answers: bool) -> int:
        """How many prompt tokens the next step may take.

        With nobody to wait for them a step is large, in few sizes: the same prompt is then cut in the same places. Even so it ends in
        time for a request that arrives meanwhile.
        """
        if beside_answers:
            affordable = int(BESIDE_ANSWERS_S / self._token_s) if self._token_s else 2 * MIN_BESIDE
            return min(self._n_batch, max(MIN_BESIDE, affordable))
        size = self._n_batch
        while size > MIN_ALONE and size * self._token_s > ALONE_S:
            size //= 2
        return size

    def took(self, n_prompt_tokens: int, seconds: float) -> None:
        """An evaluation with so many prompt tokens took so long. Small ones say nothing: they wait for the weights."""
        if n_prompt_tokens >= MIN_BESIDE:
            now = seconds / n_prompt_tokens
            self._token_s = now if not self._token_s else 0.7 * self._token_s + 0.3 * now
