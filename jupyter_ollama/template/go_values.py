"""Messages and tools as Ollama's Go templates see them: Go names, fixed fields, JSON where one is printed.

Maps print with sorted keys, structs in the order of their fields; that is the text models were trained on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..messages import Message, Tool, ToolCall
from .go import JSONList, JSONMap, Record, Words

_PROPERTY_ORDER = ("anyOf", "type", "items", "description", "enum", "properties", "required")
_PARAMETER_ORDER = ("type", "$defs", "items", "required", "properties")


def message_value(message: Message) -> Record:
    """A message with the fields .Role .Content .Thinking .Images .ToolCalls .ToolName .ToolCallID."""
    fields = {
        "Role": message.role,
        "Content": message.content,
        "Thinking": message.thinking,
        "Images": list(message.images),
        "ToolCalls": JSONList(map(_tool_call_value, message.tool_calls)),
        "ToolName": message.tool_name,
        "ToolCallID": message.tool_call_id,
    }
    names = ("role", "content", "thinking", "images", "tool_calls", "tool_name", "tool_call_id")
    filled = {name: value for name, value in zip(names, fields.values(), strict=True) if value or name in names[:2]}
    return Record("message", fields, filled)


def tools_value(tools: Iterable[Tool]) -> JSONList:
    """The list that .Tools is: empty and false without tools."""
    return JSONList(map(_tool_value, tools))


def _tool_call_value(call: ToolCall) -> Record:
    arguments = JSONMap(call.arguments or {})
    function = Record(
        "function of a tool call",
        {"Index": call.index, "Name": call.name, "Arguments": arguments},
        {"name": call.name, "arguments": arguments},
    )
    written = {"id": call.id, "function": function} if call.id else {"function": function}
    return Record("tool call", {"ID": call.id, "Function": function}, written)


def _tool_value(tool: Tool) -> Record:
    parameters = _parameters_value(tool.parameters or {})
    function = Record(
        "function of a tool",
        {"Name": tool.name, "Description": tool.description, "Parameters": parameters},
        {"name": tool.name, "description": tool.description, "parameters": parameters},
    )
    return Record("tool", {"Type": tool.type, "Function": function}, {"type": tool.type, "function": function})


def _parameters_value(schema: Mapping[str, Any]) -> Record:
    properties = _properties_value(schema.get("properties"))
    fields = {
        "Type": schema.get("type") or "",
        "Defs": schema.get("$defs"),
        "Items": schema.get("items"),
        "Required": list(schema.get("required") or ()),
        "Properties": properties,
    }
    written = {**schema, "type": fields["Type"], "properties": properties}
    return Record("parameters of a tool", fields, _in_order(written, _PARAMETER_ORDER))


def _properties_value(properties: Any) -> JSONMap:
    if not isinstance(properties, Mapping):
        return JSONMap()
    return JSONMap((name, _property_value(one)) for name, one in properties.items())


def _property_value(schema: Any) -> Any:
    if not isinstance(schema, Mapping):
        return schema
    kinds = schema.get("type")
    fields = {
        "AnyOf": [_property_value(one) for one in schema.get("anyOf") or ()],
        "Type": Words([kinds] if isinstance(kinds, str) else kinds or ()),
        "Items": schema.get("items"),
        "Description": schema.get("description") or "",
        "Enum": list(schema.get("enum") or ()),
        "Properties": _properties_value(schema.get("properties")),
        "Required": list(schema.get("required") or ()),
    }
    nested = {"properties": fields["Properties"]} if schema.get("properties") else {}
    return Record("property of a tool", fields, _in_order({**schema, **nested}, _PROPERTY_ORDER))


def _in_order(schema: Mapping[str, Any], order: tuple[str, ...]) -> dict[str, Any]:
    """The same mapping with the known keys first; Ollama drops the others, which would lose what the user wrote."""
    known = {name: schema[name] for name in order if name in schema}
    return known | {name: schema[name] for name in sorted(schema) if name not in known}
