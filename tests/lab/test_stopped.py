"""Experiments that end early: what was computed is there, whoever ended them."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_ollama import Ollama, lab
from jupyter_ollama.errors import ExperimentError, OllamaError

ROWS = [{"a": a, "b": b} for a in range(1, 41) for b in range(1, 11)]


def when_there_are(path: Path, lines: int, act: Callable[[], object]) -> None:
    """Do something as soon as that many results are on the disk."""

    def watch() -> None:
        while not path.exists() or path.read_bytes().count(b"\n") < lines:
            time.sleep(0.002)
        act()

    threading.Thread(target=watch, daemon=True).start()


def press_stop() -> None:
    """As Jupyter does."""
    signal.raise_signal(signal.SIGINT)


def test_a_map_that_is_stopped_has_its_answers_and_goes_on(ollama: Ollama, tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    when_there_are(path, 20, press_stop)
    with pytest.raises(lab.Stopped) as stop:
        ollama.map(ROWS, "What is {{a}} + {{b}}?", model="pocket", path=path, progress=False)
    answers = stop.value.result
    there = [row for row in answers if not row.error]
    assert 15 <= len(there) < len(ROWS) == len(answers)
    assert {row.error for row in answers} == {"", "not asked"}
    assert str(path) in "".join(stop.value._render_traceback_())
    whole = ollama.map(ROWS, "What is {{a}} + {{b}}?", model="pocket", path=path, progress=False)
    assert [row.answer for row in whole if row.key in {row.key for row in there}] == [row.answer for row in there]


def test_a_comparison_that_is_stopped_has_its_samples_to_be_scored(ollama: Ollama, tmp_path: Path) -> None:
    path = tmp_path / "samples.jsonl"
    when_there_are(path, 10, press_stop)
    with pytest.raises(lab.Stopped, match="samples are there") as stop:
        lab.compare(["pocket"], ["What is 2 + 2?", "Name a colour."], 200, score=lab.contains("4"), path=path, ollama=ollama, progress=False)
    result = stop.value.result
    assert 5 <= len(result.samples) < 400
    assert result.scored(lab.contains("4")).standings()[0].score is not None
    assert "pocket" in str(result.standings())


def test_an_error_that_ends_it_has_what_there_was(ollama: Ollama, tmp_path: Path) -> None:
    ollama.create("leaving", "FROM pocket").result()
    path = tmp_path / "answers.jsonl"
    when_there_are(path, 10, lambda: ollama.delete("leaving"))
    keys = range(len(ROWS) * 20)
    with pytest.raises(OllamaError) as gone:
        ollama.map(ROWS * 20, "What is {{a}} + {{b}}?", model="leaving", keys=keys, path=path, progress=False)
    assert any(not row.error for row in gone.value.result)


def test_a_comparison_is_read_from_its_files(ollama: Ollama, tmp_path: Path) -> None:
    def broken(answer: str, prompt: str) -> float:
        raise ZeroDivisionError("oh; and: no")

    result = lab.compare(["pocket"], ["What is 2 + 2?", "Name a colour."], 2, score=[lab.contains("4"), broken], ollama=ollama, progress=False)
    for path in (result.to_jsonl(tmp_path / "samples.jsonl"), result.to_parquet(tmp_path / "samples.parquet")):
        again = lab.Comparison.load(path)
        assert list(again.samples) == list(result.samples)
        assert (again.prompts, again.digests, again.scorers) == (result.prompts, result.digests, ("contains", "broken"))
        assert str(again.standings()) == str(result.standings())


@pytest.mark.parametrize("content", [b"", b"{", b"[]\n", b'{"model": "a"}\n', b"[" * 100_000])
def test_files_without_samples_are_said_to_be_that(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(content)
    with pytest.raises(ExperimentError, match="no samples"):
        lab.Comparison.load(path)
    with pytest.raises(ExperimentError, match="cannot be read"):
        lab.Comparison.load(tmp_path / "nowhere.jsonl")


def test_folders_that_are_not_there_are_said_in_a_sentence(ollama: Ollama, tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere" / "samples.jsonl"
    with pytest.raises(ExperimentError, match="cannot be written"):
        ollama.map(["a"], "{{x}}", model="pocket", path=nowhere, progress=False)
    result = lab.compare(["pocket"], ["Why?", "When?"], score=lab.exact(["4"]), ollama=ollama, progress=False)
    with pytest.raises(ExperimentError, match="cannot be written"):
        result.to_jsonl(nowhere)
    with pytest.raises(ExperimentError, match="cannot be written"):
        result.to_parquet(nowhere)
    assert "prompt 1 has no expected text" in result.samples[1].troubles["exact"]
