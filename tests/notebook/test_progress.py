"""One reporter for all long verbs: where it draws, how often, and what it leaves behind."""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Generator
from types import SimpleNamespace

import pytest
from IPython.utils.capture import CapturedIO, capture_output

from jupyter_ollama.cancelling import CancelToken
from jupyter_ollama.errors import OllamaError
from jupyter_ollama.events import Event, Progress
from jupyter_ollama.notebook.progress import INTERVAL_S, Bar, Quiet, TerminalBar, follow, reporter_for, step_bundle
from jupyter_ollama.run import Run

IN_KERNEL = SimpleNamespace(kernel=object())
IN_TERMINAL = SimpleNamespace()


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def copying(completed: int) -> Progress:
    return Progress("copying", completed=completed, total=2_000_000, facts={"what": "a <b> file"})


def work(cancel: CancelToken) -> Generator[Event, None, str]:
    """What a create does, in small."""
    for completed in range(0, 2_000_001, 10_000):
        yield copying(completed)
        cancel.wait(0.001)
    yield Progress("note", facts={"text": "3 of 9 tensors <kept>"})
    yield Progress("success")
    return "mario"


def bundle(name: str) -> dict[str, str]:
    return {"text/plain": f"created {name}", "text/html": f"<b>created {name}</b>"}


def displayed(captured: CapturedIO) -> list[dict[str, str]]:
    return [output.data for output in captured.outputs]


def test_in_a_kernel_one_output_is_redrawn_and_ends_as_the_result(ip: object) -> None:
    started = time.monotonic()
    with capture_output() as captured:
        assert "mario" == follow(Run.start(work), IN_KERNEL, bundle)

    drawn = displayed(captured)
    assert 2 <= len(drawn) <= 3 + (time.monotonic() - started) / INTERVAL_S
    assert drawn[0]["text/html"].startswith("<div>copying a &lt;b&gt; file<progress ")
    assert "created mario\n3 of 9 tensors <kept>" == drawn[-1]["text/plain"]
    assert "3 of 9 tensors &lt;kept&gt;" in drawn[-1]["text/html"]


def test_a_failure_leaves_the_step_it_happened_in(ip: object) -> None:
    def fail(cancel: CancelToken) -> Generator[Event, None, str]:
        yield copying(1)
        raise OllamaError("broken.")

    with capture_output() as captured, pytest.raises(OllamaError, match="broken"):
        follow(Run.start(fail), IN_KERNEL, bundle)

    assert "failed: copying a <b> file" == displayed(captured)[-1]["text/plain"]


def test_on_a_terminal_steps_are_bars_and_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    screen, out = Terminal(), io.StringIO()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr(sys, "stdout", out)

    follow(Run.start(work), IN_TERMINAL, bundle)

    assert "copying a <b> file" in screen.getvalue()
    assert "success\n" in screen.getvalue()
    assert "created mario\n3 of 9 tensors <kept>\n" == out.getvalue()


def test_where_nobody_watches_only_the_result_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    errors, out = io.StringIO(), io.StringIO()
    monkeypatch.setattr(sys, "stderr", errors)
    monkeypatch.setattr(sys, "stdout", out)

    follow(Run.start(work), IN_TERMINAL, bundle)

    assert ("", "created mario\n3 of 9 tensors <kept>\n") == (errors.getvalue(), out.getvalue())


def test_the_reporter_fits_the_place(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(reporter_for(IN_KERNEL), Bar)
    monkeypatch.setattr(sys, "stderr", Terminal())
    assert isinstance(reporter_for(IN_TERMINAL), TerminalBar)
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert isinstance(reporter_for(IN_TERMINAL), Quiet)


def test_a_step_tells_share_and_bytes() -> None:
    assert f"copying a <b> file:  50% {'█' * 10:<20} 1 MB/2 MB" == step_bundle(copying(1_000_000))["text/plain"]
    assert "writing manifest" == step_bundle(Progress("writing_manifest"))["text/plain"]


def test_a_pull_tells_rate_remaining_time_and_how_far_all_layers_are() -> None:
    facts = {"short": "8eeb52dfb3bb", "all_completed": 2_000_000, "all_total": 8_000_000, "rate": 96_000.0, "remaining_s": 62.4}
    step = Progress("pulling", "sha256:8e", completed=1_000_000, total=4_000_000, facts=facts)

    assert step_bundle(step)["text/plain"].startswith("pulling 8eeb52dfb3bb:  25% █████")
    assert step_bundle(step)["text/plain"].endswith(" 1 MB/4 MB · 96 KB/s · 1m2s left · 25% of all")
    assert "1 MB/4 MB · 96 KB/s · 1m2s left" in step_bundle(step)["text/html"]
    alone = Progress("pulling", completed=1, total=8, facts={"short": "8e", "all_completed": 8, "all_total": 8, "rate": 0.0})
    assert step_bundle(alone)["text/plain"].endswith("1 B/8 B")
