"""What ``/save`` makes of a conversation."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from jupyter_ollama import Message, Ollama
from jupyter_ollama.cli.answer import Look
from jupyter_ollama.cli.repl.session import Session
from jupyter_ollama.engine.echo import EchoEngine, EchoEngines

from ..weights import tiny_folder_once, tiny_gguf_once  # noqa: F401 (fixtures)


@pytest.fixture
def session(tmp_path: Path, tiny_gguf_once: Path) -> Iterator[Session]:  # noqa: F811 (the fixture)
    with Ollama(tmp_path / "models") as ollama:
        ollama.create("plain", f"FROM {tiny_gguf_once}\nTEMPLATE {{{{ .Prompt }}}}").result(60)
        ollama.create("told", "FROM plain\nSYSTEM Be brief.\nPARAMETER top_k 7\nMESSAGE user Hi\nMESSAGE assistant Hello").result(60)
        ollama.engines = EchoEngines(EchoEngine())  # type: ignore[assignment]
        yield Session(cast(Any, SimpleNamespace(ollama=ollama)), ollama.show("plain"), Look())


def test_a_session_that_loaded_a_model_saves_its_messages_and_those_since(session: Session) -> None:
    session.switch("told")
    session.messages += [Message("user", "How are you?"), Message("assistant", "Fine.")]
    session.options["temperature"] = 0.5
    session.save("saved")
    saved = session.host.ollama.show("saved")

    assert [(one.role, one.content) for one in saved.messages] == [
        ("user", "Hi"), ("assistant", "Hello"), ("user", "How are you?"), ("assistant", "Fine."),
    ]  # fmt: skip
    assert (saved.system, dict(saved.parameters)) == ("Be brief.", {"temperature": 0.5, "top_k": 7})


def test_a_system_text_survives_another_model_and_is_saved(session: Session) -> None:
    session.set_system("Be loud.")
    session.switch("told")
    assert session.messages == []
    session.clear()
    assert session.messages == [Message("system", "Be loud.")]
    session.save("saved")

    assert session.host.ollama.show("saved").system == "Be loud."
    assert [one.role for one in session.host.ollama.show("saved").messages] == ["user", "assistant"]


def test_a_model_that_is_not_there_leaves_the_session_as_it_was(session: Session) -> None:
    session.messages.append(Message("user", "Hi"))
    with pytest.raises(Exception, match="nobody"):
        session.switch("nobody")

    assert (session.info.name, len(session.messages)) == ("plain:latest", 1)
