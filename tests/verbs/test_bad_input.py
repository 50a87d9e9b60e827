"""What people get wrong: one clear sentence that names the thing and the remedy, and a store that is as it was."""

from __future__ import annotations

import json
import resource
import shutil
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_ollama import Modelfile, Ollama, OllamaError
from jupyter_ollama.errors import (
    Cancelled,
    DiskFull,
    GGUFError,
    InvalidName,
    ModelfileError,
    ModelNotFound,
    OptionError,
    QuantizationError,
    SafetensorsError,
    SourceError,
    UnsupportedArchitecture,
)

from .conftest import Create, snapshot

Spoil = Callable[[Path], object]


@pytest.fixture
def folder(tiny_folder: Path, tmp_path: Path) -> Path:
    """A copy of the tiny folder that may be spoiled."""
    return Path(shutil.copytree(tiny_folder, tmp_path / "folder"))


def refused(ollama: Ollama, text: str, error: type[OllamaError], *, quantize: str | None = None, names: str = "") -> OllamaError:
    """Create must fail so, say ``names``, and leave the store untouched and usable."""
    before = snapshot(ollama)
    with pytest.raises(error) as caught:
        ollama.create("bad", text, quantize=quantize).result(120)
    assert before == snapshot(ollama)
    assert names in str(caught.value)
    assert caught.value.hint, f"no remedy in: {caught.value}"
    assert "Traceback" not in str(caught.value)
    return caught.value


@pytest.mark.parametrize("name", ["", "a b", "../x", "m@sha256:1", "-m", "x" * 81])
def test_bad_names(ollama: Ollama, tiny_gguf: Path, name: str) -> None:
    with pytest.raises(InvalidName, match="A name is like"):
        ollama.create(name, f"FROM {tiny_gguf}").result(60)


def test_an_unknown_model_to_start_from_and_to_chat_with(ollama: Ollama, create: Create) -> None:
    create("mario")
    assert "mario" in str(refused(ollama, "FROM marioo", ModelNotFound, names="marioo"))
    with pytest.raises(ModelNotFound, match="Did you mean mario"):
        ollama.chat("marioo", "hi").result(60)


def test_paths_that_lead_nowhere(ollama: Ollama) -> None:
    refused(ollama, "FROM ./gone.gguf", SourceError, names="gone.gguf")
    refused(ollama, "FROM /nowhere/at/all", SourceError, names="/nowhere/at/all")


def test_a_missing_adapter(ollama: Ollama, tiny_gguf: Path) -> None:
    refused(ollama, f"FROM {tiny_gguf}\nADAPTER ./lora.gguf", SourceError, names="lora.gguf")


def test_a_model_where_an_adapter_should_be(ollama: Ollama, tiny_gguf: Path) -> None:
    refused(ollama, f"FROM {tiny_gguf}\nADAPTER {tiny_gguf}", SourceError, names="not a LoRA adapter")


def test_a_missing_modelfile(ollama: Ollama, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="Check the path given with -f"):
        ollama.create_from_file("mario", tmp_path / "Modelfil")


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [("SYSTEM hi", 1, "FROM"), ("FROM a\nBAD x", 2, "BAD"), ("FROM a\nPARAMETER temprature 1", 2, "temperature"),
     ("FROM a\nPARAMETER num_ctx many", 2, "num_ctx"), ("FROM a\nMESSAGE robot hi", 2, "robot"), ('FROM a\nSYSTEM """open', 2, '"""')],
)  # fmt: skip
def test_modelfiles_that_do_not_parse_name_the_line(ollama: Ollama, text: str, line: int, says: str) -> None:
    with pytest.raises(ModelfileError) as caught:
        ollama.create("bad", text)
    assert says in str(caught.value)
    assert "FROM" in str(caught.value) or line == caught.value.line


@pytest.mark.parametrize("quantize", ["q4_k_x", "int4", "q9_0", "iq2_xxs"])
def test_unknown_types(ollama: Ollama, tiny_gguf: Path, quantize: str) -> None:
    refused(ollama, f"FROM {tiny_gguf}", QuantizationError, quantize=quantize, names=quantize)


def test_a_quantized_model_is_not_quantized_again(ollama: Ollama, create: Create, tiny_folder: Path) -> None:
    create("small", f"FROM {tiny_folder}", quantize="q4_0")
    refused(ollama, "FROM small", QuantizationError, quantize="q8_0")


