"""Real clients, unmodified, each in a process of its own, against a server whose model says what they expect.

``tests/clients.sh`` installs them.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_ollama import Ollama
from jupyter_ollama.engine.echo import EchoEngine, EchoEngines
from jupyter_ollama.events import Token
from jupyter_ollama.server import Server

from ..registry.conftest import real  # noqa: F401 (fixture)
from ..registry.real import RealRegistry

TREE = Path(__file__).parents[2]
SCRIPTS = Path(__file__).parent / "clients"
INSTALLED = TREE / "build" / "clients"
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}}
TEMPLATE = """{{ if .Tools }}tools: {{ .Tools }}{{ end }}{{ range .Messages }}<|{{ .Role }}|>{{ .Content }}{{ range .ToolCalls }}<tool_call>
{"name": "{{ .Function.Name }}", "arguments": {{ .Function.Arguments }}}
</tool_call>{{ end }}{{ end }}<|assistant|>"""


class Scripted(EchoEngine):
    """Says Hello; calls a tool when it is asked for the weather; says many words, or never ends, when it is asked to."""

    def __init__(self) -> None:
        super().__init__(n_ctx=1 << 40, formatted=('{"city": ', '"Rome"}'))

    def _answer(self, prompt: Any, shown: Any, answer: Any) -> Iterator[Any]:
        text = self.detokenize(prompt).decode()
        if answer:
            pieces: Any = ['{"name": "weather", ', '"arguments": {"city": "Rome"}}'] if text.endswith("call it<|assistant|>") else answer
        elif text.endswith("endless<|assistant|>"):
            pieces = self._endless()
        elif text.endswith("many<|assistant|>"):
            pieces = [f"word{number} " for number in range(300)]
        elif "sunny in Rome" in text:
            pieces = ["It is ", "sunny in Rome."]
        elif "tools:" in text and "weather in Rome?" in text:
            pieces = ['<tool_call>\n{"name": "weather", ', '"arguments": {"city": "Rome"}}\n</tool_call>']
        else:
            pieces = ["Hel", "lo"]
        yield from (Token(300 + number % 2, piece.encode()) for number, piece in enumerate(pieces))

    def _endless(self) -> Iterator[str]:
        while True:
            time.sleep(0.005)
            yield "x"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, tiny_gguf_once: Path) -> Iterator[Server]:
    with Ollama(tmp_path_factory.mktemp("clients") / "models") as ollama:
        ollama.create("echo", f'FROM {tiny_gguf_once}\nTEMPLATE """{TEMPLATE}"""').result(60)
        ollama.engines = EchoEngines(Scripted())  # type: ignore[assignment]
        yield ollama.serve(port=0)


def run(served: Server, *command: str | Path, **environment: str) -> str:
    """What a client printed; its errors are the message if it failed."""
    assert (INSTALLED / "installed").exists(), "bash tests/clients.sh installs the clients"
    told = {**os.environ, "OLLAMA_HOST": served.url, "PATH": f"{INSTALLED / 'bin'}:{os.environ['PATH']}", **environment}
    done = subprocess.run([str(part) for part in command], env=told, capture_output=True, text=True, timeout=120, check=False, cwd=INSTALLED)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def python(served: Server, script: str, *arguments: str | Path) -> str:
    return run(served, INSTALLED / "bin" / "python", SCRIPTS / script, *arguments)


def node(served: Server, script: str) -> str:
    """Node finds packages from where a script lies: it runs beside them."""
    shutil.copy(SCRIPTS / script, INSTALLED / script)
    return run(served, "node", INSTALLED / script)


def test_the_ollama_package_of_python(served: Server, tiny_gguf_once: Path, real: RealRegistry) -> None:  # noqa: F811 (the fixture)
    assert python(served, "ollama_python.py", tiny_gguf_once, real.host) == "done\n"


def test_the_ollama_package_of_python_async(served: Server, tiny_gguf_once: Path) -> None:
    assert python(served, "ollama_python_async.py", tiny_gguf_once) == "done\n"


@pytest.mark.parametrize("script", ["openai_python.py", "anthropic_python.py", "langchain_python.py", "requests_script.py"])
def test_other_packages_of_python(served: Server, script: str) -> None:
    assert python(served, script) == "done\n"


@pytest.mark.parametrize("script", ["ollama_node.mjs", "fetch_reader.mjs"])
def test_node(served: Server, script: str) -> None:
    assert node(served, script) == "done\n"


def test_llm_with_its_plugin(served: Server, tmp_path: Path) -> None:
    llm = INSTALLED / "bin" / "llm"
    told = {"LLM_USER_PATH": str(tmp_path)}

    assert run(served, llm, "-m", "ollama/echo:latest", "Hi", **told) == "Hello\n"
    assert json.loads(run(served, llm, "-m", "ollama/echo:latest", "Hi", "--schema", json.dumps(SCHEMA), **told)) == {"city": "Rome"}


def test_go_on_net_http(served: Server, tmp_path: Path) -> None:
    built = tmp_path / "client"
    caches = {"GOCACHE": str(tmp_path / "cache"), "GO111MODULE": "off"}
    run(served, "go", "build", "-o", built, SCRIPTS / "nethttp.go", **caches)

    assert run(served, built) == "done\n"


def test_curl(served: Server, tmp_path: Path) -> None:
    digest = "sha256:" + "0" * 64

    assert "HTTP/1.1 200 OK" in run(served, "curl", "-sI", served.url)
    assert "404" in run(served, "curl", "-sI", f"{served.url}/api/blobs/{digest}")
    told = run(served, "curl", "-sN", f"{served.url}/api/generate", "-d", '{"model": "echo", "prompt": "Hi"}')
    assert [json.loads(line)["response"] for line in told.splitlines()] == ["Hel", "lo", ""]


def test_the_clients_are_those_of_the_list() -> None:
    wanted = [line.partition(">")[0] for line in (SCRIPTS / "requirements.txt").read_text(encoding="utf-8").splitlines() if line[0] != "#"]
    done = subprocess.run([str(INSTALLED / "bin" / "python"), "-m", "pip", "list", "--format=json"], capture_output=True, text=True, check=True)

    assert set(wanted) <= {one["name"] for one in json.loads(done.stdout)}
    assert sys.prefix != str(INSTALLED)
