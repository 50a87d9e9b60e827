"""Notebooks with widgets, executed by a program: what is in the file afterwards."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

PATIENCE_S = 120
CELLS = [
    "from jupyter_ollama import Ollama\nOllama().create('mario', 'FROM pocket').result()",
    "from jupyter_ollama.widgets import *\nChat('mario', messages='Who are you?')",
    "ModelBrowser()",
    "LayerInspector('mario')",
    "ModelfileEditor('FROM mario', name='luigi')",
]


@pytest.fixture(scope="module", params=[False, True], ids=["state left out", "state kept"])
def saved(request: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The notebook, and whether the state of its widgets is in it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OLLAMA_MODELS", str(tmp_path_factory.mktemp("models")))
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
        folder: Path = tmp_path_factory.mktemp("notebook")
        resources = {"metadata": {"path": str(folder)}}
        NotebookClient(notebook, timeout=PATIENCE_S, kernel_name="python3", store_widget_state=request.param, resources=resources).execute()
    nbformat.validate(notebook)
    return notebook, request.param


def test_each_widget_has_text_and_html_beside_its_view(saved: Any) -> None:
    notebook, _ = saved
    bundles = [cell.outputs[0].data for cell in notebook.cells[1:]]

    assert all({"text/plain", "text/html", "application/vnd.jupyter.widget-view+json"} == set(bundle) for bundle in bundles)
    assert [word in bundle["text/plain"] for word, bundle in zip(["mario", "mario:latest", "llama", "FROM mario"], bundles, strict=True)] == [True] * 4


def test_the_file_stays_small(saved: Any) -> None:
    notebook, with_state = saved
    size = len(nbformat.writes(notebook).encode())

    assert ("widgets" in notebook.metadata) is with_state
    assert size < (1_500_000 if with_state else 60_000)
