"""Reading what is typed: one line, or a text between triple quotes; pasted lines come as one.

Keys beyond those of every terminal: Ctrl+J begins a new line, Ctrl+G opens the editor, Ctrl+C forgets what is typed, Ctrl+D on an empty
line leaves.
"""

from __future__ import annotations

import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.application import run_in_terminal
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

from .history import LineHistory

PROMPT, MORE = ">>> ", "... "
QUOTES = '"""'
_HINT, _MORE_HINT = "Send a message (/? for help)", "Press Enter to send"
_HOW_TO_LEAVE = "\nUse Ctrl + d or /bye to exit.\n"


@contextmanager
def typing_ahead() -> Iterator[None]:
    """While an answer comes in, the terminal keeps Enter apart from Ctrl+J, so that lines typed meanwhile are sent one by one."""
    try:
        import termios  # not on every platform
    except ImportError:
        yield
        return
    before = termios.tcgetattr(sys.stdin)
    changed = [before[0] & ~termios.ICRNL, *before[1:]]
    termios.tcsetattr(sys.stdin, termios.TCSANOW, changed)
    try:
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSANOW, before)


class Reader:
    """The user at the terminal."""

    def __init__(self, history: Path | None, editor: str) -> None:
        self.history = LineHistory(history)
        self._editor = editor
        self._session: PromptSession[str] = PromptSession(history=self.history, key_bindings=self._keys(), enable_suspend=True)

    def read(self) -> str | None:
        """What was typed, without the quotes of a text of several lines; None when the user leaves."""
        while True:
            try:
                text = self._line(PROMPT, _HINT)
                opening = text.find(QUOTES)
                if opening < 0 or text[:opening].strip() not in ("", "/set system"):
                    return text
                return text[:opening] + self._rest(text[opening + len(QUOTES):])
            except KeyboardInterrupt:
                sys.stdout.write(_HOW_TO_LEAVE)
            except EOFError:
                return None

    def _rest(self, text: str) -> str:
        """A text until its closing quotes, which may stand on its first line."""
        lines = [text]
        while not lines[-1].endswith(QUOTES):
            lines.append(self._line(MORE, _MORE_HINT))
        lines[-1] = lines[-1].removesuffix(QUOTES)
        return "\n".join(lines)

    def _line(self, prompt: str, hint: str) -> str:
        return self._session.prompt(prompt, placeholder=FormattedText([("ansibrightblack", hint)]))

    def _keys(self) -> KeyBindings:
        keys = KeyBindings()

        @keys.add("c-j")
        def _(event: KeyPressEvent) -> None:
            event.current_buffer.insert_text("\n")

        @keys.add("tab")
        def _(event: KeyPressEvent) -> None:
            event.current_buffer.insert_text(" " * 8)

        @keys.add("c-c")
        def _(event: KeyPressEvent) -> None:
            if event.current_buffer.text:
                event.current_buffer.reset()
            else:
                event.app.exit(exception=KeyboardInterrupt, style="class:aborting")

        @keys.add("c-g")
        def _(event: KeyPressEvent) -> None:
            buffer = event.current_buffer

            def edit() -> None:
                buffer.text = self._edited(buffer.text)
                buffer.cursor_position = len(buffer.text)

            run_in_terminal(edit)

        return keys

    def _edited(self, text: str) -> str:
        """The text after the user's editor has been at it."""
        command = shlex.split(self._editor)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "message.txt"
            file.write_text(text, encoding="utf-8")
            try:
                subprocess.run([*command, str(file)], check=False)
                return file.read_text(encoding="utf-8", errors="replace").rstrip("\n")
            except OSError:
                sys.stderr.write(f'error: editor "{command[0]}" not found, set OLLAMA_EDITOR to the path of your preferred editor\n')
                return text
