"""Front ends in tests: one within the process, whose messages can get lost, and pages on a real kernel, spoken to as JupyterLab does."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

from jupyter_ollama import Ollama
from jupyter_ollama.notebook.comms.hub import Hub

PATIENCE_S = 60
Item = dict[str, Any]
IPYKERNEL_6 = Path(__file__).parents[3] / "build" / "ipykernel6"
"""Made by tests/kernels.sh."""


class Reader:
    """What a front end makes of the batches it gets, as labextension/src/client.ts does."""

    def __init__(self) -> None:
        self.batches: list[dict[str, Any]] = []
        self.hellos: list[Item] = []
        self.results: dict[int, Any] = {}
        self.errors: dict[int | None, Item] = {}
        self.strays: list[Item] = []
        self.events: dict[int, list[Item]] = {}
        self.pushes: list[Item] = []
        self.models: dict[str, Any] | None = None
        self.gaps = 0
        self._seq = 0
        self._out_of_step: set[int] = set()

    def take(self, batch: dict[str, Any]) -> None:
        """Read a batch; ``gaps`` says how often one was missing."""
        self.batches.append(batch)
        if batch["seq"] != self._seq + 1:
            self.gaps += 1
            self._out_of_step = set(self.events)
        self._seq = batch["seq"]
        for item in batch["items"]:
            getattr(self, f"_{item['kind']}")(item)

    def text(self, request: int) -> str:
        """The answer as far as it came."""
        return "".join(event["content"] for event in self.events.get(request, ()) if event["type"] == "chunk")

    def ended(self, request: int) -> bool:
        return request in self.results or request in self.errors

    def latest(self, topic: str) -> Any:
        """What was pushed last of one of the lists; None before."""
        return next((push[topic] for push in reversed(self.pushes) if push["topic"] == topic), None)

    def _hello(self, item: Item) -> None:
        self.hellos.append(item["hello"])

    def _event(self, item: Item) -> None:
        if item["id"] not in self._out_of_step:
            self.events.setdefault(item["id"], []).append(item["event"])

    def _state(self, item: Item) -> None:
        self._out_of_step.discard(item["id"])
        self.events[item["id"]] = list(item["events"])

    def _result(self, item: Item) -> None:
        assert not self.ended(item["id"]), "a request ended twice"
        self.results[item["id"]] = item["result"]

    def _error(self, item: Item) -> None:
        if item["id"] is None:
            self.strays.append(item["error"])
        else:
            assert not self.ended(item["id"]), "a request ended twice"
            self.errors[item["id"]] = item["error"]

    def _push(self, item: Item) -> None:
        push = item["push"]
        self.pushes.append(push)
        if push["topic"] == "models":
            held = {} if push["whole"] else dict(self.models or {})
            held |= {model["name"]: model for model in push["changed"]}
            self.models = {name: model for name, model in held.items() if name not in push["removed"]}


class Near(Reader):
    """A front end in the test's own process. Batches whose numbers are in ``lost`` do not arrive."""

    def __init__(self, hub: Hub, lost: frozenset[int] = frozenset(), **more: Any) -> None:
        super().__init__()
        self.lost = lost
        self.sent = 0
        self.hung_up = threading.Event()
        self.threads: set[str] = set()
        self._lock = threading.Lock()
        self._last = 0
        self.there = hub.connect(self._arrive, self.hung_up.set, **more)

    def _arrive(self, batch: dict[str, Any]) -> None:
        with self._lock:
            self.sent += 1
            self.threads.add(threading.current_thread().name)
            if batch["seq"] not in self.lost:
                self.take(batch)

    def ask(self, verb: str, **args: Any) -> int:
        """Ask something; gives the number of the request."""
        self._last += 1
        self.there.receive({"id": self._last, "verb": verb, "args": args})
        return self._last

    def until(self, holds: Callable[[], Any]) -> Any:
        """Wait until something holds, and give it."""
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            with self._lock:
                if found := holds():
                    return found
            time.sleep(0.005)
        raise AssertionError(f"it did not come true; the last batches were {self.batches[-3:]}")

    def answer(self, verb: str, **args: Any) -> Any:
        """Ask, and wait for the result, which must be one."""
        request = self.ask(verb, **args)
        self.until(lambda: self.ended(request))
        assert request not in self.errors, self.errors[request]
        return self.results[request]

    def refusal(self, verb: str, **args: Any) -> Item:
        """Ask, and wait for the error, which must be one."""
        request = self.ask(verb, **args)
        self.until(lambda: self.ended(request))
        return self.errors[request]


@pytest.fixture
def ollama(tmp_path: Path) -> Iterator[Ollama]:
    """An Ollama whose store does not exist yet."""
    with Ollama(tmp_path / "models") as made:
        yield made


@pytest.fixture
def hub(ollama: Ollama) -> Iterator[Hub]:
    made = Hub(lambda: ollama, grace_s=0.3)
    yield made
    made.close()


