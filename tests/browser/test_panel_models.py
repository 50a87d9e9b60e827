"""Models and their layers in the panel: a real kernel with a store of its own, and pocket in it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from .conftest import OpenedNotebook

OPEN = "jupyter-ollama:open"
START = """
import os
os.environ["OLLAMA_MODELS"] = {store!r}
%load_ext jupyter_ollama
from jupyter_ollama import Ollama
ollama = Ollama()
"""
MARIO = '''
FROM pocket
TEMPLATE """{{ range .Messages }}{{ .Content }}{{ end }}"""
SYSTEM You are Mario.
PARAMETER temperature 0.5
MESSAGE user Who are you?
MESSAGE assistant Mario, of course.
LICENSE Do what you like.
'''
EVIL = "<img src=x onerror='window.hit = 1'><script>window.hit = 1</script>\u202e\u2066" + "endless" * 20_000

OpenPanel = Callable[..., tuple[OpenedNotebook, Locator]]


@pytest.fixture
def open_panel(open_notebook, tmp_path: Path) -> OpenPanel:
    """A notebook whose kernel has an empty store; `setup` fills it. The panel is open and ready."""

    def open_(setup: str, name: str, *cells: str) -> tuple[OpenedNotebook, Locator]:
        notebook = open_notebook([START.format(store=str(tmp_path / "models")) + setup, *cells], name=f"{name}.ipynb")
        outputs = notebook.run(0)
        assert not [output for output in outputs if output["output_type"] == "error"], outputs
        notebook.command(OPEN)
        panel = notebook.page.locator("#jupyter-ollama-panel")
        expect(panel.get_by_role("tab", name="Models")).to_be_visible()
        return notebook, panel

    return open_


def model(panel: Locator, name: str) -> Locator:
    """The row of a model."""
    return panel.locator(f"[data-jo-model='{name}']")


def choose(panel: Locator, name: str, action: str) -> None:
    """Take an action from the menu of a model."""
    model(panel, name).click(button="right")
    panel.page.get_by_role("menuitem", name=action, exact=True).click()


def test_models_are_listed_as_they_come_and_found(open_panel):
    notebook, panel = open_panel("ollama.create('mario', 'FROM pocket').result();", "listed", "ollama.copy('mario', 'luigi:v2')")
    expect(model(panel, "mario:latest")).to_contain_text("F16")

    notebook.run(1)

    expect(model(panel, "luigi:v2")).to_contain_text("= mario:latest")
    panel.get_by_role("searchbox").fill("luigi")
    expect(model(panel, "mario:latest")).to_be_hidden()
    expect(model(panel, "luigi:v2")).to_be_visible()


def test_an_empty_store_invites_and_pocket_is_made_on_a_click(open_panel):
    _, panel = open_panel("", "empty")

    panel.get_by_role("button", name="Create pocket").click()

    expect(model(panel, "pocket:latest")).to_be_visible()


def test_a_model_opens_layer_by_layer(open_panel):
    notebook, panel = open_panel(f"ollama.create('mario', {MARIO!r}).result()", "layers")
    model(panel, "mario:latest").click()
    layer = lambda name: panel.get_by_role("button", name=re.compile(f"^{name}"))  # noqa: E731
    expect(layer("Weights")).to_be_visible()

    layer("Template").click()
    expect(panel.locator(".jo-text [data-style='keyword']").first).to_have_text("range")
    layer("Messages").click()
    expect(panel.get_by_role("listitem").nth(1)).to_contain_text("Mario, of course.")
    layer("License").last.click()  # the first is that of pocket
    expect(panel.get_by_text("Do what you like.").first).to_be_visible()

    layer("Weights").click()
    panel.get_by_role("searchbox", name="Search the metadata").fill("tokens")
    panel.get_by_role("option", name="tokenizer.ggml.tokens").click()
    elements = panel.get_by_role("listbox", name="tokenizer.ggml.tokens")
    expect(elements.get_by_role("option").first).to_be_visible()
    elements.get_by_role("option").first.focus()
    notebook.page.keyboard.press("End")
    expect(elements.get_by_role("option").last).to_be_focused()
    expect(elements.get_by_role("option").last).not_to_contain_text("…")
    panel.get_by_role("tab", name="Tensors").click()
    expect(panel.get_by_role("option", name="token_embd.weight")).to_be_visible()

    panel.get_by_role("button", name="Insert as %%modelfile cell").click()
    panel.get_by_role("button", name="Back to the models").click()
    expect(model(panel, "mario:latest")).to_be_focused()
    magic, *lines = notebook.save().cells[1].source.splitlines()
    assert "%%modelfile mario:latest" == magic
    assert "PARAMETER temperature 0.5" in lines


def test_a_double_click_opens_a_model_and_selects_nothing(open_panel):
    notebook, panel = open_panel("ollama.create('mario', 'FROM pocket').result()", "double")

    model(panel, "mario:latest").dblclick()

    expect(panel.get_by_role("button", name="Back to the models")).to_be_visible()
    assert notebook.page.evaluate("() => getSelection().toString()") == ""


def test_a_model_is_renamed_loaded_unloaded_and_deleted(open_panel):
    notebook, panel = open_panel("ollama.create('mario', 'FROM pocket').result(); ollama.copy('mario', 'luigi')", "acts")
    page = notebook.page

    choose(panel, "mario:latest", "Rename…")
    page.keyboard.type("a name of several words")
    name = panel.get_by_role("textbox", name="New name")
    expect(name).to_have_accessible_description("Names have no blanks.")
    expect(panel.get_by_role("button", name="Rename", exact=True)).to_be_disabled()
    name.fill("pocket")
    expect(name).to_have_accessible_description("pocket:latest is there already: it will be replaced.")
    name.fill("peach:v1")
    expect(name).to_have_accessible_description("")
    page.keyboard.press("Enter")
    expect(model(panel, "peach:v1")).to_be_visible()
    expect(model(panel, "mario:latest")).to_be_hidden()

    choose(panel, "peach:v1", "Load into memory")
    expect(model(panel, "peach:v1").locator(".jo-loaded")).to_contain_text("in memory")
    choose(panel, "peach:v1", "Unload")
    expect(model(panel, "peach:v1").locator(".jo-loaded")).to_be_hidden()

    choose(panel, "peach:v1", "Delete…")
    dialog = page.locator(".jp-Dialog")
    expect(dialog).to_contain_text("Delete peach:v1?")
    expect(dialog).to_contain_text(re.compile(r"10 MB stays, needed by luigi:latest, pocket:latest: Weights"))
    dialog.get_by_role("button", name="Delete").click()
    expect(model(panel, "peach:v1")).to_be_hidden()

    for name in ("luigi:latest", "pocket:latest"):
        model(panel, name).click(modifiers=["Control"])
    panel.get_by_role("group", name="Selected models").get_by_role("button", name="Delete…").click()
    expect(dialog).to_contain_text(re.compile(r"pocket:latest\s*This frees 10 MB\."))
    dialog.get_by_role("button", name="Delete").click()
    expect(panel.get_by_role("button", name="Create pocket")).to_be_visible()


def test_a_thousand_models_scroll_and_few_are_in_the_page(open_panel, tmp_path):
    notebook, panel = open_panel("ollama.create('mario', 'FROM pocket').result()", "thousand")
    expect(model(panel, "mario:latest")).to_be_visible()
    library = next((tmp_path / "models/manifests").rglob("mario")).parent
    for number in range(1_000):
        shutil.copytree(library / "mario", library / f"copy{number}")
    panel.get_by_role("combobox").select_option("name")
    rows = panel.get_by_role("treeitem")
    expect(rows.first).to_have_attribute("aria-setsize", "1002")  # pocket is there, too

    rows.first.focus()
    notebook.page.keyboard.press("End")

    expect(model(panel, "pocket:latest")).to_be_focused()
    assert rows.count() < 100


def test_hostile_layers_never_execute(open_panel):
    modelfile = f'FROM pocket\nTEMPLATE """{EVIL}"""\nSYSTEM """{EVIL}"""\nLICENSE """{EVIL}"""\nMESSAGE user """{EVIL}"""\n'
    notebook, panel = open_panel(f"ollama.create('evil', {modelfile!r}).result()", "hostile")
    model(panel, "evil:latest").click()

    for name in ("Template", "System", "License", "Messages"):
        panel.get_by_role("button", name=re.compile(f"^{name}")).last.click()
        expect(panel.get_by_role("region", name=re.compile(f"^{name}")).last).to_contain_text("<img src=x onerror=")

    assert panel.locator("img, script").count() == 0
    assert notebook.page.evaluate("window.hit") is None
    assert not re.search("[\u202e\u2066]", panel.inner_text())
    body = panel.locator(".jo-inspector-body")
    assert body.evaluate("e => e.scrollWidth <= e.clientWidth")
