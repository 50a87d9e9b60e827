"""Widgets as Python sees them: traits, and what is displayed where there is no kernel."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from traitlets import TraitError

from jupyter_ollama import Modelfile, Ollama, OllamaError
from jupyter_ollama.messages import Message, ToolCall
from jupyter_ollama.notebook.widgets import built
from jupyter_ollama.notebook.widgets.widget import OllamaWidget
from jupyter_ollama.widgets import Chat, LayerInspector, ModelBrowser, ModelfileEditor

VIEW = "application/vnd.jupyter.widget-view+json"
TURNS = [
    Message("user", "Who are you?"),
    Message("assistant", "", thinking="Hm.", tool_calls=(ToolCall("who", {"deep": True}),)),
    Message("tool", "Mario", tool_name="who"),
    Message("assistant", "Mario."),
]


@pytest.fixture
def ollama(tmp_path: Path) -> Iterator[Ollama]:
    with Ollama(tmp_path / "models") as made:
        made.create("mario", "FROM pocket\nSYSTEM You are Mario.").result()
        yield made


def shown(widget: OllamaWidget) -> dict[str, str]:
    """What is saved in the notebook."""
    bundle = widget._repr_mimebundle_()
    assert bundle is not None
    assert bundle[0][VIEW]["model_id"] == widget.model_id
    return {kind: text for kind, text in bundle[0].items() if kind != VIEW}


def test_what_was_said_goes_to_the_page_and_back() -> None:
    chat = Chat(messages=TURNS)
    state = chat.get_state("messages")["messages"]

    chat.messages = []
    chat.set_state({"messages": state})

    assert [(one.role, one.content, one.thinking, one.tool_name) for one in chat.messages] == [
        (one.role, one.content, one.thinking, one.tool_name) for one in TURNS
    ]
    assert chat.messages[1].tool_calls[0].arguments == {"deep": True}


def test_a_text_is_a_conversation_of_one_turn() -> None:
    assert Chat(messages="Hello").messages == [Message("user", "Hello")]


@pytest.mark.parametrize("messages", [[{"role": "system", "content": "x"}], [{"role": "assistant", "content": "x"}], [{"role": "nobody"}], [3]])
def test_what_is_no_conversation_is_refused(messages: list[object]) -> None:
    with pytest.raises(TraitError, match="messages: "):
        Chat(messages=messages)


def test_options_are_checked_before_anybody_asks() -> None:
    with pytest.raises(OllamaError, match="temperature"):
        Chat(options={"temprature": 1})


def test_the_models_are_listed_without_a_kernel(ollama: Ollama) -> None:
    saved = shown(ModelBrowser(ollama=ollama))

    assert "mario:latest" in saved["text/plain"]
    assert "mario" in saved["text/html"]


def test_a_model_is_told_without_a_kernel(ollama: Ollama) -> None:
    assert "You are Mario." in shown(LayerInspector("mario", ollama=ollama))["text/plain"]


def test_a_model_that_is_not_there_is_told_too(ollama: Ollama) -> None:
    assert "no model 'luigi'" in shown(LayerInspector("luigi", ollama=ollama))["text/plain"]


def test_a_conversation_is_told_without_a_kernel() -> None:
    saved = shown(Chat("mario", messages=[{"role": "user", "content": "<script>alert(1)</script>"}]))

    assert "Chat with mario" in saved["text/plain"]
    assert "&lt;script&gt;alert(1)" in saved["text/html"]
    assert "<script" not in saved["text/html"]


def test_a_modelfile_is_told_without_a_kernel(ollama: Ollama) -> None:
    text = "FROM mario\nSYSTEM You are <b>Mario</b>.\x1b[31m\n"
    saved = shown(ModelfileEditor(text, name="luigi", ollama=ollama))

    assert saved["text/plain"].startswith("Modelfile of luigi\n\nFROM mario\nSYSTEM You are <b>Mario</b>.")
    assert "\x1b" not in saved["text/plain"]
    assert '<span class="style-instruction">FROM</span>' in saved["text/html"]
    assert "You are &lt;b&gt;Mario&lt;/b&gt;." in saved["text/html"]


def test_a_modelfile_that_is_not_written_yet_says_how(ollama: Ollama) -> None:
    assert "Run the cell to write it." in shown(ModelfileEditor(ollama=ollama))["text/html"]


def test_an_editor_begins_with_a_text_or_a_modelfile(ollama: Ollama) -> None:
    assert ModelfileEditor(Modelfile.parse("FROM mario"), ollama=ollama).text == "FROM mario\n"
    assert ModelfileEditor(ollama.recipe("mario"), ollama=ollama).text.startswith("FROM mario")


def test_what_is_typed_in_a_page_is_what_python_reads(ollama: Ollama) -> None:
    editor = ModelfileEditor(name="luigi", ollama=ollama)

    editor.set_state({"text": "FROM mario", "quantize": "q8_0"})

    assert (editor.text, editor.name, editor.quantize) == ("FROM mario", "luigi", "q8_0")
    assert repr(editor) == "<ModelfileEditor luigi>"


def test_long_texts_are_saved_in_part() -> None:
    assert len(shown(Chat(messages="x" * 1_000_000))["text/html"]) < 60_000
    assert len(shown(ModelfileEditor("FROM x\nSYSTEM " + "x" * 1_000_000))["text/html"]) < 60_000


def test_a_front_end_that_was_not_built_says_how(tmp_path: Path) -> None:
    with pytest.raises(OllamaError, match="not built") as raised:
        built.read("chat.js", tmp_path)

    assert "jlpm build" in str(raised.value.hint)


@pytest.mark.parametrize("name", ["browser", "chat", "editor", "inspector"])
def test_front_ends_reach_for_nothing_on_the_network(name: str) -> None:
    style, module = built.read(f"{name}.css"), built.read(f"{name}.js")

    assert "@import" not in style
    assert "url(http" not in style
    assert "import(" not in module
    assert 'from"http' not in module


def test_the_package_does_not_import_widgets_by_itself() -> None:
    program = "import sys, jupyter_ollama, jupyter_ollama.notebook\nprint([name for name in ('anywidget', 'ipywidgets') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)

    assert (done.stdout, done.returncode) == ("[]\n", 0), done.stderr
