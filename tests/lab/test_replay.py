"""A saved notebook is asked again: the same answers with the same model, drift with another one, and what cannot be asked says so."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from jupyter_ollama import Ollama, lab
from jupyter_ollama.errors import ExperimentError

CELLS = [
    "%load_ext jupyter_ollama\nfrom jupyter_ollama import Ollama\nfrom jupyter_ollama.notebook import session\nsession.use(Ollama({models!r}))\nnumber = 4",
    "%%chat pocket -o seed=7\nWhat is {{number}} + 3?",
    "%%chat pocket -o seed=7\nAnd what colour is the sky?",
    "%%chat pocket --new --system 'You are a cat.' -o temperature=0\nWho are you?",
    "%%chat pocket --raw -o temperature=0 -o num_predict=8\nOnce upon a time",
]


@pytest.fixture(scope="module")
def notebook(ollama: Ollama, tmp_path_factory: pytest.TempPathFactory) -> Path:
    cells = [nbformat.v4.new_code_cell(cell.replace("{models!r}", repr(str(ollama.settings.models)))) for cell in CELLS]
    book = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(book, kernel_name="python3", timeout=120).execute()
    path = tmp_path_factory.mktemp("replay") / "lesson.ipynb"
    nbformat.write(book, path)
    return path


def test_the_same_model_gives_the_same_answers(ollama: Ollama, notebook: Path) -> None:
    found = lab.replay(notebook, fresh=True, ollama=ollama, progress=False)
    assert [row.cell for row in found] == [1, 2, 3, 4]
    assert [row.verdict for row in found] == ["same"] * 4
    assert found[0].question == "What is 4 + 3?"
    assert not any(row.model_changed for row in found)
    assert "4 of 4 answers are the same" in str(found)


def test_another_model_under_the_name_is_told_and_drifts(ollama: Ollama, notebook: Path, tmp_path: Path) -> None:
    with Ollama(tmp_path / "other") as other:
        other.create("pocket", "FROM pocket\nSYSTEM You are a pirate.", quantize="q2_K").result()
        found = lab.replay(notebook, ollama=other, progress=False)
        assert all(row.model_changed for row in found)
        assert len(found.drifted) >= 1
        row = found.drifted[0]
        assert row.now[: row.drift_at] == row.before[: row.drift_at]
        assert "changed since: pocket" in str(found)


def test_what_cannot_be_asked_says_why(ollama: Ollama, notebook: Path, tmp_path: Path) -> None:
    book = json.loads(notebook.read_text())
    told = [output["metadata"]["jupyter_ollama"] for cell in book["cells"] for output in cell["outputs"] if output.get("metadata", {}).get("jupyter_ollama")]
    told[0]["asked"]["tools"] = "look"
    told[1]["done_reason"] = "cancelled"
    told[2].pop("asked")
    told[3]["model"] = "nobody"
    path = tmp_path / "changed.ipynb"
    path.write_text(json.dumps(book))
    found = lab.replay(path, ollama=ollama, progress=False)
    assert [row.verdict for row in found] == ["not asked", "not asked", "not asked", "failed"]
    assert all(row.note for row in found)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"cells": 3}', b'{"cells": [1, {"outputs": [2, {"metadata": 5}]}]}', b"[" * 100_000])
def test_files_that_are_no_notebooks(ollama: Ollama, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.ipynb"
    path.write_bytes(content)
    try:
        assert len(lab.replay(path, ollama=ollama, progress=False)) == 0
    except ExperimentError as error:
        assert error.path == path
    with pytest.raises(ExperimentError):
        lab.replay(tmp_path / "nowhere.ipynb", ollama=ollama, progress=False)
