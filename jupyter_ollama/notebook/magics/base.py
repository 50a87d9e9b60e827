"""What all magics need: the session they share, and reading an argument line."""

from __future__ import annotations

import difflib
import shlex
from argparse import ArgumentParser, Namespace
from typing import Any

from IPython.core.error import UsageError
from IPython.core.magic import Magics, magics_class

from ..session import Session


@magics_class
class OllamaMagics(Magics):
    """A magic with its session."""

    shell: Any

    def __init__(self, shell: Any, session: Session) -> None:
        super().__init__(shell)
        self.session = session


def parse(magic: Any, line: str, beyond: str = "") -> Namespace:
    """Read an argument line; texts with blanks stand in quotes.

    Args:
        magic: what the line belongs to; its ``parser`` reads it.
        beyond: what to tell somebody who wrote more words than the magic takes.
    Raises: UsageError.
    """
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise UsageError(f"{error} in {line!r}. Put a text with blanks or apostrophes in double quotes.") from None
    parser: ArgumentParser = magic.parser
    known, rest = parser.parse_known_args(words)
    if rest:
        raise UsageError(_unknown(rest[0], parser, beyond))
    return known


def _unknown(word: str, parser: ArgumentParser, beyond: str) -> str:
    if not word.startswith("-"):
        return f"{word!r} is one word too many. {beyond}".strip()
    options = [option for action in parser._actions for option in action.option_strings]
    near = difflib.get_close_matches(word.partition("=")[0], options, n=1)
    return f"unknown option {word}. " + (f"Did you mean {near[0]}?" if near else f"Options are {', '.join(options)}.")
