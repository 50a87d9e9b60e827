"""The instruments of the lab as they are seen in JupyterLab, on light and on dark pages: each view is drawn, is told in words, and has its picture
taken (``pytest --basetemp=...`` says where: ``lab-pictures*``, a file for each view and theme).
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from .conftest import LabServer, OpenedNotebook, OpenNotebook
from .panel import make

PIRATE = Path(__file__).parents[2] / "examples" / "pocket-pirate"
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
FIGURE = ".vega-embed :is(svg, canvas)"
TABLE = ".jupyter-ollama table.grid"
SETUP = """import os
os.environ["OLLAMA_MODELS"] = os.path.abspath("store of the lab")
%load_ext jupyter_ollama
from jupyter_ollama import Ollama, lab
ollama = Ollama()
for name, text in {
    "pocket": "FROM pocket",
    "mario": "FROM pocket\\nSYSTEM You are Mario from Super Mario Bros.\\nMESSAGE user Who is it?\\nMESSAGE assistant It is me, Mario!"
             "\\nPARAMETER temperature 1.2\\nPARAMETER stop END",
    "pirate": "FROM pocket\\nSYSTEM You are a pirate.",
    "adapted": "FROM pocket\\nADAPTER {adapter}",
}.items():
    ollama.create(name, text).result()
