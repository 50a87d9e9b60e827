"""Conversations in the front ends: they tell the kernel which cell is running, and a turn belongs to its cell."""

from __future__ import annotations

from typing import Any

import pytest


def prompt_tokens(outputs: list[dict[str, Any]]) -> int:
    """How long the conversation was that the model saw."""
    return outputs[0]["metadata"]["jupyter_ollama"]["statistics"]["prompt_eval_count"]


@pytest.mark.parametrize("app", ["lab", "notebooks"])
def test_running_a_cell_again_goes_back_to_its_turn(open_notebook, app):
    notebook = open_notebook(
        ["%load_ext jupyter_ollama", "%%chat pocket -o temperature=0\nHello!", "%%chat pocket -o temperature=0\nWhat is your name?"],
        name=f"turns-{app}.ipynb",
        app=app,
    )
    notebook.run(0)

    first, second, second_again, first_again = (prompt_tokens(notebook.run(index)) for index in (1, 2, 2, 1))

    assert first == first_again < second == second_again
