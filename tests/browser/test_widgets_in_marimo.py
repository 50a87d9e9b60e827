"""Widgets in marimo, which has a kernel of its own kind and none of JupyterLab's colours."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from .conftest import LOAD_MS, START_SECONDS, _free_port

APP = """import marimo

app = marimo.App()


@app.cell
def _():
    import marimo as mo
    from jupyter_ollama import Ollama
    from jupyter_ollama.widgets import Chat, LayerInspector, ModelBrowser, ModelfileEditor

    ollama = Ollama({store!r})
    ollama.create("mario", "FROM pocket").result()
    chat = mo.ui.anywidget(Chat("mario", options={{"num_predict": 12, "seed": 3}}, ollama=ollama))
    chat
    return LayerInspector, ModelBrowser, ModelfileEditor, chat, mo, ollama


@app.cell
def _(chat, mo):
    mo.md("said: " + ", ".join(one.role for one in chat.widget.messages) + str(len(chat.value["messages"])))
    return


@app.cell
def _(ModelBrowser, mo, ollama):
    mo.ui.anywidget(ModelBrowser(height=300, ollama=ollama))
    return


@app.cell
def _(ModelfileEditor, mo, ollama):
    editor = mo.ui.anywidget(ModelfileEditor(name="luigi", ollama=ollama))
    editor
    return (editor,)


@app.cell
def _(editor, mo):
    mo.md("written: " + repr(editor.value["text"]))
    return


if __name__ == "__main__":
    app.run()
"""


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Where marimo shows the app."""
    app, log, port = tmp_path / "app.py", tmp_path / "marimo.log", _free_port()
    app.write_text(APP.format(store=str(tmp_path / "models")), encoding="utf-8")
    options = ["--headless", "--no-token", "--host=127.0.0.1", f"--port={port}"]
    command = [sys.executable, "-m", "marimo", "--quiet", "run", str(app), *options]
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env={**os.environ, "MARIMO_SKIP_UPDATE_CHECK": "1"}, cwd=tmp_path)
    try:
        _wait(f"http://127.0.0.1:{port}", process, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/health", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"marimo did not start:\n{log.read_text()[-3000:]}")


@pytest.fixture
def page(address: str, browser: BrowserContext) -> Iterator[Page]:
    page = browser.new_page()
    page.goto(address)
    page.locator(".jo-widget").first.wait_for(timeout=LOAD_MS)
    yield page
    page.close()


def test_a_chat_answers_in_marimo_and_other_cells_read_it(page: Page) -> None:
    chat, browser = page.locator(".jo-widget").first, page.locator(".jo-widget").nth(1)

    box = chat.locator("textarea").last
    box.fill("Who are you?")
    box.press("Enter")

    expect(chat.get_by_role("button", name="Answer again")).to_be_visible()
    expect(page.get_by_text("said: user, assistant2")).to_be_visible()
    expect(browser.locator("[data-jo-model='mario:latest']")).to_be_visible()


def test_a_modelfile_is_written_in_marimo_and_made(page: Page) -> None:
    editor = page.locator(".jo-widget").last
    field = editor.get_by_role("textbox", name="Modelfile")

    field.click()
    page.keyboard.type("SY")
    expect(editor.get_by_role("option", name="SYSTEM")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.type(" Hi\nFROM mario")
    expect(field).to_have_value("SYSTEM Hi\nFROM mario")
    editor.get_by_role("button", name="Create", exact=True).click()

    expect(editor.get_by_text("luigi:latest is there.")).to_be_visible()
    expect(page.get_by_text("written: 'SYSTEM Hi\\nFROM mario'")).to_be_visible()


@pytest.mark.parametrize(("scheme", "dark"), [("light", False), ("dark", True)])
def test_colours_follow_marimo(page: Page, scheme: str, dark: bool) -> None:
    page.emulate_media(color_scheme=scheme)
    page.evaluate("dark => document.body.classList.toggle('dark', dark) || document.body.classList.toggle('light', !dark)", dark)

    expect(page.locator(".jo-widget").first).to_have_attribute("data-theme", scheme)