ollama.create("pocket:small", "FROM pocket", quantize="q4_0").result()
PROMPTS = [f"What is {number} + {number}?" for number in range(1, 11)] + [f"Name {number} colours." for number in range(1, 11)]"""

CELLS = {
    "xray": ("%%chat mario --xray -o num_predict=12 -o seed=1\nWhere is\nLuigi, 你好?", ".jupyter-ollama pre.prompt .token[title]"),
    "tokens": (
        "view = lab.tokens('pocket', 'Name a colour.', ollama=ollama,\n"
        "                  options={'seed': 4, 'temperature': 1.6, 'top_k': 0, 'top_p': 1.0, 'num_predict': 40})\nview",
        ".jupyter-ollama .tokens span[title]",
    ),
    "tokens-widget": ("view.widget()", ".jupyter-button[title]"),
    "tokens-plot": ("view.plot()", FIGURE),
    "playground": ("play = lab.playground('pocket', 'Name a colour.', ollama=ollama)\nplay.plot(temperature=1.5, top_k=10)", FIGURE),
    "playground-widget": ("play.widget()", ".widget-slider"),
    "quantizations": (
        "study = lab.quantizations('pocket', types=['q8_0', 'q4_K_M', 'q2_K'], progress=False, ollama=ollama)\nstudy", TABLE,
    ),
    "quantizations-plot": ("study.plot()", FIGURE),
    "quantizations-heat-map": ("study.heat_map()", FIGURE),
    "compare": (
        "result = lab.compare(['pocket', 'mario', 'pirate'], PROMPTS, 3, seed=1, score=lab.contains([str(2 * n) for n in range(1, 11)] + [''] * 10),\n"
        "                     options={'num_predict': 24}, ollama=ollama)\nresult",
        TABLE,
    ),
    "compare-plot": ("result.plot()", FIGURE),
    "compare-magic": ("%%compare pocket mario -n 3 --seed 1 -o num_predict=24\nWhat is 2 + 2?\nName a colour.", TABLE),
    "map": (
        "from dataclasses import dataclass\nfrom typing import Literal\n@dataclass\nclass Verdict:\n    colour: Literal['red', 'blue']\n    sure: bool\n"
        "answers = ollama.map(['the sky', 'blood', 'word ' * 300], 'What colour is {{x}}?', model='pocket', schema=Verdict)\nanswers",
        TABLE,
    ),
    "anatomy": ("%ollama show --anatomy pocket:small", TABLE),
    "anatomy-plot": ("body = lab.anatomy('pocket:small', ollama=ollama)\nbody.plot()", FIGURE),
    "anatomy-map": ("body.map()", FIGURE),
    "anatomy-histogram": ("body.histogram('blk.0.ffn_down.weight')", FIGURE),
    "anatomy-vocabulary": ("body.vocabulary('colo')", TABLE),
    "diff": ("lab.diff('pocket', 'mario', ollama=ollama)", ".jupyter-ollama"),
    "diff-tensors": ("lab.diff('pocket', 'pocket:small', ollama=ollama)", ".jupyter-ollama"),
    "lineage": ("found = lab.lineage(ollama=ollama)\nfound", TABLE),
    "lineage-plot": ("found.plot()", FIGURE),
    "strengths": ("found = lab.strengths('adapted', ['Who are you?', 'Hello, how are you?'], ollama=ollama)\nfound", TABLE),
    "strengths-plot": ("found.plot()", FIGURE),
    "long": (
        "lab.compare(['pocket', 'mario', 'pirate'], ['Tell me a story.\\nA long one, please: ' + 'with many words ' * 20, 'Why?'], 5, seed=1,\n"
        "            options={'temperature': 1.8, 'top_k': 0, 'top_p': 1.0, 'num_predict': 60}, ollama=ollama)", TABLE,
    ),
    "replay": ("ollama.create('mario', 'FROM pocket\\nSYSTEM You are a pirate.').result()\n%ollama replay lab.ipynb", TABLE),
}


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("lab-pictures")


def output(notebook: OpenedNotebook, index: int) -> Locator:
    return notebook.cell(index).locator(".jp-Cell-outputArea")


def test_every_instrument_is_drawn(open_notebook: OpenNotebook, lab: LabServer, pictures: Path) -> None:
    setup = SETUP.replace("{adapter}", str(PIRATE))
    notebook = open_notebook([setup, *(source for source, _ in CELLS.values())], name="lab.ipynb")
    notebook.page.set_viewport_size({"width": 1400, "height": 1600})
    notebook.command("application:toggle-left-area")
    notebook.run(0)
    for index, name in enumerate(CELLS, 1):
        if name == "replay":
            notebook.save()
        outputs = notebook.run(index)
        assert [one for one in outputs if one["output_type"] == "error"] == [], name
        assert all(one["data"]["text/plain"] for one in outputs if "data" in one), name
    branch(notebook)
    slide(notebook)
    for theme, title in THEMES.items():
        notebook.command("apputils:change-theme", theme=title)
        notebook.page.wait_for_timeout(1500)
        for index, (name, (_, shown)) in enumerate(CELLS.items(), 1):
            notebook.show(index)
            expect(output(notebook, index).locator(shown).first).to_be_visible()
            output(notebook, index).screenshot(path=pictures / f"{name}-{theme}.png")


def branch(notebook: OpenedNotebook) -> None:
    """A click on a token, another one on what else could stand there."""
    index = 1 + list(CELLS).index("tokens-widget")
    notebook.show(index)
    view = output(notebook, index)
    buttons = view.locator(".jupyter-button")
    shown = buttons.count()
    buttons.nth(2).click()
    expect(view.get_by_text("Instead of")).to_be_visible()
    view.locator(".jupyter-button:enabled", has_text="%").first.click()
    expect(view.locator("strong", has_text="→")).to_be_visible()
    assert buttons.count() > shown


def slide(notebook: OpenedNotebook) -> None:
    """A slider that is moved with the keyboard."""
    index = 1 + list(CELLS).index("playground-widget")
    notebook.show(index)
    view = output(notebook, index)
    expect(view.locator(".widget-html").get_by_text("Ollama's defaults")).to_be_visible()
    handle = view.locator(".widget-slider", has_text="temperature").locator(".noUi-handle")
    handle.focus()
    for _ in range(4):
        handle.press("ArrowRight")
    expect(view.locator("code", has_text="-o temperature=1")).to_be_visible()


def test_a_saved_notebook_shows_the_answer_without_its_kernel(open_notebook: OpenNotebook, lab: LabServer) -> None:
    cells = [
        make("clicked"), "from jupyter_ollama import lab\nlab.tokens('clicked', 'Name a colour.', options={'num_predict': 6}).widget()",
        "lab.playground('clicked', 'Name a colour.').widget()",
    ]  # fmt: skip
    notebook = open_notebook(cells, name="clicked.ipynb")
    for index, shown in enumerate((".jupyter-button", ".widget-slider"), 1):
        assert not [one for one in [*notebook.run(0), *notebook.run(index)] if one["output_type"] == "error"]
        notebook.show(index)
        expect(output(notebook, index).locator(shown).first).to_be_visible()
        expect(output(notebook, index).locator("[class^=still]").first).to_be_hidden()
    notebook.save()
    shutil.copy(notebook.path, lab.root / "read.ipynb")
    notebook.page.goto(lab.address("lab", "read.ipynb") + "&reset")
    notebook.page.locator(".jp-Notebook .jp-Cell").first.wait_for()
    for index, shown in enumerate((".tokens span[title]", "table.grid"), 1):
        expect(output(notebook, index).locator(shown).first).to_be_visible()
