"""Create over the network: both forms, uploaded files, and what a Modelfile from outside may not do."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from jupyter_ollama import Ollama
from jupyter_ollama.names import ModelName

from .conftest import last, lines

PAD = "0" * 64


def upload(api: httpx.Client, data: bytes) -> str:
    digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
    assert api.post(f"/api/blobs/{digest}", content=data).status_code in (200, 201)
    return digest


def upload_folder(api: httpx.Client, folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): upload(api, path.read_bytes()) for path in sorted(folder.rglob("*")) if path.is_file()}


def test_parts_and_the_text_of_a_modelfile_make_the_same_model(echo: tuple[httpx.Client, Ollama]) -> None:
    api, ollama = echo
    parts = {"model": "one", "from": "echo", "system": "Be brief.", "parameters": {"temperature": 0.5, "stop": ["a", "b"]}, "license": ["L"],
             "messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Yes?"}]}  # fmt: skip
    text = 'FROM echo\nSYSTEM Be brief.\nPARAMETER temperature 0.5\nPARAMETER stop a\nPARAMETER stop b\nLICENSE L\nMESSAGE user Hi\nMESSAGE assistant Yes?'

    assert last(api.post("/api/create", json=parts)) == {"status": "success"}
    assert last(api.post("/api/create", json={"name": "two", "modelfile": text})) == {"status": "success"}
    assert ollama.show("one").digest == ollama.show("two").digest


def test_the_steps_are_ollamas(echo: tuple[httpx.Client, Ollama]) -> None:
    statuses = [line["status"] for line in lines(echo[0].post("/api/create", json={"model": "new", "from": "echo", "system": "S"}))]

    assert [status.partition(" sha256:")[0] for status in statuses] == [
        "using existing layer", "using existing layer", "creating new layer", "writing manifest", "success",
    ]  # fmt: skip


def test_without_a_stream_only_the_end_is_told(echo: tuple[httpx.Client, Ollama]) -> None:
    answer = echo[0].post("/api/create", json={"model": "new", "from": "echo", "stream": False})

    assert answer.text == '{"status":"success"}'


def test_an_uploaded_gguf_becomes_a_model(echo: tuple[httpx.Client, Ollama], tiny_gguf_once: Path) -> None:
    api, ollama = echo
    digest = upload(api, tiny_gguf_once.read_bytes())

    assert last(api.post("/api/create", json={"model": "one", "files": {"tiny.gguf": digest}}))["status"] == "success"
    assert last(api.post("/api/create", json={"name": "two", "modelfile": f"FROM @{digest}"}))["status"] == "success"
    assert ollama.show("one").digest == ollama.show("two").digest


def test_an_uploaded_safetensors_folder_is_converted_and_nothing_is_left_beside(
    echo: tuple[httpx.Client, Ollama], tiny_folder_once: Path
) -> None:
    api, ollama = echo
    files = upload_folder(api, tiny_folder_once)

    name = tiny_folder_once.name
    assert last(api.post("/api/create", json={"model": name, "files": files, "quantize": "q8_0"}))["status"] == "success"
    assert ollama.show(name).details.quantization_level == "Q8_0"
    assert not (ollama.store.root / "snapshots").exists()

    ollama.create("two", f"FROM {tiny_folder_once}", quantize="q8_0").result(120)
    assert ollama.show(name).layers[0].digest == ollama.show("two").layers[0].digest


def test_what_show_prints_creates_the_same_model_again(echo: tuple[httpx.Client, Ollama]) -> None:
    api, ollama = echo
    last(api.post("/api/create", json={"model": "one", "from": "echo", "system": 'Say "hi"\nin two lines.', "parameters": {"top_k": 3}}))
    text = api.post("/api/show", json={"model": "one"}).json()["modelfile"]

    assert f"FROM {ollama.store.blobs.folder}" in text
    last(api.post("/api/create", json={"name": "two", "modelfile": text}))
    assert [layer.digest for layer in ollama.show("one").layers] == [layer.digest for layer in ollama.show("two").layers]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"model": "x"}, "neither 'from' or 'files' was specified"),
        ({"model": "", "from": "echo"}, "invalid model name"),
        ({"model": "a b", "from": "echo"}, "invalid model name"),
        ({"model": "x", "from": "a b"}, "invalid model name"),
        ({"model": "x", "from": "echo", "path": "/tmp/Modelfile"}, "path is no longer supported: a server does not open files for its clients"),
        ({"model": "x", "files": {"a.gguf": ""}}, "invalid digest format"),
        ({"model": "x", "files": {"a.gguf": "sha256:abc"}}, "invalid digest format"),
        ({"model": "x", "from": "echo", "adapters": {"a.gguf": ""}}, "invalid digest format"),
        ({"model": "x", "files": {"../a.safetensors": f"sha256:{PAD}"}}, "file path must be relative"),
        ({"model": "x", "files": {"/a.safetensors": f"sha256:{PAD}"}}, "file path must be relative"),
        ({"model": "x", "files": {"a//b.safetensors": f"sha256:{PAD}"}}, "file path must be relative"),
        ({"model": "x", "from": "echo", "draft_quantize": "q8_0"}, "--draft-quantize requires a DRAFT model"),
        ({"model": "x", "from": "echo", "info": {"context_length": "4096"}}, 'info field "context_length" must be a number'),
        ({"model": "x", "from": "echo", "info": {"context_length": -1}}, 'info field "context_length" must be a non-negative integer'),
        ({"model": "x", "modelfile": "FROM echo\nMESSAGE x: y"}, "unexpected EOF: x"),
    ],
)  # fmt: skip
def test_errors_have_ollamas_words(echo: tuple[httpx.Client, Ollama], body: dict[str, Any], text: str) -> None:
    answer = echo[0].post("/api/create", json=body)

    assert (answer.status_code, answer.json()["error"]) == (400, text)


def test_a_name_with_letters_of_another_script_is_refused_with_the_rule(echo: tuple[httpx.Client, Ollama]) -> None:
    error = echo[0].post("/api/create", json={"model": "日本語", "from": "echo"}).json()["error"]

    assert error.startswith("invalid model name")
    assert "letters, digits, _ - ." in error


def test_a_file_that_is_no_model_is_refused(echo: tuple[httpx.Client, Ollama]) -> None:
    api, _ = echo
    answer = api.post("/api/create", json={"model": "x", "files": {"notes.txt": upload(api, b"hello")}})

    assert (answer.status_code, answer.json()["error"]) == (400, "unknown type")


def test_a_file_that_was_not_uploaded_is_named(echo: tuple[httpx.Client, Ollama]) -> None:
    answer = echo[0].post("/api/create", json={"model": "x", "files": {"a.gguf": f"sha256:{PAD}"}})

    assert answer.status_code == 400
    assert PAD in answer.json()["error"]


def test_a_modelfile_from_outside_opens_no_file_of_the_server(echo: tuple[httpx.Client, Ollama], tmp_path: Path, tiny_gguf_once: Path) -> None:
    api, ollama = echo
    digest = ollama.show("echo").layers[0].digest.replace(":", "-")
    elsewhere = tmp_path / "blobs" / digest
    elsewhere.parent.mkdir()
    elsewhere.write_bytes(tiny_gguf_once.read_bytes())
    outside = ["/etc/passwd", "./model.gguf", "../x", "~/x", "~root/x", str(tiny_gguf_once), str(elsewhere), f"{ollama.store.blobs.folder}/../x"]
    outside += [f"{ollama.store.blobs.folder}/{digest}/../../secret", ".", "model.gguf", "C:\\x", "@/etc/passwd", "@files"]
    for path in outside:
        for text in (f"FROM {path}", f"FROM echo\nADAPTER {path}", f"FROM echo\nDRAFT {path}"):
            answer = api.post("/api/create", json={"name": "x", "modelfile": text})

            assert answer.status_code == 400, (text, answer.text)
            assert "root:" not in answer.text
    assert not ollama.store.has(ModelName.parse("x"))


def test_a_create_that_fails_leaves_the_old_model(echo: tuple[httpx.Client, Ollama]) -> None:
    api, ollama = echo
    last(api.post("/api/create", json={"model": "one", "from": "echo", "system": "old"}))
    before = ollama.show("one").digest
    unclosed = 'FROM echo\nSYSTEM """You are new\nPARAMETER temperature 1'

    answer = api.post("/api/create", json={"name": "one", "modelfile": unclosed})

    assert (answer.status_code, answer.json()["error"]) == (400, "unexpected EOF")
    assert ollama.show("one").digest == before


def test_types_may_be_given_as_in_the_older_api(echo: tuple[httpx.Client, Ollama]) -> None:
    api, ollama = echo

    assert last(api.post("/api/create", json={"name": "small", "modelfile": "FROM echo", "quantization": "Q8_0"}))["status"] == "success"
    assert ollama.show("small").details.quantization_level == "Q8_0"
    assert json.loads(api.post("/api/create", json={"model": "x", "from": "echo", "quantize": "q9"}).text)["error"]
