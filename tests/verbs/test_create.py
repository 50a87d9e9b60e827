"""``create``: what becomes of a Modelfile. Numbers refer to the edge cases that Ollama's own tests cover."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from jupyter_ollama import Modelfile, Ollama, Progress
from jupyter_ollama.errors import TemplateError
from jupyter_ollama.gguf import read_index

from .conftest import Create, digest_of, kinds, snapshot


def test_a_gguf_becomes_a_model_without_a_second_copy(ollama: Ollama, create: Create, tiny_gguf: Path) -> None:
    model = create("mario")

    assert hashlib.sha256(tiny_gguf.read_bytes()).hexdigest() == digest_of(model, "model")
    assert tiny_gguf.stat().st_ino == model.path.stat().st_ino
    assert ("gguf", "llama", "BF16") == (model.config.model_format, model.config.model_family, model.config.file_type)


def test_layers_stand_in_ollamas_order(create: Create) -> None:
    model = create("mario", 'MESSAGE user hi\nPARAMETER top_k 5\nLICENSE a\nSYSTEM s\nTEMPLATE """{{ .Prompt }}"""\nLICENSE b')

    assert ["model", "template", "system", "license", "license", "params", "messages"] == kinds(model)
    assert digest_of(model, "template").startswith("b507b9c2")


def test_parameters_are_stored_as_ollama_stores_them(create: Create) -> None:
    """29: sorted keys, ``1`` for 1.0, a newline at the end."""
    model = create("one", "PARAMETER temperature 1\nPARAMETER top_k 10\nPARAMETER stop USER:\nPARAMETER stop ASSISTANT:")

    assert digest_of(model, "params").startswith("1d0ad71299d4")


def test_parameters_merge_over_the_parents(create: Create) -> None:
    """30: key by key; a list is replaced as a whole; ``<`` is escaped."""
    create("one", "PARAMETER temperature 1\nPARAMETER top_k 10\nPARAMETER stop USER:\nPARAMETER stop ASSISTANT:")
    two = create("two", "FROM one\nPARAMETER temperature 0.6\nPARAMETER top_p 0.7")
    three = create("three", "FROM two\nPARAMETER stop <|endoftext|>")

    assert digest_of(two, "params").startswith("e29a7b3c47")
    assert ["<|endoftext|>"] == (three.parameters or {})["stop"]
    (params,) = (layer for layer in three.manifest.layers if layer.kind == "params")
    assert b"\\u003c|endoftext|\\u003e" in (three.path.parent / params.digest.file_name).read_bytes()


def test_creating_again_removes_layers_nobody_needs(ollama: Ollama, create: Create) -> None:
    """31."""
    create("mario", 'SYSTEM first\nTEMPLATE """{{ .Prompt }} 1"""')
    before = snapshot(ollama)
    create("mario", 'SYSTEM second\nTEMPLATE """{{ .Prompt }} 2"""')

    assert len(before["files"]) == len(snapshot(ollama)["files"])


def test_an_empty_system_makes_no_layer(create: Create) -> None:
    """32: made from files again it is gone; derived from a model it stays."""
    assert "system" in kinds(create("mario", "SYSTEM you are Mario"))
    assert "you are Mario" == create("derived", 'FROM mario\nSYSTEM ""').system
    assert "system" not in kinds(create("mario", 'SYSTEM ""'))


@pytest.mark.parametrize("template", ["{{ .System }} {{ .Prompt", "{{ if .Prompt }}never closed"])
def test_a_broken_template_is_refused_before_anything_is_written(ollama: Ollama, tiny_gguf: Path, template: str) -> None:
    """33."""
    modelfile = Modelfile.build(tiny_gguf, template=template)
    with pytest.raises(TemplateError):
        ollama.create("bad", modelfile).result(60)

    assert {"files": {}, "manifests": {}} == snapshot(ollama)


def test_licenses_add_up(create: Create) -> None:
    """34."""
    create("one", "LICENSE a")

    assert ("a", "b") == create("two", "FROM one\nLICENSE b").licenses


def test_messages_replace_the_parents_or_are_inherited(create: Create) -> None:
    """35."""
    create("one", "MESSAGE user hi\nMESSAGE assistant hello")
    inherited, replaced = create("two", "FROM one\nSYSTEM s"), create("three", "FROM one\nMESSAGE user yo")

    assert ["hi", "hello"] == [message.content for message in inherited.messages]
    assert ["yo"] == [message.content for message in replaced.messages]


def test_a_derived_model_shares_its_parents_blobs(ollama: Ollama, create: Create) -> None:
    parent = create("parent", "SYSTEM s")
    before = len(snapshot(ollama)["files"])
    child = create("child", "FROM parent\nPARAMETER top_k 5")

    assert digest_of(parent, "model") == digest_of(child, "model")
    assert "parent:latest" == child.manifest.layers[0].from_model
    assert before + 2 == len(snapshot(ollama)["files"])  # one parameter blob, one manifest


def test_the_statuses_are_ollamas(ollama: Ollama, create: Create, tiny_gguf: Path) -> None:
    run = ollama.create("mario", f"FROM {tiny_gguf}\nSYSTEM s")
    run.result(60)
    told = [event.status for event in run if isinstance(event, Progress)]

    assert "parsing GGUF" == told[0]
    assert ["writing manifest", "success"] == told[-2:]
    assert 2 == sum(status.startswith("creating new layer sha256:") for status in told)

    again = ollama.create("luigi", "FROM mario")
    again.result(60)
    assert 2 == sum(e.status.startswith("using existing layer sha256:") for e in again if isinstance(e, Progress))


def test_renderer_and_parser_are_inherited_unless_named(create: Create) -> None:
    """42."""
    create("one", "RENDERER qwen3-coder\nPARSER qwen3")
    two = create("two", "FROM one\nPARSER passthrough\nREQUIRES v0.14.0")

    assert ("qwen3-coder", "passthrough", "0.14.0") == (two.config.renderer, two.config.parser, two.config.requires)


def test_quantization_is_asked_for_by_argument_or_parameter_and_not_stored(create: Create, tiny_folder: Path) -> None:
    written = create("written", f"FROM {tiny_folder}\nPARAMETER quantization q4_0")
    wins = create("wins", f"FROM {tiny_folder}\nPARAMETER quantize q4_0", quantize="q8_0")

    assert ("Q4_0", "Q8_0") == (written.config.file_type, wins.config.file_type)
    assert written.parameters is wins.parameters is None


def test_a_folder_is_converted_to_f16_and_quantized_from_the_model_later(create: Create, tiny_folder: Path) -> None:
    full = create("full", f"FROM {tiny_folder}")
    small = create("small", "FROM full\nSYSTEM s", quantize="q4_K_M")

    assert ("F16", "Q4_K_M") == (full.config.file_type, small.config.file_type)
    assert small.path.stat().st_size < full.path.stat().st_size
    assert {tensor.name for tensor in read_index(full.path).tensors} == {tensor.name for tensor in read_index(small.path).tensors}
    assert ["model", "system"] == kinds(small)


def test_show_gives_a_modelfile_that_makes_the_same_model(ollama: Ollama, create: Create) -> None:
    text = 'REQUIRES 0.14.0\nSYSTEM """two\nlines "quoted" """\nPARAMETER stop "<|a|> "\nPARAMETER stop b\nPARAMETER top_k 3\nLICENSE l\nMESSAGE user hi'
    first = create("first", text)
    second = create("second", ollama.show("first").modelfile)

    assert (first.digest, first.manifest.raw) == (second.digest, second.manifest.raw)


def test_a_model_can_be_made_from_plain_python(ollama: Ollama, tiny_gguf: Path) -> None:
    summary = ollama.create("mario", Modelfile.build(tiny_gguf, system="s", parameters={"temperature": 0})).result(60)

    assert ("mario:latest", "BF16") == (summary.name, summary.details.quantization_level)
    assert ["mario:latest"] == [model.name for model in ollama.list()]


def test_relative_paths_start_at_the_modelfile(ollama: Ollama, tiny_gguf: Path, tmp_path: Path) -> None:
    folder = tmp_path / "recipe"
    folder.mkdir()
    (folder / "model.gguf").write_bytes(tiny_gguf.read_bytes())
    (folder / "Modelfile").write_text("FROM ./model.gguf\n")

    assert "mario:latest" == ollama.create_from_file("mario", folder / "Modelfile").result(60).name


def test_a_local_folder_wins_over_a_model_of_its_name_only_if_there_is_a_model_in_it(
    ollama: Ollama, create: Create, tiny_folder: Path, tmp_path: Path
) -> None:
    create("mario", "SYSTEM from the store")
    (tmp_path / "mario").mkdir()
    (tmp_path / "mario" / "notes.txt").write_text("no model here")
    ollama.create("luigi", "FROM mario", base_dir=tmp_path).result(60)
    assert "from the store" == ollama.show("luigi").system

    (tmp_path / "mario").joinpath("notes.txt").unlink()
    for file in tiny_folder.iterdir():
        (tmp_path / "mario" / file.name).write_bytes(file.read_bytes())
    ollama.create("luigi", "FROM mario", base_dir=tmp_path).result(60)
    assert "" == ollama.show("luigi").system
