"""Read, check and write Modelfiles: text in, one frozen value out, and back.

    encoding     bytes -> text that holds no control characters
    places       offset in the text -> line and column
    command      the values: Command, ModelfileWarning; the names of all instructions
    spelling     words that are nearly an instruction
    mistakes     what is said about a file that does not parse
    quoting      where a quoted text ends, and how a text has to be quoted
    continuation which lines belong to an unquoted text of several lines
    lexer        text -> commands
    check        parameters, roles, versions: is each value of the right kind?
    printer      commands -> text
    document     Modelfile, the value that users hold

The order is that of the imports: each module uses only those above it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..on_demand import on_demand

if TYPE_CHECKING:
    from .command import Command, ModelfileWarning
    from .document import Modelfile

__all__ = ["Command", "Modelfile", "ModelfileWarning"]

__getattr__ = on_demand(__name__, {"Command": ".command", "Modelfile": ".document", "ModelfileWarning": ".command"})
