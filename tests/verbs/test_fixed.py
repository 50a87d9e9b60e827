"""What of a prompt is the model's own, for Go and Jinja templates: the part of which the state is kept on the disk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from jupyter_ollama import Message, Ollama
from jupyter_ollama.engine.echo import EchoEngine, EchoEngines
from jupyter_ollama.engine.protocol import MIN_FIXED_TOKENS, NOTHING
from jupyter_ollama.messages import as_messages

from .conftest import Create

LONG = "You know all about ships. " * 20
SHORT = "You know ships."
GO = """{{- range .Messages }}<|{{ .Role }}|>
{{ .Content }}</s>
{{ end }}<|assistant|>
"""
LEGACY = "{{ if .System }}### {{ .System }}\n{{ end }}Q: {{ .Prompt }}\nA: {{ .Response }}\n"
JINJA = (
    "{% for message in messages %}<|{{ message.role }}|>{{ message.content | trim }}</s>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


@pytest.fixture
def engine(ollama: Ollama) -> EchoEngine:
    ollama.engines = engines = EchoEngines(EchoEngine("Aye.", n_ctx=1 << 16))  # type: ignore[assignment]
    return engines.engine


def fixed_text(engine: EchoEngine) -> str:
    """The beginning of the last prompt that counts as the model's own."""
    return engine.detokenize(engine.prompts[-1][: engine.kept[-1].fixed]).decode()


def ask(ollama: Ollama, messages: Any, **how: Any) -> None:
    ollama.chat("sailor", messages, **how).result(60)


TEMPLATES = {"go": f'TEMPLATE """{GO}"""', "legacy": f'TEMPLATE """{LEGACY}"""'}


@pytest.mark.parametrize(("template", "ends"), [("go", "</s>\n<|user|>\n"), ("legacy", "\nQ: ")])
def test_system_and_template_up_to_the_first_word_are_the_models_own(
    ollama: Ollama, create: Create, engine: EchoEngine, template: str, ends: str
) -> None:
    create("sailor", f'{TEMPLATES[template]}\nSYSTEM """{LONG}"""')
    for said in ("Ahoy!", "Other ships?", "other", "Yet", "", "   x", "世界"):
        ask(ollama, [Message("user", said)])
        assert fixed_text(engine).endswith(LONG + ends)
        assert engine.last_prompt.startswith(fixed_text(engine))


def test_jinja_templates_have_such_a_place_too(ollama: Ollama, create: Create, engine: EchoEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    create("sailor", f'SYSTEM """{LONG}"""')
    monkeypatch.setattr("jupyter_ollama.verbs.answer._jinja_of", lambda path: JINJA)
    ask(ollama, "Ahoy!")
    assert fixed_text(engine) == f"<|system|>{LONG.strip()}</s><|user|>"


def test_the_models_messages_belong_to_it(ollama: Ollama, create: Create, engine: EchoEngine) -> None:
    create("sailor", f'{TEMPLATES["go"]}\nMESSAGE user """{LONG}"""\nMESSAGE assistant Aye, aye.')
    ask(ollama, [Message("user", "One"), Message("assistant", "Two"), Message("user", "Three")])
    assert fixed_text(engine) == f"<|user|>\n{LONG}</s>\n<|assistant|>\nAye, aye.</s>\n<|user|>\n"


def test_tools_that_come_before_the_first_word_belong_to_it(ollama: Ollama, create: Create, engine: EchoEngine) -> None:
    create("sailor", 'TEMPLATE """{{ if .Tools }}{{ .Tools }}{{ end }}' + GO + '"""')
    tools = [{"type": "function", "function": {"name": "weather", "description": LONG, "parameters": {}}}]
    ask(ollama, "Ahoy!", tools=tools)
    assert fixed_text(engine).endswith("<|user|>\n")
    assert "weather" in fixed_text(engine)


@pytest.mark.parametrize(
    ("messages", "how"),
    [
        ("Ahoy!", {"system": LONG}),
        ([Message("system", LONG), Message("user", "Ahoy!")], {}),
    ],
)
def test_what_the_caller_says_is_not_the_models_own(
    ollama: Ollama, create: Create, engine: EchoEngine, messages: str | Sequence[Message], how: dict[str, Any]
) -> None:
    create("sailor", f'{TEMPLATES["go"]}\nSYSTEM """{LONG}"""')
    ask(ollama, as_messages(messages), **how)
    assert engine.kept[-1].fixed == 0


def test_a_short_beginning_is_not_worth_a_file(ollama: Ollama, create: Create, engine: EchoEngine) -> None:
    create("sailor", f"{TEMPLATES['go']}\nSYSTEM {SHORT}")
    ask(ollama, LONG)
    assert len(engine.prompts[-1]) > MIN_FIXED_TOKENS
    assert engine.kept[-1].fixed == 0


def test_a_beginning_that_does_not_fit_the_context_counts_as_far_as_it_is_there(ollama: Ollama, create: Create) -> None:
    ollama.engines = engines = EchoEngines(EchoEngine("Aye.", n_ctx=400))  # type: ignore[assignment]
    create("sailor", f'{TEMPLATES["go"]}\nSYSTEM """{LONG}"""')
    ask(ollama, "Ahoy!")
    engine = engines.engine
    assert engine.prompts[-1][: engine.kept[-1].fixed] == list(f"<|system|>\n{LONG}".encode())[: engine.kept[-1].fixed]


def test_generate_has_the_same_fixed_beginning(ollama: Ollama, create: Create, engine: EchoEngine) -> None:
    create("sailor", f'{TEMPLATES["go"]}\nSYSTEM """{LONG}"""')
    done = ollama.generate("sailor", "Ahoy!").result(60)
    assert fixed_text(engine) == f"<|system|>\n{LONG}</s>\n<|user|>\n"
    for how in ({"system": LONG}, {"context": done.context}, {"template": GO}):
        ollama.generate("sailor", LONG, **how).result(60)
        assert engine.kept[-1].fixed == 0
    ollama.generate("sailor", LONG, raw=True).result(60)
    assert engine.kept[-1].fixed == 0


def test_whoever_asks_for_it_gets_the_whole_conversation_kept(ollama: Ollama, create: Create, engine: EchoEngine) -> None:
    create("sailor", TEMPLATES["go"])
    ask(ollama, "Ahoy!", snapshot=True)
    assert engine.kept[-1].conversation
    ollama.generate("sailor", "Ahoy!", snapshot=True).result(60)
    assert engine.kept[-1].conversation
    ask(ollama, "Ahoy!")
    assert not engine.kept[-1].conversation


def test_nothing_is_kept_where_snapshots_are_switched_off(ollama: Ollama, create: Create, engine: EchoEngine) -> None:
    create("sailor", f'{TEMPLATES["go"]}\nSYSTEM """{LONG}"""')
    ollama.settings = replace(ollama.settings, snapshot_bytes=0)
    ask(ollama, "Ahoy!", snapshot=True)
    assert engine.kept[-1] == NOTHING
