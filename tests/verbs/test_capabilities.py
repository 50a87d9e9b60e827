"""What a request needs of a model: tools, thinking, insert, images; and what a template is told about them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from jupyter_ollama import Message, Ollama, Tool, ToolCall
from jupyter_ollama.convert.plan import plan_folder
from jupyter_ollama.errors import NotSupported, OptionError
from jupyter_ollama.gguf.values import u32
from jupyter_ollama.template.chat import choose
from jupyter_ollama.verbs.capabilities import check

from ..weights import write_gguf
from .conftest import Create

SHORT = {"num_predict": 4, "temperature": 0}
PLAIN = "TEMPLATE {{ .Prompt }}"
TOOLS = (
    'TEMPLATE """{{ if .Tools }}tools={{ .Tools }}{{ end }}{{ range .Messages }}<{{ .Role }}>{{ .Content }}'
    '{{ if .ToolCalls }}{{ range .ToolCalls }}call={{ .Function.Name }}{{ .Function.Arguments }}{{ end }}{{ end }}{{ end }}<assistant>"""'
)
THINKING = (
    'TEMPLATE """{{ range .Messages }}<{{ .Role }}>{{ if .Thinking }}<think>{{ .Thinking }}</think>{{ end }}{{ .Content }}{{ end }}'
    '[{{ .Think }}|{{ .ThinkLevel }}|{{ .IsThinkSet }}]"""'
)
WEATHER = {"type": "function", "function": {"name": "weather", "description": "", "parameters": {"type": "object", "properties": {}}}}


def prompt(ollama: Ollama, messages: object = "hi", **arguments: object) -> str:
    return ollama.chat("mario", messages, options=SHORT, **arguments).result(60).prompt  # type: ignore[arg-type]


def refused(ollama: Ollama, messages: object = "hi", **arguments: object) -> NotSupported:
    with pytest.raises(NotSupported) as caught:
        prompt(ollama, messages, **arguments)
    assert caught.value.hint
    return caught.value


# tools


def test_tools_reach_the_template_whether_values_or_json(ollama: Ollama, create: Create) -> None:
    create("mario", TOOLS)
    assert "tools" in ollama.show("mario").capabilities
    expected = (
        'tools=[{"type":"function","function":{"name":"weather","description":"","parameters":{"type":"object","properties":{}}}}]'
        "<user>hi<assistant>"
    )

    for tools in (WEATHER, [WEATHER], Tool("weather", "", {"type": "object", "properties": {}})):
        assert expected == prompt(ollama, tools=tools)
    assert "<user>hi<assistant>" == prompt(ollama)


def test_calls_and_results_of_earlier_turns_reach_the_template(ollama: Ollama, create: Create) -> None:
    create("mario", TOOLS)
    messages = [
        Message("user", "warm?"),
        Message("assistant", tool_calls=(ToolCall("weather", {"city": "Rome", "at": 1}),)),
        {"role": "tool", "content": "21", "tool_name": "weather"},
    ]

    assert '<user>warm?<assistant>call=weather{"at":1,"city":"Rome"}<tool>21<assistant>' == prompt(ollama, messages)


def test_a_result_with_the_id_of_its_call_only_reaches_the_template_with_its_name(ollama: Ollama, create: Create) -> None:
    """As OpenAI's clients send it."""
    create("mario", 'TEMPLATE """{{ .Tools }}{{ range .Messages }}<{{ .Role }} {{ .ToolName }}>{{ .Content }}{{ end }}"""')
    call = {"id": "x1", "type": "function", "function": {"name": "weather", "arguments": '{"city": "Rome"}'}}
    messages = [{"content": "warm?"}, {"role": "assistant", "tool_calls": [call]}, {"role": "tool", "tool_call_id": "x1", "content": "21"}]

    assert "[]<user >warm?<assistant ><tool weather>21" == prompt(ollama, messages)


def test_a_model_without_tools_says_so(ollama: Ollama, create: Create) -> None:
    create("mario", PLAIN)
    error = refused(ollama, tools=[WEATHER])

    assert "mario:latest does not support tools. " in str(error)
    assert ("registry.ollama.ai/library/mario:latest does not support tools", ("tools",)) == (error.text, error.capabilities)
    assert "hi" == prompt(ollama, tools=[])


def test_a_bad_tool_is_refused_before_anything_is_loaded(ollama: Ollama) -> None:
    with pytest.raises(TypeError, match="a tool is a mapping"):
        ollama.chat("mario", "hi", tools=[3])  # type: ignore[list-item]


# thinking


def test_a_model_that_can_think_does_unless_told_otherwise(ollama: Ollama, create: Create) -> None:
    create("mario", THINKING)
    assert "thinking" in ollama.show("mario").capabilities

    for think, shown in ((None, "true|medium|true"), (True, "true|medium|true"), (False, "false||true"), ("low", "true|low|true"), ("max", "true|max|true")):
        assert f"<user>hi[{shown}]" == prompt(ollama, think=think)
        assert f"<user>hi[{shown}]" == ollama.generate("mario", "hi", think=think, options=SHORT).result(60).prompt


