"""From arguments to an exit code: 0, 1 for what went wrong, 2 for arguments that cannot be read, 130 for an interrupt."""

from __future__ import annotations

import os
import re
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from contextlib import suppress

import jupyter_ollama
from jupyter_ollama import OllamaError

from .. import render
from .commands import COMMANDS, Command
from .host import Host

INTERRUPTED = 130
_ALIASES = {"serve": ["start"], "list": ["ls"]}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Errors are one line on stderr."""
    parser = _parser()
    chosen = parser.parse_args(arguments)
    try:
        with Host() as host:
            if chosen.version:
                return _version(host)
            if chosen.command is None:
                parser.print_help()
                return 0
            return _run(chosen.command, host, chosen)
    except KeyboardInterrupt:
        sys.stderr.write("\n")
        return INTERRUPTED
    except BrokenPipeError:  # whoever read the output has enough
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _run(command: Command, host: Host, chosen: Namespace) -> int:
    try:
        command.call(host, chosen)
        sys.stdout.flush()
    except OllamaError as error:
        sys.stdout.flush()
        sys.stderr.write(f"Error: {render.visible(_as_typed_here(str(error)))}\n")
        return 1
    return 0


def _as_typed_here(text: str) -> str:
    """Advice that names a magic, for a terminal, if that has the command, too."""
    return re.sub(rf"%ollama[ _]({'|'.join(COMMANDS)})\b", r"jupyter ollama \1", text)


def _parser() -> ArgumentParser:
    about = "Ollama's models, from a terminal: the same store, the same verbs, no server needed."
    parser = ArgumentParser("jupyter ollama", description=about)
    parser.add_argument("-v", "--version", action="store_true", help="say which version this is")
    parser.set_defaults(command=None)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for name, command in COMMANDS.items():
        sentence = f"{command.about[0].upper()}{command.about[1:]}."
        one = commands.add_parser(name, help=command.about, description=sentence, aliases=_ALIASES.get(name, []))
        command.arguments(one)
        one.set_defaults(command=command)
    return parser


def _version(host: Host) -> int:
    theirs = host.version
    sys.stdout.write(f"ollama version is {theirs or jupyter_ollama.__version__}\n")
    if theirs and theirs != jupyter_ollama.__version__:
        sys.stdout.write(f"Warning: client version is {jupyter_ollama.__version__}\n")
    return 0
