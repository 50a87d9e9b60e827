"""Progress of a build, told to the kernel at most ten times a second."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from ....sentences import as_json
from ...frames import Frame

EVERY_S = 0.1


class Reporter:
    """Sends ``progress`` frames: one when a step starts, some on its way, one when it is complete."""

    def __init__(self, send: Callable[[Frame], None]) -> None:
        self._send = send
        self._kind = ""
        self._facts: dict[str, Any] = {}
        self._completed = 0
        self._total: int | None = None
        self._due = 0.0

    def start(self, kind: str, total: int | None = None, **facts: Any) -> None:
        """Begin a step; ``total`` in bytes, None where there is no measure."""
        self._kind, self._facts, self._total, self._completed = kind, facts, total, 0
        self._tell()

    def note(self, text: str) -> None:
        """Say something that the user should know before it starts."""
        self._send(Frame("progress", fields={"kind": "note", "completed": None, "total": None, "facts": {"text": as_json(text)}}))

    def restart(self) -> None:
        """Begin the same step again."""
        self._completed = 0
        self._tell()

    def advance(self, n_bytes: int) -> None:
        """So much more of the step is done."""
        self._completed += n_bytes
        if self._completed == self._total or time.monotonic() >= self._due:
            self._tell()

    def _tell(self) -> None:
        self._due = time.monotonic() + EVERY_S
        completed = None if self._total is None else self._completed
        fields = {"kind": self._kind, "completed": completed, "total": self._total, "facts": self._facts}
        self._send(Frame("progress", fields=fields))
