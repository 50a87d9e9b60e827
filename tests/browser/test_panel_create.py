"""Create and Pull in the panel: a real kernel with a store of its own, pocket, and a registry on this machine."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.registry.scripted import Scripted

from .conftest import OpenedNotebook
from .panel import Panel

START = """
import os
os.environ["OLLAMA_MODELS"] = {store!r}
os.chdir({folder!r})
%load_ext jupyter_ollama
from jupyter_ollama import Ollama
ollama = Ollama()
"""

MODELS = "print([(one.name, one.details.quantization_level) for one in ollama.list()])"

OpenPanel = Callable[..., Panel]


@pytest.fixture
def open_panel(open_notebook, tmp_path: Path) -> OpenPanel:
    """A notebook whose kernel has an empty store and works in `tmp_path`. The panel is open at a tab."""

    def open_(tab: str, name: str, cell: str = MODELS) -> Panel:
        start = START.format(store=str(tmp_path / "models"), folder=str(tmp_path))
        notebook = open_notebook([start, cell], name=f"{name}.ipynb")
        outputs = notebook.run(0)
        assert not [output for output in outputs if output["output_type"] == "error"], outputs
        panel = Panel(notebook)
        panel.tab(tab).click()
        return panel

    return open_


def models(notebook: OpenedNotebook) -> str:
    """What the kernel has, and in which types."""
    return "".join(output["text"] for output in notebook.run(1))


def field(panel: Panel) -> Locator:
    """What a Modelfile is typed into."""
    return panel.area("Create").get_by_role("textbox", name="Modelfile")


def write(panel: Panel, modelfile: str) -> None:
    """Put a text into the editor, as from the clipboard."""
    field(panel).click()
    panel.page.keyboard.press("Control+A")
    panel.page.keyboard.insert_text(modelfile)


def job(panel: Panel, title: str) -> Locator:
    """Work that goes on, or how it ended."""
    return panel.root.get_by_role("region", name=title, exact=True)


@pytest.fixture
def registry() -> Iterator[Scripted]:
    """A registry that has a model, and is slow."""
    script = Scripted()
    script.add("library/luigi", "latest", [("application/vnd.ollama.image.model", bytes(3_000_000)), ("application/vnd.ollama.image.system", b"Hi.")])
    script.bytes_per_s = 300_000
    with script.running():
        yield script


def test_a_model_is_created_quantized_and_spoken_to(open_panel):
    panel = open_panel("Create", "create")
    area = panel.area("Create")
    area.get_by_label("Name").fill("mario")
    write(panel, "FROM pocket\nSYSTEM You are Mario.\n")
    expect(area.locator("[data-style=instruction]").first).to_have_text("FROM")
    area.get_by_label("Quantize").select_option("q8_0")
    expect(area.get_by_text("8.5 bits per weight.")).to_be_visible()

    area.get_by_role("button", name="Create", exact=True).click()

    made = job(panel, "Creating mario")
    expect(made.get_by_text("mario:latest is there.")).to_be_visible()
    expect(area.get_by_text("mario:latest is there already: it will be replaced.")).to_be_visible()
    assert "('mario:latest', 'Q8_0')" in models(panel.notebook)
    made.get_by_role("button", name="Chat with it").click()
    expect(panel.area("Chat").get_by_role("combobox").first).to_have_value("mario:latest")


def test_what_is_wrong_is_marked_and_offered_while_one_types(open_panel):
    panel = open_panel("Create", "marks")
    area = panel.area("Create")
    write(panel, "FROM pocket\nSYSTEM 😀\nPARAMETER temperatur 1\n")

    problem = area.get_by_role("list", name="Problems").get_by_role("button", name=re.compile("Line 3"))
    expect(problem).to_be_visible()
    expect(area.locator(".jo-line [data-severity=error]")).to_have_text("temperatur")
    problem.focus()
    panel.page.keyboard.press("Enter")
    expect(field(panel)).to_be_focused()
    panel.page.keyboard.press("Control+End")
    panel.page.keyboard.type("PARAMETER temp")
    expect(area.get_by_role("option", name="temperature")).to_be_visible()
    expect(area.get_by_text("higher is more")).to_be_visible()
    panel.page.keyboard.press("Tab")
    expect(field(panel)).to_have_value(re.compile("\nPARAMETER temperature$"))


def test_a_create_that_fails_says_why_and_loses_nothing(open_panel):
    panel = open_panel("Create", "fails")
    area = panel.area("Create")
    area.get_by_label("Name").fill("mario")
    write(panel, "FROM pocket\nPARAMETER nothing 1\n")

    area.get_by_role("button", name="Create", exact=True).click()

    failed = job(panel, "Creating mario")
    expect(failed.get_by_role("alert")).to_contain_text("nothing")
    panel.tab("Models").click()
    panel.reload()
    panel.expect_state("ready")
    panel.tab("Create").click()
    expect(area.get_by_label("Name")).to_have_value("mario")
    expect(field(panel)).to_have_value(re.compile("PARAMETER nothing 1"))


def test_a_modelfile_becomes_cells_that_make_the_model(open_panel):
    panel = open_panel("Create", "cells")
    area = panel.area("Create")
    area.get_by_label("Name").fill("mario")
    write(panel, "FROM pocket\nSYSTEM You are Mario.\n")
    area.get_by_label("Quantize").select_option("q4_0")

    area.get_by_role("button", name="Insert as %%modelfile cell").click()

    made = next(index for index, cell in enumerate(panel.notebook.save().cells) if cell.source.startswith("%%modelfile mario\nFROM pocket"))
    panel.notebook.run(made)
    assert panel.notebook.save().cells[made + 1].source == "%ollama_create mario -q q4_0"
    panel.notebook.run(made + 1)
    expect(panel.tab("Create")).to_be_visible()
    panel.tab("Models").click()
    expect(panel.model("mario:latest")).to_contain_text("Q4_0")


def test_a_file_is_found_and_becomes_a_modelfile(open_panel, tmp_path):
    (tmp_path / "shelf" / "deep").mkdir(parents=True)
    (tmp_path / "shelf" / "Modelfile").write_text("FROM pocket\nSYSTEM From a file.\n", encoding="utf-8")
    panel = open_panel("Create", "files")
    area = panel.area("Create")
    area.get_by_role("button", name="File or folder …").click()
    keyboard = panel.page.keyboard

    row = panel.root.get_by_role("option", name="shelf, folder")
    expect(row).to_be_visible()
    while row.get_attribute("aria-selected") != "true":
        keyboard.press("ArrowDown")
    keyboard.press("Enter")
    expect(panel.root.get_by_role("option", name="deep, folder")).to_be_focused()
    keyboard.press("End")
    keyboard.press("Enter")

    expect(field(panel)).to_have_value(re.compile("SYSTEM From a file."))
    expect(area.get_by_text(re.compile(r"Relative paths start at .*shelf"))).to_be_visible()


def test_a_pull_goes_on_where_it_was_stopped(open_panel, registry):
    panel = open_panel("Pull", "pull")
    area = panel.area("Pull")
    expect(area.get_by_role("option").first).to_be_visible()
    name = f"{registry.host}/library/luigi"
    area.get_by_label("Name of the model").fill(name)
    area.get_by_text("More", exact=True).click()
    area.get_by_label("insecure").check()
    area.get_by_role("button", name="Pull", exact=True).click()
    pulling = job(panel, f"Pulling {name}")
    expect(pulling.get_by_role("progressbar").first).to_have_attribute("aria-valuenow", re.compile(r"[1-9]\d?"))
    expect(pulling.get_by_text(re.compile(r"/s · .* left")).first).to_be_visible()

    pulling.get_by_role("button", name="Cancel").click()
    expect(pulling.get_by_text("What was fetched is kept")).to_be_visible()
    registry.bytes_per_s = 0
    pulling.get_by_role("button", name="Go on").click()

    expect(job(panel, f"Pulling {name}").get_by_text(re.compile("luigi:latest is there."))).to_be_visible()
    assert registry.sent < 2 * 3_000_000


def test_a_pull_of_a_cell_is_followed_and_stopped(open_panel, registry):
    panel = open_panel("Pull", "pull-cell", f"%ollama pull {registry.host}/library/luigi --insecure")
    panel.notebook.start(1)
    pulling = panel.area("Pull").get_by_role("region", name=re.compile("^Pulling .*luigi"))

    expect(pulling.get_by_text("from a cell")).to_be_visible()
    expect(pulling.get_by_role("progressbar").first).to_have_attribute("aria-valuenow", re.compile(r"[1-9]\d?"))
    pulling.get_by_role("button", name="Cancel").click()

    expect(pulling.get_by_text("What was fetched is kept")).to_be_visible()
