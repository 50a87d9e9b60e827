"""The schema of an answer that has to call a tool."""

from __future__ import annotations

import json
from typing import Any

import pytest

from jupyter_ollama.errors import OptionError
from jupyter_ollama.messages import Tool
from jupyter_ollama.schema import as_call


def arms(*tools: Tool) -> list[dict[str, Any]]:
    """What a call of each tool has to be; references followed once."""
    made = json.loads(as_call(tools))
    names = made["$defs"]
    whole = names[made["$ref"].rpartition("/")[2]]
    return list(whole.get("anyOf", [whole]))


def test_a_call_has_the_name_of_a_tool_and_the_arguments_of_that_tool() -> None:
    city = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
    weather, time = arms(Tool("weather", "", city), Tool("time", "", {}))

    assert [weather["properties"]["name"], time["properties"]["name"]] == [{"enum": ["weather"]}, {"enum": ["time"]}]
    assert weather["required"] == ["name", "arguments"]
    assert weather["properties"]["arguments"]["properties"] == {"city": {"type": "string"}}
    assert time["properties"]["arguments"]["properties"] == {}


def test_references_of_parameters_are_followed_where_they_stand_now() -> None:
    parameters = {
        "type": "object", "properties": {"to": {"$ref": "#/$defs/Place"}}, "required": ["to"],
        "$defs": {"Place": {"type": "object", "properties": {"street": {"type": "string"}}, "required": ["street"]}},
    }  # fmt: skip
    made = as_call([Tool("other", "", {}), Tool("go", "", parameters)])

    assert '"street":{"type":"string"}' in made
    assert as_call([Tool("go", "", parameters)]) != as_call([Tool("go", "", {})])


@pytest.mark.parametrize("parameters", [{"not": {}}, {"type": "object", "properties": {"a": {"pattern": "(?=x)y"}}}])
def test_parameters_that_no_grammar_can_follow_may_be_anything(parameters: dict[str, Any]) -> None:
    [call] = arms(Tool("odd", "", parameters))

    assert call["properties"]["arguments"] == {"type": "object"}


def test_more_than_a_grammar_can_hold_leaves_the_arguments_free() -> None:
    wide = {"type": "object", "properties": {f"p{number}": {"type": "string"} for number in range(150)}}

    [call] = arms(*(Tool(f"t{number}", "", wide) for number in range(40)))

    assert call["properties"] == {"name": {"enum": [f"t{number}" for number in range(40)]}, "arguments": {"type": "object"}}


def test_without_tools_there_is_nothing_to_call() -> None:
    with pytest.raises(OptionError, match="no tool"):
        as_call([])
