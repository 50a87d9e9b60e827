"""A source that is still arriving: the kernel brings what each block needs, in their order, and may forget what was used.

    out   wanted    round, files (paths), last       payload: what the next blocks need (engine/steps.py); several, until the last
          used      round, steps                     so many blocks are done
    in    arrived   round, steps                     what so many blocks need is there

A round is one list of blocks; when the work has to go back, another one begins.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from ....errors import Cancelled
from ...frames import Frame
from ...steps import Step, pack_steps
from .rows import Block

STEPS_A_FRAME = 4096


class Arrivals:
    """The blocks that are waited for. ``send`` sends a frame to the kernel."""

    def __init__(self, send: Callable[[Frame], None]) -> None:
        self._send = send
        self._changed = threading.Condition()
        self._round = self._there = 0
        self._given_up = False

    def announce(self, blocks: Sequence[Block]) -> None:
        """Ask for what these blocks need; nothing else is needed any more."""
        with self._changed:
            self._round, self._there, self._given_up = self._round + 1, 0, False
        steps = [_step(block) for block in blocks]
        numbers = {path: number for number, path in enumerate({one.path: None for step in steps for one in step})}
        files = [str(path) for path in numbers]
        for first in range(0, max(1, len(steps)), STEPS_A_FRAME):
            part = steps[first : first + STEPS_A_FRAME]
            fields = {"round": self._round, "files": files, "last": first + STEPS_A_FRAME >= len(steps)}
            self._send(Frame("wanted", fields=fields, payload=pack_steps(part, numbers)))

    def wait(self, number: int) -> None:
        """Until what a block needs is there. Raises: Cancelled when nobody wants it any more."""
        with self._changed:
            self._changed.wait_for(lambda: self._there > number or self._given_up)
            if self._given_up:
                raise Cancelled("cancelled.")

    def used(self, count: int) -> None:
        """So many blocks are done."""
        self._send(Frame("used", fields={"round": self._round, "steps": count}))

    def give_up(self) -> None:
        """Let nobody wait any longer."""
        with self._changed:
            self._given_up = True
            self._changed.notify_all()

    def hear(self, frame: Frame) -> None:
        """What the kernel says (reading thread)."""
        if frame.kind == "arrived":
            with self._changed:
                if frame.fields["round"] == self._round:
                    self._there = max(self._there, frame.fields["steps"])
                    self._changed.notify_all()


def _step(block: Block) -> Step:
    return tuple(one for one in block.target.source.ranges(block.first_row, block.n_rows) if one.size)
