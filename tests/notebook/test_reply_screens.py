"""How thoughts and tool calls of an answer are shown, in a cell and on a terminal. The engine says what it is told to say."""

from __future__ import annotations

import pytest

from jupyter_ollama.events import Chunk, Done, Statistics
from jupyter_ollama.messages import Message, ToolCall
from jupyter_ollama.notebook.terminal_screen import TerminalScreen

from .conftest import Kernel, Result

TEMPLATE = "{{ range .Messages }}{{ if .Thinking }}<think>{{ .Thinking }}</think>{{ end }}{{ .Content }}{{ .ToolCalls }}{{ end }}"
HARMONY = "{{ range .Messages }}<|start|>{{ .Role }}<|channel|>final<|message|>{{ .Content }}<|end|>{{ end }}<|start|>assistant"


@pytest.fixture(scope="module", autouse=True)
def models(kernel: Kernel) -> None:
    """thinker, whose template knows thoughts, and caller, whose template knows channels."""
    for name, template in (("thinker", TEMPLATE), ("caller", HARMONY)):
        kernel.run(f'%%modelfile {name}\nFROM pocket\nTEMPLATE """{template}"""')
        assert "ok" == kernel.run(f"%ollama_create {name}").status


def ask(kernel: Kernel, model: str, *answer: str) -> Result:
    """What a cell shows when the model says this."""
    kernel.run(
        "from jupyter_ollama.engine.echo import EchoEngine, EchoEngines\n"
        "from jupyter_ollama.notebook import session\n"
        f"session.get().engines = EchoEngines(EchoEngine(*{answer!r}))"
    )
    return kernel.run(f"%%chat {model} --new --out reply\nA question")


def test_thoughts_are_folded_above_the_answer(kernel: Kernel) -> None:
    thoughts, answer, line = ask(kernel, "thinker", "<think>", "A dog", " or <b>?", "</think>\n\n", "A **dog**.").outputs

    assert "Thinking...\nA dog or <b>?\n...done thinking." == thoughts["data"]["text/plain"]
    assert '<details class="thoughts"><summary>Thoughts · 4 words</summary>' in thoughts["data"]["text/html"]
    assert "A dog or &lt;b&gt;?" in thoughts["data"]["text/html"]
    assert {"text/plain": "A **dog**.", "text/markdown": "A **dog**."} == answer["data"]
    assert "thinker:latest" == answer["metadata"]["jupyter_ollama"]["model"]
    assert line["data"]["text/plain"].startswith("thinker:latest · ")


SLOW = """
import time
from jupyter_ollama.engine.echo import EchoEngine, EchoEngines
from jupyter_ollama.notebook import session
class Slow(EchoEngine):
    def generate(self, *arguments, **named):
        made = super().generate(*arguments, **named)
        while True:
            try:
                token = next(made)
            except StopIteration as end:
                return end.value
            time.sleep(0.06)
            yield token
session.get().engines = EchoEngines(Slow("<think>", *["Hm. "] * 15, "</think>", *["Yes. "] * 8))
"""


def test_thoughts_stand_open_while_they_come_and_are_folded_when_the_content_begins(kernel: Kernel) -> None:
    seen: list[tuple[bool, bool]] = []

    def look(result: Result) -> bool:
        bundles = [output["data"] for output in result.outputs if "data" in output]
        thoughts = [bundle["text/html"] for bundle in bundles if "thoughts" in bundle.get("text/html", "")]
        if thoughts:
            seen.append((" open>" in thoughts[0], any("text/markdown" in bundle for bundle in bundles)))
        return False

    assert "ok" == kernel.run(SLOW).status
    result = kernel.run("%%chat thinker --new\nA question", stop_when=look)

    steps = list(dict.fromkeys(seen))
    assert steps[0] == (True, False)
    assert steps[-1] == (False, True)
    assert (True, True) not in steps
    assert "Thoughts · 15 words" in result.data["text/html"]


def test_the_reply_carries_the_thoughts(kernel: Kernel) -> None:
    ask(kernel, "thinker", "<think>Hm.</think>Yes.")

    assert "Hm. Yes.\n" == kernel.run("print(reply.message.thinking, reply.message.content)").text


def test_thoughts_alone_carry_where_they_came_from(kernel: Kernel) -> None:
    thoughts, line = ask(kernel, "thinker", "<think>On and on").outputs

    assert "thinker:latest" == thoughts["metadata"]["jupyter_ollama"]["model"]
    assert line["data"]["text/plain"].startswith("thinker:latest · ")


def test_a_tool_call_is_a_line_below_the_answer(kernel: Kernel) -> None:
    said = '<|channel|>commentary to=functions.get_weather<|message|>{"city": "<Paris>"}<|call|>'
    told = "<|channel|>commentary<|message|>I look.<|end|><|start|>assistant"

    calls, _ = ask(kernel, "caller", said).outputs
    assert '→ get_weather(city="<Paris>")' == calls["data"]["text/plain"]
    assert "&quot;&lt;Paris&gt;&quot;" in calls["data"]["text/html"]
    assert "caller:latest" == calls["metadata"]["jupyter_ollama"]["model"]

    answer, calls, _ = ask(kernel, "caller", told, said).outputs
    assert "I look." == answer["data"]["text/markdown"]
    assert '→ get_weather(city="<Paris>")' == calls["data"]["text/plain"]
    assert "jupyter_ollama" in answer["metadata"]
    assert "jupyter_ollama" not in calls["metadata"]


def printed(capsys: pytest.CaptureFixture[str], *chunks: Chunk) -> str:
    screen = TerminalScreen()
    for chunk in chunks:
        screen.show([chunk])
    screen.finish(Done(Message("assistant"), "mario:latest", "stop", Statistics()))
    return capsys.readouterr().out


def test_a_terminal_marks_thoughts_as_ollama_does(capsys: pytest.CaptureFixture[str]) -> None:
    shown = printed(capsys, Chunk(thinking="A dog"), Chunk(thinking="\x1b[2J?"), Chunk("A "), Chunk("dog."))

    assert shown.startswith("Thinking...\nA dog\\x1b[2J?\n...done thinking.\n\nA dog.\nmario:latest · ")


def test_a_terminal_shows_tool_calls_as_they_come(capsys: pytest.CaptureFixture[str]) -> None:
    call = Chunk(tool_calls=(ToolCall("get_time", {"zone": "CET"}),))

    assert printed(capsys, call).startswith('→ get_time(zone="CET")\nmario:latest · ')
    assert printed(capsys, Chunk("I look."), call, call).startswith(
        'I look.\n→ get_time(zone="CET")\n→ get_time(zone="CET")\nmario:latest · '
    )
    assert printed(capsys, Chunk(thinking="Hm."), call).startswith("Thinking...\nHm.\n...done thinking.\n\n→ get_time(")
