"""A real JupyterLab server and a real Chromium: `open_notebook` writes a notebook, opens it and runs its cells.

The server and the browser start once and end with the last test of this folder: Playwright's event loop runs in the main thread
meanwhile, where other tests want their own. The browser cannot reach anything but this machine.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

import nbformat
import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect, sync_playwright

START_SECONDS = 120
LOAD_MS, EXPECT_MS = 120_000, 30_000  # on an idle machine 3 s and far below 1 s; busy ones are slow, not broken
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",  # containers give /dev/shm 64 MB
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
    "--no-first-run",
    "--no-sandbox",  # in containers the user is root
]

IPYKERNEL_6 = Path(__file__).parents[2] / "build" / "ipykernel6"
"""Made by tests/kernels.sh."""

App = Literal["lab", "notebooks"]
OpenNotebook = Callable[..., "OpenedNotebook"]


@dataclass(frozen=True)
class LabServer:
    """A running server: JupyterLab under /lab, Notebook 7 under /notebooks."""

    url: str
    token: str
    root: Path
    settings: Path

    def set(self, plugin: str, values: dict[str, Any] | None) -> None:
        """Write the user's settings of a plugin, such as ``@jupyterlab/apputils-extension:themes``; pages opened later have them."""
        package, _, name = plugin.rpartition(":")
        file = self.settings / package / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        if values is None:
            file.unlink(missing_ok=True)
        else:
            file.write_text(json.dumps(values), encoding="utf-8")

    def address(self, app: App, path: str) -> str:
        """Where `path`, relative to `root`, opens in the given application."""
        folder = "lab/tree" if app == "lab" else "notebooks"
        return f"{self.url}/{folder}/{path}?token={self.token}"


class OpenedNotebook:
    """One notebook on one page, driven through the commands a user's clicks would run."""

    def __init__(self, page: Page, path: Path) -> None:
        self.page = page
        self.path = path

    def run(self, index: int) -> list[dict[str, Any]]:
        """Run a cell, wait until it is done and return its outputs."""
        return self.page.evaluate(RUN_CELL, [index, True])

    def start(self, index: int) -> None:
        """Run a cell and do not wait for it."""
        self.page.evaluate(RUN_CELL, [index, False])

    def show(self, index: int) -> None:
        """Scroll to a cell; far from the view JupyterLab takes cells off the page."""
        self.page.evaluate(SHOW_CELL, index)

    def cell(self, index: int) -> Locator:
        """A cell on the page."""
        return self.page.locator(f".jp-Notebook .jp-Cell[data-windowed-list-index='{index}']")

    def command(self, name: str, **arguments: Any) -> None:
        """Run one of the application's commands."""
        self.page.evaluate("([name, args]) => window.jupyterapp.commands.execute(name, args).then(() => null)", [name, arguments])

    def save(self) -> nbformat.NotebookNode:
        """Save, and read the file that came of it."""
        self.command("docmanager:save")
        return nbformat.read(self.path, as_version=4)


KERNEL_IS_READY = """() => {
  const kernel = window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel;
  return kernel?.connectionStatus === 'connected' && kernel.status === 'idle';
}"""

SHOW_CELL = """async index => {
  const notebook = window.jupyterapp.shell.currentWidget.content;
  notebook.activeCellIndex = index;
  await notebook.scrollToItem(index, 'center');
}"""

RUN_CELL = """async ([index, wait]) => {
  const notebook = window.jupyterapp.shell.currentWidget.content;
  notebook.activeCellIndex = index;
  const done = window.jupyterapp.commands.execute('notebook:run-cell');
  if (!wait) { return null; }
  await done;
  return notebook.widgets[index].model.sharedModel.toJSON().outputs;
}"""


@pytest.fixture(scope="package")
def lab(tmp_path_factory: pytest.TempPathFactory, private_environment: None) -> Iterator[LabServer]:
    """The server, on a free port, with settings of its own."""
    with serving(tmp_path_factory.mktemp("lab")) as server:
        yield server


