"""What becomes of an answer with thoughts and calls, from the tokens to the message: an engine that says what it is told to say."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from jupyter_ollama import Chunk, Done, Message, Ollama, Run
from jupyter_ollama.engine.echo import EchoEngine, EchoEngines
from jupyter_ollama.messages import Tool

from .conftest import Create

WEATHER, TIME = Tool("get_weather", "The weather"), Tool("get_time", "The time")
QWEN = """{{ range .Messages }}{{ if .Thinking }}<think>{{ .Thinking }}</think>{{ end }}{{ .Content }}
{{ if .ToolCalls }}<tool_call>{{ range .ToolCalls }}{{ .Function.Name }}{{ end }}</tool_call>{{ end }}{{ end }}{{ .Tools }}"""
HARMONY = "{{ range .Messages }}<|start|>{{ .Role }}<|channel|>final<|message|>{{ .Content }}<|end|>{{ end }}{{ .Tools }}<|start|>assistant"
CHANNEL, MESSAGE, END, START, CALL = 1001, 1002, 1003, 1004, 1005
NAMES = {CHANNEL: "<|channel|>", MESSAGE: "<|message|>", END: "<|end|>", START: "<|start|>", CALL: "<|call|>"}

Chat = Callable[..., Run[Done]]


@pytest.fixture
def chat(ollama: Ollama, create: Create) -> Chat:
    """Chats with a model of that template, which gives that answer."""

    def ask(template: str, *answer: str | bytes | int, message: object = "Weather?", **arguments: object) -> Run[Done]:
        create("mario", f'TEMPLATE """{template}"""')
        ollama.engines.close()
        ollama.engines = EchoEngines(EchoEngine(*answer, names=NAMES))  # type: ignore[assignment]
        return ollama.chat("mario", message, **arguments)  # type: ignore[arg-type]

    return ask


def chunks(run: Run[Done]) -> list[Chunk]:
    return [event for event in run if isinstance(event, Chunk)]


def test_thoughts_calls_and_content_are_told_apart_while_they_come(chat: Chat) -> None:
    said = '<think>\nParis.</think>\n\nI look.\n<tool_call>\n{"name": "get_weather", "arguments": {"b": 1, "a": 2}}\n</tool_call>'
    run = chat(QWEN, *said, tools=[WEATHER, TIME])
    message = run.result(20).message

    assert ("Paris.", "I look.") == (message.thinking, message.content)
    (call,) = message.tool_calls
    assert ("get_weather", ["b", "a"], 0) == (call.name, list(call.arguments), call.index)
    assert 9 == len(call.id)
    assert call.id.isalnum()
    assert message.thinking == "".join(chunk.thinking for chunk in chunks(run))
    assert message.content == "".join(chunk.content for chunk in chunks(run))
    assert message.tool_calls == tuple(call for chunk in chunks(run) for call in chunk.tool_calls)
    assert all(1 == sum(map(bool, (chunk.content, chunk.thinking, chunk.tool_calls))) for chunk in chunks(run))


def test_thoughts_come_as_they_are_thought(chat: Chat) -> None:
    run = chat(QWEN, "<think>", "One", " two", "</think>", "Three")
    run.result(20)

    assert ["One", " two"] == [chunk.thinking for chunk in chunks(run) if chunk.thinking]


def test_several_calls_are_numbered(chat: Chat) -> None:
    block = '<tool_call>{"name": "get_time", "arguments": {}}</tool_call>'
    message = chat(QWEN, block + block + block, tools=[TIME]).result(20).message

    assert [0, 1, 2] == [call.index for call in message.tool_calls]
    assert 3 == len({call.id for call in message.tool_calls})
    assert "" == message.content


def test_the_same_question_gives_the_same_ids(chat: Chat) -> None:
    said = '<tool_call>{"name": "get_time", "arguments": {}}</tool_call>'
    first, second = (chat(QWEN, said, tools=[TIME]).result(20).message.tool_calls for _ in range(2))
    other = chat(QWEN, said, message="Time?", tools=[TIME]).result(20).message.tool_calls

    assert first == second
    assert first[0].id != other[0].id


def test_without_tools_a_call_is_text(chat: Chat) -> None:
    said = '<tool_call>{"name": "get_time", "arguments": {}}</tool_call>'
    message = chat(QWEN, said).result(20).message

    assert (said, ()) == (message.content, message.tool_calls)


def test_think_false_leaves_tags_in_the_content(chat: Chat) -> None:
    message = chat(QWEN, "<think>Hm.</think>Yes.", think=False).result(20).message

    assert ("<think>Hm.</think>Yes.", "") == (message.content, message.thinking)


def test_a_prompt_that_ends_with_the_opening_tag_is_answered_with_thoughts(chat: Chat) -> None:
    """What a model says up to the closing tag is thinking (Ollama: PromptEndingInThinkTag)."""
    message = chat(QWEN + "<think>\n", "Hm.</think>\n\nYes.").result(20).message

    assert ("Yes.", "Hm.") == (message.content, message.thinking)


def test_control_tokens_of_a_dialect_are_seen_and_not_shown(chat: Chat) -> None:
    run = chat(
        HARMONY, CHANNEL, "analysis", MESSAGE, "Look it up.", END, START, "assistant", CHANNEL, "commentary to=functions.get_weather json",
        MESSAGE, '{"city": ', '"Paris"}', CALL, tools=[WEATHER],
    )  # fmt: skip
    message = run.result(20).message

    assert ("", "Look it up.") == (message.content, message.thinking)
    assert [("get_weather", {"city": "Paris"})] == [(call.name, call.arguments) for call in message.tool_calls]


def test_control_tokens_that_nobody_needs_add_nothing(chat: Chat) -> None:
    assert "ab" == chat(QWEN, "a", END, 7, "b").result(20).message.content


def test_stop_strings_are_looked_for_in_the_raw_text(chat: Chat) -> None:
    done = chat(QWEN, "<think>Hm.", " END", "</think>Yes.", options={"stop": ["END"]}).result(20)

    assert ("stop", "Hm. ", "") == (done.done_reason, done.message.thinking, done.message.content)


def test_a_stop_string_may_be_a_tag(chat: Chat) -> None:
    """``PARAMETER stop </tool_call>`` is common: what came before it is a whole call."""
    said = '<tool_call>{"name": "get_time", "arguments": {}}</tool_call> and more'
    message = chat(QWEN, said, tools=[TIME], options={"stop": ["</tool_call>"]}).result(20).message

    assert (["get_time"], "") == ([call.name for call in message.tool_calls], message.content)


def test_an_answer_that_is_cut_short_keeps_what_there_is(chat: Chat) -> None:
    said = ["<think>", "Hm. </th"]
    cut = chat(QWEN, *said, "ink>Yes.", options={"num_predict": 2}).result(20)
    assert ("length", "Hm. </th", "") == (cut.done_reason, cut.message.thinking, cut.message.content)

    run = chat(QWEN, *said, *["ink>"] * 3000)
    for event in run:
        if isinstance(event, Chunk):
            run.cancel()
            break
    done = run.result(20)
    assert done.message.thinking.startswith("Hm. ")
    assert done.message == Message("assistant", done.message.content, done.message.thinking)


def test_generate_thinks_and_calls_nothing(ollama: Ollama, chat: Chat) -> None:
    chat(QWEN, "<think>Hm.</think>Yes. <tool_call>").result(20)

    message = ollama.generate("mario", "Really?").result(20).message
    assert ("Hm.", "Yes. <tool_call>") == (message.thinking, message.content)
    raw = ollama.generate("mario", "Really?", raw=True).result(20).message
    assert "<think>Hm.</think>Yes. <tool_call>" == raw.content


ROUND = """{{ range .Messages }}[{{ .Role }}]{{ .Content }}{{ if .ToolCalls }}<tool_call>{{ range .ToolCalls }}{"name": "{{ .Function.Name }}", "arguments": {{ .Function.Arguments }}, "index": {{ .Function.Index }}}{{ end }}</tool_call>{{ end }}
{{ end }}{{ .Tools }}"""


def test_a_reply_goes_back_into_the_conversation_as_it_is(ollama: Ollama, chat: Chat) -> None:
    said = '<tool_call>{"name": "get_weather", "arguments": {"b": "x", "a": 1}}</tool_call>'
    first = chat(ROUND, said, tools=[WEATHER]).result(20).message
    result = Message("tool", "rainy", tool_name="get_weather", tool_call_id=first.tool_calls[0].id)

    prompt = ollama.chat("mario", [Message("user", "Weather?"), first, result], tools=[WEATHER]).result(20).prompt

    call = '[assistant]<tool_call>{"name": "get_weather", "arguments": {"a":1,"b":"x"}, "index": 0}</tool_call>'
    assert f"[user]Weather?\n{call}\n[tool]rainy\n" in prompt
