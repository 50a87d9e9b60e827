"""The scenes of the README's pictures, as they are in a real browser. `--pictures FOLDER` keeps them."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .conftest import OpenNotebook
from .panel import LOAD, Panel

CELLS = [
    f"import os\nos.environ['OLLAMA_MODELS'] = os.path.abspath('pictures')\n{LOAD}",
    "%%modelfile mario\nFROM pocket\nSYSTEM You are Mario from Super Mario Bros.\nPARAMETER temperature 0.2",
    "%ollama_create mario -q q8_0",
    "%%chat mario -o seed=7\nHello! What is 7 + 5?",
    "%%chat pocket --xray -o seed=7\nWhat colour is the sky?",
    "from jupyter_ollama import Ollama, lab\nstudy = lab.quantizations('pocket', ['q8_0', 'q4_K_M', 'q4_0', 'q2_K'], progress=False)\nstudy.plot()",
]


@pytest.fixture
def keep(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    folder = Path(request.config.getoption("--pictures") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def take(page: Page, path: Path) -> None:
    page.wait_for_timeout(400)  # what fades has faded
    page.screenshot(path=path)
    assert path.stat().st_size > 10_000


def test_a_notebook_with_the_panel_beside_it(open_notebook: OpenNotebook, keep: Path) -> None:
    notebook = open_notebook(CELLS, "pictures.ipynb")
    for index in range(5):
        notebook.run(index)
    panel = Panel(notebook)
    expect(panel.model("mario:latest")).to_be_visible()
    notebook.show(3)
    take(notebook.page, keep / "panel.png")
    panel.model("mario:latest").click()
    expect(panel.area("Models").get_by_text("System prompt").first).to_be_visible()
    take(notebook.page, keep / "layers.png")
    panel.press("Chat")
    composer = panel.area("Chat").get_by_role("textbox", name="Your message")
    composer.fill("Who are you?")
    composer.press("Enter")
    expect(panel.area("Chat").get_by_text("tokens/s").first).to_be_visible()
    take(notebook.page, keep / "chat.png")
    notebook.show(4)
    take(notebook.page, keep / "xray.png")
    notebook.run(5)
    notebook.show(5)
    expect(notebook.cell(5).locator("svg, canvas").first).to_be_visible()
    take(notebook.page, keep / "quantization.png")
