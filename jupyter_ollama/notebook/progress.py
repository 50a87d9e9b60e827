"""One reporter for all long verbs, driven by their events: a bar in the cell's output, tqdm on a terminal, silence elsewhere.

The bar is a single output that is redrawn in place, at most ten times a second; its last state, the result, is saved with the notebook.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from .. import render
from ..events import Progress
from .interrupt import brief, ended

if TYPE_CHECKING:
    from ..run import Run

T = TypeVar("T")
INTERVAL_S = 0.1
Bundle = dict[str, str]


class Reporter(Protocol):
    """Shows the steps of a run."""

    def step(self, progress: Progress) -> None:
        """Show where the work is."""

    def end(self, bundle: Bundle) -> None:
        """Show what came of it."""


def follow(run: Run[T], shell: Any, result: Callable[[T], Bundle]) -> T:
    """Show a run's progress, then its result as text/plain and text/html; notes that it made stay visible.

    Raises: what the run raises; KeyboardInterrupt, once the run has ended.
    """
    reporter, notes, last = reporter_for(shell), dict[str, None](), ""
    try:
        for events in run.batches(INTERVAL_S):
            steps = [event for event in events if isinstance(event, Progress)]
            notes |= dict.fromkeys(step.status for step in steps if step.kind == "note")
            if moving := [step for step in steps if step.kind != "note"]:
                last = moving[-1].status
                reporter.step(moving[-1])
        value = run.result()
    except KeyboardInterrupt as interrupt:
        made = ended(run)
        reporter.end(line(f"interrupted: {last}") if made is None else result(made))
        raise brief(interrupt) from None
    except BaseException:
        reporter.end(line(f"failed: {last}" if last else "failed"))
        raise
    reporter.end(_with_notes(result(value), list(notes)))
    return value


def reporter_for(shell: Any) -> Reporter:
    """The reporter that fits where the shell runs."""
    if getattr(shell, "kernel", None) is not None:
        return Bar()
    return TerminalBar() if sys.stderr.isatty() else Quiet()


def step_bundle(progress: Progress) -> Bundle:
    """One state of one step: status, and a bar where there is a measure."""
    status, total = render.visible(progress.status), progress.total
    if not total or progress.completed is None:
        return line(status)
    share = min(1.0, progress.completed / total)
    amount = " · ".join([f"{render.human_bytes(progress.completed)}/{render.human_bytes(total)}", *_travelling(progress)])
    bar = f'<progress value="{progress.completed}" max="{total}" style="vertical-align: middle; margin: 0 .7em"></progress>'
    return {
        "text/plain": f"{status}: {share:4.0%} {'█' * round(share * 20):<20} {amount}",
        "text/html": f'<div>{escape(status)}{bar}<span style="opacity: .7">{share:.0%} · {amount}</span></div>',
    }


def _travelling(progress: Progress) -> list[str]:
    """What a pull or push tells besides: how fast it is, how long it will take, how far all layers are together."""
    told, facts = [], progress.facts
    if rate := facts.get("rate"):
        told.append(f"{render.human_bytes(int(rate))}/s")
    if "remaining_s" in facts and facts["all_completed"] < facts["all_total"]:
        told.append(f"{render.short_duration(facts['remaining_s'])} left")
    if (everything := facts.get("all_total", 0)) > (progress.total or 0):
        told.append(f"{facts['all_completed'] / everything:.0%} of all")
    return told


def line(text: str) -> Bundle:
    """One quiet line."""
    return {"text/plain": text, "text/html": f'<div style="opacity: .7">{escape(text)}</div>'}


def _with_notes(bundle: Bundle, notes: list[str]) -> Bundle:
    return {
        "text/plain": "\n".join([bundle["text/plain"], *map(render.visible, notes)]),
        "text/html": bundle["text/html"] + "".join(f'<div style="opacity: .7">{escape(note)}</div>' for note in notes),
    }


class Bar:
    """In a kernel: one output, redrawn in place."""

    def __init__(self) -> None:
        self._handle: Any = None

    def step(self, progress: Progress) -> None:
        self._show(step_bundle(progress))

    def end(self, bundle: Bundle) -> None:
        self._show(bundle)

    def _show(self, bundle: Bundle) -> None:
        from IPython.display import display

        if self._handle is None:
            self._handle = display(bundle, raw=True, display_id=True)
        else:
            self._handle.update(bundle, raw=True)


class TerminalBar:
    """On a terminal: a tqdm bar for each step that has a measure, a line for each that has none."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._status = ""

    def step(self, progress: Progress) -> None:
        from tqdm.std import tqdm

        status = render.visible(progress.status)
        if status != self._status:
            self._close()
            self._status = status
            self._bar = tqdm(total=progress.total, desc=status, unit="B", unit_scale=True, leave=True) if progress.total else None
            if self._bar is None:
                sys.stderr.write(f"{status}\n")
        if self._bar is not None and progress.completed is not None:
            self._bar.update(progress.completed - self._bar.n)

    def end(self, bundle: Bundle) -> None:
        self._close()
        sys.stdout.write(f"{bundle['text/plain']}\n")

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None


class Quiet:
    """Where nobody watches: only the result."""

    def step(self, progress: Progress) -> None:
        pass

    def end(self, bundle: Bundle) -> None:
        sys.stdout.write(f"{bundle['text/plain']}\n")