@pytest.mark.parametrize(
    ("spoil", "error", "names"),
    [
        (lambda f: (f / "config.json").unlink(), SourceError, "config.json"),
        (lambda f: (f / "config.json").write_text("{"), SourceError, "config.json"),
        (lambda f: (f / "config.json").write_text("[]"), SourceError, "config.json"),
        (lambda f: _architecture(f, "LlamaForCausalLMM"), UnsupportedArchitecture, "LlamaForCausalLM"),
        (lambda f: _architecture(f, "TotallyNew"), UnsupportedArchitecture, "TotallyNew"),
        (lambda f: (f / "tokenizer.json").unlink(), SourceError, "tokenizer"),
        (lambda f: _truncate(f / "model.safetensors", 0.6), SafetensorsError, "model.safetensors"),
        (lambda f: _truncate(f / "model.safetensors", 0.0001), SourceError, "model.safetensors"),
        (lambda f: (f / "model.safetensors").write_bytes(b"\xff" * 4096), SourceError, "model.safetensors"),
        (lambda f: (f / "model.safetensors").unlink(), SourceError, "safetensors"),
    ],
)  # fmt: skip
def test_folders_that_are_no_model(ollama: Ollama, folder: Path, spoil: Spoil, error: type[OllamaError], names: str) -> None:
    spoil(folder)
    refused(ollama, f"FROM {folder}", error, names=names)


def _architecture(folder: Path, name: str) -> None:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "architectures": [name]}))


def _truncate(path: Path, share: float) -> None:
    with path.open("r+b") as file:
        file.truncate(int(path.stat().st_size * share))


@pytest.mark.parametrize(
    ("spoil", "error"),
    [
        (lambda p: _truncate(p, 0.7), GGUFError),
        (lambda p: _truncate(p, 0.001), SourceError),
        (lambda p: p.write_bytes(b""), SourceError),
        (lambda p: p.write_bytes(b"GGUF" + b"\xff" * 200), GGUFError),
        (lambda p: p.write_text("FROM llama3.2\n"), SourceError),
    ],
)
def test_files_that_are_no_gguf(ollama: Ollama, tiny_gguf: Path, tmp_path: Path, spoil: Spoil, error: type[OllamaError]) -> None:
    path = tmp_path / "spoiled.gguf"
    path.write_bytes(tiny_gguf.read_bytes())
    spoil(path)
    refused(ollama, f"FROM {path}", error, names="spoiled.gguf")


def test_a_full_disk_leaves_nothing_behind(ollama: Ollama, create: Create, tiny_folder: Path) -> None:
    create("there")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        refused(ollama, f"FROM {tiny_folder}", DiskFull, names="bytes")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


@pytest.mark.parametrize("after", [0, 1, 2, 3])
def test_an_interrupted_create_leaves_nothing_behind(ollama: Ollama, create: Create, tiny_folder: Path, after: int) -> None:
    """Cancelled at each of its steps: the store is as before, or the model is whole."""
    create("there")
    before = snapshot(ollama)
    run = ollama.create("mario", f"FROM {tiny_folder}\nSYSTEM s", quantize="q4_K_M")
    for _, _ in zip(range(after), run, strict=False):
        pass
    run.cancel()
    try:
        run.result(30)
    except Cancelled:
        assert before == snapshot(ollama)
    else:
        assert "s" == ollama.show("mario").system


def test_options_of_a_chat_are_checked(ollama: Ollama, create: Create) -> None:
    create("mario")
    for options, says in (
        ({"temprature": 1}, "Did you mean temperature"), ({"top_k": "many"}, "whole number"), ({"num_ctx": 10**9}, "from 0 to 16,777,216"),
        ({"top_p": 2}, "from 0 to 1"), ({"stop": ["x"] * 100_000}, "at most 1,000 texts"), ({"mirostat": 7}, "from 0 to 2"),
    ):  # fmt: skip
        with pytest.raises(OptionError, match=says):
            ollama.chat("mario", "hi", options=options).result(60)


def test_two_creates_of_one_name_at_once_end_with_one_whole_model(ollama: Ollama, tiny_gguf: Path) -> None:
    runs = [ollama.create("mario", Modelfile.build(tiny_gguf, system=f"system {number}")) for number in range(6)]
    for run in runs:
        run.result(60)

    assert ollama.show("mario").system in {f"system {number}" for number in range(6)}
    assert 1 == len(ollama.list())
    assert 2 + 1 + 1 == len(snapshot(ollama)["files"])  # weights, system, config, manifest
    assert not [thread for thread in threading.enumerate() if thread.name == "ollama-create"]
