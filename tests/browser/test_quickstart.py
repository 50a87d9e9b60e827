"""The quickstart notebook in JupyterLab: answers arrive as Markdown, and the saved notebook keeps them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
from playwright.sync_api import expect

QUICKSTART = Path(__file__).parents[2] / "examples/01-quickstart.ipynb"
MARKDOWN = "text/markdown"


def answer_of(outputs: list[dict[str, Any]]) -> str:
    """The answer among a chat cell's outputs; its other output is the line of statistics."""
    [markdown] = [output["data"][MARKDOWN] for output in outputs if MARKDOWN in output["data"]]
    return markdown


def test_quickstart_shows_answers_as_markdown_and_saves_them(open_notebook):
    code = [cell.source for cell in nbformat.read(QUICKSTART, as_version=4).cells if cell.cell_type == "code"]
    chats = [index for index, source in enumerate(code) if source.startswith("%%chat")]
    notebook = open_notebook(code, name="quickstart.ipynb")

    outputs = [notebook.run(index) for index in range(len(code))]

    assert [output for cell in outputs for output in cell if output["output_type"] == "error"] == []
    for index in chats:
        notebook.show(index)
        expect(notebook.cell(index).locator(".jp-RenderedMarkdown")).to_have_text(answer_of(outputs[index]))
    saved = notebook.save().cells
    assert [answer_of(saved[index].outputs) for index in chats] == [answer_of(outputs[index]) for index in chats]
