"""``check``, ``complete``, ``recipe`` and ``files``: what somebody who writes a Modelfile is told."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_ollama import Modelfile, Ollama
from jupyter_ollama.errors import InvalidName, ModelfileError, ModelNotFound, SourceError
from jupyter_ollama.quantization import QUANTIZATIONS

from .conftest import Create


def told(ollama: Ollama, text: str, folder: Path) -> list[tuple[int, str, str]]:
    return [(mark.line, mark.severity, mark.text) for mark in ollama.check(text, base_dir=folder).marks]


@pytest.fixture
def folder(tmp_path: Path, tiny_folder: Path, tiny_gguf: Path) -> Iterator[Path]:
    """A folder with models, an adapter, a Modelfile and things of other kinds."""
    place = tmp_path / "work"
    place.mkdir()
    (place / "tiny").symlink_to(tiny_folder)
    (place / "Weights.GGUF").symlink_to(tiny_gguf)
    adapter = place / "lora"
    adapter.mkdir()
    (adapter / "adapter_model.safetensors").write_bytes((2).to_bytes(8, "little") + b"{}")
    (adapter / "adapter_config.json").write_text('{"base_model_name_or_path": "meta-llama/Llama"}')
    (place / "Modelfile.mario").write_text("FROM ./Weights.GGUF\nSYSTEM Hi.\n")
    (place / "notes.txt").write_text("notes")
    (place / ".hidden").write_text("secret")
    (place / "nowhere").symlink_to("gone")
    os.mkfifo(place / "pipe.gguf")
    return place


def test_files_and_models_that_are_not_there_are_marked(ollama: Ollama, create: Create, folder: Path) -> None:
    create("mario")

    for good in ("FROM mario", "FROM MARIO:latest", "FROM pocket", "FROM ./tiny", "FROM tiny", "FROM ./Weights.GGUF", "FROM mario\nADAPTER ./lora",
                 "FROM mario\nDRAFT pocket"):  # fmt: skip
        assert told(ollama, good, folder) == []
    for bad, said in (
        ("FROM ./gone.gguf", "FROM ./gone.gguf: no such file"), ("FROM a b", "neither a file nor the name"),
        ("FROM notes.txt", "too few for a model"), ("FROM ./lora", "is a LoRA adapter"), ("FROM mario\nADAPTER gone", "ADAPTER gone: no such file"),
        ("FROM mario\nADAPTER ./tiny", "adapter"), ("FROM mario\nDRAFT ./gone", "DRAFT ./gone: no such file"), ("FROM ./pipe.gguf", "not a file"),
        ("FROM hf.co/a/b@..", "cannot be a revision"), ("FROM " + "x" * 5000, "neither"), ("FROM ../../../../etc/shadow", ""),
    ):  # fmt: skip
        marks = told(ollama, bad, folder)
        assert [severity for _, severity, _ in marks] == ["error"], bad
        assert said in marks[0][2]
    for elsewhere in ("FROM llama3.2", "FROM me/mario:v2", "FROM hf.co/org/repo"):
        [(line, severity, said)] = told(ollama, elsewhere, folder)
        assert (line, severity) == (1, "warning")
        assert "is not here yet" in said


def test_templates_and_types_are_checked_at_their_place(ollama: Ollama, folder: Path) -> None:
    checked = ollama.check('FROM pocket\nTEMPLATE """{{ if .System }}x\n{{ en }}"""\nPARAMETER quantize q4_KM\nTEMPLATE {{ .Prompt')

    places = [(mark.line, mark.column, mark.end_line, mark.end_column) for mark in checked.marks if mark.severity == "error"]
    assert places == [(3, 4, 3, 6), (4, 20, 4, 25), (5, 10, 5, 20)]
    assert ("error", "en") in [tuple(piece) for piece in checked.pieces]
    assert "".join(piece.text for piece in checked.pieces) == checked.text
    assert not checked.ok
    assert ollama.check("FROM pocket").ok
    assert str(ollama.check("FROM pocket")) == "Nothing is wrong."
    assert "line 3, column 4" in str(checked)


def test_a_text_that_is_too_long_is_only_said_to_be(ollama: Ollama) -> None:
    checked = ollama.check("x" * 2_000_000)

    assert ["at most" in mark.text for mark in checked.marks] == [True]
    assert [piece.text for piece in checked.pieces] == [checked.text]


def test_models_files_and_words_are_offered(ollama: Ollama, create: Create, folder: Path) -> None:
    create("mario")

    def offered(text: str) -> list[str]:
        lines = text.split("\n")
        found = ollama.complete(text, len(lines) - 1, len(lines[-1]), base_dir=folder)
        assert 0 <= found.start <= len(lines[-1])
        return [one.label for one in found.items]

    assert offered("FROM ") == ["mario", "pocket", "mario:latest", "./tiny", "./Weights.GGUF"]
    assert offered("FROM mar") == ["mario", "mario:latest"]
    assert offered("FROM ./") == ["./lora", "./tiny", "./Weights.GGUF"]
    assert offered("FROM ./w") == ["./Weights.GGUF"]
    assert offered("ADAPTER ") == ["./lora", "./Weights.GGUF"]
    assert {"../models/", "../work", "../tiny-llama.gguf"} <= set(offered("FROM ../"))
    assert offered("FROM ./gone/") == []
    assert offered("FROM ~nobody/") == []
    assert offered("FROM pocket\nPARAMETER quantize q8") == ["q8_0"]
    assert offered("FROM pocket\nPARAMTER") == ["PARAMETER"]
    for line, column in ((-5, -5), (10**9, 10**9), (0, 10**9)):
        assert ollama.complete("FROM po", line, column).start >= 0


def test_a_recipe_begins_with_what_was_chosen(ollama: Ollama, create: Create, folder: Path) -> None:
    create("mario", 'SYSTEM """Be\nkind."""\nPARAMETER top_k 3\nPARAMETER stop a\nPARAMETER stop b\nMESSAGE user hi\nLICENSE MIT')

    recipe = ollama.recipe("mario", base_dir=folder)

    assert recipe == 'FROM mario\nSYSTEM """Be\nkind."""\nPARAMETER stop a\nPARAMETER stop b\nPARAMETER top_k 3\nMESSAGE user hi\n' or (
        Modelfile.parse(recipe).parameters == {"stop": ["a", "b"], "top_k": 3}
    )
    assert Modelfile.parse(recipe).system == "Be\nkind."
    assert ollama.create("luigi", recipe).result(60).digest
    assert ollama.show("luigi").parameters == ollama.show("mario").parameters
    assert ollama.recipe("tiny", base_dir=folder) == f"FROM {folder}/tiny\n"
    assert ollama.recipe(str(folder / "Weights.GGUF")) == f"FROM {folder}/Weights.GGUF\n"
    assert ollama.recipe("lora", base_dir=folder) == f"FROM meta-llama/Llama\nADAPTER {folder}/lora\n"
    assert ollama.recipe("Modelfile.mario", base_dir=folder) == "FROM ./Weights.GGUF\nSYSTEM Hi.\n"
    for source, error in (("gone", ModelNotFound), ("a b", InvalidName), (".", SourceError), ("pipe.gguf", SourceError), ("", SourceError)):
        with pytest.raises((error, ModelfileError)):
            ollama.recipe(source, base_dir=folder)


def test_a_folder_tells_what_can_be_made_of_what_is_in_it(ollama: Ollama, folder: Path) -> None:
    found = ollama.files(folder)

    assert [(one.name, one.kind) for one in found.entries] == [
        ("lora", "adapter folder"), ("tiny", "model folder"), ("Modelfile.mario", "modelfile"), ("notes.txt", "file"), ("nowhere", "file"),
        ("pipe.gguf", "file"), ("Weights.GGUF", "gguf"),
    ]  # fmt: skip
    assert (found.path, found.parent, found.cut) == (folder, folder.parent, False)
    assert next(one for one in found.entries if one.name == "notes.txt").size_bytes == 5
    assert ollama.files("/").parent is None
    assert "Modelfile.mario" in str(found)


@pytest.mark.parametrize("place", ["gone", "notes.txt", "a\0b", "x" * 5000, "nowhere"])
def test_what_cannot_be_listed_says_why(ollama: Ollama, folder: Path, place: str) -> None:
    with pytest.raises(SourceError, match="cannot be listed"):
        ollama.files(folder / place)


def test_a_very_large_folder_is_told_in_part(ollama: Ollama, tmp_path: Path) -> None:
    for number in range(2100):
        (tmp_path / f"{number:04d}").touch()

    found = ollama.files(tmp_path)

    assert (len(found.entries), found.cut) == (2000, True)
    assert found.entries[0].name == "0000"


def test_suggestions_say_what_fits_and_what_is_here(tmp_path: Path, tiny_gguf: Path) -> None:
    from dataclasses import replace

    from jupyter_ollama.settings import Settings

    with Ollama(settings=replace(Settings.from_environment(), models=tmp_path / "models", memory_bytes=3_000_000_000)) as ollama:
        ollama.create("llama3.2:1b", f"FROM {tiny_gguf}").result(60)
        found = {one.name: one for one in ollama.suggestions()}

    assert len(found) == len(set(found))
    assert (found["llama3.2:1b"].fits, found["llama3.2:1b"].here) == ("yes", True)
    assert (found["llama3.2"].fits, found["llama3.2"].here) == ("tight", False)
    assert found["llama3.3"].fits == "no"
    assert all(one.size_bytes < one.memory_bytes < 1.6 * one.size_bytes + 1_500_000_000 for one in found.values())


def test_the_bits_of_a_type_say_which_is_larger() -> None:
    bits = {one.spelling: one.bits for one in QUANTIZATIONS}

    assert bits["q2_K"] < bits["q3_K_M"] < bits["q4_K_M"] < bits["q5_K_M"] < bits["q6_K"] < bits["q8_0"] < bits["f16"] < bits["f32"]
    assert [one.spelling for one in QUANTIZATIONS if one.recommended] == ["q4_K_M", "q8_0"]
