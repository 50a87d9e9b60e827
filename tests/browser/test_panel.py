"""The panel and the kernels: it connects, lists, follows, and says what stands in the way."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

from .conftest import KERNEL_IS_READY
from .panel import LOAD, OPEN, Panel, make

WAIT = "import pathlib, time\nwhile not pathlib.Path('{go}').exists(): time.sleep(0.05)"
KEEP_STATES = """() => {
  window.states = [];
  const panel = document.getElementById('jupyter-ollama-panel');
  const keep = () => window.states.push(panel.querySelector('[data-state]')?.dataset.state);
  new MutationObserver(keep).observe(panel, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-state'] });
}"""
COMMS = "@jupyterlab/apputils-extension:kernels-settings"
BARE = """import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition('.')[0] == 'jupyter_ollama':
            raise ModuleNotFoundError(f"No module named '{name}'", name=name)
sys.meta_path.insert(0, Missing())
from ipykernel.kernelapp import launch_new_instance
launch_new_instance()"""


@pytest.fixture
def bare_kernel() -> str:
    """A kernel whose Python lacks the package."""
    folder = Path(os.environ["JUPYTER_DATA_DIR"], "kernels", "bare")
    folder.mkdir(parents=True, exist_ok=True)
    spec = {"argv": [sys.executable, "-c", BARE, "-f", "{connection_file}"], "display_name": "Bare", "language": "python"}
    (folder / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    return "bare"


@pytest.mark.parametrize("app", ["lab", "notebooks"])
def test_panel_lists_what_a_cell_makes(open_notebook, app):
    notebook = open_notebook([make("listed", "listed:again"), 'Ollama().copy("listed", "later")'], name=f"lists-{app}.ipynb", app=app)
    panel = Panel(notebook)
    panel.expect_state("absent")

    notebook.run(0)
    panel.expect_state("ready")
    expect(panel.model("listed:latest")).to_be_visible()
    expect(panel.model("listed:again")).to_be_visible()

    notebook.run(1)
    expect(panel.model("later:latest")).to_be_visible()


def test_load_leaves_no_trace_in_the_notebook_and_is_done_again_after_a_restart(open_notebook):
    notebook = open_notebook(["1"], name="load.ipynb")
    panel = Panel(notebook)
    panel.press("Load")
    panel.expect_state("ready")
    notebook.run(0)
    assert notebook.save().cells[0].execution_count == 1

    notebook.page.evaluate(KEEP_STATES)
    panel.restart_kernel()

    notebook.page.wait_for_function("() => states.includes('starting') && states.at(-1) === 'ready'")
    expect(panel.tab("Models")).to_be_visible()


def test_what_a_cell_loaded_is_not_loaded_again_after_a_restart_or_a_crash(open_notebook):
    notebook = open_notebook([LOAD, "import os; os._exit(1)"], name="restart.ipynb")
    panel = Panel(notebook)
    notebook.run(0)
    panel.expect_state("ready")
    panel.restart_kernel()
    panel.expect_state("absent")
    notebook.run(0)
    panel.expect_state("ready")

    notebook.start(1)
    panel.expect_state("absent")
    notebook.page.locator(".jp-Dialog .jp-mod-accept").click()

    panel.press("Load")
    panel.expect_state("ready")


def test_a_kernel_without_the_package_is_told_with_its_python_and_the_remedy(open_notebook, bare_kernel):
    panel = Panel(open_notebook(["1"], name="bare.ipynb", kernel=bare_kernel))
    panel.expect_state("absent")

    panel.press("Load")

    panel.expect_state("missing")
    expect(panel.note).to_contain_text(sys.executable)
    expect(panel.note).to_contain_text("%pip install jupyter-ollama")


def test_an_extension_that_cannot_be_loaded_says_why(open_notebook):
    notebook = open_notebook(["import sys, types\nsys.modules['jupyter_ollama'] = broken = types.ModuleType('jupyter_ollama')\n"
                              "def fail(ip): raise OSError('the disk is full')\nbroken.load_ipython_extension = fail"], name="broken.ipynb")  # fmt: skip
    notebook.run(0)
    panel = Panel(notebook)

    panel.press("Load")

    panel.expect_state("failed")
    expect(panel.note).to_contain_text("OSError: the disk is full")


def test_a_page_loaded_while_a_cell_runs_says_so_until_it_is_done(open_notebook):
    notebook = open_notebook([make("patient"), WAIT.format(go="go-reload")], name="reload.ipynb")
    panel = Panel(notebook)
    notebook.run(0)
    expect(panel.model("patient:latest")).to_be_visible()
    notebook.start(1)
    notebook.save()

    panel.reload()
    panel.expect_state("busy")
    (notebook.path.parent / "go-reload").touch()

    panel.expect_state("ready")
    expect(panel.model("patient:latest")).to_be_visible()


def test_while_a_cell_runs_the_panel_goes_on(open_notebook):
    notebook = open_notebook([make("going"), WAIT.format(go="go-on")], name="busy.ipynb")
    panel = Panel(notebook)
    notebook.run(0)
    notebook.start(1)
    expect(notebook.cell(1).locator(".jp-InputPrompt")).to_have_text("[*]:")

    panel.model("going:latest").dblclick()
    expect(panel.area("Models").get_by_text("Modelfile").first).to_be_visible()

    expect(panel.note).to_have_attribute("data-waits", "false")
    expect(notebook.cell(1).locator(".jp-InputPrompt")).to_have_text("[*]:")
    (notebook.path.parent / "go-on").touch()


def test_without_subshells_the_panel_says_that_it_waits_and_keeps_its_lists(open_notebook, lab):
    lab.set(COMMS, {"commsOverSubshells": "disabled"})
    try:
        notebook = open_notebook([make("waiting"), WAIT.format(go="go-subshell")], name="subshell.ipynb")
        panel = Panel(notebook)
        notebook.run(0)
        expect(panel.model("waiting:latest")).to_be_visible()

        notebook.start(1)
        expect(panel.note).to_contain_text("A cell is running.")
        expect(panel.model("waiting:latest")).to_be_visible()
        (notebook.path.parent / "go-subshell").touch()

        expect(panel.note).to_be_empty()
    finally:
        lab.set(COMMS, None)


def test_panel_follows_the_notebook_or_console_in_front(open_notebook):
    notebook = open_notebook([make("followed")], name="first.ipynb")
    panel = Panel(notebook)
    notebook.run(0)
    expect(panel.model("followed:latest")).to_be_visible()
    panel.tab("Chat").click()

    notebook.command("console:create", kernelPreference={"name": "python3"})
    panel.expect_state("absent")
    notebook.page.get_by_role("tab", name="first.ipynb").click()

    panel.expect_state("ready")
    expect(panel.area("Chat")).to_be_visible()


def test_a_panel_that_is_opened_late_asks_the_kernels_that_were_there_before(open_notebook):
    notebook = open_notebook(["1"], name="early.ipynb")
    notebook.command("console:create", kernelPreference={"name": "python3"})  # in front, and in need of no answer yet
    expect(notebook.page.locator(".jp-CodeConsole-promptCell")).to_be_visible()
    panel = Panel(notebook)
    panel.expect_state("absent")

    notebook.page.get_by_role("tab", name="early.ipynb").click()
    panel.expect_state("absent")
    notebook.command("application:toggle-left-area")
    expect(panel.root).to_be_hidden()
    panel.restart_kernel()
    notebook.command(OPEN)

    panel.expect_state("absent")
    panel.press("Load")
    panel.expect_state("ready")


def test_panel_says_when_there_is_no_kernel_and_no_notebook(open_notebook):
    notebook = open_notebook(["1"], name="closing.ipynb")
    panel = Panel(notebook)
    panel.expect_state("absent")
    notebook.save()

    notebook.command("kernelmenu:shutdown")
    panel.expect_state("no kernel")
    notebook.command("application:close-all")

    panel.expect_state("nothing")
    panel.press("New notebook")
    expect(notebook.page.get_by_role("tab", name="Untitled.ipynb")).to_be_visible()


def test_another_kernel_and_a_notebook_that_is_opened_again_are_followed(open_notebook):
    notebook = open_notebook([make("kept")], name="kept.ipynb")
    panel = Panel(notebook)
    notebook.run(0)
    expect(panel.model("kept:latest")).to_be_visible()

    notebook.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.changeKernel({ name: 'python3' }).then(() => null)")
    panel.expect_state("absent")
    notebook.page.wait_for_function(KERNEL_IS_READY)
    notebook.run(0)
    expect(panel.model("kept:latest")).to_be_visible()
    notebook.save()

    notebook.page.get_by_role("tab", name="kept.ipynb", exact=True).locator(".lm-TabBar-tabCloseIcon").click()
    panel.expect_state("nothing")
    notebook.command("docmanager:open", path="kept.ipynb", factory="Notebook")
    expect(panel.model("kept:latest")).to_be_visible()
    panel.model("kept:latest").dblclick()
    expect(panel.area("Models").get_by_text("Modelfile").first).to_be_visible()


def test_a_console_that_shares_the_kernel_keeps_the_panel_when_the_notebook_is_closed(open_notebook):
    notebook = open_notebook([make("shared")], name="shared.ipynb")
    panel = Panel(notebook)
    notebook.run(0)
    expect(panel.model("shared:latest")).to_be_visible()
    notebook.save()

    notebook.command("notebook:create-console")
    expect(notebook.page.locator(".jp-CodeConsole")).to_be_visible()
    panel.expect_state("ready")
    tabs = notebook.page.get_by_role("tab", name="shared.ipynb", exact=True)
    expect(tabs).to_have_count(2)
    tabs.first.locator(".lm-TabBar-tabCloseIcon").click()

    expect(notebook.page.locator(".jp-Notebook")).to_have_count(0)
    panel.expect_state("ready")
    panel.model("shared:latest").dblclick()
    expect(panel.area("Models").get_by_text("Modelfile").first).to_be_visible()


def test_a_cell_that_a_view_inserts_is_below_the_active_one_and_can_be_undone(open_notebook):
    notebook = open_notebook([make("recipe"), "2"], name="insert.ipynb")
    panel = Panel(notebook)
    notebook.run(0)
    panel.model("recipe:latest").dblclick()

    panel.press("Insert as %%modelfile cell")

    expect(notebook.page.locator(".jp-Notebook .jp-Cell")).to_have_count(3)
    assert notebook.save().cells[1].source.startswith("%%modelfile")
    notebook.command("notebook:undo-cell-action")
    expect(notebook.page.locator(".jp-Notebook .jp-Cell")).to_have_count(2)


def test_a_lost_connection_is_told_and_found_again(open_notebook):
    notebook = open_notebook([make("found")], name="lost.ipynb")
    panel = Panel(notebook)
    notebook.run(0)
    expect(panel.model("found:latest")).to_be_visible()
    kernel = "window.jupyterapp.shell.currentWidget.sessionContext.session.kernel"

    notebook.page.evaluate(f"() => {{ {kernel}._reconnectLimit = 0; {kernel}._ws.close(); }}")  # as after many attempts
    panel.expect_state("lost")
    expect(panel.model("found:latest")).to_be_visible()
    notebook.page.evaluate(f"() => {{ {kernel}._reconnectLimit = 7; }}")
    panel.press("Try again")

    panel.expect_state("ready")
    panel.model("found:latest").dblclick()
    expect(panel.area("Models").get_by_text("Modelfile").first).to_be_visible()
