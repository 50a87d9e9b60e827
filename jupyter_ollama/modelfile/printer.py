"""From commands back to the text of a Modelfile, one instruction after the other."""

from __future__ import annotations

import math
from collections.abc import Iterable

from ..options import Value
from .command import Command
from .quoting import quoted


def print_commands(commands: Iterable[Command]) -> str:
    """One instruction per line, in the given order, each ended by a newline."""
    return "".join(f"{print_command(command)}\n" for command in commands)


def print_command(command: Command) -> str:
    """One instruction. Names of models and paths stay unquoted as long as they read back that way."""
    match command.name:
        case "model":
            return f"FROM {quoted(command.args)}"
        case "message":
            role, _, content = command.args.partition(": ")
            return f"MESSAGE {role} {quoted(content)}"
        case name if command.is_parameter:
            return f"PARAMETER {name} {quoted(command.args)}"
        case name:
            return f"{name.upper()} {quoted(command.args)}"


def print_value(value: Value) -> str:
    """One option as text: ``1`` for 1.0, ``true`` for True."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and math.isfinite(value):
        return repr(value).removesuffix(".0")
    return str(value)
