"""Models opened, copied, deleted, loaded and unloaded by a front end."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_ollama import Ollama
from jupyter_ollama.errors import BadRequest, InvalidName, ModelNotFound, Unsupported

from .conftest import Say, said_by


def test_a_model_opens_with_its_layers_aliases_and_what_was_set(say: Say, ollama: Ollama, tiny_gguf: Path) -> None:
    ollama.create("mario", f"FROM {tiny_gguf}\nSYSTEM Hi.\nPARAMETER stop A\nPARAMETER top_k 3").result(60)
    ollama.copy("mario", "luigi")
    ollama.create("peach", "FROM mario\nSYSTEM Ho.").result(60)

    opened = say("open", name="MARIO")

    assert (opened["name"], opened["aliases"], opened["system"]) == ("mario:latest", ["luigi:latest"], "Hi.")
    assert opened["parametersSet"] == {"stop": ["A"], "top_k": 3}
    assert (opened["family"], opened["context"] > 0, opened["embedding"] > 0, opened["tensorCount"] > 0) == ("llama", True, True, True)
    layers = {layer["kind"]: layer for layer in opened["layers"]}
    assert layers["model"]["shared"] == ["luigi:latest", "peach:latest"]
    assert layers["system"]["shared"] == ["luigi:latest"]
    assert layers["system"]["digest"].startswith("sha256:")
    assert opened["modelfile"].startswith("# Modelfile")


def test_what_is_not_there_or_no_name_is_an_error(say: Say) -> None:
    for verb, error in (("open", ModelNotFound), ("stop", ModelNotFound), ("load", ModelNotFound)):
        with pytest.raises(error):
            say(verb, name="nobody")
    for name in ("../../etc/passwd", "", "a b", "x" * 500, "\ud800", "\u202eevil"):
        with pytest.raises(InvalidName):
            say("open", name=name)
    with pytest.raises(BadRequest):
        say("open", name=7)
    with pytest.raises(BadRequest):
        say("delete", names=[])


def test_copying_and_deleting_says_what_is_free_and_what_others_hold(say: Say, ollama: Ollama, tiny_gguf: Path) -> None:
    ollama.create("mario", f"FROM {tiny_gguf}\nSYSTEM Hi.").result(60)
    say("copy", source="mario", destination="luigi:v2")
    ollama.create("peach", "FROM mario\nSYSTEM Peach only.").result(60)

    done = say("delete", names=["peach"])

    assert done["names"] == ["peach:latest"]
    assert done["freed"] >= len("Peach only.")
    held = {one["kind"]: one["heldBy"] for one in done["kept"]}
    assert held["model"] == ["luigi:v2", "mario:latest"]
    assert [one.name for one in ollama.list()] == ["mario:latest", "luigi:v2"] or len(ollama.list()) == 2


def test_a_model_is_loaded_and_unloaded(say_to_pocket: Say, pocket_ollama: Ollama) -> None:
    assert say_to_pocket("load", name="mario") is None
    assert [one.name for one in pocket_ollama.ps()] == ["mario:latest"]

    say_to_pocket("stop", name="mario")

    assert len(pocket_ollama.ps()) == 0


def test_an_engine_elsewhere_opens_its_models_and_says_what_it_lacks(ollama: Ollama, tiny_gguf: Path) -> None:
    ollama.create("mario", f"FROM {tiny_gguf}\nSYSTEM Hi.\nPARAMETER top_k 3").result(60)
    with ollama.serve(port=0) as server:
        say = said_by(Ollama(host=server.url))
        opened = say("open", name="mario")

        assert (opened["name"], opened["system"], opened["layers"]) == ("mario:latest", "Hi.", [])
        assert opened["digest"] == ollama.list()[0].digest
        assert opened["context"] > 0
        with pytest.raises(Unsupported, match="content"):
            say("content", name="mario", digest="sha256:" + "0" * 64)
        with pytest.raises(Unsupported):
            say("metadata", name="mario", digest="", search="", offset=0, limit=10)


def test_a_name_is_told_in_full_or_what_is_wrong_with_it(say: Say) -> None:
    assert say("name", name="registry.ollama.ai/library/mario") == {"name": "mario:latest", "wrong": None}
    assert say("name", name="mario:local") == {"name": "mario:latest", "wrong": None}
    assert say("name", name="me/mario:a b") == {"name": "", "wrong": ["Names have no blanks."]}
    assert say("name", name="mario:") == {"name": "", "wrong": ["The %1 is missing.", ["tag behind the colon"]]}
    assert say("name", name="x:local:cloud")["wrong"] == ["use either :local or :cloud, not both: %1.", "'x:local:cloud'"]
    assert say("name", name="")["wrong"] == ["model is required."]
