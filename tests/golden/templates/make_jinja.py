"""Fills jinja.txt with what plain Jinja, set up as Hugging Face's transformers 5 does it, makes of each conversation.

    python tests/golden/templates/make_jinja.py

A case is a name, a template, and an answer for each conversation of conversations.json:

    === name
    template
    --- text: conversation
    what it prints
    --- refusal: conversation: what raise_exception was called with

The last newline before a line of signs belongs to the format.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import nodes
from jinja2.exceptions import TemplateError
from jinja2.ext import Extension, loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment

FOLDER = Path(__file__).parent
TOKENS = {"bos_token": "<s>", "eos_token": "</s>"}
HEAD = re.compile(r"^=== (.*)\n", re.MULTILINE)
SECTION = re.compile(r"^--- (text|refusal): ([^:\n]*)(?:: (.*))?\n", re.MULTILINE)


@dataclass(frozen=True)
class Answer:
    """``text`` is None where the template refuses; then ``refusal`` is its reason."""

    conversation: str
    text: str | None
    refusal: str = ""


@dataclass(frozen=True)
class Case:
    name: str
    template: str
    answers: tuple[Answer, ...] = ()


def conversations() -> dict[str, dict[str, Any]]:
    return json.loads((FOLDER / "conversations.json").read_text())


def read(path: Path) -> tuple[str, list[Case]]:
    """The comment at the top, and the cases."""
    top, *parts = HEAD.split(path.read_text())
    return top, [_case(name, body) for name, body in zip(parts[::2], parts[1::2], strict=True)]


def _case(name: str, body: str) -> Case:
    template, *found = SECTION.split(body)
    answers = tuple(
        Answer(conversation, text.removesuffix("\n") if kind == "text" else None, refusal or "")
        for kind, conversation, refusal, text in zip(found[::4], found[1::4], found[2::4], found[3::4], strict=True)
    )
    return Case(name, template.removesuffix("\n"), answers)


def written(top: str, cases: list[Case]) -> str:
    return top + "".join(f"=== {case.name}\n{case.template}\n" + "".join(map(_written, case.answers)) for case in cases)


def _written(answer: Answer) -> str:
    if answer.text is None:
        return f"--- refusal: {answer.conversation}: {answer.refusal}\n"
    return f"--- text: {answer.conversation}\n{answer.text}\n"


class Generation(Extension):
    """The tag that marks what an assistant said; here only its body matters."""

    tags = {"generation"}  # noqa: RUF012  (Jinja declares it so)

    def parse(self, parser: Any) -> nodes.Node:
        line = next(parser.stream).lineno
        body = parser.parse_statements(("name:endgeneration",), drop_needle=True)
        return nodes.Scope(body, lineno=line)


def environment() -> ImmutableSandboxedEnvironment:
    made = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[Generation, loopcontrols])
    made.filters["tojson"] = to_json
    made.globals["raise_exception"] = raise_exception
    return made


def to_json(value: Any, ensure_ascii: bool = False, indent: int | None = None, separators: Any = None, sort_keys: bool = False) -> str:
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


def raise_exception(message: str) -> None:
    raise TemplateError(message)


def answer(template: str, name: str, conversation: dict[str, Any]) -> Answer:
    variables = {"tools": None, "documents": None, "add_generation_prompt": True, **TOKENS, **conversation}
    try:
        return Answer(name, environment().from_string(template).render(variables))
    except TemplateError as error:
        return Answer(name, None, str(error))


def main() -> None:
    path = FOLDER / "jinja.txt"
    top, cases = read(path)
    known = conversations()
    filled = [Case(case.name, case.template, tuple(answer(case.template, *one) for one in known.items())) for case in cases]
    path.write_text(written(top, filled))
    print(f"{len(filled)} templates, {len(known)} conversations")


if __name__ == "__main__":
    main()