class PanelKernel:
    """A real kernel, and the pages that are connected with it. Whatever waits lets messages arrive."""

    def __init__(self, models: Path, **environment: str) -> None:
        self._manager = KernelManager(kernel_name="python3")
        self._environment = {**os.environ, "OLLAMA_MODELS": str(models), **environment}
        self._manager.start_kernel(env=self._environment)
        self.client: BlockingKernelClient = self._manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=PATIENCE_S)
        self.pages: dict[str, Page] = {}
        self.announced = 0
        self.output: dict[str, list[str]] = {}
        self.idle: set[str] = set()
        self.errors: list[str] = []

    def close(self) -> None:
        self.client.stop_channels()
        self._manager.shutdown_kernel(now=True)

    def restart(self) -> None:
        """As the button does: pages lose their comms."""
        self.pages.clear()
        self._manager.restart_kernel(now=True)
        self.client.wait_for_ready(timeout=PATIENCE_S)

    def start(self, code: str) -> str:
        """Begin to execute a cell."""
        return self.client.execute(code)

    def run(self, code: str) -> str:
        """Execute a cell to its end; gives what it printed."""
        cell = self.start(code)
        self.until(lambda: cell in self.idle)
        assert not self.errors, self.errors
        return "".join(self.output.get(cell, ()))

    def subshell(self) -> str | None:
        """A subshell for a page; None where the kernel has none (ipykernel 6 does not even answer)."""
        info = self.client.kernel_info(reply=True, timeout=PATIENCE_S)["content"]
        if "kernel subshells" not in info.get("supported_features", ()):
            return None
        request = self.client.session.msg("create_subshell_request", {})
        self.client.control_channel.send(request)
        while True:
            reply = self.client.get_control_msg(timeout=PATIENCE_S)
            if reply["parent_header"].get("msg_id") == request["header"]["msg_id"]:
                return str(reply["content"]["subshell_id"])

    def page(self, subshell: str | None = None, *, protocol: Any = 1) -> Page:
        """Open the panel's comm."""
        page = Page(self, subshell)
        self.pages[page.comm] = page
        page.tell("comm_open", {"comm_id": page.comm, "target_name": "jupyter_ollama", "data": {"protocol": protocol}})
        return page

    def until(self, holds: Callable[[], Any], patience_s: float = PATIENCE_S) -> Any:
        """Let messages arrive until something holds, and give it."""
        end = time.monotonic() + max(PATIENCE_S, patience_s)
        while not (found := holds()):
            assert time.monotonic() < end, "it did not come true"
            self._pump(0.05)
        return found

    def pass_time(self, seconds: float) -> None:
        """Let messages arrive for a while."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._pump(0.02)

    def _pump(self, seconds: float) -> None:
        try:
            message = self.client.get_iopub_msg(timeout=seconds)
        except Empty:
            return
        kind, content = message["header"]["msg_type"], message["content"]
        cell = message["parent_header"].get("msg_id", "")
        if kind == "comm_open":
            self.announced += content["target_name"] == "jupyter_ollama.announce"
        elif kind in ("comm_msg", "comm_close") and content["comm_id"] in self.pages:
            page = self.pages[content["comm_id"]]
            if kind == "comm_close":
                page.hung_up = True
            else:
                page.take(content["data"])
        elif kind == "stream":
            self.output.setdefault(cell, []).append(content["text"])
        elif kind == "error":
            self.errors.append("\n".join(content["traceback"]))
        elif kind == "status" and content["execution_state"] == "idle":
            self.idle.add(cell)


class Page(Reader):
    """The panel of one page."""

    def __init__(self, kernel: PanelKernel, subshell: str | None) -> None:
        super().__init__()
        self.kernel, self.subshell = kernel, subshell
        self.comm = os.urandom(8).hex()
        self.hung_up = False
        self._last = 0

    def tell(self, kind: str, content: dict[str, Any]) -> None:
        """Send a message to the shell that this page uses."""
        message = self.kernel.client.session.msg(kind, content)
        if self.subshell is not None:
            message["header"]["subshell_id"] = self.subshell
        self.kernel.client.shell_channel.send(message)

    def send(self, data: Any) -> None:
        """Say anything."""
        self.tell("comm_msg", {"comm_id": self.comm, "data": data})

    def close(self) -> None:
        self.tell("comm_close", {"comm_id": self.comm, "data": {}})

    def ask(self, verb: str, **args: Any) -> int:
        """Ask something; gives the number of the request."""
        self._last += 1
        self.send({"id": self._last, "verb": verb, "args": args})
        return self._last

    def answer(self, verb: str, **args: Any) -> Any:
        """Ask, and wait for the result, which must be one."""
        request = self.ask(verb, **args)
        self.kernel.until(lambda: self.ended(request))
        assert request not in self.errors, self.errors[request]
        return self.results[request]


SETUP = """
import threading, time
from jupyter_ollama.events import Chunk
from jupyter_ollama.notebook import session
from jupyter_ollama.notebook.desk import VERBS, Started
%load_ext jupyter_ollama

def count(ask):
    '''Counts up to n, so many a second.'''
    def work(cancel):
        for number in range(ask.number("n")):
            cancel.wait(1 / ask.number("rate", 1000))
            yield Chunk(f"{number} ")
        return "counted"
    return Started(ask.ollama.runs.start(work, verb="count", model="numbers"), str, stays=ask.flag("stays", False))

VERBS["count"] = count
VERBS["echo"] = lambda ask: ask.any("what")
"""
"""Verbs that tests use, and nothing else has: their work is known to the letter."""


@pytest.fixture(scope="package")
def panel_kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PanelKernel]:
    """A kernel with the extension loaded."""
    kernel = PanelKernel(tmp_path_factory.mktemp("panel") / "models")
    try:
        kernel.run(SETUP)
        yield kernel
    finally:
        kernel.close()
