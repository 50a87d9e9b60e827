"""Results survive; what is cut off is dropped; results of something else are never taken for these."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_ollama.errors import ExperimentError
from jupyter_ollama.lab import Journal

INPUTS = {"models": ["mario"], "n": 3}


def test_results_are_there_when_it_is_opened_again(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    with Journal(path, "compare", INPUTS) as journal:
        journal.add(("mario", 1), {"text": "né 你好\n"})
    with Journal(path, "compare", INPUTS) as journal:
        assert ("mario", 1) in journal
        journal.add(("mario", 2), None)
    with Journal(path, "compare", INPUTS) as journal:
        assert {key: journal[key] for key in journal} == {("mario", 1): {"text": "né 你好\n"}, ("mario", 2): None}


def test_cut_at_any_byte_it_has_the_whole_lines_and_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    with Journal(path, "compare", INPUTS) as journal:
        for number in range(3):
            journal.add((number,), number)
    whole = path.read_bytes()
    for cut in range(len(whole) + 1):
        path.write_bytes(whole[:cut])
        with Journal(path, "compare", INPUTS) as journal:
            assert len(journal) == max(0, whole[:cut].count(b"\n") - 1)
            journal.add(("new",), 1)
        with Journal(path, "compare", INPUTS) as journal:
            assert ("new",) in journal


def test_results_of_other_inputs_are_refused_and_stay(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    with Journal(path, "compare", INPUTS) as journal:
        journal.add((1,), 1)
    before = path.read_bytes()
    with pytest.raises(ExperimentError) as caught:
        Journal(path, "compare", {**INPUTS, "n": 4})
    assert caught.value.path == path
    assert path.read_bytes() == before


def test_a_file_that_is_something_else_is_refused_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "diary.txt"
    path.write_text("Dear diary,\n")
    with pytest.raises(ExperimentError):
        Journal(path, "compare", INPUTS)
    assert path.read_text() == "Dear diary,\n"


def test_without_a_path_results_are_in_memory() -> None:
    journal = Journal(None, "compare", INPUTS)
    journal.add((1,), 1)
    assert journal[1,] == 1