@contextmanager
def serving(work: Path, installed: Path | None = None) -> Iterator[LabServer]:
    """A server that keeps its files in this folder.

    Args:
        installed: the folder of another JupyterLab than the environment's.
    """
    root = work / "notebooks"
    root.mkdir()
    server = LabServer(f"http://127.0.0.1:{_free_port()}", secrets.token_hex(16), root, work / "settings")
    server.set("@jupyterlab/apputils-extension:notification", {"fetchNews": "false", "checkForUpdates": False})  # else it asks about news
    log = work / "server.log"
    with log.open("wb") as output:
        environment = _server_env(work)
        if installed is not None:
            environment["JUPYTERLAB_DIR"] = str(installed / "share/jupyter/lab")
            environment["PYTHONPATH"] = os.pathsep.join(filter(None, (str(installed), os.environ.get("PYTHONPATH"))))
        process = subprocess.Popen(_server_command(server), stdout=output, stderr=subprocess.STDOUT, env=environment)
    try:
        _wait_until_up(server, process, log)
        yield server
    finally:
        process.terminate()  # the server ends its kernels
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture(scope="package")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    """A headless Chromium with an empty profile."""
    with browsing(tmp_path_factory.mktemp("chromium")) as context:
        yield context


@contextmanager
def browsing(profile: Path) -> Iterator[BrowserContext]:
    """A headless Chromium with its profile in this folder."""
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=_find_browser(),
            headless=True,
            args=FLAGS,
            viewport={"width": 1400, "height": 900},
            timeout=LOAD_MS,
        )
        context.set_default_timeout(LOAD_MS)
        expect.set_options(timeout=EXPECT_MS)
        yield context
        context.close()


@pytest.fixture
def open_notebook(lab: LabServer, browser: BrowserContext) -> Iterator[OpenNotebook]:
    """Write a notebook of code cells, open it and wait for its kernel."""
    before = browser.pages
    yield partial(open_in, lab, browser)
    for page in browser.pages:
        if page not in before:
            page.close()


@pytest.fixture
def old_kernel() -> str:
    """A kernel of ipykernel 6 in the same environment."""
    folder = Path(os.environ["JUPYTER_DATA_DIR"], "kernels", "old")
    folder.mkdir(parents=True, exist_ok=True)
    spec = {
        "argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"], "display_name": "Old", "language": "python",
        "env": {"PYTHONPATH": os.pathsep.join([str(IPYKERNEL_6), *filter(None, [os.environ.get("PYTHONPATH")])])},
    }  # fmt: skip
    (folder / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    return "old"


def open_in(
    lab: LabServer, browser: BrowserContext, cells: list[str], name: str = "test.ipynb", app: App = "lab", kernel: str = "python3"
) -> OpenedNotebook:
    """Write a notebook, open it in a page of its own and wait for its kernel."""
    path = lab.root / name
    nbformat.write(_notebook(cells, kernel), path)
    page = browser.new_page()
    page.goto(lab.address(app, name) + ("&reset" if app == "lab" else ""))
    page.locator(".jp-Notebook .jp-Cell").first.wait_for(timeout=LOAD_MS)
    page.wait_for_function(KERNEL_IS_READY, timeout=LOAD_MS)
    return OpenedNotebook(page, path)


def _notebook(cells: list[str], kernel: str) -> nbformat.NotebookNode:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    notebook.metadata["kernelspec"] = {"name": kernel, "display_name": kernel, "language": "python"}  # else JupyterLab asks
    return notebook


def _find_browser() -> str | None:
    """The system's Chromium; None lets Playwright take the one it installed itself."""
    if "CHROMIUM" in os.environ:
        return os.environ["CHROMIUM"]
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _server_command(server: LabServer) -> list[str]:
    return [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1"),
        *(["--allow-root"] if os.geteuid() == 0 else []),
        f"--port={server.url.rpartition(':')[2]}",
        "--ServerApp.port_retries=0",
        f"--IdentityProvider.token={server.token}",
        f"--ServerApp.root_dir={server.root}",
        "--LabApp.expose_app_in_browser=True",
        "--LabApp.extension_manager=readonly",
        "--JupyterNotebookApp.expose_app_in_browser=True",
    ]


def _server_env(work: Path) -> dict[str, str]:
    return {
        **os.environ,
        "JUPYTERLAB_SETTINGS_DIR": str(work / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(work / "workspaces"),
    }


def _wait_until_up(server: LabServer, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{server.url}/api?token={server.token}", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()[-3000:]}")
