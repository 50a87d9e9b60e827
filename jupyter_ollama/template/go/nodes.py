"""The syntax tree of a Go template: frozen values, no behaviour. ``at`` is an offset into the source.

Body     = Text | Action | If | With | Range | Call | Break | Continue ...
Pipe     = [variables (:= or =)] Command | Command ...
Command  = operand operand ...
operand  = Dot | Nil | Literal | Function | Field | Variable | Chain | Pipe (in parentheses)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Dot:
    at: int


@dataclass(frozen=True, slots=True)
class Nil:
    at: int


@dataclass(frozen=True, slots=True)
class Literal:
    """A string, number, character (its code point) or bool."""

    at: int
    value: str | int | float | bool


@dataclass(frozen=True, slots=True)
class Function:
    at: int
    name: str


@dataclass(frozen=True, slots=True)
class Field:
    """``.A.B``: names looked up from the dot."""

    at: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Variable:
    """``$x.A.B``; ``name`` keeps its dollar sign."""

    at: int
    name: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chain:
    """``(pipeline).A.B`` or ``function.A.B``."""

    at: int
    base: Operand
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Command:
    at: int
    operands: tuple[Operand, ...]


@dataclass(frozen=True, slots=True)
class Pipe:
    at: int
    commands: tuple[Command, ...]
    variables: tuple[str, ...] = ()
    assigns: bool = False


Operand: TypeAlias = Dot | Nil | Literal | Function | Field | Variable | Chain | Pipe


@dataclass(frozen=True, slots=True)
class Text:
    at: int
    text: str


@dataclass(frozen=True, slots=True)
class Action:
    at: int
    pipe: Pipe


@dataclass(frozen=True, slots=True)
class Branch:
    """One arm of an if or with: its condition and what to do."""

    pipe: Pipe
    body: Body


@dataclass(frozen=True, slots=True)
class If:
    """``if / else if ... / else``; the arms are in order, so a long chain does not nest."""

    at: int
    branches: tuple[Branch, ...]
    otherwise: Body


@dataclass(frozen=True, slots=True)
class With:
    at: int
    branches: tuple[Branch, ...]
    otherwise: Body


@dataclass(frozen=True, slots=True)
class Range:
    at: int
    pipe: Pipe
    body: Body
    otherwise: Body


@dataclass(frozen=True, slots=True)
class Call:
    """``{{template "name" pipeline}}``; also what a block leaves behind."""

    at: int
    name: str
    pipe: Pipe | None


@dataclass(frozen=True, slots=True)
class Break:
    at: int


@dataclass(frozen=True, slots=True)
class Continue:
    at: int


Node: TypeAlias = Text | Action | If | With | Range | Call | Break | Continue
Body: TypeAlias = tuple[Node, ...]
