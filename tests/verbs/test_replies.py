"""Answers that are given again: only for exactly the same, only if asked for, never a wrong one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from jupyter_ollama import Done, Message, Ollama
from jupyter_ollama.settings import Settings
from jupyter_ollama.verbs import replies

SET = {"seed": 5, "num_predict": 8}


@pytest.fixture
def ollama(tmp_path: Path) -> Iterator[Ollama]:
    with Ollama(settings=replace(Settings.from_environment(), models=tmp_path / "models", cache=tmp_path / "cache")) as ollama:
        ollama.create("pocket", "FROM pocket").result()
        yield ollama


def ask(ollama: Ollama, question: object = "Hello", **how: object) -> Done:
    return ollama.chat("pocket", question, **{"options": SET, "reuse": True, **how}).result()


def test_the_same_question_gets_the_answer_of_before(ollama: Ollama) -> None:
    first, again = ask(ollama), ask(ollama)
    assert not first.remembered
    assert again.remembered
    assert again.message == first.message
    assert (again.seed, again.digest, again.tokens, again.prompt) == (first.seed, first.digest, first.tokens, first.prompt)
    assert "".join(event.content for event in ollama.chat("pocket", "Hello", options=SET, reuse=True)) == first.message.content


@pytest.mark.parametrize(
    "how",
    [{"reuse": False}, {"options": {**SET, "seed": 6}}, {"options": {"num_predict": 8}}, {"options": {**SET, "temperature": 0.1}}, {"system": "Be brief."},
     {"question": "Hello!"}, {"question": [Message("user", "Hi"), Message("assistant", "Hi"), Message("user", "Hello")]}, {"format": "json"},
     {"logprobs": True}],
    ids=str,
)  # fmt: skip
def test_another_question_is_asked(ollama: Ollama, how: dict[str, object]) -> None:
    ask(ollama)
    assert not ask(ollama, **how).remembered


def test_another_model_under_the_name_is_asked(ollama: Ollama) -> None:
    ask(ollama)
    ollama.create("pocket", "FROM pocket\nSYSTEM You are a pirate.").result()
    assert not ask(ollama).remembered


def test_without_a_seed_only_greedy_answers_are_kept(ollama: Ollama) -> None:
    assert not ask(ollama, options={"temperature": 0, "num_predict": 4}).remembered
    assert ask(ollama, options={"temperature": 0, "num_predict": 4}).remembered
    assert not ask(ollama, options={"num_predict": 4}).remembered
    assert not ask(ollama, options={"num_predict": 4}).remembered


def test_it_is_switched_off_by_the_settings(tmp_path: Path) -> None:
    assert Settings.from_environment({"JUPYTER_OLLAMA_REPLIES": "0"}).replies is None
    assert Settings.from_environment({"JUPYTER_OLLAMA_CACHE": ""}).replies is None
    settings = replace(Settings.from_environment(), models=tmp_path / "models", cache=tmp_path / "cache", keep_replies=False)
    with Ollama(settings=settings) as ollama:
        ollama.create("pocket", "FROM pocket").result()
        ask(ollama)
        assert not ask(ollama).remembered


def test_broken_files_are_as_if_they_were_not_there(ollama: Ollama) -> None:
    first = ask(ollama)
    (path,) = ollama.settings.replies.iterdir()
    for content in (b"", b"{", b"[]", b'{"version": 99}', path.read_bytes()[:-30], b'{"message": {"role": 1}, "statistics": 3, "version": 1}'):
        path.write_bytes(content)
        assert not ask(ollama).remembered
        assert ask(ollama).message == first.message


def test_the_folder_is_bounded(ollama: Ollama, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replies, "MAX_FILES", 4)
    monkeypatch.setattr(replies, "KEPT_FILES", 2)
    for number in range(8):
        ask(ollama, f"Say {number}")
    assert len(list(ollama.settings.replies.iterdir())) <= 4
    assert ask(ollama, "Say 7").remembered
