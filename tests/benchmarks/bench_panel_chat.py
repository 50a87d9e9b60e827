"""The chat of the panel at a high rate: a real kernel that says 200 tokens a second, its comm, JupyterLab in a real browser.

python -m tests.benchmarks.bench_panel_chat [--rate 200] [--seconds 10] [--full]

Measured: whether every token came, by its number, in what was streamed and in what is drawn; the longest task of the page's main thread as
the browser's own trace tells it, by the processor's time and by the clock (on a machine that does other things a task waits in the middle);
how long after Stop the answer ended. The front end has to be built and installed before.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from ..browser.conftest import OpenedNotebook, browsing, open_in, serving
from .table import Row, print_table

TASK_MS, STOP_MS = 50.0, 1000.0

_KERNEL = """
%load_ext jupyter_ollama
import time
from jupyter_ollama import Ollama
from jupyter_ollama.engine.echo import EchoEngine, EchoEngines
from jupyter_ollama.notebook import session

class Paced(EchoEngine):
    def generate(self, *given, **named):
        answer, begun, count = super().generate(*given, **named), time.monotonic(), 0
        while True:
            try:
                token = next(answer)
            except StopIteration as end:
                return end.value
            time.sleep(max(0, begun + count / {rate} - time.monotonic()))
            count += 1
            yield token

def pieces(count):
    '''Markdown of every kind; each token is a word with its number.'''
    shapes = [
        (60, '', ' ', '\\n\\n'), (1, '## ', '', '\\n\\n'), (40, '- ', '\\n- ', '\\n\\n'), (80, '```python\\n', ' = 1\\n', '\\n```\\n\\n'),
        (12, '| a |\\n|---|\\n| ', ' |\\n| ', ' |\\n\\n'), (30, '**', '** *', '*\\n\\n'), (8, '$$', ' + ', '$$\\n\\n'), (90, '> ', ' ', '\\n\\n'),
    ]
    number = 0
    while number < count:
        for words, first, between, last in shapes:
            for index in range(words):
                yield (first if index == 0 else between) + f't{{number}}' + (last if index == words - 1 else '')
                number += 1

Ollama().create('paced', 'FROM pocket').result()
session.get().engines = EchoEngines(Paced(*pieces({count}), n_ctx=1 << 30))
"""

_WATCH = """() => {
  const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
  window.streamed = '';
  kernel.anyMessage.connect((_, { msg, direction }) => {
    if (direction === 'recv' && msg.header.msg_type === 'comm_msg') {
      for (const item of msg.content.data?.items ?? []) {
        if (item.kind === 'event' && item.event.type === 'chunk') { window.streamed += item.event.content; }
        if (item.kind === 'state') { window.streamed = item.events.map(event => event.content ?? '').join(''); }
      }
    }
  });
}"""

_DRAWN = "() => [...document.querySelectorAll('.jo-reply')].at(-1)?.querySelector('.jo-markdown').textContent ?? ''"


def measure(rate: int = 200, seconds: float = 10.0) -> list[Row]:
    """Rows: tokens lost, the longest task of the main thread, how soon Stop acts."""
    count = int(rate * seconds)
    with chatting(rate, count) as page:
        page.wait_for_timeout(3000)  # JupyterLab is still busy with itself
        with traced(page) as tasks:
            _ask(page)
            begun = time.monotonic()
            page.locator(".jo-reply[aria-busy=false] .jo-figures").wait_for(timeout=(seconds * 4 + 60) * 1000)
            took = time.monotonic() - begun
            page.wait_for_timeout(1000)
        said = {"streamed": page.evaluate("() => window.streamed"), "drawn": page.evaluate(_DRAWN)}
        lost = {where: count - _found(text, count) for where, text in said.items()}
        stop_ms = _stop(page)
    longest, share = max(task.cpu_ms for task in tasks), sum(task.cpu_ms for task in tasks) / (took + 1) / 1000
    slow = sorted((task.ms for task in tasks if task.ms > TASK_MS), reverse=True)
    what = f"{count} tokens at {rate}/s"
    clock = f"by the clock {max(task.ms for task in tasks):.0f} ms, {len(slow)} of {len(tasks)} above {TASK_MS:.0f} ms"
    return [
        Row(f"{what}: not streamed or not drawn", "none", float(sum(lost.values())), "0", f"{lost}, took {took:.1f} s"),
        Row("longest task of the main thread", "50 ms", longest / TASK_MS, "< 1", f"{longest:.0f} ms; {clock}; busy {share:.0%}"),
        Row("answer ends after Stop", "1 s", stop_ms / STOP_MS, "<= 1", f"{stop_ms:.0f} ms"),
    ]


@dataclass(frozen=True)
class Task:
    """One task of the main thread: by the processor's time and by the clock."""

    cpu_ms: float
    ms: float


