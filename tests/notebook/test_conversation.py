"""Conversations follow their cells."""

from __future__ import annotations

import pytest

from jupyter_ollama.errors import InvalidName
from jupyter_ollama.messages import Message
from jupyter_ollama.notebook.conversation import Conversation, Conversations
from jupyter_ollama.notebook.execution import Execution, current


def ask(conversation: Conversation, cell: str, message: str, text: str, *, new: bool = False) -> None:
    """What ``%%chat`` does around an answer."""
    execution = Execution(cell, message)
    conversation.rewind(execution)
    conversation.add(execution, text, Message("assistant", f"to {text}"), begins=new)


def questions(conversation: Conversation) -> list[str]:
    return [message.content for message in conversation.messages if message.role == "user"]


def test_cells_that_run_in_turn_make_a_conversation() -> None:
    conversation = Conversation()
    ask(conversation, "a", "1", "A")
    ask(conversation, "b", "2", "B")

    assert ["user", "assistant", "user", "assistant"] == [message.role for message in conversation.messages]
    assert ["A", "B"] == questions(conversation)


def test_a_cell_that_runs_again_replaces_its_turn_and_drops_what_came_after() -> None:
    conversation = Conversation()
    for number, cell in enumerate("abc"):
        ask(conversation, cell, str(number), cell.upper())

    ask(conversation, "b", "9", "B2")

    assert ["A", "B2"] == questions(conversation)


def test_several_questions_in_one_run_of_a_cell_all_stay_until_it_runs_again() -> None:
    conversation = Conversation()
    for text in "xyz":
        ask(conversation, "a", "1", text)
    assert ["x", "y", "z"] == questions(conversation)

    ask(conversation, "a", "2", "again")
    assert ["again"] == questions(conversation)


def test_without_cells_every_question_is_a_new_turn() -> None:
    conversation = Conversation()
    ask(conversation, "", "1", "A")
    ask(conversation, "", "2", "A")

    assert ["A", "A"] == questions(conversation)


def test_a_deleted_cell_takes_its_turn_away() -> None:
    conversations = Conversations()
    conversation = conversations.with_model("mario")
    for number, cell in enumerate("abc"):
        ask(conversation, cell, str(number), cell.upper())

    conversations.forget(["b", "unknown", ""])

    assert ["A", "C"] == questions(conversation)


def test_new_hides_what_was_said_before_and_keeps_it_for_the_cells_above() -> None:
    conversation = Conversation()
    ask(conversation, "a", "1", "A")
    ask(conversation, "b", "2", "B", new=True)
    ask(conversation, "c", "3", "C")
    assert ["B", "C"] == questions(conversation)

    ask(conversation, "a", "4", "A2")
    assert ["A2"] == questions(conversation)


def test_each_model_and_tag_has_a_conversation_of_its_own() -> None:
    conversations = Conversations()

    assert conversations.with_model("mario") is conversations.with_model("Mario:latest")
    assert conversations.with_model("mario") is not conversations.with_model("mario:v2")
    with pytest.raises(InvalidName):
        conversations.with_model("not a name")


def test_a_front_end_that_tells_nothing_or_nonsense_has_no_cells() -> None:
    class Told:
        def __init__(self, parent: dict[str, object]) -> None:
            self.get_parent = lambda: parent

    header = {"header": {"msg_id": "m"}}

    assert Execution() == current(object())
    assert Execution("", "m") == current(Told(header))
    assert Execution("", "m") == current(Told({**header, "metadata": {"cellId": 7, "deletedCells": "abc"}}))
    assert Execution("c", "m", ("d",)) == current(Told({**header, "metadata": {"cellId": "c", "deletedCells": ["d", 3]}}))
