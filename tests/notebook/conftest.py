"""Where magics run in tests: a shell within the test process, and a real kernel that is spoken to as JupyterLab does."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import CapturedIO, capture_output
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager
from traitlets.config import Config

from jupyter_ollama import Ollama
from jupyter_ollama.notebook import session

PATIENCE_S = 120


@dataclass
class Result:
    """What one execution left in the notebook: outputs in their last state, how often one of them was redrawn, and the reply."""

    outputs: list[dict[str, Any]] = field(default_factory=list)
    updates: int = 0
    asked: list[str] = field(default_factory=list)
    """The prompts of ``input()``."""
    reply: dict[str, Any] = field(default_factory=dict)

    @property
    def status(self) -> str:
        return str(self.reply["status"])

    @property
    def text(self) -> str:
        """What was printed."""
        return "".join(output["text"] for output in self.outputs if "text" in output)

    @property
    def data(self) -> dict[str, Any]:
        """The first displayed bundle."""
        return next(output["data"] for output in self.outputs if "data" in output)

    @property
    def metadata(self) -> dict[str, Any]:
        return next(output["metadata"] for output in self.outputs if "data" in output)

    @property
    def error(self) -> str:
        """The lines of the error, without colours."""
        lines = next(output["traceback"] for output in self.outputs if "traceback" in output)
        return "\n".join(lines).replace("\x1b[31m", "").replace("\x1b[0m", "")


class Kernel:
    """A real kernel process."""

    def __init__(self, models: Path) -> None:
        self._manager = KernelManager(kernel_name="python3")
        self._manager.start_kernel(env={**os.environ, "OLLAMA_MODELS": str(models)})
        self._client: BlockingKernelClient = self._manager.client()
        self._client.start_channels()
        self._client.wait_for_ready(timeout=PATIENCE_S)

    def close(self) -> None:
        self._client.stop_channels()
        self._manager.shutdown_kernel()

    def run(
        self, code: str, *, cell: str = "", deleted: tuple[str, ...] = (), answers: Sequence[str] | None = None,
        stop_when: Callable[[Result], bool] | None = None,
    ) -> Result:  # fmt: skip
        """Execute a cell, with the metadata JupyterLab sends if the cell has an id.

        Args:
            answers: what somebody types when asked, one after the other; without it nobody can be asked.
            stop_when: press the stop button once this holds.
        """
        content = {
            "code": code,
            "silent": False,
            "store_history": True,
            "user_expressions": {},
            "allow_stdin": answers is not None,
            "stop_on_error": True,
        }
        metadata = {"cellId": cell, "deletedCells": list(deleted)} if cell else {}
        request = self._client.session.msg("execute_request", content, metadata=metadata)
        self._client.shell_channel.send(request)
        result, until = Result(), time.monotonic() + PATIENCE_S
        typed = iter(answers or ())
        while not self._take(result, request["header"]["msg_id"], until):
            self._type(result, typed)
            if stop_when is not None and stop_when(result):
                stop_when = None
                self._manager.interrupt_kernel()
        reply = self._client.get_shell_msg(timeout=PATIENCE_S)
        while reply["parent_header"]["msg_id"] != request["header"]["msg_id"]:
            reply = self._client.get_shell_msg(timeout=PATIENCE_S)
        result.reply = reply["content"]
        return result

    def _type(self, result: Result, typed: Iterator[str]) -> None:
        """Answer ``input()`` if it asks and there is an answer left."""
        try:
            request = self._client.get_stdin_msg(timeout=0)
        except Empty:
            return
        result.asked.append(request["content"]["prompt"])
        answer = next(typed, None)
        if answer is not None:
            self._client.input(answer)

    def complete(self, code: str) -> tuple[str, list[str]]:
        """What Tab at the end of the code replaces, and by what."""
        reply = self._client.complete(code, reply=True, timeout=PATIENCE_S)["content"]
        return code[reply["cursor_start"] : reply["cursor_end"]], reply["matches"]

    def inspect(self, code: str) -> str:
        """The help that Shift+Tab shows."""
        return str(self._client.inspect(code, reply=True, timeout=PATIENCE_S)["content"]["data"]["text/plain"])

    def _take(self, result: Result, request: str, until: float) -> bool:
        """Take one message, if there is one; true when the execution is over."""
        try:
            message = self._client.get_iopub_msg(timeout=0.05)
        except Empty:
            assert time.monotonic() < until, "the cell did not end"
            return False
        if message["parent_header"].get("msg_id") != request:
            return False
        content, kind = message["content"], message["header"]["msg_type"]
        if kind == "update_display_data":
            result.updates += 1
            for output in result.outputs:
                if output.get("transient") == content["transient"]:
                    output.update(data=content["data"], metadata=content["metadata"])
        elif kind in ("display_data", "execute_result", "stream", "error"):
            result.outputs.append(dict(content))
        return kind == "status" and content["execution_state"] == "idle"


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    """A kernel with the extension loaded and a store of its own."""
    kernel = Kernel(tmp_path_factory.mktemp("models"))
    try:
        assert kernel.run("%load_ext jupyter_ollama").status == "ok"
        yield kernel
    finally:
        kernel.close()


class Shell:
    """IPython within the test process, without a kernel."""

    def __init__(self, shell: InteractiveShell) -> None:
        self.ip = shell
        self.result: Any = None

    def run(self, code: str) -> CapturedIO:
        """Execute a cell; what it displays is captured, what it returns or raises is kept in ``result``."""
        with capture_output() as captured:
            self.result = self.ip.run_cell(code)
        return captured

    def value(self, code: str) -> Any:
        """The value of a cell that must succeed."""
        self.run(code)
        self.result.raise_error()
        return self.result.result

    def error(self, code: str) -> BaseException:
        """What a cell that must fail raises."""
        self.run(code)
        error = self.result.error_in_exec
        assert error is not None, "the cell did not fail"
        return error

    def complete(self, code: str, cursor: int | None = None) -> tuple[str, list[str]]:
        """What Tab replaces, and by what."""
        from IPython.core.completer import provisionalcompleter

        cursor = len(code) if cursor is None else cursor
        with provisionalcompleter():
            found = list(self.ip.Completer.completions(code, cursor))
        ours = [one for one in found if one._origin == "jupyter_ollama"]
        return (code[ours[0].start : ours[0].end], [one.text for one in ours]) if ours else ("", [])


@pytest.fixture(scope="session")
def ip() -> Iterator[InteractiveShell]:
    """IPython's singleton, with its history off."""
    shell = InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    yield shell
    InteractiveShell.clear_instance()


@pytest.fixture
def shell(ip: InteractiveShell) -> Iterator[Shell]:
    """The extension, freshly loaded, over the tests' own store."""
    ip.run_line_magic("load_ext", "jupyter_ollama")
    yield Shell(ip)
    ip.run_line_magic("unload_ext", "jupyter_ollama")
    ip.reset()


@pytest.fixture(scope="session")
def pocket_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that holds pocket and mario, which is made of it. Tests must not change it."""
    folder = tmp_path_factory.mktemp("pocket-store")
    with Ollama(folder) as ollama:
        ollama.create("mario", "FROM pocket\nSYSTEM You are Mario from Super Mario Bros.\nPARAMETER temperature 0.2").result(PATIENCE_S)
        ollama.create("mario:small", "FROM pocket\nSYSTEM You are Mario from Super Mario Bros.", quantize="q4_K_M").result(PATIENCE_S)
    return folder


@pytest.fixture
def with_pocket(shell: Shell, pocket_store: Path) -> Iterator[Shell]:
    """A shell whose magics see pocket and mario."""
    with Ollama(pocket_store) as ollama:
        session.use(ollama)
        yield shell
        session.close()
