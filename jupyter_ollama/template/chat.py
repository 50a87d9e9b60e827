"""Which template a model uses, and the prompt it makes of a conversation: the door that the verbs go through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from ..messages import Message, Tool
from .go import GoTemplate
from .go_prompt import cannot_insert, parse_go, render_go
from .jinja import JinjaTemplate
from .jinja_prompt import render_jinja
from .tags import go_thinking_tags, go_tool_marker, jinja_thinking_tags
from .traits import go_round_trip, go_traits, jinja_round_trip, jinja_traits

DEFAULT_TEXT = "{{ .Prompt }}"
"""What a model without any template uses."""

_GPT_OSS = ("gptoss", "gpt-oss")
_ORDER = ("tools", "insert", "thinking")

_go = lru_cache(maxsize=32)(parse_go)
_jinja = lru_cache(maxsize=32)(JinjaTemplate)


@dataclass(frozen=True, slots=True)
class ChatTemplate:
    """The template that is in use for a model.

    Args:
        kind: ``go`` or ``jinja``.
        text: as it is stored; what ``show`` prints.
        family: the model's family; gptoss can think whatever its template says.
    """

    kind: str
    text: str
    family: str = ""

    def render(
        self,
        messages: Sequence[Message],
        *,
        tools: Sequence[Tool] = (),
        think: bool | str | None = None,
        suffix: str | None = None,
        add_generation_prompt: bool = True,
        bos_token: str = "",
        eos_token: str = "",
    ) -> str:
        """The prompt for a conversation. If its last message is the assistant's, the answer goes on where that ends.

        Args:
            think: None leaves the template its default; a level is a text such as ``high``.
            suffix: what comes after the text to be inserted; the last user message is what comes before.
            add_generation_prompt: False for a conversation to which nothing shall be generated; a Go template that
                loops over the messages itself does not know the difference.

        Raises: TemplateError.
        """
        if self.kind == "go":
            return render_go(_go(self.text), messages, tools, think=think, suffix=suffix, cut=add_generation_prompt)
        if suffix:
            raise cannot_insert()
        return render_jinja(
            _jinja(self.text), messages, tools, think=think, add_generation_prompt=add_generation_prompt,
            bos_token=bos_token, eos_token=eos_token,
        )  # fmt: skip

    @property
    def capabilities(self) -> tuple[str, ...]:
        """Of tools, insert and thinking, what this template offers, in the order in which Ollama lists them."""
        found = set(_traits(self.kind, self.text))
        if self.family in _GPT_OSS:
            found.add("thinking")
        return tuple(one for one in _ORDER if one in found)

    @property
    def is_harmony(self) -> bool:
        """Whether it writes the format of gpt-oss."""
        return is_harmony(self.text, self.family)

    @property
    def thinking_tags(self) -> tuple[str, str] | None:
        """The texts around a thought, as in <think> and </think>; None if the template shows none."""
        return _thinking_tags(self.kind, self.text)

    @property
    def tool_marker(self) -> str | None:
        """What stands before a tool call, ``{`` for bare JSON; None for a Jinja template, whose text does not tell."""
        return _tool_marker(self.text) if self.kind == "go" else None


@lru_cache(maxsize=32)
def _traits(kind: str, text: str) -> frozenset[str]:
    return go_traits(_go(text)) if kind == "go" else jinja_traits(text)


@lru_cache(maxsize=32)
def _thinking_tags(kind: str, text: str) -> tuple[str, str] | None:
    return go_thinking_tags(_go(text)) if kind == "go" else jinja_thinking_tags(text)


@lru_cache(maxsize=32)
def _tool_marker(text: str) -> str | None:
    return go_tool_marker(_go(text))


@lru_cache(maxsize=32)
def choose(
    go_text: str | None,
    jinja_text: str | None,
    *,
    renderer: str | None = None,
    parser: str | None = None,
    family: str | None = None,
    prefer_go: bool | None = None,
) -> ChatTemplate:
    """The template to use, given a model's TEMPLATE layer and the one inside its GGUF.

    A model that names a renderer or parser expects code that only Ollama has; the GGUF's own template comes closest.

    Args:
        family: gptoss always keeps a TEMPLATE in the harmony format.
        prefer_go: decides when there are both; None leaves it to what they can do.

    Raises: TemplateError if the chosen one does not parse.
    """
    if _takes_go(go_text, jinja_text, bool(renderer or parser), family or "", prefer_go):
        text = go_text or DEFAULT_TEXT
        _go(text)
        return ChatTemplate("go", text, family or "")
    assert jinja_text
    _jinja(jinja_text)
    return ChatTemplate("jinja", jinja_text, family or "")


def validate(text: str) -> None:
    """Check a TEMPLATE before it is stored. Raises: TemplateError with line and column."""
    _go(text)


def is_harmony(text: str, family: str) -> bool:
    """Whether a template is in the format of gpt-oss."""
    return family in _GPT_OSS and "<|start|>" in text and "<|end|>" in text


def _takes_go(go_text: str | None, jinja_text: str | None, built_in: bool, family: str, prefer_go: bool | None) -> bool:
    if not go_text or not jinja_text:
        return not jinja_text
    if is_harmony(go_text, family):
        return True
    if prefer_go is not None:
        return prefer_go
    if built_in:
        return False
    return not _jinja_offers_more(_go(go_text), jinja_text)


def _jinja_offers_more(go: GoTemplate, jinja_text: str) -> bool:
    """Whether the GGUF's own template is the better one: it can do more, or only it carries tool results back."""
    theirs, ours = jinja_traits(jinja_text), go_traits(go) - {"insert"}
    go_trip, jinja_trip = go_round_trip(go), jinja_round_trip(jinja_text)
    if theirs > ours:
        return jinja_trip or not go_trip
    return theirs == ours and "tools" in theirs and jinja_trip and not go_trip
