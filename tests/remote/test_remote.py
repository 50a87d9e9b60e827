"""The verbs by an engine elsewhere: our own server over both of its APIs, hosts that answer nonsense, and what a host lacks."""

from __future__ import annotations

import json
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from jupyter_ollama import Chunk, Message, Ollama, Progress
from jupyter_ollama.errors import (
    Cancelled,
    EngineError,
    ModelNotFound,
    OllamaError,
    OptionError,
    SourceError,
    Unauthorized,
    Unreachable,
    Unsupported,
)
from jupyter_ollama.remote.openai_api import OpenAIHost
from jupyter_ollama.settings import Settings

TOKEN = "open sesame"
MARIO = "FROM pocket\nSYSTEM You are Mario.\nPARAMETER temperature 0\nPARAMETER stop a\nPARAMETER stop b\nLICENSE MIT\nMESSAGE user Hello\nMESSAGE assistant Hi!"
SUM = {"temperature": 0, "seed": 1}


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ollama]:
    root = tmp_path_factory.mktemp("server")
    with Ollama(settings=Settings(root / "models", key=root / "key")) as ollama:
        ollama.serve(port=0, token=TOKEN)
        yield ollama


def there(here: Ollama, path: str = "") -> Any:
    assert here.server is not None
    return Ollama(host=here.server.url + path, token=TOKEN)


@pytest.fixture(scope="module")
def remote(here: Ollama) -> Any:
    remote = there(here)
    remote.create("mario", MARIO).result(120)
    return remote


@pytest.fixture(scope="module")
def openai(here: Ollama, remote: Any) -> OpenAIHost:
    return OpenAIHost(remote._line, remote.settings)


def test_what_speaks_both_is_taken_for_an_ollama(remote: Any) -> None:
    assert remote.kind == "Ollama's API"
    assert repr(remote).startswith("Ollama(host='http://127.0.0.1:")
    assert remote.version


def test_models_are_listed_shown_copied_and_deleted_there(here: Ollama, remote: Any) -> None:
    assert [(one.name, one.digest, one.size_bytes) for one in remote.list()] == [(one.name, one.digest, one.size_bytes) for one in here.list()]
    shown, known = remote.show("mario"), here.show("mario")
    for field in ("system", "template", "capabilities", "modelfile", "parameters", "messages", "details", "parameter_count"):
        assert getattr(shown, field) == getattr(known, field), field
    assert str(shown).splitlines()[:4] == str(known).splitlines()[:4]
    remote.copy("mario", "luigi")
    assert here.list("luigi")
    assert remote.delete("luigi").names == ("luigi",)
    assert not here.list("luigi")


def test_an_answer_is_the_same_as_here(here: Ollama, remote: Any) -> None:
    run = remote.chat("mario", "What is 2 + 3?", options=SUM)
    pieces = [event.content for event in run if isinstance(event, Chunk)]
    mine = here.chat("mario", "What is 2 + 3?", options=SUM).result(60)
    done = run.result()
    assert "".join(pieces) == str(done) == str(mine)
    assert len(pieces) > 2, "it came piece by piece"
    assert (done.done_reason, done.statistics.eval_count) == (mine.done_reason, mine.statistics.eval_count)
    assert str(remote.generate("mario", "What is 2 + 3?", options=SUM).result(60)) == str(here.generate("mario", "What is 2 + 3?", options=SUM).result(60))
    assert [one.name for one in remote.ps()] == ["mario:latest"]
    remote.stop("mario")
    assert not remote.ps()


def test_a_conversation_goes_along(remote: Any) -> None:
    said = [Message("user", "My name is Anna."), Message("assistant", "Hello Anna!"), Message("user", "What is my name?")]
    assert "Anna" in str(remote.chat("pocket", said, options=SUM).result(60))


