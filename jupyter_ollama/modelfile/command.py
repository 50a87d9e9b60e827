"""What a Modelfile consists of, as values: commands, warnings, and the names they can have."""

from __future__ import annotations

from dataclasses import dataclass, field

KEYWORDS = (
    "from", "license", "template", "system", "adapter", "draft", "renderer", "parser", "parameter", "message", "requires",
)  # fmt: skip
"""The instructions, in the order in which Ollama lists them."""

TEXTS = frozenset({"system", "template", "license", "message"})
"""Instructions whose value is prose: unquoted, it may go on over the following lines."""

ROLES = ("system", "user", "assistant")
"""Who may speak in a MESSAGE."""

NAMES = frozenset({"model", *KEYWORDS}) - {"from", "parameter"}
"""Names of commands that are not a parameter: FROM is stored as ``model``, PARAMETER as the name of the parameter."""


@dataclass(frozen=True, slots=True)
class Command:
    """One instruction. Two commands are equal when name and value are, wherever they stand.

    Args:
        name: ``model`` for FROM, the parameter's name for PARAMETER, else the instruction in lower case.
        args: the value without its quotes, otherwise verbatim; ``role: text`` for a MESSAGE.
        line, column: where the instruction begins, from 1; 0 if it was not read from a text.
    """

    name: str
    args: str
    line: int = field(default=0, compare=False)
    column: int = field(default=0, compare=False)

    @property
    def is_parameter(self) -> bool:
        return self.name not in NAMES


@dataclass(frozen=True, slots=True)
class ModelfileWarning:
    """Something that works but may not be what the author meant. ``suggestion`` is text to write instead, where there is one."""

    message: str
    line: int = 0
    column: int = 0
    suggestion: str = ""

    def __str__(self) -> str:
        place = f"Line {self.line}, column {self.column}: " if self.line else ""
        return place + self.message
