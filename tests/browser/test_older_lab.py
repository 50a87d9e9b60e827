"""The panel in the oldest JupyterLab that it supports."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from .conftest import OpenedNotebook, open_in, serving
from .panel import Panel, make

INSTALLED = Path(__file__).parents[2] / "build" / "jupyterlab44"
"""Made by tests/kernels.sh."""


@pytest.fixture
def older(tmp_path: Path, browser: BrowserContext) -> Iterator[OpenedNotebook]:
    """A notebook in it."""
    with serving(tmp_path, INSTALLED) as lab:
        notebook = open_in(lab, browser, [make("mario")], name="older.ipynb")
        yield notebook
        notebook.page.close()


def test_it_lists_opens_and_is_there_again_after_a_restart(older: OpenedNotebook) -> None:
    panel = Panel(older)
    panel.expect_state("absent")
    assert older.page.evaluate("() => window.jupyterapp.version").startswith("4.4.")

    older.run(0)
    panel.model("mario:latest").dblclick()
    expect(panel.area("Models").get_by_text("Modelfile").first).to_be_visible()
    panel.restart_kernel()
    panel.expect_state("absent")
    panel.press("Load")

    panel.expect_state("ready")
    expect(panel.root.get_by_role("tab", name="Models", exact=True)).to_be_visible()
