"""An answer as it comes in: thoughts apart, words wrapped on a terminal, statistics at the end if they are asked for."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass

from prompt_toolkit.utils import get_cwidth

from jupyter_ollama import Chunk, Done, Run

from .. import render

_EVERY_S = 0.03
_MARGIN = 5
_PALE, _PLAIN = "\x1b[90m", "\x1b[0m"


@dataclass(frozen=True)
class Look:
    """How answers are shown. ``wrap`` and colours count on a terminal only."""

    wrap: bool = True
    verbose: bool = False
    hide_thinking: bool = False


def stream(run: Run[Done], look: Look) -> Done:
    """Write an answer while it is made, and two line ends; gives the whole.

    Raises: what the run raises; KeyboardInterrupt, when the run has been cancelled.
    """
    paper, thinking = Paper(look.wrap), False
    try:
        for events in run.batches(_EVERY_S):
            for event in events:
                if not isinstance(event, Chunk):
                    continue
                if event.thinking and not look.hide_thinking:
                    paper.write("" if thinking else paper.pale("Thinking...\n"))
                    thinking = True
                    paper.write(paper.pale(event.thinking))
                if event.content or event.tool_calls:
                    paper.write(paper.pale("\n...done thinking.\n\n") if thinking else "")
                    thinking = False
                paper.write(event.content)
                if event.tool_calls:
                    paper.write(render.calls(event.tool_calls) + "\n")
            sys.stdout.flush()
        done = run.result()
    finally:
        paper.write("\n\n")
        sys.stdout.flush()
    if look.verbose:
        sys.stderr.write("".join(f"{line}\n" for line in render.statistics_lines(done.statistics)))
        sys.stderr.flush()
    return done


class Paper:
    """Standard output. On a terminal a word that does not fit its line moves down whole."""

    def __init__(self, wrap: bool) -> None:
        self.is_terminal = sys.stdout.isatty()
        self._width = shutil.get_terminal_size().columns - _MARGIN if wrap and self.is_terminal else 0
        self._column = 0
        self._word = ""

    def pale(self, text: str) -> str:
        return f"{_PALE}{text}{_PLAIN}" if self.is_terminal and text else text

    def write(self, text: str) -> None:
        """Write what a model said; its control characters do not reach the terminal."""
        pale = text.startswith(_PALE)
        said = text.removeprefix(_PALE).removesuffix(_PLAIN) if pale else text
        said = render.visible(said) if self.is_terminal else said
        shown = "".join(map(self._placed, said)) if self._width > 0 else said
        sys.stdout.write(f"{_PALE}{shown}{_PLAIN}" if pale else shown)

    def _placed(self, character: str) -> str:
        """One character with what has to come before it."""
        if character == "\n":
            self._column, self._word = 0, ""
            return character
        width = get_cwidth(character)
        if character == " " or width > 1:  # a line may break here; between wide characters it may break anywhere
            self._word = ""
            if self._column + width > self._width:
                self._column = 0 if character == " " else width
                return "\n" if character == " " else f"\n{character}"
            self._column += width
            return character
        moved = ""
        if self._column + width > self._width and len(self._word) < self._width // 2:
            back = f"\x1b[{len(self._word)}D\x1b[K" if self._word else ""
            moved, self._column = f"{back}\n{self._word}", len(self._word)
        self._word += character
        self._column += width
        return moved + character
