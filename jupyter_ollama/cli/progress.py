"""What a long verb is doing, on stderr: a line for a step that has no measure, tqdm's bar for one that has.

    pulling 8eeb52dfb3bb:  42% ▕███████        ▏ 1.9GB/4.7GB  45MB/s  01:02

Where stderr is no terminal each step is one line, and bars are left out.
"""

from __future__ import annotations

import sys
from typing import Any, TypeVar

from jupyter_ollama import Progress, Run

from .. import render

T = TypeVar("T")
_EVERY_S = 0.1
_BAR = "{desc}: {percentage:3.0f}% ▕{bar}▏ {n_fmt}/{total_fmt}  {rate_fmt}  {remaining}"


def follow(run: Run[T]) -> T:
    """Show a run's steps until it ends; gives its result.

    Raises: what the run raises; KeyboardInterrupt, when the run has been cancelled.
    """
    screen = Bars() if sys.stderr.isatty() else Lines()
    try:
        for events in run.batches(_EVERY_S):
            for event in events:
                if isinstance(event, Progress):
                    screen.show(event)
        return run.result()
    except KeyboardInterrupt:
        run.cancel()
        raise
    finally:
        screen.close()


class Lines:
    """Where nobody watches: every step once."""

    def __init__(self) -> None:
        self._last = ""

    def show(self, step: Progress) -> None:
        status = render.visible(step.status)
        if status != self._last:
            self._last = status
            sys.stderr.write(f"{status}\n")

    def close(self) -> None:
        sys.stderr.flush()


class Bars:
    """On a terminal: each step keeps its line."""

    def __init__(self) -> None:
        self._key: tuple[str, str] | None = None
        self._bar: Any = None

    def show(self, step: Progress) -> None:
        from tqdm.std import tqdm

        if step.key != self._key:
            self._end()
            self._key = step.key
            status = render.visible(step.status)
            if step.total:
                self._bar = tqdm(
                    total=step.total, desc=status, bar_format=_BAR, unit="B", unit_scale=True, file=sys.stderr, dynamic_ncols=True,
                )  # fmt: skip
            else:
                sys.stderr.write(f"{status}\n")
        if self._bar is not None and step.completed is not None:
            self._bar.update(step.completed - self._bar.n)

    def close(self) -> None:
        self._end()
        sys.stderr.flush()

    def _end(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None
