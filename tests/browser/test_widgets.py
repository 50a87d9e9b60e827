"""The widgets in cells of JupyterLab and Notebook 7."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from .axe import serious_findings
from .panel import Panel, make

SLOW = """import time
from jupyter_ollama.engine.echo import EchoEngine, EchoEngines
from jupyter_ollama.notebook import session

class SlowEngine(EchoEngine):
    def generate(self, *given, **more):
        answer = super().generate(*given, **more)
        while True:
            try:
                piece = next(answer)
            except StopIteration as end:
                return end.value
            time.sleep(0.02)
            yield piece

session.get().engines = EchoEngines(SlowEngine("**Mamma** mia! ", *["It is me. "] * 3000))"""
CHAT = "from jupyter_ollama.widgets import Chat\nchat = Chat('mario', options={'num_predict': 12, 'seed': 3})\nchat"


def widget(notebook, index: int) -> Locator:
    """The widget below a cell."""
    return notebook.cell(index).locator(".jo-widget")


def say(chat: Locator, text: str) -> None:
    """Ask, as with the keyboard."""
    box = chat.locator("textarea").last
    box.fill(text)
    box.press("Enter")


@pytest.mark.parametrize("app", ["lab", "notebooks"])
def test_a_chat_answers_in_its_cell_and_python_reads_what_was_said(open_notebook, app):
    notebook = open_notebook([make("mario"), CHAT, "print([(one.role, one.content) for one in chat.messages])"], name=f"widget-chat-{app}.ipynb", app=app)
    notebook.run(0)
    notebook.run(1)
    chat = widget(notebook, 1)

    say(chat, "Who are you?")
    expect(chat.get_by_role("button", name="Answer again")).to_be_visible()
    [printed] = notebook.run(2)

    assert "('user', 'Who are you?'), ('assistant', '" in printed["text"]
    saved = notebook.save().cells[1].outputs[0].data
    assert "Chat with mario" in saved["text/plain"]
    assert "Chat with mario" in saved["text/html"]


def test_an_answer_streams_and_stops(open_notebook):
    notebook = open_notebook([make("mario") + "\n" + SLOW, CHAT.replace("num_predict': 12", "num_predict': -1")], name="widget-stop.ipynb")
    notebook.run(0)
    notebook.run(1)
    chat = widget(notebook, 1)

    say(chat, "Who are you?")
    expect(chat.locator("strong").get_by_text("Mamma")).to_be_visible()
    expect(chat.get_by_role("article", name="Answer of mario")).to_have_attribute("aria-busy", "true")
    chat.get_by_role("button", name="Stop the answer (Escape)").click()

    expect(chat.get_by_text("Stopped.")).to_be_visible()


def test_a_view_that_is_made_again_shows_what_was_said(open_notebook):
    notebook = open_notebook([make("mario"), CHAT, "chat", "chat.messages = chat.messages[:2]\nlen(chat.messages)"], name="widget-views.ipynb")
    notebook.run(0)
    notebook.run(1)
    say(widget(notebook, 1), "Who are you?")
    expect(widget(notebook, 1).get_by_role("button", name="Answer again")).to_be_visible()

    notebook.run(2)
    expect(widget(notebook, 2).get_by_role("article", name="Your question")).to_have_count(1)
    say(widget(notebook, 2), "And your brother?")
    expect(widget(notebook, 1).get_by_role("button", name="Answer again")).to_have_count(2)

    notebook.run(3)
    expect(widget(notebook, 1).get_by_role("article", name="Your question")).to_have_count(1)


def test_the_models_are_listed_and_open_layer_by_layer(open_notebook):
    cells = [
        make("mario", "luigi"),
        "from jupyter_ollama.widgets import ModelBrowser\nbrowser = ModelBrowser()\nbrowser",
        "browser.selected",
        "from jupyter_ollama.widgets import LayerInspector\nLayerInspector('luigi')",
    ]
    notebook = open_notebook(cells, name="widget-models.ipynb")
    notebook.run(0)
    notebook.run(1)
    browser = widget(notebook, 1)

    browser.locator("[data-jo-model='mario:latest']").click()
    expect(browser.get_by_role("article", name="mario:latest").get_by_text("Weights")).not_to_have_count(0)
    [selected] = notebook.run(2)
    notebook.run(3)

    assert selected["data"]["text/plain"] == "'mario:latest'"
    expect(widget(notebook, 3).get_by_role("article", name="luigi").get_by_text("Weights")).not_to_have_count(0)


def test_deleting_is_asked_for_in_the_cell(open_notebook):
    notebook = open_notebook([make("mario"), "from jupyter_ollama.widgets import ModelBrowser\nModelBrowser()"], name="widget-delete.ipynb")
    notebook.run(0)
    notebook.run(1)
    browser = widget(notebook, 1)
    row = browser.locator("[data-jo-model='mario:latest']")

    row.focus()
    row.press("Delete")
    dialog = browser.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    dialog.press("Escape")
    expect(dialog).to_have_count(0)
    expect(row).to_be_focused()
    row.press("Delete")
    dialog.get_by_role("button", name="Delete").click()

    expect(row).to_have_count(0)


def test_what_was_said_stays_when_the_kernel_is_restarted(open_notebook):
    notebook = open_notebook([make("mario"), CHAT], name="widget-restart.ipynb")
    notebook.run(0)
    notebook.run(1)
    chat = widget(notebook, 1)
    say(chat, "Who are you?")
    expect(chat.get_by_role("button", name="Answer again")).to_be_visible()

    notebook.page.evaluate("() => { window.jupyterapp.commands.execute('kernelmenu:restart'); }")
    notebook.page.locator(".jp-Dialog .jp-mod-accept").click()

    expect(chat.get_by_text("The kernel of this view was restarted or stopped. Run its cell again.")).to_be_visible()
    expect(chat.get_by_role("article", name="Your question")).to_have_count(1)


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_nobody_is_kept_out(open_notebook, lab, theme):
    lab.set("@jupyterlab/apputils-extension:themes", {"theme": theme})
    try:
        cells = [make("mario"), CHAT, "from jupyter_ollama.widgets import *\nModelBrowser('mario:latest')", "ModelfileEditor('FROM mario\\nPARAMETER t')"]
        notebook = open_notebook(cells, name=f"widget-axe-{theme[-4:].strip()}.ipynb")
        notebook.run(0)
        notebook.run(1)
        notebook.run(2)
        notebook.run(3)
        say(widget(notebook, 1), "Who are you?")
        expect(widget(notebook, 1).get_by_role("button", name="Answer again")).to_be_visible()
        expect(widget(notebook, 2).get_by_role("article", name="mario:latest").get_by_text("Weights")).not_to_have_count(0)
        editor = widget(notebook, 3)
        editor.get_by_role("textbox", name="Modelfile").press("Control+End")
        editor.get_by_role("textbox", name="Modelfile").press("Control+Space")
        expect(editor.get_by_role("option", name="top_k")).to_be_visible()
        expect(editor.get_by_role("list", name="Problems")).to_be_visible()

        for index in (1, 2, 3):
            expect(widget(notebook, index)).to_have_attribute("data-theme", "jupyter")
        assert serious_findings(notebook.page, ".jo-widget") == []
    finally:
        lab.set("@jupyterlab/apputils-extension:themes", None)


def test_on_ipykernel_6_the_widgets_answer_stream_and_stop(open_notebook, old_kernel):
    cells = [
        make("mario") + "\n" + SLOW + "\nimport ipykernel; print(ipykernel.version_info[0])",
        CHAT.replace("num_predict': 12", "num_predict': -1"),
        "from jupyter_ollama.widgets import LayerInspector, ModelBrowser\nModelBrowser()",
        "LayerInspector('mario')",
    ]
    notebook = open_notebook(cells, name="widget-old.ipynb", kernel=old_kernel)
    printed = "".join(output.get("text", "") for output in notebook.run(0))
    assert printed.strip() == "6"
    for index in (1, 2, 3):
        notebook.run(index)

    notebook.show(1)
    chat = widget(notebook, 1)
    say(chat, "Go.")
    expect(chat.get_by_role("article", name="Answer of mario")).to_contain_text("It is me. It is me.")
    chat.get_by_role("button", name="Stop the answer (Escape)").click()
    expect(chat.get_by_text("Stopped.")).to_be_visible()
    notebook.show(2)
    expect(widget(notebook, 2).locator("[data-jo-model='mario:latest']")).to_be_visible()
    notebook.show(3)
    expect(widget(notebook, 3).get_by_role("article", name="mario").get_by_text("Weights")).not_to_have_count(0)


def test_a_widget_outlives_the_extension_that_is_loaded_anew(open_notebook):
    cells = [make("mario"), "from jupyter_ollama.widgets import ModelBrowser\nModelBrowser()", "%reload_ext jupyter_ollama", make("mario", "luigi")]
    notebook = open_notebook(cells, name="widget-reload.ipynb")
    notebook.run(0)
    notebook.run(1)
    browser = widget(notebook, 1)
    expect(browser.locator("[data-jo-model='mario:latest']")).to_be_visible()
    panel = Panel(notebook)  # it is hung up on when the extension goes
    expect(panel.model("mario:latest")).to_be_visible()

    notebook.run(2)
    notebook.run(3)

    expect(browser.locator("[data-jo-model='luigi:latest']")).to_be_visible()
    browser.locator("[data-jo-model='luigi:latest']").dblclick()
    expect(browser.get_by_text("Modelfile").first).to_be_visible()
