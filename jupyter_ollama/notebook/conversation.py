"""Conversations that follow their cells: the model sees what the notebook shows.

A turn (question and answer) belongs to the cell that asked. Running a cell again replaces its turn and drops what came after it;
deleting a cell takes its turn away; ``--new`` begins anew below what was said before. Where there are no cells every question is a
new turn. There is one conversation for each model name with its tag: ``mario`` and ``mario:latest`` are the same, ``mario:v2`` is not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..messages import Message
from ..names import ModelName
from .execution import Execution


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and its answer, where they were asked, and whether the conversation begins here.

    ``between`` are the tool calls and results on the way from one to the other.
    """

    asked: Execution
    question: Message
    answer: Message
    begins: bool = False
    between: tuple[Message, ...] = ()


class Conversation:
    """The turns with one model, in the order in which they were asked."""

    def __init__(self) -> None:
        self.turns: list[Turn] = []

    def rewind(self, execution: Execution) -> None:
        """Go back to before the turn of this cell, if an earlier run of it left one. Several questions in one run all stay."""
        for index, turn in enumerate(self.turns):
            if execution.cell and turn.asked.cell == execution.cell and turn.asked.message != execution.message:
                del self.turns[index:]
                return

    def forget(self, cells: Iterable[str]) -> None:
        """Drop the turns of deleted cells."""
        gone = set(cells) - {""}
        self.turns = [turn for turn in self.turns if turn.asked.cell not in gone]

    def add(
        self, execution: Execution, question: str, answer: Message, *, begins: bool = False, between: tuple[Message, ...] = ()
    ) -> None:
        self.turns.append(Turn(execution, Message("user", question), answer, begins, between))

    @property
    def messages(self) -> list[Message]:
        """What was said since the last beginning."""
        start = max((index for index, turn in enumerate(self.turns) if turn.begins), default=0)
        return [message for turn in self.turns[start:] for message in (turn.question, *turn.between, turn.answer)]


class Conversations:
    """All conversations of one notebook, by model."""

    def __init__(self) -> None:
        self._by_model: dict[str, Conversation] = {}

    def with_model(self, name: str) -> Conversation:
        """The conversation with that model, which may be new.

        Raises: InvalidName.
        """
        return self._by_model.setdefault(str(ModelName.valid(name)).lower(), Conversation())

    def forget(self, cells: Iterable[str]) -> None:
        """Drop the turns of deleted cells, whatever the model."""
        for conversation in self._by_model.values():
            conversation.forget(cells)
