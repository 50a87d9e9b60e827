"""Tools and tool calls in Go templates: their fields, and the JSON they print as."""

from __future__ import annotations

import importlib.util
import json
import sys
from base64 import b64decode
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from jupyter_ollama.errors import TemplateError
from jupyter_ollama.messages import Message, Tool, ToolCall
from jupyter_ollama.template.go import GoTemplate
from jupyter_ollama.template.go_values import message_value, tools_value

GOLDEN = Path(__file__).parents[1] / "golden" / "templates"


def _load(name: str) -> ModuleType:
    """The script that makes a golden file also reads it."""
    spec = importlib.util.spec_from_file_location(name, GOLDEN / f"{name}.py")
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


language, golden = _load("make_language"), _load("make_values")


def _message(written: dict[str, Any]) -> Message:
    calls = [ToolCall(**one["function"], id=one.get("id", "")) for one in written.get("tool_calls", ())]
    images = tuple(map(b64decode, written.get("images", ())))
    rest = {name: written.get(name, "") for name in ("thinking", "tool_name", "tool_call_id")}
    return Message(written["role"], written["content"], images=images, tool_calls=tuple(calls), **rest)


@pytest.mark.parametrize("case", language.read(GOLDEN / "values.txt")[1], ids=lambda case: case.name)
def test_prints_what_go_prints_of_values_with_these_types(case):
    written = golden.conversation()
    data = {
        "Messages": [message_value(_message(one)) for one in written["messages"]],
        "Tools": tools_value([Tool(**one["function"]) for one in written["tools"]]),
        "None": tools_value([]),
    }
    if case.text is None:
        with pytest.raises(TemplateError, match="can't evaluate field"):
            GoTemplate.parse(case.template).render(data)
    else:
        assert GoTemplate.parse(case.template).render(data) == case.text


WEATHER = Tool(
    "weather",
    "Tells the weather <now>",
    {
        "required": ["city"],
        "type": "object",
        "properties": {
            "city": {"description": "Where", "type": "string"},
            "days": {"type": ["integer", "null"], "minimum": 1, "description": "How many"},
            "also": {"items": {"type": "string"}, "type": "array"},
        },
        "additionalProperties": False,
    },
)


def show(action: str, tool: Tool = WEATHER) -> str:
    return GoTemplate.parse(action).render({"Tools": tools_value([tool]), "Nothing": tools_value([])})


def test_tools_print_as_compact_json_with_maps_in_order_of_their_keys():
    assert show("{{ .Tools }}") == (
        '[{"type":"function","function":{"name":"weather","description":"Tells the weather \\u003cnow\\u003e",'
        '"parameters":{"type":"object","required":["city"],"properties":{'
        '"also":{"type":"array","items":{"type":"string"}},'
        '"city":{"type":"string","description":"Where"},'
        '"days":{"type":["integer","null"],"description":"How many","minimum":1}},'
        '"additionalProperties":false}}}]'
    )


@pytest.mark.parametrize(
    ("action", "keys"),
    [
        ("{{ range .Tools }}{{ . }}{{ end }}", ["type", "function"]),
        ("{{ range .Tools }}{{ .Function }}{{ end }}", ["name", "description", "parameters"]),
        ("{{ range .Tools }}{{ .Function.Parameters }}{{ end }}", ["type", "required", "properties", "additionalProperties"]),
        ("{{ range .Tools }}{{ .Function.Parameters.Properties }}{{ end }}", ["also", "city", "days"]),
        ("{{ range .Tools }}{{ json . }}{{ end }}", ["type", "function"]),
        ('{{ range .Tools }}{{ printf "%s" .Function }}{{ end }}', ["name", "description", "parameters"]),
        ('{{ range .Tools }}{{ printf "%v" . }}{{ end }}', ["type", "function"]),
        ("{{ range .Tools }}{{ print .Function }}{{ end }}", ["name", "description", "parameters"]),
    ],
)
def test_every_part_of_a_tool_prints_as_json(action, keys):
    assert list(json.loads(show(action))) == keys


