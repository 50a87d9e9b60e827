"""A parsed Go template: ask what it mentions, cut it, run it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from ...errors import TemplateError
from ..limits import Budget, check_source
from . import nodes, tree
from .containers import as_bytes
from .functions import FUNCTIONS
from .parser import parse
from .program import Program
from .trouble import Trouble


@dataclass(frozen=True)
class GoTemplate:
    """A parsed Go template.

    >>> GoTemplate.parse("Hello {{ .Name }}").render({"Name": "Mario"})
    'Hello Mario'
    """

    source: str
    body: nodes.Body
    defined: Mapping[str, nodes.Body]

    @classmethod
    def parse(cls, source: str) -> GoTemplate:
        """Raises: TemplateError with line and column."""
        check_source(source)
        try:
            body, defined = parse(source, FUNCTIONS)
        except Trouble as trouble:
            raise trouble.located(source) from None
        except RecursionError as exc:
            raise _too_deep() from exc
        return cls(source, body, defined)

    @cached_property
    def identifiers(self) -> frozenset[str]:
        """The names of all fields the template mentions anywhere, in lower case."""
        bodies = (self.body, *self.defined.values())
        return frozenset(name.lower() for body in bodies for name in tree.names(body))

    def cut_after(self, name: str) -> GoTemplate:
        """The template up to the first place that prints ``.name``; the same one if there is none."""
        body, _ = tree.cut_after(self.body, name)
        return replace(self, body=body)

    def appended(self, name: str) -> GoTemplate:
        """The template with ``{{ .name }}`` at its end; ``source`` stays as it is written."""
        at = len(self.source)
        command = nodes.Command(at, (nodes.Field(at, (name,)),))
        return replace(self, body=(*self.body, nodes.Action(at, nodes.Pipe(at, (command,)))))

    @cached_property
    def _program(self) -> Program:
        return Program(self.body, self.defined)

    def render(self, data: Mapping[str, Any], budget: Budget | None = None) -> str:
        """The text that the template makes of data: always valid Unicode.

        Raises: TemplateError, also when the template would not end or makes too much text.
        """
        try:
            made = self._program.run(data, budget or Budget())
        except Trouble as trouble:
            raise trouble.located(self.source) from None
        except RecursionError as exc:
            raise _too_deep() from exc
        return made if made.isascii() else as_bytes(made).decode("utf-8", "replace")


def _too_deep() -> TemplateError:
    return TemplateError("The template or its data nest too deeply.", hint="Split it with {{ define }}.", line=0, column=0)
