"""One prompt over many rows: the answers are those of single calls, in order, by key; nothing that was computed is lost."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pandas as pd
import pytest

from jupyter_ollama import Ollama
from jupyter_ollama.errors import ExperimentError, ModelNotFound, OptionError
from jupyter_ollama.lab.mapping import Answers

ASK = "What is {{a}} + {{b}}?"
SUMS = [{"a": a, "b": b} for a in range(1, 6) for b in range(1, 5)]


def quiet(ollama: Ollama, rows: object, prompt: str, **how: object) -> Answers:
    return ollama.map(rows, prompt, model="pocket", progress=False, **how)


def test_answers_are_those_of_single_calls(ollama: Ollama) -> None:
    single = [
        ollama.chat("pocket", f"What is {row['a']} + {row['b']}?", options={"temperature": 0, "seed": 0}).result().message.content for row in SUMS
    ]
    mapped = [row.answer for row in quiet(ollama, SUMS, ASK)]
    assert sum(one == other for one, other in zip(single, mapped, strict=True)) >= len(SUMS) - 1  # batches round differently
    assert mapped[5].startswith(single[5][:4])


def test_a_column_in_a_column_out(ollama: Ollama) -> None:
    frame = pd.DataFrame({"word": ["cat", "dog"]}, index=["k1", "k2"])
    answers = quiet(ollama, frame["word"], "Say {{x}}.")
    frame["said"] = answers.column()
    assert list(frame["said"].index) == ["k1", "k2"]
    assert all(isinstance(said, str) and said for said in frame["said"])
    assert [row.key for row in quiet(ollama, frame, "Say {{word}}.")] == ["k1", "k2"]


@dataclass
class Verdict:
    colour: Literal["red", "blue"]
    sure: bool


def test_answers_have_the_type_that_was_asked_for(ollama: Ollama) -> None:
    answers = quiet(ollama, ["the sky", "blood"], "What colour is {{x}}?", schema=Verdict)
    assert all(isinstance(row.answer, Verdict) for row in answers)
    assert {row.answer.colour for row in answers} <= {"red", "blue"}


def test_an_answer_that_was_cut_off_is_an_error_of_its_row(ollama: Ollama) -> None:
    answers = quiet(ollama, ["the sky"], "Describe {{x}}.", schema=Verdict, options={"num_predict": 2})
    assert answers[0].answer is None
    assert "num_predict" in answers[0].error
    assert len(answers.failed) == 1


def test_a_row_that_does_not_fit_fails_alone(ollama: Ollama) -> None:
    answers = quiet(ollama, ["hello", "word " * 20_000, "hello again"], "{{x}}", options={"num_ctx": 256, "num_predict": 8})
    assert [bool(row.error) for row in answers][::2] == [False, False]


def test_no_rows_are_no_answers(ollama: Ollama) -> None:
    answers = quiet(ollama, pd.Series([], dtype=object), "Say {{x}}.")
    assert len(answers) == 0
    assert list(answers.column()) == []
    assert "0 rows" in str(answers)


def test_texts_of_rows_are_not_looked_at_again(ollama: Ollama) -> None:
    (row,) = quiet(ollama, [{"a": "{{b}}", "b": "no"}], "Repeat: {{a}}", options={"num_predict": 4})
    assert not row.error


def test_mistakes_are_said_before_anything_is_asked(ollama: Ollama, tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="colour"):
        quiet(ollama, [{"x": 1}], "Say {{colour}}.")
    with pytest.raises(ExperimentError, match="key"):
        quiet(ollama, ["a", "b"], "{{x}}", keys=["same", "same"])
    with pytest.raises(ExperimentError, match="2 rows and 1 keys"):
        quiet(ollama, ["a", "b"], "{{x}}", keys=["one"])
    with pytest.raises(ModelNotFound):
        ollama.map(["a"], "{{x}}", model="nobody", progress=False)


def test_what_is_on_the_disk_is_not_asked_again_and_rows_that_changed_are(ollama: Ollama, tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    first = quiet(ollama, SUMS, ASK, path=path)
    lines = path.read_bytes().count(b"\n")
    assert [row.answer for row in quiet(ollama, SUMS, ASK, path=path)] == [row.answer for row in first]
    assert path.read_bytes().count(b"\n") == lines
    changed = [{"a": 9, "b": 9}, *SUMS[1:]]
    quiet(ollama, changed, ASK, path=path)
    assert path.read_bytes().count(b"\n") == lines + 1
    with pytest.raises(ExperimentError):
        quiet(ollama, SUMS, "How much is {{a}} and {{b}}?", path=path)


KILLED = """
import sys
from jupyter_ollama import Ollama
with Ollama(sys.argv[1]) as ollama:
    rows = [{"a": a, "b": b} for a in range(1, 41) for b in range(1, 11)]
    ollama.map(rows, "What is {{a}} + {{b}}?", model="pocket", path=sys.argv[2], progress=False)
"""


def test_killed_it_goes_on_where_it_was(ollama: Ollama, tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    process = subprocess.Popen([sys.executable, "-c", KILLED, str(ollama.settings.models), str(path)])
    limit = time.monotonic() + 60
    while (not path.exists() or path.read_bytes().count(b"\n") < 20) and time.monotonic() < limit:
        time.sleep(0.02)
    process.kill()
    process.wait()
    there = path.read_bytes()
    whole = there[: there.rfind(b"\n") + 1]
    assert whole.count(b"\n") >= 20
    rows = [{"a": a, "b": b} for a in range(1, 41) for b in range(1, 11)]
    answers = quiet(ollama, rows, ASK, path=path)
    assert len(answers) == 400
    assert path.read_bytes().startswith(whole)
    assert path.read_bytes().count(b"\n") == 401


def test_fields_of_the_answers_become_columns(ollama: Ollama) -> None:
    frame = pd.DataFrame({"word": ["the sky", "blood"]}, index=["k1", "k2"])
    answers = quiet(ollama, frame["word"], "What colour is {{x}}?", schema=Verdict)
    joined = frame.join(answers.columns())
    assert list(joined.columns) == ["word", "colour", "sure"]
    assert joined["colour"].tolist() == [row.answer.colour for row in answers]
    assert "colour" in answers._repr_mimebundle_()["text/html"]
    assert list(quiet(ollama, frame["word"], "Say {{x}}.").columns().columns) == ["answer"]
    failed = quiet(ollama, frame["word"], "Describe {{x}}.", schema=Verdict, options={"num_predict": 2})
    assert failed.columns()["answer"].isna().all()
