"""The panel in JupyterLab, in a real browser: how soon the list is there, and how soon an answer starts and stops while a cell sleeps.

python -m tests.benchmarks.bench_panel [--models 1000] [--rounds 3]

The first page of a kernel finds nothing imported and no manifest read: the extension was loaded, and nothing else. It connects then,
whether the panel is shown or not. What streams at a high rate is measured by ``bench_panel_chat``, the comm alone by
``bench_panel_feed``, bundles by ``bench_bundles``.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from ..browser.conftest import KERNEL_IS_READY, LOAD_MS, OpenedNotebook, browsing, open_in, serving
from .bench_list import fill
from .bench_panel_chat import environment
from .table import Row, print_table

LIST_MS, ACT_MS = 300.0, 1000.0
ROW = "#jupyter-ollama-panel [data-jo-model]"

_LOAD = """import os
os.environ["OLLAMA_MODELS"] = {store!r}
%load_ext jupyter_ollama"""
_SLOW = """import time
from jupyter_ollama.engine.echo import EchoEngine, EchoEngines
from jupyter_ollama.notebook import session
class Slow(EchoEngine):
    def generate(self, *given, **named):
        answer = super().generate(*given, **named)
        while True:
            try:
                token = next(answer)
            except StopIteration as end:
                return end.value
            time.sleep(0.02)
            yield token
session.get().create("slow", "FROM pocket").result()
session.get().engines = EchoEngines(*[Slow(*["word "] * 100_000)] * 50)"""

# In the page: from the click that shows the panel, or the message that the extension was loaded, to the first painted row.
_OPEN = """async row => {
  const begun = performance.now();
  await window.jupyterapp.commands.execute('jupyter-ollama:open');
  while (!document.querySelector(row)) { await new Promise(requestAnimationFrame); }
  await new Promise(requestAnimationFrame);
  return performance.now() - begun;
}"""
_CELL = """async row => {
  const panel = window.jupyterapp.shell.currentWidget;
  await window.jupyterapp.commands.execute('jupyter-ollama:open');
  let begun = 0;
  panel.sessionContext.iopubMessage.connect((_, message) => {
    if (message.header.msg_type === 'comm_open' && begun === 0) { begun = performance.now(); }
  });
  panel.content.activeCellIndex = 0;
  void window.jupyterapp.commands.execute('notebook:run-cell');
  while (!document.querySelector(row)) { await new Promise(requestAnimationFrame); }
  await new Promise(requestAnimationFrame);
  return performance.now() - begun;
}"""
_START = """async () => {
  const begun = performance.now();
  document.querySelector('.jo-composer button').click();
  while (!document.querySelector('.jo-reply[aria-busy=true] .jo-markdown')?.textContent) { await new Promise(requestAnimationFrame); }
  return performance.now() - begun;
}"""
_STOP = """async () => {
  const begun = performance.now();
  document.querySelector('.jo-composer button').click();
  while (document.querySelector('.jo-reply[aria-busy=true]')) { await new Promise(requestAnimationFrame); }
  return performance.now() - begun;
}"""


def measure(models: int = 1000, rounds: int = 3) -> list[Row]:
    """Rows: the list on the first page of a kernel, on later ones, and acting while a cell sleeps; ``ratio`` is of the median."""
    with tempfile.TemporaryDirectory() as folder, environment(Path(folder)):
        (Path(folder) / "lab").mkdir()
        store = Path(folder) / "many"
        fill(store, models)
        with serving(Path(folder) / "lab") as lab, browsing(Path(folder) / "profile") as browser:
            first, later = [], []
            for number in range(rounds):
                notebook = open_in(lab, browser, [_LOAD.format(store=str(store))], name=f"list{number}.ipynb")
                first.append(_milliseconds(notebook.page, _CELL, ROW))
                notebook.save()
                notebook.page.goto(lab.address("lab", f"list{number}.ipynb") + "&reset")
                notebook.page.wait_for_function(KERNEL_IS_READY, timeout=LOAD_MS)
                notebook.page.wait_for_timeout(1000)  # JupyterLab is still busy with itself
                later.append(_milliseconds(notebook.page, _OPEN, ROW))
                notebook.page.close()
            begins, ends = _act(open_in(lab, browser, [_LOAD.format(store=str(Path(folder) / "own")), _SLOW, "time.sleep(600)"]), rounds)
    return [
        _row(f"extension loaded to the list of {models:,} models, first page of a kernel", first, LIST_MS),
        _row(f"panel opened to the list of {models:,} models, later page", later, LIST_MS),
        _row("an answer starts while a cell sleeps", begins, ACT_MS),
        _row("it stops while a cell sleeps", ends, ACT_MS),
    ]


def _act(notebook: OpenedNotebook, rounds: int) -> tuple[list[float], list[float]]:
    """Ask and stop beside a sleeping cell. Milliseconds of each."""
    page = notebook.page
    notebook.run(0)
    notebook.run(1)
    notebook.command("jupyter-ollama:open")
    page.get_by_role("tab", name="Chat", exact=True).click()
    page.get_by_role("combobox", name="Model").select_option("slow:latest")
    notebook.start(2)
    page.wait_for_timeout(1000)
    begins, ends = [], []
    for _ in range(rounds):
        page.get_by_role("textbox", name="Your message").fill("Go.")
        begins.append(_milliseconds(page, _START))
        page.wait_for_timeout(500)
        ends.append(_milliseconds(page, _STOP))
    assert notebook.cell(2).locator(".jp-InputPrompt").inner_text() == "[*]:"
    return begins, ends


def _milliseconds(page: Page, script: str, argument: Any = None) -> float:
    return float(page.evaluate(script, argument))


def _row(what: str, taken: Sequence[float], goal: float) -> Row:
    middle = statistics.median(taken)
    return Row(what, f"{goal:.0f} ms", middle / goal, "<= 1", f"{middle:.0f} ms ({min(taken):.0f} to {max(taken):.0f})")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    print_table(measure(given.models, given.rounds))