def test_a_list_cut_from_the_tools_prints_as_json_too():
    assert show("{{ slice .Tools 0 1 }}") == show("{{ .Tools }}")


def test_no_tools_print_as_an_empty_list():
    assert show("{{ .Nothing }}") == "[]"


def test_fields_of_a_tool():
    action = (
        "{{ range .Tools }}{{ .Type }} {{ .Function.Name }} {{ .Function.Description }} {{ .Function.Parameters.Type }} "
        "{{ .Function.Parameters.Required }}{{ range $name, $one := .Function.Parameters.Properties }}\n"
        "{{ $name }}: {{ $one.Type }}, {{ $one.Description }}, {{ toTypeScriptType $one }}{{ end }}{{ end }}"
    )
    assert show(action).splitlines() == [
        "function weather Tells the weather <now> object [city]",
        "also: array, , string[]",
        "city: string, Where, string",
        "days: [integer null], How many, number | null",
    ]


@pytest.mark.parametrize("path", [".Name", ".Function.Text", ".Function.Parameters.properties"])
def test_a_field_that_tools_do_not_have_is_an_error(path):
    with pytest.raises(TemplateError, match="can't evaluate field"):
        show(f"{{{{ range .Tools }}}}{{{{ {path} }}}}{{{{ end }}}}")


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "string"}, "string"),
        ({"type": "integer"}, "number"),
        ({"type": "number"}, "number"),
        ({"type": "boolean"}, "boolean"),
        ({"type": "object"}, "Record<string, any>"),
        ({"type": "null"}, "null"),
        ({"type": "array"}, "any[]"),
        ({"type": "array", "items": {"type": "string"}}, "string[]"),
        ({"type": "array", "items": {"type": ["string", "null"]}}, "(string | null)[]"),
        ({"type": ["string", "number"]}, "string | number"),
        ({"anyOf": [{"type": "string"}, {"type": "boolean"}]}, "string | boolean"),
        ({"type": "weird"}, "any"),
        ({}, "any"),
        ({"enum": [1, 2]}, "any"),
    ],
)
def test_typescript_types(schema, expected):
    tool = Tool("f", "", {"type": "object", "properties": {"x": schema}})
    action = "{{ range .Tools }}{{ range .Function.Parameters.Properties }}{{ toTypeScriptType . }}{{ end }}{{ end }}"
    assert show(action, tool) == expected


def test_a_tool_without_parameters():
    assert show("{{ .Tools }}", Tool("f")) == (
        '[{"type":"function","function":{"name":"f","description":"","parameters":{"type":"","properties":{}}}}]'
    )


def call(action: str, **call: object) -> str:
    message = Message("assistant", "", tool_calls=(ToolCall(**call),))
    return GoTemplate.parse("{{ range .M.ToolCalls }}" + action + "{{ end }}").render({"M": message_value(message)})


def test_arguments_print_with_sorted_keys():
    assert call("{{ .Function.Arguments }}", name="f", arguments={"b": 1, "a": [1.0, "<é>"]}) == '{"a":[1,"\\u003cé\\u003e"],"b":1}'


def test_no_arguments_print_as_an_empty_object():
    assert call("{{ .Function.Arguments }}", name="f") == "{}"
    assert call("{{ .Function.Arguments }}", name="f", arguments=None) == "{}"


def test_arguments_can_be_ranged_over_and_looked_up():
    action = "{{ range $k, $v := .Function.Arguments }}{{ $k }}={{ $v }},{{ end }}{{ .Function.Arguments.b }}"
    assert call(action, name="f", arguments={"b": True, "a": "x"}) == "a=x,b=true,true"


def test_a_call_prints_as_json():
    assert json.loads(call("{{ .Function }}", name="f", arguments={"a": 1})) == {"name": "f", "arguments": {"a": 1}}


def test_messages_as_json_hold_what_is_there():
    message = message_value(Message("user", "Hi", images=(b"\x00\x01",)))
    assert GoTemplate.parse("{{ json .M }}").render({"M": message}) == '{"role":"user","content":"Hi","images":["AAE="]}'
