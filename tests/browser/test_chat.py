"""``%%chat`` in JupyterLab and Notebook 7: what the front end sends, shows and saves."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

CREATE = "%load_ext jupyter_ollama\nget_ipython().run_cell_magic('modelfile', 'mario', 'FROM pocket')\n%ollama_create mario"


def prompt(notebook, index: int) -> str:
    """What the model was given, printed by the cell at ``index``."""
    return "".join(output["text"] for output in notebook.run(index))


@pytest.mark.parametrize("app", ["lab", "notebooks"])
def test_a_conversation_follows_the_cells(open_notebook, app):
    notebook = open_notebook(
        [CREATE, "%%chat mario\nMy name is Ada.", "%%chat mario --out reply\nWhat is 2 + 3?", "print(reply.prompt)"],
        name=f"chat-{app}.ipynb",
        app=app,
    )
    notebook.run(0)
    notebook.run(1)
    notebook.run(2)
    notebook.run(2)
    assert "My name is Ada." in prompt(notebook, 3)
    assert 1 == prompt(notebook, 3).count("What is 2 + 3?")

    notebook.page.evaluate("() => { const n = window.jupyterapp.shell.currentWidget.content; n.deselectAll(); n.activeCellIndex = 1; }")
    notebook.command("notebook:delete-cell")
    notebook.run(1)
    assert "My name is Ada." not in prompt(notebook, 2)


def test_the_answer_is_saved_with_the_notebook(open_notebook):
    notebook = open_notebook([CREATE, "%%chat mario -o seed=5\nWho are you?"], name="saved.ipynb")
    notebook.run(0)
    notebook.run(1)

    answer, line = notebook.save().cells[1].outputs

    assert answer.data["text/markdown"] == answer.data["text/plain"]
    assert 5 == answer.metadata["jupyter_ollama"]["seed"]
    assert "seed 5" in line.data["text/plain"]


def test_tab_offers_models_and_their_tags(open_notebook):
    notebook = open_notebook([CREATE, "%%chat mario:"], name="tab.ipynb")
    notebook.run(0)
    editor = notebook.page.locator(".jp-Cell").nth(1).locator(".cm-content")
    editor.click()
    notebook.page.keyboard.press("End")

    notebook.page.keyboard.press("Tab")

    expect(notebook.page.locator(".jp-Completer-item").filter(has_text="mario:latest")).to_be_visible()


THINK = """{{ range .Messages }}{{ if .Thinking }}<think>{{ .Thinking }}</think>{{ end }}{{ .Content }}{{ end }}"""
SCRIPT = """
from jupyter_ollama.engine.echo import EchoEngine, EchoEngines
from jupyter_ollama.notebook import session
session.get().engines = EchoEngines(EchoEngine("<think>Who asks?</think>", "I am **Mario**."))
"""


def test_thoughts_open_on_a_click_and_are_saved(open_notebook):
    create = CREATE.replace("FROM pocket", f'FROM pocket\\nTEMPLATE "{THINK}"')
    notebook = open_notebook([create + SCRIPT, "%%chat mario\nWho are you?"], name="thoughts.ipynb")
    notebook.run(0)
    notebook.run(1)
    thoughts = notebook.page.get_by_text("Who asks?", exact=True)

    expect(thoughts).to_be_hidden()
    notebook.page.get_by_text("Thoughts · 2 words").click()
    expect(thoughts).to_be_visible()
    folded, answer, _ = notebook.save().cells[1].outputs
    assert "Who asks?" in folded.data["text/html"]
    assert "I am **Mario**." == answer.data["text/markdown"]


TOOLS = "{{ range .Messages }}{{ .Content }}{{ if .ToolCalls }}<tool_call>{{ .ToolCalls }}</tool_call>{{ end }}{{ end }}{{ .Tools }}"
CALLS = """
from jupyter_ollama.engine.echo import EchoEngine, EchoEngines
from jupyter_ollama.notebook import session
call = '<tool_call>{"name": "get_weather", "arguments": {"city": "Rome"}}</tool_call>'
session.get().engines = EchoEngines(EchoEngine(call), EchoEngine("It **rains**."))
def get_weather(city: str) -> str:
    return f"rain in {city}"
"""


def test_the_person_is_asked_below_the_cell_before_a_function_runs(open_notebook):
    create = CREATE.replace("FROM pocket", f'FROM pocket\\nTEMPLATE "{TOOLS}"')
    notebook = open_notebook([create + CALLS, "%%chat mario --tools get_weather\nUmbrella?"], name="tools.ipynb")
    notebook.run(0)
    notebook.start(1)
    box = notebook.cell(1).locator("input.jp-Stdin-input")

    expect(notebook.cell(1).locator(".jp-Stdin-prompt")).to_have_text('Run get_weather(city="Rome")? [y]es, [n]o, [a]ll: ')
    expect(notebook.cell(1).get_by_text("rain in Rome")).to_have_count(0)
    box.fill("y")
    box.press("Enter")
    expect(notebook.cell(1).get_by_text("← rain in Rome")).to_be_visible()
    expect(notebook.cell(1).locator("strong").get_by_text("rains")).to_be_visible()
