"""A Modelfile written in a cell: by single keys, as a person types."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from ..engine import tiny
from .axe import serious_findings
from .panel import make

EDITOR = "from jupyter_ollama.widgets import ModelfileEditor\neditor = ModelfileEditor(name='luigi')\neditor"
READ = "print(editor.text)"
SET = "editor.text, editor.quantize = 'FROM mario\\r\\nPARAMETER seed 1', 'q8_0'"
BIG = tiny.Shape(n_vocab=32000, n_embd=2048, n_layer=40, n_head=32, n_head_kv=8, n_ff=8192)
"""Many seconds of quantizing."""
MADE = "print([(one.name, one.details.quantization_level) for one in Ollama().list()])"


@pytest.fixture(params=["lab"])
def notebook(open_notebook, request):
    app = request.param
    notebook = open_notebook([make("mario"), EDITOR, READ, SET, MADE], name=f"widget-editor-{app}.ipynb", app=app)
    notebook.run(0)
    notebook.run(1)
    return notebook


@pytest.fixture
def editor(notebook) -> Locator:
    return notebook.cell(1).locator(".jo-widget")


def press_until(field: Locator, keys: str, text: str) -> None:
    """How much of what was typed is undone at once is the browser's affair."""
    for _ in range(len(text)):
        field.press(keys)
        if text in field.input_value():
            return
    expect(field).to_have_value(re.compile(text))


def printed(notebook, cell: int, text: str) -> str:
    """What a cell prints. Jupyter holds back what a widget tells while it tells something else: the cell may come first."""
    for _ in range(3):
        [output] = notebook.run(cell)
        if text in output["text"]:
            break
    return output["text"]


@pytest.mark.parametrize("notebook", ["lab", "notebooks"], indirect=True)
def test_a_modelfile_is_written_completed_checked_and_made(notebook, editor):
    keyboard = notebook.page.keyboard
    field = editor.get_by_role("textbox", name="Modelfile")
    field.click()
    keyboard.type("FROM mario")
    keyboard.press("Escape")
    keyboard.press("Enter")
    keyboard.type("SY")
    expect(editor.get_by_role("option", name="SYSTEM")).to_be_visible()
    keyboard.press("Tab")
    keyboard.type(" You are Luigi.\nPARAMETER temperatur 1\n")  # as fast as it goes: nothing is lost, and keys are not the notebook's

    expect(field).to_have_value("FROM mario\nSYSTEM You are Luigi.\nPARAMETER temperatur 1\n")
    expect(editor.locator("[data-style=instruction]").first).to_have_text("FROM")
    expect(editor.locator(".jo-line [data-severity=error]")).to_have_text(["temperatur"])  # "SY" was one, too, for a moment
    problem = editor.get_by_role("list", name="Problems").get_by_role("button", name=re.compile("Line 3.*temperature"))
    expect(problem).to_be_visible()
    assert serious_findings(notebook.page, ".jo-widget") == []
    keyboard.press("F8")
    keyboard.type("temperature")
    keyboard.press("Escape")
    expect(problem).to_have_count(0)
    press_until(field, "Control+z", "PARAMETER temperatur 1")
    press_until(field, "Control+Shift+z", "PARAMETER temperature 1")

    assert printed(notebook, 2, "temperature") == "FROM mario\nSYSTEM You are Luigi.\nPARAMETER temperature 1\n\n"
    editor.get_by_label("Quantize").select_option("q8_0")
    editor.get_by_role("button", name="Create", exact=True).click()
    made = editor.get_by_role("region", name="Creating luigi")
    expect(made.get_by_text("luigi:latest is there.")).to_be_visible()

    assert "('luigi:latest', 'Q8_0')" in notebook.run(4)[0]["text"]


def test_python_writes_what_is_shown(notebook, editor):
    notebook.run(3)

    expect(editor.get_by_role("textbox", name="Modelfile")).to_have_value("FROM mario\nPARAMETER seed 1")
    expect(editor.get_by_label("Quantize")).to_have_value("q8_0")


def test_a_long_creation_is_cancelled_where_its_button_first_was_and_leaves_nothing(notebook, editor, lab):
    tiny.hollow_llama(lab.root / "hollow.gguf", BIG)
    editor.get_by_role("textbox", name="Modelfile").fill("FROM ./hollow.gguf")
    editor.get_by_label("Quantize").select_option("q4_K_M")
    editor.get_by_role("button", name="Create", exact=True).click()
    made = editor.get_by_role("region", name="Creating luigi")
    cancel = made.get_by_role("button", name="Cancel", exact=True)
    first = cancel.bounding_box()
    expect(made.get_by_role("progressbar", name="Quantizing")).to_be_in_viewport()
    assert cancel.bounding_box() == first, "steps that come in move the button away under the mouse"
    cancel.click()
    expect(made.get_by_text("Cancelled: nothing was changed.")).to_be_visible()

    assert "Q4_K_M" not in notebook.run(4)[0]["text"]
