"""Grammars in GBNF, llama.cpp's language for them: made from a format by llama_cpp.llama_grammar, and as samplers."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any

from ....errors import OptionError
from ....schema import CHARACTER, JSON, SchemaTrouble, check, rule_of, whole_numbers
from ....sentences import Sentence
from ..llama import lib, submodule
from ..vocabulary import Vocabulary

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_ESCAPED = re.compile(r'[\\"\n\r\t]')
_CHARACTER = CHARACTER + r' | "\\/" | "\\u" ([0-9abcefABCEF] [0-9a-fA-F]{3} | [dD] [0-7] [0-9a-fA-F]{2})'


@lru_cache(maxsize=32)
def gbnf_of(wanted: str) -> str:
    """The grammar of a format as ``schema.as_format`` returns it; nothing for free text. Raises: OptionError."""
    if not wanted:
        return ""
    module = submodule("llama_grammar")
    if wanted == JSON:
        return str(module.JSON_GBNF)
    converter = _converter(module)
    try:
        whole = json.loads(wanted)
        check(whole)
        converter._refs = {f"#/$defs/{name}": schema for name, schema in whole["$defs"].items()}
        converter.visit({"$ref": whole["$ref"]}, "")
    except SchemaTrouble as trouble:
        raise trouble.as_error() from None
    except (AssertionError, AttributeError, IndexError, KeyError, RecursionError, TypeError, ValueError) as error:
        reason = Sentence("The schema given as format cannot be made a grammar: %1.", error or type(error).__name__)
        raise OptionError(reason, hint="Use a simpler one.", option="format") from error
    return str(converter.format_grammar())


def _converter(module: Any) -> Any:
    class Converter(module.SchemaConverter):  # type: ignore[misc]  # known when it is imported
        """The converter, where what it makes is no JSON or no grammar: quotes, backslashes and characters beyond the BMP in names and
        values, control characters within strings, patterns, long counts, ranges."""

        def _format_literal(self, literal: str) -> str:
            text = json.dumps(json.loads(literal), ensure_ascii=False)
            return '"' + _ESCAPED.sub(lambda found: _ESCAPES[found[0]], text) + '"'

        def _visit_pattern(self, pattern: str, name: str) -> Any:
            return self._add_rule(name, rf'"\"" {rule_of(pattern)} "\"" space')

        def _add_primitive(self, name: str, rule: Any) -> Any:
            return super()._add_primitive(name, module.BuiltinRule(_CHARACTER, []) if name == "char" else rule)

        def visit(self, schema: Any, name: str) -> Any:
            if schema.get("type") == "integer" and not schema.keys().isdisjoint(("minimum", "maximum")):
                return self._add_rule(name, f"{whole_numbers(schema.get('minimum'), schema.get('maximum'))} space")
            if schema.get("type") == "number" and "minimum" in schema:
                self._add_primitive("number", module.PRIMITIVE_RULES["number"])
                return self._add_rule(name, 'integral-part ("." decimal-part)? ([eE] [-+]? integral-part)? space')
            if "minLength" not in schema:
                return super().visit(schema, name)
            character = self._add_primitive("char", module.PRIMITIVE_RULES["char"])
            count = f"{{{schema['minLength']},{schema.get('maxLength', '')}}}"
            return self._add_rule(name, rf'"\"" {character}{count} "\"" space')

    return Converter(prop_order={}, allow_fetch=False, dotall=False, raw_pattern=False)


def grammar_sampler(vocabulary: Vocabulary, gbnf: str) -> Any:
    """llama.cpp's sampler for a grammar. Raises: OptionError if it is none."""
    sampler = lib.llama_sampler_init_grammar(vocabulary.handle, gbnf.encode(), b"root")
    if not sampler:
        raise OptionError(
            "llama.cpp does not accept the grammar that the schema given as format needs.", hint="Use smaller counts or a simpler pattern.",
            option="format",
        )  # fmt: skip
    return sampler
