"""Notices a runner that hangs: one that does not answer at all, and one whose loop does not come round.

A long prompt is no hang: it is evaluated in pieces, and between them the loop says that it lives. An evaluation or a load that goes on for
long may be slow rather than stuck; while it uses the processor it is given more time. Nobody is watched whom nobody waits for.
"""

from __future__ import annotations

import threading
import time

from ..sentences import Sentence
from .autopsy import hung
from .frames import Frame
from .link import Link

PING_EVERY_S = 5.0
SILENCE_S = 30.0
BUSY_FACTOR = 6
"""How much longer a loop may stay away that uses the processor meanwhile."""


class Watch:
    """Pings a runner while somebody waits for it, and ends it when it hangs.

    Units: ``patience_s`` is how long its loop may stay away; 0 for ever.
    """

    def __init__(self, link: Link, patience_s: float) -> None:
        self._link = link
        self._patience_s = patience_s
        self._last_cpu_s = 0.0
        threading.Thread(target=self._watch, name="ollama-watch", daemon=True).start()

    def _watch(self) -> None:
        while not self._link.wait_ended(PING_EVERY_S):
            since = self._link.waiting_since
            if since is None:
                continue
            why = self._hangs(since)
            if why:
                self._link.give_up(hung(self._link.what, why))
                return
            self._link.try_send(Frame("ping"))

    def _hangs(self, waiting_since: float) -> str:
        """Why it is to be ended; empty if it is not."""
        silent_s = time.monotonic() - max(self._link.heard_at, waiting_since)
        if silent_s > SILENCE_S:
            return Sentence("it has been silent for %1 s", f"{silent_s:.0f}")
        age_s, cpu_s = float(self._link.pulse.get("age_s", 0)), float(self._link.pulse.get("cpu_s", 0))
        works, self._last_cpu_s = cpu_s - self._last_cpu_s > PING_EVERY_S / 10, cpu_s
        allowed_s = self._patience_s * (BUSY_FACTOR if works else 1)
        if 0 < allowed_s < age_s:
            return Sentence("it has been at one step for %1 s", f"{age_s:.0f}")
        return ""
