"""A source whose bytes are brought while a model is made of it: what the builder's child needs is handed to whoever brings it, and what has
come is told to the child (worker/builder/arrivals.py has the messages).
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from ..cancelling import CancelToken
from ..errors import Cancelled, EngineError
from .frames import Frame
from .process import Worker
from .steps import Step, unpack_steps

_EVERY_S = 0.25


class Supply(Protocol):
    """Who brings the bytes. ``error`` is why no more will come, once there is a reason."""

    error: BaseException | None

    def begin(self, steps: Sequence[Step], arrived: Callable[[int], None], failed: Callable[[], None]) -> None:
        """Bring what these steps need, in their order; what was begun before is not needed any more.

        Args:
            arrived: to be called, from any thread, with how many steps have all they need.
            failed: to be called when no more will come.
        """

    def used(self, n_steps: int) -> None:
        """So many steps are done."""

    def facts(self) -> Mapping[str, float]:
        """How fast it goes, for progress."""

    def stop(self) -> None:
        """Nothing is needed any more."""


@contextlib.contextmanager
def supplied(worker: Worker, supply: Supply | None, cancel: CancelToken) -> Iterator[Callable[[], Frame]]:
    """Give the function that waits for a builder's next frame, be there a supply or not."""
    if supply is None:
        yield lambda: worker.receive(cancel)
        return
    frames = _Frames(worker, supply, cancel)
    try:
        yield frames.receive
    finally:
        frames.close()


class _Frames:
    """The frames of a builder, without those that are about its source."""

    def __init__(self, worker: Worker, supply: Supply, cancel: CancelToken) -> None:
        self._worker, self._supply, self._cancel = worker, supply, cancel
        self._either = CancelToken()
        self._forget = cancel.on_cancel(self._either.cancel)
        self._wanted: list[Step] = []
        self._told: Frame | None = None

    def receive(self) -> Frame:
        """The next frame; while nothing happens but that bytes come, the last progress again, with how fast they do.

        Raises: Cancelled, EngineCrashed, the child's own errors, and why no more of the source will come.
        """
        try:
            while (frame := self._worker.poll(_EVERY_S, self._either)) is None or self._is_ours(frame):
                if frame is None and self._told is not None:
                    return self._with_facts(self._told)
        except Cancelled:
            self._cancel.check()
            raise self._supply.error or EngineError("the supply of a model's source ended without a reason.") from None
        self._told = frame if frame.kind == "progress" and frame.fields["total"] else None
        return self._with_facts(frame) if self._told is not None else frame

    def close(self) -> None:
        self._forget()
        self._supply.stop()

    def _with_facts(self, frame: Frame) -> Frame:
        return replace(frame, fields={**frame.fields, "facts": {**frame.fields["facts"], **self._supply.facts()}})

    def _is_ours(self, frame: Frame) -> bool:
        match frame.kind:
            case "wanted":
                self._wanted += unpack_steps(frame.payload, list(map(Path, frame.fields["files"])))
                if frame.fields["last"]:
                    steps, self._wanted = self._wanted, []
                    self._supply.begin(steps, self._teller(frame.fields["round"]), self._either.cancel)
            case "used":
                self._supply.used(frame.fields["steps"])
            case _:
                return False
        return True

    def _teller(self, number: int) -> Callable[[int], None]:
        def arrived(n_steps: int) -> None:
            with contextlib.suppress(EngineError):  # whoever waits for the child is told how it ended
                self._worker.send(Frame("arrived", fields={"round": number, "steps": n_steps}))

        return arrived
