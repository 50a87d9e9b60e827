"""The panel beside kernels of several kinds: cells that run and draw meanwhile, kernels without subshells, two notebooks, two pages."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import expect

from .conftest import KERNEL_IS_READY, LOAD_MS, OpenedNotebook
from .panel import Panel, make
from .test_panel_chat import Chat, says

COMMS = "@jupyterlab/apputils-extension:kernels-settings"
WAIT = "import pathlib, time\nwhile not pathlib.Path({go!r}).exists(): time.sleep(0.05)"
DRAW = """%matplotlib inline
import matplotlib.pyplot as plt
figure, axes = plt.subplots(figsize=(2, 1))
axes.plot([1, 2, 3])
{wait}
axes.set_title("Drawn to the end")
print(len(plt.gca().lines), plt.gca().get_title())"""
SLOW_CREATE = """from jupyter_ollama.events import Progress
from jupyter_ollama.notebook import session
def work(cancel):
    yield Progress("pulling", completed=1, total=4, facts={"short": "0123456789ab"})
    while True:
        cancel.wait(0.1)
session.get().runs.start(work, verb="create", model="slow:latest");"""
REFUSE_SLOWLY = """import logging, time
from ipykernel.comm.manager import logger
refusals = []
def refuse(record):
    refusals.append(record)
    time.sleep(3)
    return True
logger.addFilter(refuse)"""
LOAD_MEANWHILE = """while not refusals: time.sleep(0.05)
{load}"""
HANG_UP_SLOWLY = """import threading, time
from ipykernel.comm.comm import BaseComm
publish, closed = BaseComm.publish_msg, []
def publish_slowly(self, kind, *given, **more):
    late = kind == "comm_close" and threading.current_thread() is not threading.main_thread()
    if late:
        time.sleep(1)
    publish(self, kind, *given, **more)
    if late:
        closed.append(kind)
