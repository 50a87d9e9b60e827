"""The side panel, as a user sees it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

PANEL = "#jupyter-ollama-panel"
OPEN = "jupyter-ollama:open"


@pytest.mark.parametrize("app", ["lab", "notebooks"])
def test_panel_greets_and_names_the_kernel_in_front(open_notebook, app):
    notebook = open_notebook(["1 + 1"], name=f"greeting-{app}.ipynb", app=app)

    notebook.command(OPEN)

    panel = notebook.page.locator(PANEL)
    expect(panel).to_be_visible()
    expect(panel.get_by_role("heading")).to_have_text("Hello from Ollama in Jupyter")
    expect(panel.get_by_role("status")).to_have_text(f"greeting-{app}.ipynb runs on Python 3 (ipykernel): ready.")


def test_panel_follows_the_kernel_while_a_cell_runs(open_notebook):
    wait_for_file = "import pathlib, time\nwhile not pathlib.Path('go-on').exists(): time.sleep(0.05)"
    notebook = open_notebook([wait_for_file], name="busy.ipynb")
    notebook.command(OPEN)
    status = notebook.page.locator(PANEL).get_by_role("status")

    notebook.start(0)
    expect(status).to_have_attribute("data-status", "busy")

    (notebook.path.parent / "go-on").touch()
    expect(status).to_have_attribute("data-status", "idle")


def test_panel_says_when_no_notebook_is_open(open_notebook):
    notebook = open_notebook(["1"], name="closing.ipynb")
    notebook.command(OPEN)
    notebook.save()

    notebook.command("application:close-all")

    expect(notebook.page.locator(PANEL).get_by_role("status")).to_contain_text("No notebook is open.")


def test_open_command_is_in_the_palette(open_notebook):
    notebook = open_notebook(["1"], name="palette.ipynb")
    notebook.command("apputils:activate-command-palette")

    notebook.page.locator(".lm-CommandPalette-input").fill("Show Ollama")

    expect(notebook.page.locator(".lm-CommandPalette-item[data-command='jupyter-ollama:open']")).to_be_visible()
