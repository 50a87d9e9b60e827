"""The first notebook that people run: its answers are right, and it is saved with what is needed to get them again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

QUICKSTART = Path(__file__).parents[2] / "examples" / "01-quickstart.ipynb"
PATIENCE_S = 240


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    """The notebook executed in an empty folder over an empty store: outputs by the cell's id."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OLLAMA_MODELS", str(tmp_path_factory.mktemp("models")))
        notebook = nbformat.read(QUICKSTART, as_version=4)
        folder = tmp_path_factory.mktemp("quickstart")
        client = NotebookClient(
            notebook, timeout=PATIENCE_S, kernel_name="python3", store_widget_state=False, resources={"metadata": {"path": str(folder)}}
        )
        client.execute()
    assert [] == list(folder.iterdir())
    return {cell.id: cell.outputs for cell in notebook.cells if cell.cell_type == "code"}


def answer(outputs: dict[str, list[Any]], cell: str) -> str:
    return str(outputs[cell][0].data["text/markdown"])


def printed(outputs: dict[str, list[Any]], cell: str) -> str:
    return "".join(output.text for output in outputs[cell])


def test_mario_says_who_he_is(outputs: dict[str, list[Any]]) -> None:
    assert "Mario" in answer(outputs, "who")
    assert "Mario" in answer(outputs, "name")
    assert "Mario" in printed(outputs, "python")
    assert "Luigi" in printed(outputs, "luigi").splitlines()[-1]


def test_the_sums_are_right(outputs: dict[str, list[Any]]) -> None:
    assert "12" in answer(outputs, "sum")
    assert "1" in answer(outputs, "difference").replace("9 - 8", "")


def test_answers_are_saved_with_where_they_came_from(outputs: dict[str, list[Any]]) -> None:
    for cell, model, temperature in (("who", "mario:latest", 0.2), ("sum", "pocket:latest", 0)):
        told = outputs[cell][0].metadata["jupyter_ollama"]

        assert (model, temperature, "stop") == (told["model"], told["options"]["temperature"], told["done_reason"])
        assert len("sha256:") + 64 == len(told["digest"])
        assert 0 <= told["seed"]
        assert 0 < told["statistics"]["eval_count"]


def test_the_model_was_quantized_and_its_layers_are_shown(outputs: dict[str, list[Any]]) -> None:
    assert "Q4_K_M" in outputs["create"][0].data["text/plain"]
    assert 1 == len(outputs["create"])
    shown = outputs["show"][0].data["text/html"]
    assert "You are Mario from Super Mario Bros." in shown
    for layer in ("model", "system", "params", "config"):
        assert f">{layer}</strong>" in shown
    assert {"mario:latest", "pocket:latest"} <= set(outputs["list"][0].data["text/plain"].split())


def test_nothing_is_printed_to_the_error_stream(outputs: dict[str, list[Any]]) -> None:
    streams = [output.name for shown in outputs.values() for output in shown if output.output_type == "stream"]
    assert "stderr" not in streams