BaseComm.publish_msg = publish_slowly"""
WAIT_FOR_HANG_UP = "while not closed: time.sleep(0.05)\ntime.sleep(1)"
SHARED = """from jupyter_ollama.notebook import session
session.use(Ollama("another store"))
session.get().create("elsewhere", "FROM pocket").result()"""
TALK = """async messages => {
  const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
  const comm = kernel.createComm('jupyter_ollama');
  const items = [];
  const greeted = new Promise(resolve => {
    comm.onMsg = ({ content }) => { items.push(...content.data.items); resolve(); };
  });
  await comm.subshellStarted;
  comm.open({ protocol: 1 });
  await greeted;
  for (const message of messages) { comm.send(message); }
  const errors = () => items.filter(({ kind }) => kind === 'error');
  for (let left = 300; left > 0 && errors().length < messages.length; left -= 1) { await new Promise(done => setTimeout(done, 100)); }
  return errors().map(({ id, error }) => [id, error.kind, error.text]);
}"""


@pytest.fixture
def without_subshells(lab, request):
    """How a kernel comes to have none: its name, and the setting that is in force."""
    if request.param == "ipykernel 6":
        yield request.getfixturevalue("old_kernel")
        return
    lab.set(COMMS, {"commsOverSubshells": "disabled"})
    yield "python3"
    lab.set(COMMS, None)


def is_running(notebook: OpenedNotebook, index: int) -> bool:
    """Whether a cell has begun and not ended."""
    return notebook.cell(index).locator(".jp-InputPrompt").inner_text() == "[*]:"


@pytest.mark.parametrize("without_subshells", ["ipykernel 6", "setting"], indirect=True)
def test_without_subshells_requests_wait_for_the_cell_and_what_streams_is_seen_and_stopped(open_notebook, without_subshells):
    go = f"go-without-{without_subshells}"
    notebook = open_notebook(
        [says(["one "] * 3000, ["Two."], pause=0.01) + "\nimport ipykernel; print(ipykernel.version_info[0])", WAIT.format(go=go)],
        name=f"without-{without_subshells}.ipynb", kernel=without_subshells,
    )  # fmt: skip
    printed = "".join(output.get("text", "") for output in notebook.run(0))
    assert printed.strip() == ("6" if without_subshells == "old" else "7")
    chat = Chat(notebook)
    chat.ask("Count.")
    expect(chat.answer).to_contain_text("one one one")

    notebook.start(1)
    expect(chat.panel.note).to_contain_text("A cell is running.")
    seen = len(chat.answer.inner_text())
    expect(chat.answer).to_contain_text(re.compile(rf".{{{seen + 100}}}", re.DOTALL))  # it streams on
    assert is_running(notebook, 1)
    (notebook.path.parent / go).touch()
    expect(chat.panel.note).to_be_empty()
    chat.box.press("Escape")
    chat.expect_end()

    chat.ask("And now?")
    chat.expect_answer("Two.")


def test_a_figure_that_a_running_cell_draws_is_left_alone(open_notebook):
    cell = DRAW.format(wait=WAIT.format(go="go-figure"))
    notebook = open_notebook([says(["one "] * 3000, pause=0.01), cell], name="figure.ipynb")
    notebook.run(0)
    chat = Chat(notebook)
    notebook.start(1)
    expect(notebook.cell(1).locator(".jp-InputPrompt")).to_have_text("[*]:")

    chat.ask("Count.")
    expect(chat.answer).to_contain_text("one one one")
    chat.box.press("Escape")
    chat.expect_end()
    chat.panel.tab("Models").click()
    chat.panel.model("mario:latest").dblclick()
    expect(chat.panel.area("Models").get_by_text("Modelfile").first).to_be_visible()
    assert is_running(notebook, 1)
    (notebook.path.parent / "go-figure").touch()

    expect(notebook.cell(1).locator(".jp-InputPrompt")).to_have_text("[2]:")
    expect(notebook.cell(1).locator("img")).to_be_visible()
    printed, figure = notebook.save().cells[1].outputs
    assert printed.text == "1 Drawn to the end\n"
    assert "image/png" in figure.data


def test_two_notebooks_have_each_their_models_and_an_answer_goes_on_behind(open_notebook, lab):
    notebook = open_notebook([says(["one "] * 300 + ["End."], pause=0.01)], name="one.ipynb")
    notebook.run(0)
    chat = Chat(notebook)
    chat.ask("Count.")
    expect(chat.answer).to_contain_text("one one one")

    other = lab.root / "two.ipynb"
    nbformat.write(_like(notebook.path, make("luigi")), other)
    notebook.command("docmanager:open", path="two.ipynb")
    notebook.page.wait_for_function(KERNEL_IS_READY, timeout=LOAD_MS)
    chat.panel.expect_state("absent")
    OpenedNotebook(notebook.page, other).run(0)
    chat.panel.expect_state("ready")
    chat.panel.tab("Models").click()
    expect(chat.panel.model("luigi:latest")).to_be_visible()
    expect(chat.panel.root.locator("[data-jo-model='mario:latest']:visible")).to_have_count(0)

    notebook.page.get_by_role("tab", name="one.ipynb").click()
    chat.panel.expect_state("ready")
    chat.panel.tab("Chat").click()
    expect(chat.answer).to_contain_text("End.")
    chat.expect_end()


def test_two_pages_share_a_kernel_and_what_it_is_told_last(open_notebook, lab):
    notebook = open_notebook([make("both"), SHARED, WAIT.format(go="go-pages")], name="pages.ipynb")
    notebook.run(0)
    first = Panel(notebook)
    expect(first.model("both:latest")).to_be_visible()
    notebook.save()
    page = notebook.page.context.new_page()
    page.goto(lab.address("lab/workspaces/second", "pages.ipynb"))
    page.wait_for_function(KERNEL_IS_READY, timeout=LOAD_MS)
    second = Panel(OpenedNotebook(page, notebook.path))
    expect(second.model("both:latest")).to_be_visible()

    notebook.run(1)  # another store from now on
    for panel in (first, second):
        expect(panel.model("elsewhere:latest")).to_be_visible()
        expect(panel.model("both:latest")).to_be_hidden()
    notebook.start(2)
    second.model("elsewhere:latest").dblclick()
    expect(second.area("Models").get_by_text("Modelfile").first).to_be_visible()
    page.close()
    first.model("elsewhere:latest").dblclick()
    expect(first.area("Models").get_by_text("Modelfile").first).to_be_visible()
    assert is_running(notebook, 2)
    (notebook.path.parent / "go-pages").touch()


def test_work_goes_on_over_a_reload_and_can_be_stopped_then(open_notebook):
    notebook = open_notebook([make("any"), SLOW_CREATE], name="work.ipynb")
    notebook.run(0)
    notebook.run(1)
    panel = Panel(notebook)
    bar = panel.root.get_by_role("progressbar", name="Creating slow:latest")
    expect(bar).to_have_attribute("aria-valuenow", "25")
    notebook.save()

    notebook.page.reload()
    notebook.page.wait_for_function(KERNEL_IS_READY, timeout=LOAD_MS)
    panel = Panel(notebook)
    expect(bar).to_have_attribute("aria-valuenow", "25")
    panel.press("Cancel: Creating slow:latest")

    expect(bar).to_be_hidden()
    panel.model("any:latest").click()


def test_messages_that_make_no_sense_are_answered_with_errors_and_the_panel_goes_on(open_notebook):
    notebook = open_notebook([make("sane")], name="nonsense.ipynb")
    notebook.run(0)
    panel = Panel(notebook)
    expect(panel.model("sane:latest")).to_be_visible()
    nonsense = [
        "text", [], 7, {}, {"id": 0, "verb": "open"}, {"id": "1", "verb": "open"}, {"id": 1e300, "verb": "open"}, {"id": True, "verb": "options"},
        {"id": 1, "verb": "weather", "args": {}}, {"id": 2, "verb": "x" * 1_000_000, "args": {}}, {"id": 3, "verb": "open", "args": []},
        {"id": 4, "verb": "open", "args": {"name": {"deep": [1] * 1000}}}, {"id": 5, "verb": "open", "args": {"name": "../../etc/passwd"}},
        {"id": 6, "verb": "content", "args": {"name": "sane", "digest": "sha256:../../secret"}}, {"id": 7, "verb": "delete", "args": {}},
        {"id": 8, "verb": "chat", "args": {"model": "sane", "messages": "hello", "options": {}}},
        {"id": 9, "verb": "__class__", "args": {}}, {"id": 10, "verb": "watch", "args": {"topics": ["everything"]}},
    ]  # fmt: skip

    errors = notebook.page.evaluate(TALK, nonsense)

    assert sorted(request or 0 for request, _, _ in errors) == [0] * 8 + list(range(1, 11))
    assert all(len(text) < 2000 and not text.startswith("Traceback") for _, _, text in errors)
    panel.model("sane:latest").dblclick()
    expect(panel.area("Models").get_by_text("Modelfile").first).to_be_visible()


def _like(path: Path, source: str) -> nbformat.NotebookNode:
    """A notebook of one cell for the same kernel as another one."""
    notebook = nbformat.read(path, as_version=4)
    notebook.cells = [nbformat.v4.new_code_cell(source)]
    return notebook


def test_a_refusal_that_comes_after_the_extension_was_loaded_counts_no_more(open_notebook):
    notebook = open_notebook([REFUSE_SLOWLY, LOAD_MEANWHILE.format(load=make("later"))], name="refused.ipynb")
    notebook.run(0)
    notebook.start(1)
    panel = Panel(notebook)  # a subshell refuses the page while the cell loads the extension

    expect(panel.model("later:latest")).to_be_visible()


def test_the_extension_is_loaded_anew_under_the_panel(open_notebook):
    notebook = open_notebook([make("anew"), HANG_UP_SLOWLY, "%reload_ext jupyter_ollama", WAIT_FOR_HANG_UP], name="anew.ipynb")
    panel = Panel(notebook)
    notebook.run(0)
    expect(panel.model("anew:latest")).to_be_visible()

    for cell in (1, 2, 3):  # the thread that hangs up on the page comes after the word that the extension is there again
        notebook.run(cell)

    panel.expect_state("ready")
    panel.model("anew:latest").dblclick()
    expect(panel.area("Models").get_by_text("Modelfile").first).to_be_visible()
