"""Whether the loop of a runner still goes round: it says so between two evaluations, and while a model is being loaded."""

from __future__ import annotations

import time


class Pulse:
    """Beats while there is work; a loop that waits for work rests."""

    def __init__(self) -> None:
        self._at: float | None = None

    def beat(self) -> None:
        """The work goes on."""
        self._at = time.monotonic()

    def rest(self) -> None:
        """There is nothing to do."""
        self._at = None

    @property
    def age_s(self) -> float:
        """Seconds since the last beat; 0 at rest."""
        at = self._at
        return 0.0 if at is None else time.monotonic() - at
