"""The conversation of ``run``, typed at a real terminal."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

from .conftest import Terminal

HINT, LEFT = "Send a message", "Use Ctrl \\+ d or /bye to exit."
_CODES = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]|\r")


class Talk:
    """A terminal in which ``jupyter ollama run`` goes on."""

    def __init__(self, terminal: Terminal, *arguments: str) -> None:
        command = ["-m", "jupyter_ollama.cli", "run", *arguments]
        self.process = pexpect.spawn(
            sys.executable, command, env=terminal.environment, cwd=str(terminal.home), encoding="utf-8", timeout=20, dimensions=(40, 100)
        )
        self.wait(HINT)

    def wait(self, text: str) -> str:
        """What came before a text."""
        self.process.expect(text)
        return _CODES.sub("", self.process.before)

    def type(self, line: str) -> str:
        """Type a line; what comes until the next prompt is ready."""
        self.process.send(line)
        self.process.expect_exact(line.split()[-1])
        self.process.send("\r")
        answer = self.wait(re.escape(HINT))
        return answer.partition("\n")[2].rsplit(">>>", 1)[0].strip()

    def end(self) -> int:
        self.process.expect(pexpect.EOF)
        return self.process.wait()


@pytest.fixture
def talk(mario: Terminal) -> Iterator[Talk]:
    talk = Talk(mario, "mario")
    yield talk
    talk.process.close(force=True)


def test_a_conversation_remembers_and_forgets(talk: Talk) -> None:
    assert talk.type("My name is Anna.")
    assert talk.type("What is my name?") == "Your name is Anna."
    assert talk.type("/clear") == "Cleared session context"
    assert "Anna" not in talk.type("What is my name?")
    talk.process.send("/bye\r")
    assert talk.end() == 0


def test_messages_of_the_model_come_first(mario: Terminal) -> None:
    talk = Talk(mario, "mario")
    assert ">>> Hello\nIt's me!" in _CODES.sub("", talk.process.before)
    talk.process.sendeof()
    assert talk.end() == 0


def test_settings_say_what_they_did(talk: Talk) -> None:
    assert talk.type("/set parameter temperature 0.5") == "Set parameter 'temperature' to '0.5'"
    assert talk.type("/set parameter stop a b") == "Set parameter 'stop' to 'a, b'"
    assert talk.type("/set parameter temprature 1").startswith("Couldn't set parameter: \"unknown parameter 'temprature'\"")
    assert talk.type("/set parameter top_k x").startswith("Couldn't set parameter: ")
    assert "num_ctx" in talk.type("/set parameter")
    assert talk.type("/set format xml") == "Invalid or missing format. For 'json' mode use '/set format json'"
    assert talk.type("/set noformat") == "Disabled format."
    assert talk.type("/set verbose") == "Set 'verbose' mode."
    assert "eval rate:" in talk.type("Hello")
    assert talk.type("/set quiet") == "Set 'quiet' mode."
    assert talk.type("/set nowordwrap") == "Set 'nowordwrap' mode."
    assert "does not support thinking output" in talk.type("/set think high")
    assert talk.type("/set x") == "Unknown command '/set x'. Type /? for help"
    assert talk.type("/nonsense") == "Unknown command '/nonsense'. Type /? for help"


def test_show_tells_what_the_model_has(talk: Talk) -> None:
    assert "architecture        llama" in talk.type("/show info")
    assert talk.type("/show license").startswith("MIT License")
    assert "FROM " in talk.type("/show modelfile")
    talk.type("/set parameter seed 7")
    shown = talk.type("/show parameters")
    assert re.search(r"Model defined parameters:\n.*temperature +0\n.*User defined parameters:\n +seed +7", shown, re.DOTALL)
    assert talk.type("/show system") == "You are Mario, a plumber."
    assert talk.type("/show x") == "Unknown command '/show x'. Type /? for help"
    assert "/show info" in talk.type("/show")


def test_help_is_there(talk: Talk) -> None:
    assert "/set" in talk.type("/?")
    assert "/set parameter" in talk.type("/? set")
    assert "Ctrl + j" in talk.type("/help shortcuts")


def test_a_system_message_holds_from_there_on_and_is_saved(talk: Talk) -> None:
    assert talk.type("/set system You are Luigi, a baker.") == "Set system message."
    assert talk.type("/show system") == "You are Luigi, a baker."
    assert "Luigi" in talk.type("Who are you?")
    assert talk.type("/save luigi") == "Created new model 'luigi'"
    assert talk.type("/save a/b/c/d/e") == "error: The model name 'a/b/c/d/e' is invalid"
    assert talk.type("/list lui").splitlines()[1].startswith("luigi:latest")
    assert talk.type("/load nobody").splitlines()[-1] == "Couldn't find model 'nobody'"
    assert talk.type("/load luigi").splitlines()[0] == "Loading model 'luigi'"
    assert talk.type("/show system") == "You are Luigi, a baker."
    assert talk.type("/load").splitlines()[0] == "Usage:"


def test_texts_of_several_lines(talk: Talk, mario: Terminal) -> None:
    talk.process.send('"""What is\r')
    talk.wait("Press Enter to send")
    talk.process.send('2 + 3?"""\r')
    assert "2 + 3 = 5." in talk.wait(HINT)
    talk.process.send("\x1b[200~What is\n2 + 4?\x1b[201~\r")  # pasted
    assert "2 + 4 = 6." in talk.wait(HINT)
    history = Path(mario.home, ".ollama", "history")
    assert history.read_text().splitlines() == ['"""What is', '2 + 3?"""', "What is 2 + 4?"]
    assert history.stat().st_mode & 0o777 == 0o600


def test_lines_typed_while_an_answer_comes_are_sent_one_by_one(talk: Talk) -> None:
    talk.process.send("Tell me a story.\rWhat is 2 + 3?\rWhat is 2 + 4?\r")
    talk.wait(re.escape("2 + 3 = 5."))
    talk.wait(re.escape("2 + 4 = 6."))


def test_ctrl_c_forgets_the_line_and_then_tells_how_to_leave(talk: Talk) -> None:
    talk.process.send("half a line")
    talk.process.expect_exact("half a line")
    talk.process.sendintr()
    talk.wait(HINT)
    talk.process.sendintr()
    talk.wait(LEFT)
    assert talk.type("What is 2 + 3?") == "2 + 3 = 5."


def test_ctrl_c_stops_an_answer_and_the_conversation_goes_on(talk: Talk) -> None:
    talk.process.send("Count from 1 to 20.\r")
    talk.wait("1, ")
    talk.process.sendintr()
    talk.wait(HINT)
    assert talk.type("What is 2 + 3?") == "2 + 3 = 5."