@contextmanager
def traced(page: Page) -> Iterator[list[Task]]:
    """What the main thread of the page does meanwhile; complete when the block ends."""
    tasks: list[Task] = []
    events: list[dict[str, Any]] = []
    ended: list[object] = []
    session = page.context.new_cdp_session(page)
    session.on("Tracing.dataCollected", lambda told: events.extend(told["value"]))
    session.on("Tracing.tracingComplete", lambda told: ended.append(told))
    session.send("Tracing.start", {"transferMode": "ReportEvents", "traceConfig": {"includedCategories": ["toplevel"]}})
    yield tasks
    session.send("Tracing.end")
    while not ended:
        page.wait_for_timeout(100)
    tasks += _main_thread(events)
    session.detach()


def _main_thread(events: list[dict[str, Any]]) -> list[Task]:
    """The tasks of the busiest main thread; the other pages of this browser are empty."""
    names = {(one["pid"], one["tid"]) for one in events if one.get("name") == "thread_name" and one["args"]["name"] == "CrRendererMain"}
    found: dict[tuple[int, int], list[Task]] = {thread: [] for thread in names}
    for one in events:
        if one["name"] == "ThreadControllerImpl::RunTask" and (one["pid"], one["tid"]) in names:
            found[one["pid"], one["tid"]].append(Task(one.get("tdur", 0) / 1000, one.get("dur", 0) / 1000))
    return max(found.values(), key=lambda tasks: sum(task.cpu_ms for task in tasks))


@contextmanager
def chatting(rate: int, count: int) -> Iterator[Page]:
    """A page with the chat of the panel before a model that says this many tokens."""
    with tempfile.TemporaryDirectory() as folder, environment(Path(folder)):
        (Path(folder) / "lab").mkdir()
        with serving(Path(folder) / "lab") as lab, browsing(Path(folder) / "profile") as browser:
            notebook = open_in(lab, browser, [_KERNEL.format(rate=rate, count=count)])
            notebook.run(0)
            _open_chat(notebook)
            yield notebook.page


@contextmanager
def environment(folder: Path) -> Iterator[None]:
    """Models and settings of this run alone."""
    before = dict(os.environ)
    os.environ.update(
        {"OLLAMA_MODELS": str(folder / "models"), "IPYTHONDIR": str(folder / "ipython"), "JUPYTER_CONFIG_DIR": str(folder / "config"),
         "JUPYTER_DATA_DIR": str(folder / "data"), "JUPYTER_RUNTIME_DIR": str(folder / "runtime"), "JUPYTER_OLLAMA_RUNTIME_DIR": ""}
    )  # fmt: skip
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _open_chat(notebook: OpenedNotebook) -> None:
    page = notebook.page
    notebook.command("jupyter-ollama:open")
    page.get_by_role("tab", name="Chat", exact=True).click()
    page.get_by_role("combobox", name="Model").select_option("paced:latest")
    page.evaluate(_WATCH)


def _ask(page: Page) -> None:
    box = page.get_by_role("textbox", name="Your message")
    box.fill("Go.")
    box.press("Enter")


def _stop(page: Page) -> float:
    """Milliseconds from the click to the answer's end."""
    _ask(page)
    page.locator(".jo-reply[aria-busy=true] .jo-markdown").wait_for()
    page.wait_for_timeout(1000)
    taken: Any = page.evaluate(
        """async () => {
          const begun = performance.now();
          document.querySelector('.jo-composer button').click();
          while (document.querySelector('.jo-reply[aria-busy=true]')) { await new Promise(resolve => setTimeout(resolve, 5)); }
          return performance.now() - begun;
        }"""
    )
    return float(taken)


def _found(text: str, count: int) -> int:
    """How many of the numbered tokens stand in the text, in their order."""
    at = found = 0
    for number in range(count):
        place = text.find(f"t{number}", at)
        if place >= 0:
            at, found = place + 1, found + 1
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--full", action="store_true", help="for 60 seconds")
    given = parser.parse_args()
    print_table(measure(given.rate, 60.0 if given.full else given.seconds))