def test_files_of_this_machine_are_sent(here: Ollama, remote: Any, tiny_gguf_once: Path, tiny_folder_once: Path, tmp_path: Path) -> None:
    (tmp_path / "Modelfile").write_text(f"FROM {tiny_gguf_once}\nSYSTEM Tiny.")
    run = remote.create_from_file("tiny", tmp_path / "Modelfile", quantize="q8_0")
    steps = [event.status for event in run if isinstance(event, Progress)]
    assert f"copying file {tiny_gguf_once.name}" in steps
    assert steps[-1] == "success"
    assert here.show("tiny").system == "Tiny."
    assert here.show("tiny").details.quantization_level == "Q8_0"
    again = [event.status for event in remote.create("again", f"FROM {tiny_gguf_once}") if isinstance(event, Progress)]
    assert f"copying file {tiny_gguf_once.name}" not in again, "what is there is not sent again"
    remote.create("converted", f"FROM {tiny_folder_once}").result(120)
    assert here.show("converted").details.family == "llama"
    with pytest.raises(SourceError):
        remote.create_from_file("x", tmp_path / "nowhere")


def test_files_in_folders_of_a_model_go_along_and_what_does_not_belong_to_it_does_not(
    here: Ollama, remote: Any, tiny_folder_once: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(tiny_folder_once, tmp_path / "model")
    (folder / "original").mkdir()
    (folder / "original" / "params.json").write_text('{"only": "here"}')
    (folder / "consolidated.safetensors").write_bytes((folder / "model.safetensors").read_bytes())
    steps = [event.status for event in remote.create("nested", f"FROM {folder}") if isinstance(event, Progress)]

    assert "copying file params.json" in steps
    assert "copying file consolidated.safetensors" not in steps
    assert here.show("nested").details.family == "llama"


def test_formats_and_functions_work_there(remote: Any) -> None:
    found = str(remote.chat("pocket", "Answer.", format={"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}, options=SUM).result(60))
    assert isinstance(json.loads(found)["n"], int)


def test_a_cancel_ends_the_answer_there_too(here: Ollama, remote: Any) -> None:
    run = remote.chat("pocket", "Hello", options={"num_predict": 100_000, "temperature": 2.0, "num_ctx": 64})
    next(iter(run))
    run.cancel()
    try:
        run.result(30)
    except Cancelled:
        pass
    assert str(remote.chat("pocket", "What is 2 + 3?", options=SUM).result(60)) == "2 + 3 = 5."


def test_errors_say_what_the_host_says(remote: Any, here: Ollama) -> None:
    with pytest.raises(ModelNotFound, match="model 'nobody' not found"):
        remote.chat("nobody", "Hello").result(30)
    with pytest.raises(ModelNotFound):
        remote.show("nobody")
    with pytest.raises(OptionError):
        remote.chat("mario", "Hello", options={"temperature": "x"})
    assert here.server is not None
    with pytest.raises(Unauthorized, match="token"):
        Ollama(host=here.server.url)
    with pytest.raises(Unreachable, match=r"127.0.0.1:1 does not answer"):
        Ollama(host="127.0.0.1:1")


def shout(word: str) -> str:
    """Say a word loudly."""
    return word.upper()


def test_a_call_that_has_to_be_made_is_made_by_a_host_that_speaks_openais_api(here: Ollama, openai: OpenAIHost) -> None:
    here.create("caller", 'FROM pocket\nTEMPLATE """{{ range .Messages }}{{ .Content }}{{ end }}{{ if .Tools }}{{ end }}"""').result(60)
    done = openai.chat("caller", "Hi!", tools=[shout], must_call=True, approve=False, options={**SUM, "num_predict": 200}).result(60)

    assert [call.name for call in done.message.tool_calls] == ["shout"]


def test_what_a_host_lacks_says_so(remote: Any, openai: OpenAIHost) -> None:
    with pytest.raises(Unsupported, match="speaks Ollama's API, which has no du"):
        remote.du()
    with pytest.raises(Unsupported, match="speaks OpenAI's API, which has no create from file"):
        openai.create_from_file("mario")
    with pytest.raises(Unsupported, match="which has no must_call"):
        remote.chat("pocket", "Hi", tools=[shout], must_call=True)
    with pytest.raises(AttributeError):
        remote.nonsense  # noqa: B018 (it is looked up)


def test_openai_s_api_lists_chats_and_completes(here: Ollama, openai: OpenAIHost) -> None:
    assert {one.name for one in openai.list()} >= {"mario:latest", "pocket:latest"}
    run = openai.chat("pocket", "What is 2 + 3?", options={**SUM, "num_predict": 20})
    assert "".join(event.content for event in run) == str(run.result()) == "2 + 3 = 5."
    assert run.result().statistics.eval_count == 9
    assert str(openai.generate("pocket", "What is 2 + 3?", options=SUM).result(60)) == "2 + 3 = 5."
    assert openai.generate("pocket", "").result(10).done_reason == "load"
    short = openai.chat("pocket", "Tell me a story.", options={**SUM, "num_predict": 3}).result(60)
    assert short.done_reason == "length"


class Scripted:
    """A host that answers what it is told to, whatever is asked."""

    def __init__(self) -> None:
        self.status, self.body = 200, b"{}"
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def _answer(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                body = b'{"version": "0.0"}' if self.path == "/api/version" else outer.body
                self.send_response(200 if self.path == "/api/version" else outer.status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_DELETE = do_HEAD = _answer  # noqa: N815 (the library's names)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.host: Any = Ollama(host=f"127.0.0.1:{self.server.server_address[1]}")


@pytest.fixture
def scripted() -> Iterator[Scripted]:
    scripted = Scripted()
    yield scripted
    scripted.server.shutdown()
    scripted.server.server_close()


@pytest.mark.parametrize("body", [b"", b"[]", b"no JSON", b"[" * 100_000, b'{"models": 1}', b'{"models": [1, null, {}]}', b'{"models": [{"name": 5}]}', b"\xff\xfe"])
def test_nonsense_is_an_error_or_nothing(scripted: Scripted, body: bytes) -> None:
    scripted.body = body
    for ask in (scripted.host.list, scripted.host.ps, lambda: scripted.host.show("x"), lambda: scripted.host.chat("x", "Hello").result(30)):
        try:
            ask()
        except OllamaError as error:
            assert "JSON" in str(error)


@pytest.mark.parametrize(("status", "kind"), [(500, EngineError), (400, OptionError), (401, Unauthorized), (404, ModelNotFound), (503, EngineError)])
def test_a_status_stands_for_an_error(scripted: Scripted, status: int, kind: type[OllamaError]) -> None:
    scripted.status, scripted.body = status, b'{"error": "model \'x\' not found, or so"}'
    with pytest.raises(kind, match="not found, or so"):
        scripted.host.list()
    scripted.body = b'{"error": {"message": "model not found in OpenAI\'s form"}}'
    with pytest.raises(kind, match="OpenAI's form"):
        scripted.host.chat("x", "Hello").result(30)


def test_an_error_in_the_middle_of_a_stream_is_raised_after_what_came_before(scripted: Scripted) -> None:
    scripted.body = b'{"message": {"content": "a"}}\n{"error": "it broke"}\n'
    run = scripted.host.chat("x", "Hello")
    pieces = []
    with pytest.raises(EngineError, match="it broke"):
        for event in run:
            pieces.append(event.content)
    assert pieces == ["a"]


def test_a_host_that_is_silent_can_be_left(tmp_path: Path) -> None:
    scripted = Scripted()
    silent = socket.create_server(("127.0.0.1", 0))
    try:
        scripted.host._line.address = scripted.host._line.address.parse(f"127.0.0.1:{silent.getsockname()[1]}")
        run = scripted.host.chat("x", "Hello")
        time.sleep(0.2)
        run.cancel()
        with pytest.raises(Cancelled):
            run.result(10)
    finally:
        silent.close()
        scripted.server.shutdown()
        scripted.server.server_close()


def test_texts_are_embedded_there(here: Ollama, remote: Any, openai: OpenAIHost) -> None:
    mine = here.embed("pocket", ["Hello", "there"]).result(60)
    for host in (remote, openai):
        found = host.embed("pocket", ["Hello", "there"]).result(60)
        assert [list(one) for one in found] == [pytest.approx(list(one), abs=1e-3) for one in mine]
        assert host.embed("pocket", "Hello", dimensions=8).result(60).width == 8
