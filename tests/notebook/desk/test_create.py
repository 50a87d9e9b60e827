"""Models made by a front end: the editor's questions, folders, and create itself."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from jupyter_ollama import Ollama
from jupyter_ollama.errors import BadRequest, InvalidName, ModelfileError, ModelNotFound, QuantizationError, SourceError, Unsupported
from jupyter_ollama.notebook.desk import VERBS, Ask, Started

from .conftest import Say, said_by

EVIL = "<script>alert(1)</script>\u202e\x1b[2J"


def test_marks_count_lines_from_0_and_columns_in_utf_16_units(say: Say) -> None:
    checked = say("check", modelfile='FROM pocket\n😀😀 PARAMTER x\nMESSAGE user "😀" y\nTEMPLATE {{ "😀" | nothing }}')

    assert [(mark["line"], mark["column"], mark["endLine"], mark["endColumn"], mark["severity"]) for mark in checked["marks"]] == [
        (1, 0, 1, 4, "error"), (2, 13, 2, 19, "error"), (3, 19, 3, 26, "error"),
    ]  # fmt: skip
    assert checked["pieces"][0] == ["instruction", "FROM"]
    assert "".join(part for _, part in checked["pieces"]).startswith("FROM pocket\n😀😀 PARAMTER")


@pytest.mark.parametrize("modelfile", ["", EVIL, "FROM " + EVIL, "\ud83d", "\udcff FROM x", "FROM x\n" * 2000, '"""', "SYSTEM " + EVIL * 100])
def test_a_text_of_any_kind_is_checked_and_completed(say: Say, modelfile: str) -> None:
    checked = say("check", modelfile=modelfile)

    assert "".join(part for _, part in checked["pieces"]) == modelfile.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    for line, column in ((0, 0), (0, 3), (10**9, 10**9), (-1, -1)):
        assert say("complete", modelfile=modelfile, line=line, column=column)["from"] >= 0


def test_completion_speaks_of_utf_16_columns_too(say: Say, tmp_path: Path) -> None:
    (tmp_path / "😀models").mkdir()

    found = say("complete", modelfile="FROM a\nADAPTER ./😀m", line=1, column=13, folder=str(tmp_path))

    assert found == {"from": 8, "items": [{"label": "./😀models/", "detail": ["folder"], "info": [""]}]}
    found = say("complete", modelfile="PARAMETER temp", line=0, column=14)
    assert (found["from"], found["items"][0]["label"]) == (10, "temperature")
    assert found["items"][0]["info"] != [""]


def test_a_model_is_created_from_a_folder_and_quantized(say: Say, ollama: Ollama, tiny_folder: Path) -> None:
    chosen = next(one for one in say("files", folder=str(tiny_folder.parent))["entries"] if one["path"] == str(tiny_folder))
    assert chosen["kind"] == "model folder"
    recipe = say("recipe", source=chosen["path"])["modelfile"]

    made = say("create", name="mario", modelfile=f"{recipe}SYSTEM Hi.", quantize="q8_0")

    assert made == {"name": "mario:latest", "digest": ollama.list()[0].digest}
    assert say("open", name="mario")["quantization"] == "Q8_0"


def test_relative_paths_start_at_the_folder(say: Say, tiny_gguf: Path) -> None:
    assert say("create", name="mario", modelfile=f"FROM ./{tiny_gguf.name}", folder=str(tiny_gguf.parent))["name"] == "mario:latest"
    assert say("check", modelfile=f"FROM ./{tiny_gguf.name}", folder=str(tiny_gguf.parent))["marks"] == []
    assert say("check", modelfile=f"FROM ./{tiny_gguf.name}", folder=str(tiny_gguf.parent / "elsewhere"))["marks"]


def test_creating_tells_its_steps_and_can_be_stopped(ollama: Ollama, tiny_folder: Path) -> None:
    started = VERBS["create"](Ask(ollama, "create", {"name": "mario", "modelfile": f"FROM {tiny_folder}", "quantize": "q4_K_M"}))

    assert isinstance(started, Started)
    assert started.stays
    assert "converting" in " ".join(getattr(event, "status", "") for event in started.run)
    assert started.finish(started.run.result(60))["name"] == "mario:latest"


def test_what_cannot_be_created_says_why(say: Say, tiny_gguf: Path) -> None:
    for args, error in (
        ({"name": "mario", "modelfile": "FORM x"}, ModelfileError), ({"name": "../x", "modelfile": f"FROM {tiny_gguf}"}, InvalidName),
        ({"name": "mario", "modelfile": f"FROM {tiny_gguf}", "quantize": "q9"}, QuantizationError),
        ({"name": "mario", "modelfile": "FROM ./gone"}, SourceError), ({"name": "mario"}, BadRequest),
        ({"name": "mario", "modelfile": 7}, BadRequest), ({"name": "mario", "modelfile": "FROM x", "folder": ["/"]}, BadRequest),
    ):  # fmt: skip
        with pytest.raises(error):
            say("create", **args)


def test_folders_show_links_strange_names_and_what_may_not_be_read(say: Say, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    (tmp_path / "a\u202eb.gguf").touch()
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.txt")).touch()

    entries = {entry["name"]: entry for entry in say("files", folder=str(tmp_path))["entries"]}

    assert (entries["link"]["kind"], entries["a\u202eb.gguf"]["kind"]) == ("model folder", "file")
    assert "\ufffd.txt" in entries
    assert say("files")["folder"] == str(Path.cwd())
    assert say("files", folder=str(tmp_path / "link"))["parent"] == str(tmp_path)
    for folder in (str(tmp_path / "gone"), "\0", "/proc/self/mem"):
        with pytest.raises(SourceError):
            say("files", folder=folder)


def test_types_and_recipes_and_removals_are_told(say: Say, ollama: Ollama, tiny_gguf: Path) -> None:
    ollama.create("mario", f"FROM {tiny_gguf}\nSYSTEM Hi.").result(60)

    assert {"name": "q4_K_M", "bits": 4.9, "recommended": True, "text": "4 bits, some tensors with more: the usual choice"} in say("quantizations")
    assert say("recipe", source="mario") == {"modelfile": "FROM mario\nSYSTEM Hi.\n"}
    planned = say("removal", names=["mario"])
    assert (planned["names"], planned["freed"] > 0) == (["mario:latest"], True)
    assert say("open", name="mario")
    with pytest.raises(ModelNotFound):
        say("removal", names=["nobody"])


def test_with_an_engine_elsewhere_files_are_those_of_this_machine(ollama: Ollama, tiny_gguf: Path) -> None:
    ollama.create("mario", f"FROM {tiny_gguf}\nSYSTEM Hi.").result(60)
    with ollama.serve(port=0) as server:
        say = said_by(Ollama(host=server.url))

        assert say("check", modelfile="FROM mario")["marks"] == []
        assert say("check", modelfile="FROM luigi")["marks"][0]["severity"] == "warning"
        assert [one["label"] for one in say("complete", modelfile="FROM mar", line=0, column=8)["items"]] == ["mario", "mario:latest"]
        assert say("recipe", source="mario")["modelfile"] == "FROM mario\nSYSTEM Hi.\n"
        assert say("create", name="peach", modelfile=f"FROM ./{tiny_gguf.name}", folder=str(tiny_gguf.parent))["name"] == "peach:latest"
        for verb, args in (("removal", {"names": ["mario"]}), ("suggestions", {})):
            with pytest.raises(Unsupported):
                say(verb, **args)
