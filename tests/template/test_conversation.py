"""Which messages a prompt is made of."""

from __future__ import annotations

import pytest

from jupyter_ollama.messages import Message
from jupyter_ollama.template.conversation import for_chat, for_generate, without_old_thoughts

SYSTEM, OTHER = Message("system", "model"), Message("system", "request")
SHOTS = [Message("user", "shot"), Message("assistant", "answer")]
USER = Message("user", "Hi")


def test_a_chat_begins_with_the_models_system_and_messages():
    assert for_chat("model", SHOTS, [USER]) == [SYSTEM, *SHOTS, USER]


def test_a_chat_that_begins_with_a_system_message_does_without_the_models():
    assert for_chat("model", SHOTS, [OTHER, USER]) == [*SHOTS, OTHER, USER]


def test_a_later_system_message_does_not_suppress_the_models():
    """Pitfall 57."""
    assert for_chat("model", [], [USER, OTHER]) == [SYSTEM, USER, OTHER]


def test_the_models_own_system_messages_are_additional():
    assert for_chat("model", [OTHER], [USER]) == [SYSTEM, OTHER, USER]


def test_a_chat_with_nothing_said():
    assert for_chat("model", SHOTS, []) == [SYSTEM, *SHOTS]
    assert for_chat(None, [], []) == []
    assert for_chat("", [], [USER]) == [USER]


def test_generate_uses_one_system_text():
    """Pitfall 56: the request's, else the model's, never both."""
    assert for_generate("model", SHOTS, "Hi", system="request") == [OTHER, *SHOTS, USER]
    assert for_generate("model", SHOTS, "Hi") == [SYSTEM, *SHOTS, USER]
    assert for_generate(None, [], "Hi") == [USER]


def test_a_continued_generate_does_not_repeat_the_models_messages():
    assert for_generate("model", SHOTS, "Hi", continued=True) == [SYSTEM, USER]


def test_thoughts_before_the_last_question_are_taken_out():
    old, new = Message("assistant", "<think>hm</think>\n\nYes"), Message("assistant", "<think>oh</think>No")
    assert without_old_thoughts([USER, old, USER, new]) == [USER, Message("assistant", "Yes"), USER, new]


@pytest.mark.parametrize(
    ("content", "left"),
    [
        ("<think>a</think>b<think>c</think>\n\nd", "bd"),
        ("<think>a</think> b", " b"),
        ("<think>a<think>b</think>c</think>", "c</think>"),
        ("<think>a</think>b<think>open", "b<think>open"),
        ("said <think></think>", "said "),
    ],
)
def test_every_closed_thought_goes_with_the_line_breaks_behind_it(content, left):
    assert without_old_thoughts([Message("assistant", content), USER])[0].content == left


def test_what_is_no_closed_thought_stays():
    for text in ("plain", "<think>open", "no </think> start"):
        message = Message("assistant", text)
        assert without_old_thoughts([message, USER]) == [message, USER]
    quoted = Message("user", "<think>mine</think>")
    assert without_old_thoughts([quoted, USER]) == [quoted, USER]
