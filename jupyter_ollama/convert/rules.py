"""Rules at work: from the tensors of a source, by their Hugging Face names, to the rows that a GGUF has, under whichever name they get."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ..sentences import Sentence
from .config import ConfigView
from .derived import Stacked
from .ops import OPS
from .records import Rule
from .rows import Rows

ALWAYS = (Rule(r".*\.(rotary_emb\.inv_freq|attention\.(masked_)?bias)", "drop"),)
"""What llama.cpp computes itself, whatever the architecture."""

MOST_PARTS = 1 << 12
_STEPS = 8


@dataclass(slots=True)
class _Stack:
    """Tensors that become one. ``example`` is the name of one of them, ``span`` where in it the number is."""

    size: int
    example: str
    span: tuple[int, int]
    parts: dict[int, Rows] = field(default_factory=dict)

    def missing(self) -> list[str]:
        begin, end = self.span
        return [f"{self.example[:begin]}{part}{self.example[end:]}" for part in range(self.size) if part not in self.parts]


class Rules:
    """The rules of one architecture. ``dropped`` collects the names that the GGUF does not need.

    Args:
        n_blocks: blocks from this number on are left out.
    """

    def __init__(self, rules: tuple[Rule, ...], config: ConfigView, n_blocks: int | None = None) -> None:
        later = () if n_blocks is None else (Rule(_later(n_blocks), "drop"),)
        self._rules = [(re.compile(rf"(?:{rule.pattern})\Z"), rule) for rule in (*later, *rules, *ALWAYS)]
        self._config = config
        self._stacks: dict[str, _Stack] = {}
        self.dropped: list[str] = []

    def drops(self, name: str, steps: int = _STEPS) -> bool:
        """Whether a tensor is left out, whatever numbers are in it."""
        found = self._find(name)
        if found is None or steps == 0:
            return False
        match, rule = found
        if rule.op == "drop":
            return True
        target = _renamed(match, rule)
        return not rule.op and target != name and self.drops(target, steps - 1)

    def applied(self, name: str, rows: Rows, steps: int = _STEPS) -> Iterator[tuple[str, Rows]]:
        """What becomes of one tensor: usually one, none when it is dropped or has to wait for others.

        Raises: SourceError when config and rows do not belong together.
        """
        found = self._find(name)
        if found is None or steps == 0:
            yield name, rows
            return
        match, first = found
        for rule in (rule for _, rule in self._rules if rule.pattern == first.pattern):
            target = _renamed(match, rule)
            if rule.op == "drop":
                self.dropped.append(name)
            elif rule.op == "stack":
                self._put(target, rule, match, rows)
            else:
                changed = OPS[rule.op](rows, rule.argument, self._config) if rule.op else rows
                yield from self.applied(target, changed, steps - 1) if target != name else ((name, changed),)

    def _find(self, name: str) -> tuple[re.Match[str], Rule] | None:
        return next(((match, rule) for pattern, rule in self._rules if (match := pattern.match(name))), None)

    def _put(self, target: str, rule: Rule, match: re.Match[str], rows: Rows) -> None:
        number, size = int(match["part"]), self._config.integer(rule.argument)
        if not number < size <= MOST_PARTS:
            raise self._config.fail(Sentence("there is %1, but %2 is %3", repr(match.string), rule.argument.lstrip("@"), size))
        stack = self._stacks.setdefault(target, _Stack(size, match.string, match.span("part")))
        stack.parts[number] = rows

    def stacked(self) -> Iterator[tuple[str, Rows]]:
        """The tensors that were put together of several; those with parts missing are left out."""
        for name, stack in self._stacks.items():
            if len(stack.parts) == stack.size:
                parts = tuple(stack.parts[number] for number in range(stack.size))
                if len({part.shape for part in parts}) > 1:
                    raise self._config.fail(
                        Sentence("the parts of %1 are of different shapes", repr(name)), "The weights are damaged: get them again."
                    )
                yield from self.applied(name, Stacked.of(parts))

    def missing(self) -> list[str]:
        """The tensors without which stacks stay incomplete."""
        return sorted(name for stack in self._stacks.values() for name in stack.missing())


def _renamed(match: re.Match[str], rule: Rule) -> str:
    """The name after a rule. `re.Match.expand` would read the template again for each of a hundred thousand tensors; `sub` keeps it."""
    return match.re.sub(rule.name, match.string, count=1) if rule.name else match.string


def _later(n_blocks: int) -> str:
    """A pattern for the tensors of the blocks from a number on."""
    earlier = "|".join(map(str, range(n_blocks)))
    return rf"model\.layers\.(?!(?:{earlier})\.)\d+\..*"
