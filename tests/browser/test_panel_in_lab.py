"""The panel as a part of JupyterLab: commands, menus, status bar, settings, themes, languages."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from .axe import serious_findings
from .panel import PANEL, Panel, make

THEMES = "@jupyterlab/apputils-extension:themes"
LANGUAGE = "@jupyterlab/translation-extension:plugin"
OURS = "jupyter-ollama:panel"


@pytest.fixture
def settings(lab) -> Iterator[None]:
    """Settings as they were, when the test is done."""
    yield
    for plugin in (THEMES, LANGUAGE, OURS):
        lab.set(plugin, None)


def test_commands_are_in_the_palette_and_say_what_they_take(open_notebook):
    notebook = open_notebook(["1"], name="palette.ipynb")
    notebook.command("apputils:activate-command-palette")
    notebook.page.locator(".lm-CommandPalette-input").fill("Ollama")
    palette = notebook.page.locator(".lm-CommandPalette-item")

    for command in ("open", "models", "chat", "create", "pull"):
        expect(palette.and_(notebook.page.locator(f"[data-command='jupyter-ollama:{command}']"))).to_be_visible()
    described = notebook.page.evaluate("""async () => {
      const commands = window.jupyterapp.commands;
      const ours = commands.listCommands().filter(name => name.startsWith('jupyter-ollama:'));
      return Promise.all(ours.map(async name => (await commands.describedBy(name)).args?.type));
    }""")
    assert len(described) >= 10
    assert set(described) == {"object"}


def test_commands_go_to_their_place(open_notebook):
    notebook = open_notebook([make("placed")], name="places.ipynb")
    panel = Panel(notebook)
    notebook.run(0)
    panel.expect_state("ready")

    for command, area in (("chat", "Chat"), ("create", "Create"), ("pull", "Pull"), ("models", "Models")):
        notebook.command(f"jupyter-ollama:{command}")
        expect(panel.area(area)).to_be_visible()
    notebook.command("jupyter-ollama:layers", model="placed:latest")
    expect(panel.area("Models").get_by_text("Modelfile").first).to_be_visible()


def test_status_bar_tells_what_is_in_memory_and_opens_the_panel(open_notebook):
    notebook = open_notebook([make("remembered"), "%%chat remembered -o num_predict=1\nHello"], name="status.ipynb")
    panel = Panel(notebook)
    notebook.run(0)
    panel.expect_state("ready")
    item = notebook.page.locator("#jp-main-statusbar .jo-status-button")
    expect(item).to_have_text("Ollama")

    notebook.run(1)
    expect(item).to_contain_text("remembered:latest")
    expect(item).to_contain_text("MB")
    notebook.command("application:toggle-left-area")
    expect(panel.root).to_be_hidden()

    item.click()
    expect(panel.root).to_be_visible()


def test_launcher_has_a_card(open_notebook):
    notebook = open_notebook(["1"], name="launcher.ipynb")
    notebook.command("launcher:create")

    notebook.page.locator(".jp-LauncherCard[title*='Ollama']").click()

    expect(notebook.page.locator(PANEL)).to_be_visible()


def test_file_browser_offers_to_make_a_model_of_a_modelfile(open_notebook, lab):
    (lab.root / "Modelfile.mario").write_text("FROM pocket\nSYSTEM You are Mario, from a file.", encoding="utf-8")
    notebook = open_notebook([make("any")], name="files.ipynb")
    panel = Panel(notebook)
    notebook.run(0)
    panel.expect_state("ready")
    notebook.command("filebrowser:activate")
    row = notebook.page.locator(".jp-DirListing-item", has_text="Modelfile.mario")
    entry = notebook.page.get_by_role("menuitem", name="Create a Model from This")
    notebook.page.locator(".jp-DirListing-item", has_text="files.ipynb").click(button="right")
    expect(notebook.page.locator(".lm-Menu")).to_be_visible()
    expect(entry).to_have_count(0)
    notebook.page.keyboard.press("Escape")

    row.click(button="right")
    entry.click()

    expect(panel.area("Create").get_by_role("textbox", name="Modelfile", exact=True)).to_have_value(re.compile("SYSTEM You are Mario, from a file."))


def test_panel_opens_when_a_cell_loads_the_extension_if_that_is_set(open_notebook, lab, settings):
    lab.set(OURS, {"showWhenLoaded": True})
    notebook = open_notebook([make("shown")], name="shown.ipynb")
    expect(notebook.page.locator(PANEL)).to_be_hidden()

    notebook.run(0)

    expect(notebook.page.locator(PANEL)).to_be_visible()


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_nobody_is_kept_out(open_notebook, lab, settings, theme):
    lab.set(THEMES, {"theme": theme})
    notebook = open_notebook([make("open", "open:again")], name=f"axe-{theme.split()[1]}.ipynb")
    panel = Panel(notebook)
    panel.expect_state("absent")
    assert serious_findings(notebook.page, PANEL) == []
    notebook.run(0)
    panel.expect_state("ready")

    for name in ("Models", "Chat", "Create", "Pull"):
        panel.tab(name).click()
        expect(panel.area(name)).to_be_visible()
        assert serious_findings(notebook.page, PANEL) == [], name


def test_panel_speaks_chinese(open_notebook, lab, settings):
    lab.set(LANGUAGE, {"locale": "zh_CN"})
    cell = "from jupyter_ollama.notebook import session\nsession.get().create('mario', 'FROM pocket').result()"
    notebook = open_notebook([cell], name="chinese.ipynb")
    panel = Panel(notebook)
    expect(panel.note).to_contain_text("此内核尚未加载扩展")
    panel.press("加载")
    panel.expect_state("ready")

    expect(panel.root.get_by_role("tab")).to_have_text(["模型", "聊天", "创建", "拉取"])
    notebook.run(0)
    notebook.command("jupyter-ollama:layers", model="mario:latest")
    expect(panel.area("模型").get_by_role("button", name=re.compile("^权重"))).to_be_visible()
    expect(panel.area("模型").get_by_role("button", name="插入为 %%modelfile 单元格")).to_be_visible()
    panel.tab("聊天").click()
    expect(panel.area("聊天").get_by_placeholder(re.compile("^向 .* 提问$"))).to_be_visible()
    panel.tab("创建").click()
    create = panel.area("创建")
    create.get_by_role("textbox", name="名称").fill("my mario")
    expect(create.get_by_role("textbox", name="名称")).to_have_accessible_description("名称中不能有空格。")
    create.get_by_role("textbox", name="Modelfile").click()
    notebook.page.keyboard.type("FORM x\nFROM /none.gguf\nPARAMETER temperature hot\n")
    for text in ("FORM 不是指令。您是指 FROM 吗？", "没有这个文件或文件夹。", "temperature 需要数字，而不是 'hot'。"):
        expect(create.get_by_role("list", name="问题")).to_contain_text(text)
    notebook.page.keyboard.type("SYS")
    expect(notebook.page.get_by_text("每次对话之前告诉模型的内容。")).to_be_visible()
    notebook.page.keyboard.press("Escape")
    notebook.page.keyboard.press("Control+A")
    notebook.page.keyboard.type("FROM /none.gguf")
    create.get_by_role("textbox", name="名称").fill("luigi")
    create.get_by_role("button", name="创建", exact=True).click()
    expect(create.get_by_role("alert")).to_contain_text("请检查路径；相对路径从 Modelfile 所在的文件夹开始。")
    panel.tab("拉取").click()
    expect(panel.area("拉取").get_by_text(re.compile("放[得不]下：")).first).to_be_visible()
    notebook.command("settingeditor:open", query="Ollama")
    expect(notebook.page.get_by_text("新对话使用的模型")).to_be_visible()
