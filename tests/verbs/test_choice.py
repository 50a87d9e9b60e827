"""Which template a model runs with: its TEMPLATE or the one inside its GGUF; ``show`` prints the one that is in use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from jupyter_ollama import Message, Ollama
from jupyter_ollama.convert import plan_folder
from jupyter_ollama.gguf.values import text as gguf_text

from ..weights import write_gguf
from .conftest import Create

PLAIN = "go:{{ range .Messages }}{{ .Content }}{{ end }}"
ROUND_TRIP = 'go:{{ .Tools }}{{ range .Messages }}{{ if eq .Role "tool" }}result{{ end }}{{ .ToolCalls }}{{ .Content }}{{ end }}'
JINJA = "jinja:{% for m in messages %}{{ m.content }}{% endfor %}"
JINJA_TOOLS = JINJA + "{{ tools }}{# message.tool_calls message.role == 'tool' #}"
TOOL = {"function": {"name": "f"}}

WithJinja = Callable[[str], Path]


@pytest.fixture
def with_jinja(tiny_folder: Path, tmp_path: Path) -> WithJinja:
    """Makes a GGUF that carries this Jinja template."""

    def make(template: str) -> Path:
        plan = plan_folder(tiny_folder)
        return write_gguf(replace(plan, metadata={**plan.metadata, "tokenizer.chat_template": gguf_text(template)}), tmp_path / "jinja.gguf")

    return make


def used(ollama: Ollama, **arguments: object) -> str:
    """``go`` or ``jinja``, by what the model is told; the same as what show prints."""
    prompt = ollama.chat("mario", "hi", options={"num_predict": 1}, **arguments).result(60).prompt  # type: ignore[arg-type]
    kind = prompt.partition(":")[0]
    assert ollama.show("mario").template.startswith(f"{kind}:")
    return kind


def test_a_gguf_that_supports_tools_wins_over_a_template_that_does_not(ollama: Ollama, create: Create, with_jinja: WithJinja) -> None:
    create("mario", f"FROM {with_jinja(JINJA_TOOLS)}\nTEMPLATE {PLAIN}")

    assert "jinja" == used(ollama)
    assert "jinja" == used(ollama, tools=[TOOL])
    assert JINJA_TOOLS == ollama.show("mario").template
    assert "tools" in ollama.show("mario").capabilities


def test_a_template_that_does_as_much_is_the_authors_wish(ollama: Ollama, create: Create, with_jinja: WithJinja) -> None:
    create("mario", f"FROM {with_jinja(JINJA_TOOLS)}\nTEMPLATE {ROUND_TRIP}")
    assert "go" == used(ollama)

    create("mario", f"FROM {with_jinja(JINJA)}\nTEMPLATE {PLAIN}")
    assert "go" == used(ollama)
    assert "tools" not in ollama.show("mario").capabilities


@pytest.mark.parametrize(("go_template", "kind"), [(True, "go"), (False, "jinja")])
def test_the_setting_decides_for_both(
    ollama: Ollama, create: Create, with_jinja: WithJinja, go_template: bool, kind: str
) -> None:
    create("mario", f"FROM {with_jinja(JINJA_TOOLS)}\nTEMPLATE {PLAIN}")
    with Ollama(settings=replace(ollama.settings, go_template=go_template)) as decided:
        assert kind == used(decided)
    create("mario", f"FROM {with_jinja(JINJA)}\nTEMPLATE {ROUND_TRIP}")
    with Ollama(settings=replace(ollama.settings, go_template=go_template)) as decided:
        assert kind == used(decided)


@pytest.mark.parametrize("line", ["RENDERER qwen3-coder", "PARSER qwen3-coder", "RENDERER nobody-knows\nPARSER nobody-knows"])
def test_code_that_only_ollama_has_is_replaced_by_the_ggufs_template(
    ollama: Ollama, create: Create, with_jinja: WithJinja, line: str
) -> None:
    create("mario", f"FROM {with_jinja(JINJA)}\nTEMPLATE {ROUND_TRIP}\n{line}")

    assert "jinja" == used(ollama)


def test_a_ggufs_template_that_takes_no_system_message_gets_the_models_system_with_the_question(
    ollama: Ollama, create: Create, with_jinja: WithJinja
) -> None:
    refusing = "{% if messages[0].role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"
    create("mario", f"FROM {with_jinja(refusing + JINJA)}\nSYSTEM You are Mario.")
    messages = [Message("user", "hi"), Message("assistant", "yes?"), Message("user", "bye")]

    assert "jinja:You are Mario.\nhiyes?bye" == ollama.chat("mario", messages, options={"num_predict": 1}).result(60).prompt
