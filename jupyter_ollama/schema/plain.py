"""A JSON Schema -> the same in few words, which llama_cpp.llama_grammar turns into a grammar without surprises.

    {"$ref": "#/$defs/a0", "$defs": {"a0": schema, "a1": schema, ...}}

    schema    {"$ref": ...}, {"anyOf": [schemas]}, {"enum": [values]}, {"type": "value"} for anything, or one of the types:
    object    properties (schemas), required, additionalProperties: False or a schema; or nothing of all this: any object
    array     items (a schema), minItems, maxItems; or prefixItems (schemas); or nothing: any array
    string    pattern; or format; or minLength, maxLength; or nothing
    integer   minimum, maximum; or nothing
    number    minimum 0; or nothing
    boolean, null

What grammars cannot follow is left out where it only narrows numbers and counts (README, differences) and refused where it changes what
an answer looks like.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ..sentences import Sentence
from .merging import merged, without_notes
from .references import followed, target
from .scalars import Schema, bounds, listed, number, text
from .trouble import SchemaTrouble

MAX_DEPTH = 60
MAX_NODES = 5000
MAX_PROPERTIES = 200
MAX_ITEMS = 500
TYPES = ("object", "array", "string", "integer", "number", "boolean", "null")

_REFUSED = (
    "not", "if", "then", "else", "patternProperties", "dependentSchemas", "dependencies", "dependentRequired", "propertyNames", "contains",
    "$dynamicRef", "$recursiveRef",
)  # fmt: skip
_OBJECT = ("properties", "required", "additionalProperties")
_ARRAY = ("items", "prefixItems", "minItems", "maxItems")
_STRING = ("pattern", "minLength", "maxLength", "format")
_NUMBER = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
_BELONGS = {"object": _OBJECT, "array": _ARRAY, "string": _STRING, "integer": _NUMBER, "number": _NUMBER}


def plain(schema: Any) -> Schema:
    """The plain form of a schema. Raises: SchemaTrouble."""
    return _Plain(schema).whole()


class _Plain:
    """One schema on its way. Whatever a reference points at is made plain once and given a name."""

    def __init__(self, root: Any) -> None:
        self._root = root
        self._prefix = _unused(json.dumps(root, ensure_ascii=False))
        self._names: dict[str, str] = {}
        self._waiting: list[str] = []
        self._nodes = 0
        self._by_type: dict[str, Callable[[Schema, int], Schema]] = {"object": self._object, "array": self._array}

    def whole(self) -> Schema:
        first = self._named("#")
        definitions = {}
        while self._waiting:
            reference = self._waiting.pop()
            try:
                definitions[self._names[reference]] = self._schema(target(self._root, reference), 0)
            except SchemaTrouble as trouble:
                raise trouble.within(*reference.split("/")[1:]) from None
        return {**first, "$defs": definitions}

    def _named(self, reference: str) -> Schema:
        if reference not in self._names:
            self._names[reference] = f"{self._prefix}{len(self._names)}"
            self._waiting.append(reference)
        return {"$ref": f"#/$defs/{self._names[reference]}"}

    def _schema(self, schema: Any, depth: int) -> Schema:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise SchemaTrouble(Sentence("it has more than %1 parts", f"{MAX_NODES:,}"), "Ask for less at once.")
        if depth > MAX_DEPTH:
            raise SchemaTrouble(Sentence("it is nested deeper than %1 levels", MAX_DEPTH), "Use $ref and $defs, or ask for less at once.")
        if schema is True:
            return {"type": "value"}
        if not isinstance(schema, dict):
            raise SchemaTrouble("nothing can follow false" if schema is False else Sentence("%1 is no schema", f"{schema!r:.60}"))
        schema = without_notes(schema)
        for key in _REFUSED:
            if key in schema:
                raise SchemaTrouble(Sentence("grammars do not know %1", repr(key)))
        return self._joined(schema, depth) or self._single(schema, depth)

    def _joined(self, schema: Schema, depth: int) -> Schema | None:
        """What is made of several schemas: references, allOf, anyOf, oneOf, a list of types."""
        if "$ref" in schema:
            rest = {key: value for key, value in schema.items() if key != "$ref"}
            target(self._root, schema["$ref"])
            if not rest:
                return self._named(schema["$ref"])
            return self._schema({"allOf": [{"$ref": schema["$ref"]}, rest]}, depth + 1)
        if "allOf" in schema:
            return self._all_of(schema, depth)
        for key in ("anyOf", "oneOf"):
            if key in schema:
                rest = {name: value for name, value in schema.items() if name != key}
                return self._any_of(_list(schema, key), rest, key, depth)
        if isinstance(schema.get("type"), list):
            arms = [{**schema, "type": one} for one in schema["type"]]
            return self._any_of([_only_own(arm) for arm in arms], {}, "type", depth)
        return None

    def _all_of(self, schema: Schema, depth: int) -> Schema:
        parts = _list(schema, "allOf")
        rest = {key: value for key, value in schema.items() if key != "allOf"}
        if len(parts) == 1 and not rest:
            return self._inside(parts[0], depth, "allOf", 0)
        whole: list[Any] = [rest]
        for part in parts:
            found = followed(self._root, without_notes(part) if isinstance(part, dict) else part)
            whole.append(without_notes(found) if isinstance(found, dict) else found)
        return self._schema(merged(whole), depth + 1)

    def _any_of(self, arms: list[Any], rest: Schema, key: str, depth: int) -> Schema:
        made: dict[str, Schema] = {}
        for place, arm in enumerate(arms):
            one = self._inside({"allOf": [rest, arm]} if rest else arm, depth, key, place)
            for single in one.get("anyOf", [one]):
                made.setdefault(json.dumps(single, ensure_ascii=False), single)
        return next(iter(made.values())) if len(made) == 1 else {"anyOf": list(made.values())}

    def _inside(self, schema: Any, depth: int, *keys: str | int) -> Schema:
        try:
            return self._schema(schema, depth + 1)
        except SchemaTrouble as trouble:
            raise trouble.within(*keys) from None

    def _single(self, schema: Schema, depth: int) -> Schema:
        """What is one value, one of a list, or of one type."""
        if "const" in schema:
            return {"enum": [schema["const"]]}
        if "enum" in schema:
            return listed(schema["enum"])
        kind = schema.get("type", next((one for one, keys in _BELONGS.items() if any(key in schema for key in keys)), "value"))
        if not isinstance(kind, str) or kind not in (*TYPES, "value"):
            raise SchemaTrouble(Sentence("there is no type %1", f"{kind!r:.60}"), Sentence("Types are %1.", ", ".join(TYPES)))
        if kind in self._by_type:
            return self._by_type[kind](schema, depth)
        if kind == "string":
            return text(schema)
        if kind in ("integer", "number"):
            return number(schema, kind)
        return {"type": kind}

    def _object(self, schema: Schema, depth: int) -> Schema:
        properties, required, others = schema.get("properties", {}), schema.get("required", []), schema.get("additionalProperties")
        if not isinstance(properties, dict) or not isinstance(required, list) or not all(isinstance(one, str) for one in required):
            raise SchemaTrouble("properties are a mapping, required is a list of names")
        properties = {**properties, **{name: True for name in required if name not in properties}}
        if len(properties) > MAX_PROPERTIES:
            raise SchemaTrouble(
                Sentence("an object has %1 properties", f"{len(properties):,}"), Sentence("At most %1 are accepted.", MAX_PROPERTIES)
            )
        if "*" in properties:
            raise SchemaTrouble("a property cannot be called *")
        if not properties and "properties" not in schema and others in (None, True, {}):
            return {"type": "object"}
        made = {name: self._inside(one, depth, "properties", name) for name, one in properties.items()}
        open_to = self._inside(others, depth, "additionalProperties") if others not in (None, False) else False
        return {"type": "object", "properties": made, "required": required, "additionalProperties": open_to}

    def _array(self, schema: Schema, depth: int) -> Schema:
        items, first = schema.get("items"), schema.get("prefixItems")
        if isinstance(items, list):
            first = items
        if first is not None:
            if not isinstance(first, list) or len(first) > MAX_ITEMS:
                raise SchemaTrouble(Sentence("prefixItems is a list of at most %1 schemas", MAX_ITEMS))
            return {"type": "array", "prefixItems": [self._inside(one, depth, "prefixItems", place) for place, one in enumerate(first)]}
        least, most = bounds(schema, "minItems", "maxItems", MAX_ITEMS)
        if most == 0:
            return {"type": "array", "prefixItems": []}
        if items in (None, True, {}) and least == 0 and most is None:
            return {"type": "array"}
        made: Schema = {"type": "array", "items": self._inside(True if items is None else items, depth, "items"), "minItems": least}
        return made if most is None else {**made, "maxItems": most}


def _list(schema: Schema, key: str) -> list[Any]:
    arms = schema[key]
    if not isinstance(arms, list) or not arms:
        raise SchemaTrouble(Sentence("%1 needs a list of schemas", key))
    return arms


def _only_own(schema: Schema) -> Schema:
    """Without the keywords of other types: ``minLength`` says nothing about null."""
    own = _BELONGS.get(schema["type"], ()) if isinstance(schema["type"], str) else ()
    foreign = {key for keys in _BELONGS.values() for key in keys} - set(own)
    return {key: value for key, value in schema.items() if key not in foreign}


def _unused(text: str) -> str:
    """The beginning of names that nothing in the schema has. Grammars name their rules after properties, too."""
    prefix = "def"
    while prefix in text:
        prefix += "f"
    return prefix