def test_gpt_oss_knows_no_more_than_high(ollama: Ollama, create: Create) -> None:
    create("mario", 'TEMPLATE """<|start|>{{ .ThinkLevel }}<|end|>{{ range .Messages }}{{ .Content }}{{ end }}"""', info={"model_family": "gptoss"})

    for think, told in (("max", "high"), ("high", "high"), ("low", "low"), (True, "medium"), (False, "")):
        assert f"<|start|>{told}<|end|>hi" == prompt(ollama, think=think)


def test_a_model_that_cannot_think_may_be_told_not_to(ollama: Ollama, create: Create) -> None:
    create("mario", "TEMPLATE {{ .Prompt }}[{{ .Think }}|{{ .ThinkLevel }}|{{ .IsThinkSet }}]")

    assert "hi[false||true]" == prompt(ollama, think=False)
    assert "hi[false||false]" == prompt(ollama)
    for think in (True, "high"):
        error = refused(ollama, think=think)
        assert "mario:latest does not support thinking" in str(error)
        assert '"mario" does not support thinking' == error.text
    with pytest.raises(NotSupported, match="thinking"):
        ollama.generate("mario", "hi", think=True, options=SHORT).result(60)


def test_an_old_deepseek_is_told_to_be_pulled_again(ollama: Ollama, create: Create) -> None:
    create("deepseek-r1", PLAIN)
    with pytest.raises(NotSupported, match="Pull the model again to get the latest version with full thinking support") as caught:
        ollama.chat("deepseek-r1", "hi", think=True).result(60)
    assert caught.value.text.endswith('does not support thinking. Pull the model again to get the latest version with full thinking support')


@pytest.mark.parametrize("think", ["hard", "", 2, "High"])
def test_an_unknown_level_is_told_with_those_that_exist(ollama: Ollama, create: Create, think: object) -> None:
    create("mario", THINKING)
    with pytest.raises(OptionError, match="low, medium, high, max") as caught:
        prompt(ollama, think=think)
    assert f'invalid think value: "{think}" (must be "high", "medium", "low", "max", true, or false)' == caught.value.text


def test_old_thoughts_are_taken_out_for_deepseek(ollama: Ollama, create: Create) -> None:
    create("deepseek-r1", 'TEMPLATE """{{ range .Messages }}<{{ .Role }}>{{ .Content }}{{ end }}"""')
    messages = [Message("user", "a"), Message("assistant", "<think>hm</think>\n\nb"), Message("user", "c"), Message("assistant", "<think>so</think>d")]
    done = ollama.chat("deepseek-r1", messages, options=SHORT).result(60)

    assert "<user>a<assistant>b<user>c<assistant><think>so</think>d" == done.prompt


# insert, images, embeddings


def test_a_suffix_needs_a_model_that_supports_insert(ollama: Ollama, create: Create) -> None:
    create("test", PLAIN)
    with pytest.raises(NotSupported, match=r"\.Suffix") as caught:
        ollama.generate("test", "def f(", suffix="return", options=SHORT).result(60)
    assert "registry.ollama.ai/library/test:latest does not support insert" == caught.value.text


def test_images_are_refused_in_one_sentence(ollama: Ollama, create: Create) -> None:
    create("mario", PLAIN)
    seen = [Message("user", "what is it?", images=(b"\x89PNG",))]

    assert "registry.ollama.ai/library/mario:latest does not support vision" == refused(ollama, seen).text
    error = refused(ollama, seen, tools=[WEATHER])
    assert "does not support tools and vision" in str(error)
    assert error.text.splitlines() == [f"registry.ollama.ai/library/mario:latest does not support {one}" for one in ("tools", "vision")]


def test_images_wait_even_for_a_model_with_a_projector(ollama: Ollama, create: Create) -> None:
    model = create("mario", PLAIN)
    seeing = replace(model, projectors=(model.path,))
    with pytest.raises(NotSupported, match="images cannot be used yet"):
        check(seeing, choose("{{ .Prompt }}", None), "chat", messages=[Message("user", images=(b"\x89PNG",))])


def test_a_model_that_makes_embeddings_does_not_chat(ollama: Ollama, create: Create, tiny_folder: Path, tmp_path: Path) -> None:
    plan = plan_folder(tiny_folder)
    pooling = replace(plan, metadata={**plan.metadata, "llama.pooling_type": u32(1)})
    create("mario", f"FROM {write_gguf(pooling, tmp_path / 'embedder.gguf')}")
    assert "embedding" in ollama.show("mario").capabilities

    assert '"mario" does not support chat' == refused(ollama).text
    with pytest.raises(NotSupported, match="makes embeddings and cannot generate") as caught:
        ollama.generate("mario", "hi").result(60)
    assert '"mario" does not support generate' == caught.value.text
    assert not ollama.ps()
