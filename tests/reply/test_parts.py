"""What parts an answer has: white space around calls, neighbours joined, numbers and ids."""

from __future__ import annotations

from jupyter_ollama.events import Chunk
from jupyter_ollama.messages import ToolCall
from jupyter_ollama.reply.parts import MAX_BLANKS, Parts

CALL = ToolCall("add")


def collected(*steps: str | ToolCall, prompt: str = "") -> tuple[str, list[ToolCall]]:
    """All content and all calls, after texts were said and calls were made."""
    parts, chunks = Parts(prompt), []
    for step in steps:
        parts.say(step) if isinstance(step, str) else parts.call(step)
        chunks += parts.drain()
    parts.close()
    chunks += parts.drain()
    return "".join(chunk.content for chunk in chunks), [call for chunk in chunks for call in chunk.tool_calls]


def test_content_alone_keeps_its_white_space() -> None:
    assert "\n a \n" == collected("\n", " a", " \n")[0]
    assert " \n " == collected(" ", "\n", " ")[0]


def test_content_with_calls_has_none_at_its_ends() -> None:
    assert "" == collected("\n\n", CALL, "\n", CALL, "\n")[0]
    assert "a" == collected("a\n", CALL, "\n")[0]
    assert "a" == collected("\n", CALL, "\n a", "\n", CALL)[0]
    assert "a\n\nb" == collected("a\n", CALL, "\nb")[0]


def test_no_more_white_space_waits_than_a_call_may_drop() -> None:
    parts = Parts()
    parts.say("a" + " " * 10_000)

    assert [Chunk("a" + " " * (10_000 - MAX_BLANKS))] == parts.drain()
    parts.close()
    assert [Chunk(" " * MAX_BLANKS)] == parts.drain()


def test_neighbours_of_a_kind_are_one_chunk() -> None:
    parts = Parts()
    for text in "abc":
        parts.think(text)
    parts.say("d")
    parts.say("")
    parts.call(CALL)

    assert ["thinking", "content", "call"] == [
        "thinking" if chunk.thinking else "content" if chunk.content else "call" for chunk in parts.drain()
    ]
    assert [] == parts.drain()


def test_calls_are_numbered_and_an_own_id_is_kept() -> None:
    _, calls = collected(CALL, ToolCall("add", {}, "own", 7), CALL)

    assert [0, 1, 2] == [call.index for call in calls]
    assert "own" == calls[1].id
    assert 3 == len({call.id for call in calls})


def test_an_id_is_nine_letters_and_digits_that_follow_from_the_prompt() -> None:
    (first,), (again,), (other,) = (collected(CALL, prompt=prompt)[1] for prompt in ("a", "a", "b"))

    assert first.id == again.id != other.id
    assert 9 == len(first.id)
    assert first.id.isalnum()
    assert collected(CALL, prompt="\ud800")[1]
