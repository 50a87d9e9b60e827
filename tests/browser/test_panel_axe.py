"""What axe finds in the panel as it is used: each area with what opens in it, in the light and in the dark."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from .axe import serious_findings
from .panel import PANEL, Panel, make
from .test_panel_chat import SCRIPT

THEMES = "@jupyterlab/apputils-extension:themes"
ANSWER = "# Title\n\nA [link](https://example.com/), `code`, **bold**.\n\n```python\nprint(1)\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n> said\n"
WRONG = "FROM seen\nPARAMETER temperature hot\nSYSTEM You are Mario.\nNONSENSE 1"


@pytest.fixture(params=["Light", "Dark"])
def panel(open_notebook, lab, request) -> Panel:
    """A panel with a model whose layers are of every kind, in one of the themes."""
    modelfile = 'FROM pocket\nTEMPLATE """{{ range .Messages }}{{ .Content }}{{ end }}"""\nSYSTEM S\nPARAMETER temperature 0.5\nMESSAGE user Hi\nLICENSE L'
    cell = make("seen", "seen:again") + f'\nOllama().create("rich", {modelfile!r}).result()' + SCRIPT.format(pause=0, answers=[[ANSWER]] * 3)
    lab.set(THEMES, {"theme": f"JupyterLab {request.param}"})
    try:
        notebook = open_notebook([cell], name=f"axe-deep-{request.param}.ipynb")
        notebook.run(0)
        yield Panel(notebook)
    finally:
        lab.set(THEMES, None)


def test_nobody_is_kept_out_of_what_opens(panel):
    page, found = panel.page, {}

    def look(where: str) -> None:
        if seen := serious_findings(page, PANEL):
            found[where] = seen

    models = panel.area("Models")
    expect(panel.model("rich:latest")).to_be_visible()
    panel.model("rich:latest").click(modifiers=["Control"])
    look("selected")
    panel.press("What to do with rich:latest")
    expect(page.get_by_role("menuitem", name="Rename…", exact=True)).to_be_visible()
    look("menu")
    page.get_by_role("menuitem", name="Rename…", exact=True).click()
    models.get_by_role("textbox", name="New name").fill("a b")
    page.keyboard.press("Enter")
    expect(models.get_by_role("alert")).to_be_visible()
    look("a name that is refused")
    page.keyboard.press("Escape")

    panel.notebook.command("jupyter-ollama:layers", model="rich:latest")
    for name in ("Template", "System", "License", "Messages", "Parameters", "Weights"):
        models.get_by_role("button", name=re.compile(f"^{name}")).last.click()
    expect(models.get_by_role("option", name="general.architecture")).to_be_visible()
    look("layers")
    models.get_by_role("searchbox", name="Search the metadata").fill("tokens")
    models.get_by_role("option", name="tokenizer.ggml.tokens").click()
    expect(models.get_by_role("listbox", name="tokenizer.ggml.tokens").get_by_role("option").first).to_be_visible()
    look("elements")
    models.get_by_role("tab", name="Tensors").click()
    expect(models.get_by_role("option", name="token_embd.weight")).to_be_visible()
    look("tensors")

    panel.tab("Chat").click()
    chat = panel.area("Chat")
    chat.get_by_role("combobox", name="Model").select_option("rich:latest")
    chat.get_by_role("textbox", name="Your message").fill("Hello")
    page.keyboard.press("Enter")
    answer = chat.get_by_role("article", name="Answer of rich:latest").last
    expect(answer).to_have_attribute("aria-busy", "false")
    answer.locator(".jo-figures summary").click()
    expect(answer.locator("table")).to_be_visible()
    look("an answer")
    panel.press("Show the settings")
    look("settings")

    panel.tab("Create").click()
    create = panel.area("Create")
    create.get_by_role("textbox", name="Modelfile").click()
    page.keyboard.insert_text(WRONG)
    create.get_by_role("textbox", name="Name", exact=True).fill("wrong")
    expect(create.get_by_role("button", name=re.compile("hot|NONSENSE|line", re.IGNORECASE)).first).to_be_visible()
    look("a Modelfile with mistakes")
    create.get_by_role("button", name="Create", exact=True).click()
    expect(create.get_by_role("alert").first).to_be_visible()
    look("a create that failed")

    panel.tab("Pull").click()
    expect(panel.area("Pull").get_by_role("textbox").first).to_be_visible()
    look("pull")
    assert found == {}
