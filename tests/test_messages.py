"""What people pass as a conversation and as tools."""

from __future__ import annotations

import pytest

from jupyter_ollama.messages import Message, Tool, ToolCall, as_messages, as_tools

SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}}
WEATHER = Tool("weather", "Tells the weather", SCHEMA)
API_TOOL = {"type": "function", "function": {"name": "weather", "description": "Tells the weather", "parameters": SCHEMA}}


def test_a_text_a_mapping_and_a_message_are_one_turn_each():
    hi = Message("user", "hi")
    for given in ("hi", {"content": "hi"}, {"role": "user", "content": "hi"}, hi, ["hi"], (one for one in ["hi"])):
        assert as_messages(given) == (hi,)


def test_roles_are_lower_cased():
    assert as_messages([{"role": "USER", "content": "a"}]) == (Message("user", "a"),)
    with pytest.raises(ValueError, match="robot"):
        as_messages([{"role": "robot"}])


@pytest.mark.parametrize(
    "call",
    [
        ToolCall("f", {"x": 1}, "id1", 2),
        {"id": "id1", "function": {"index": 2, "name": "f", "arguments": {"x": 1}}},
        {"id": "id1", "index": 2, "type": "function", "function": {"name": "f", "arguments": '{"x": 1}'}},
        {"id": "id1", "index": 2, "name": "f", "arguments": {"x": 1}},
    ],
)
def test_calls_as_ollama_and_openai_write_them(call):
    (message,) = as_messages({"role": "assistant", "content": None, "tool_calls": [call]})
    assert message == Message("assistant", tool_calls=(ToolCall("f", {"x": 1}, "id1", 2),))


def test_a_call_may_have_no_arguments():
    for arguments in ({}, None, "", "{}"):
        (message,) = as_messages({"role": "assistant", "tool_calls": [{"function": {"name": "f", "arguments": arguments}}]})
        assert message.tool_calls == (ToolCall("f"),)


@pytest.mark.parametrize(
    ("message", "says"),
    [
        (3, "not int"),
        ({"content": ["a"]}, "the content of a message is a text, not list"),
        ({"role": "assistant", "tool_calls": [{"function": {"arguments": {}}}]}, "needs the name"),
        ({"role": "assistant", "tool_calls": [{"function": {"name": "f", "arguments": "{x"}}]}, "no JSON"),
        ({"role": "assistant", "tool_calls": [{"function": {"name": "f", "arguments": "[1]"}}]}, "are a mapping"),
        ({"role": "assistant", "tool_calls": ["f"]}, "a tool call is a mapping"),
    ],
)
def test_what_is_no_message_is_told_in_one_sentence(message, says):
    with pytest.raises((TypeError, ValueError), match=says):
        as_messages([message])


@pytest.mark.parametrize("given", [WEATHER, API_TOOL, API_TOOL["function"], [WEATHER], [API_TOOL], (one for one in [API_TOOL])])
def test_tools_are_values_or_what_the_apis_take(given):
    assert as_tools(given) == (WEATHER,)


def test_python_functions_are_tools():
    def weather(city: str) -> str:
        """Tells the weather"""
        return city

    (tool,) = as_tools(weather)
    assert (tool.name, tool.description) == ("weather", "Tells the weather")
    assert tool.parameters == {**SCHEMA, "required": ["city"]}
    assert tool.function is weather
    assert as_tools([weather, API_TOOL["function"] | {"name": "other"}]) == (tool, Tool("other", "Tells the weather", SCHEMA))


def test_two_tools_of_one_name_are_a_mistake():
    with pytest.raises(ValueError, match="two tools have the name weather"):
        as_tools([WEATHER, API_TOOL])


def test_no_tools():
    assert as_tools(None) == as_tools([]) == ()
    assert as_tools({"function": {"name": "f"}}) == (Tool("f"),)


@pytest.mark.parametrize(
    ("tool", "says"),
    [
        (3, "a tool is a mapping with a function, not int"),
        ({"type": "function"}, "needs the name"),
        ({"function": {"name": ""}}, "needs the name"),
        ({"function": {"name": "f", "parameters": ["x"]}}, "JSON Schema object, not list"),
        (lambda x: x, "needs a name"),
        (int, "does not tell its parameters"),
    ],
)
def test_what_is_no_tool_is_told_in_one_sentence(tool, says):
    with pytest.raises((TypeError, ValueError), match=says):
        as_tools([tool])
