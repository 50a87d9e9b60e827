"""A model whose file is also the user's, and the user changed it."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_ollama import Ollama, Progress
from jupyter_ollama.errors import DigestMismatch
from jupyter_ollama.settings import Settings

from .conftest import Create

FIRST_OF_WEIGHTS = -100


def change(path: Path) -> None:
    """In place, as a download over it or an editor of GGUF files does."""
    with path.open("r+b") as file:
        file.seek(FIRST_OF_WEIGHTS, 2)
        file.write(b"changed")


@pytest.mark.parametrize("verb", ["chat", "generate", "show", "copy", "create"])
def test_no_verb_uses_weights_that_were_changed_in_place(ollama: Ollama, create: Create, tiny_gguf: Path, verb: str) -> None:
    create("mario")
    change(tiny_gguf)
    calls = {
        "chat": lambda: ollama.chat("mario", "hi").result(60),
        "generate": lambda: ollama.generate("mario", "hi").result(60),
        "show": lambda: ollama.show("mario"),
        "copy": lambda: ollama.copy("mario", "luigi"),
        "create": lambda: ollama.create("luigi", "FROM mario\nSYSTEM s").result(60),
    }

    with pytest.raises(DigestMismatch, match=r"tiny-llama\.gguf, which was changed since"):
        calls[verb]()
    assert ["mario:latest"] == [model.name for model in ollama.list()]
    assert [] == list(ollama.ps())


def test_deleting_it_or_creating_it_again_are_ways_out(ollama: Ollama, create: Create, tiny_gguf: Path) -> None:
    before = create("mario").digest
    change(tiny_gguf)

    again = create("mario")
    assert before != again.digest
    assert "mario:latest" == ollama.show("mario").name
    assert ["mario:latest"] == list(ollama.delete("mario").names)
    assert tiny_gguf.exists()


def test_a_file_that_was_only_touched_costs_one_look(ollama: Ollama, create: Create, tiny_gguf: Path) -> None:
    create("mario")
    tiny_gguf.touch()
    told = []
    for name in ("luigi", "peach"):
        run = ollama.create(name, "FROM mario")
        run.result(60)
        told.append([event.status for event in run if isinstance(event, Progress)])

    assert [True, False] == ["verifying sha256 digest" in statuses for statuses in told]


def test_ollama_noprune_is_a_setting(tmp_path: Path) -> None:
    """It concerns creating again; what one asks for explicitly (rm, prune) is done."""
    assert Settings.from_environment({"OLLAMA_NOPRUNE": "1"}).keep_unused
    assert not Settings.from_environment({"OLLAMA_NOPRUNE": "false"}).keep_unused
    assert not Settings.from_environment({"HOME": "/x"}).keep_unused
    with Ollama(settings=Settings(models=tmp_path, keep_unused=True)) as ollama:
        assert ollama.store.keep_unused
