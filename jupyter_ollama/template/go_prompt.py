"""A conversation -> a prompt with a Go template, by Ollama's rules: which mode, what is merged, where the text is cut.

suffix mode     a prompt and a suffix: one run
messages mode   the template mentions .Messages: one run over all of them
legacy mode     else: one run per round of system, prompt and response, the last one cut after .Response
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ..errors import TemplateError
from ..messages import Message, Tool
from ..sentences import Sentence
from .go import GoTemplate, nodes, tree
from .go.trouble import Trouble
from .go_values import message_value, tools_value
from .limits import Budget

Think = bool | str | None


def parse_go(text: str) -> GoTemplate:
    """A Go template as Ollama reads it: a template that shows neither messages nor a response gets .Response at its end.

    Raises: TemplateError.
    """
    template = GoTemplate.parse(text)
    for body in (template.body, *template.defined.values()):
        for node in tree.walk(body):
            if isinstance(node, nodes.Call) and node.pipe is None:
                hint = Sentence('Give it a value: {{ template "%1" . }}.', node.name)
                raise Trouble("undefined template specified", node.at, hint).located(text)
    if template.identifiers & {"messages", "response"}:
        return template
    return template.appended("Response")


def render_go(
    template: GoTemplate,
    messages: Sequence[Message],
    tools: Sequence[Tool] = (),
    *,
    think: Think = None,
    suffix: str | None = None,
    cut: bool = True,
) -> str:
    """The prompt. ``cut=False`` leaves the last round of legacy mode whole: nothing shall be generated after it.

    Raises: TemplateError.
    """
    thinking = {"Think": bool(think), "ThinkLevel": _level(think), "IsThinkSet": think is not None}
    system, collated = collate(messages)
    prompt = next((one.content for one in reversed(collated) if one.role == "user"), "")
    if prompt and suffix:
        if "suffix" not in template.identifiers:
            raise cannot_insert()
        return template.render({"Prompt": prompt, "Suffix": suffix, "Response": ""} | thinking)
    if "messages" in template.identifiers:
        variables = {
            "System": system,
            "Messages": [message_value(one) for one in collated],
            "Tools": tools_value(tools),
            "Response": "",
        }
        return template.render(variables | thinking)
    return _legacy(template, collated, thinking, cut)


def collate(messages: Sequence[Message]) -> tuple[str, list[Message]]:
    """All system texts joined by a blank line, and the messages with neighbours of one role merged (tool ones never).

    Only texts are merged: what else later ones carry is dropped.
    """
    merged: list[Message] = []
    parts: list[list[str]] = []
    for message in messages:
        if merged and merged[-1].role == message.role != "tool":
            parts[-1].append(message.content)
        else:
            merged.append(message)
            parts.append([message.content])
    system = "\n\n".join(message.content for message in messages if message.role == "system")
    joined = [one if len(texts) == 1 else replace(one, content="\n\n".join(texts)) for one, texts in zip(merged, parts, strict=True)]
    return system, joined


def _level(think: Think) -> str:
    """``.ThinkLevel``: the level that was asked for; plain true counts as medium."""
    if isinstance(think, str):
        return think
    return "medium" if think else ""


def cannot_insert() -> TemplateError:
    """The error for a suffix that a template has no place for."""
    return TemplateError(
        "The template cannot insert text: it does not mention .Suffix.",
        hint="Use a model that supports insert, or leave the suffix out.",
        line=0,
        column=0,
    )


def _legacy(template: GoTemplate, messages: Sequence[Message], thinking: dict[str, Any], cut: bool) -> str:
    """Walk the messages; a round that cannot take the next one is printed whole, the last one is cut."""
    rounds: list[dict[str, str]] = []
    pending = {"System": "", "Prompt": "", "Response": ""}

    def flush() -> None:
        rounds.append(dict(pending))
        pending.update(System="", Prompt="", Response="")

    for message in messages:
        if message.role == "system":
            if pending["Prompt"] or pending["Response"]:
                flush()
            pending["System"] = message.content
        elif message.role == "user":
            if pending["Response"]:
                flush()
            pending["Prompt"] = message.content
        elif message.role == "assistant":
            pending["Response"] = message.content
    last = template.cut_after("Response") if cut else template
    budget = Budget()  # for all rounds together
    texts = [template.render(one | thinking, budget) for one in rounds]
    return "".join(texts) + last.render(pending | thinking, budget)
