"""``generate``: what one prompt becomes with a template, a system text, a suffix, a context, or raw; what is refused, and in which order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from jupyter_ollama import Done, Ollama
from jupyter_ollama.convert.plan import plan_folder
from jupyter_ollama.engine.echo import EchoEngine, EchoEngines
from jupyter_ollama.errors import ModelNotFound, NotSupported, OllamaError, OptionError, TemplateError
from jupyter_ollama.gguf.values import u32

from ..weights import write_gguf
from .conftest import Create

FULL = (
    'TEMPLATE """{{ if .Suffix }}<PRE>{{ .Prompt }}<SUF>{{ .Suffix }}<MID>{{ else }}'
    "{{ if .System }}<system>{{ .System }}{{ end }}{{ range .Messages }}{{ if ne .Role \"system\" }}<{{ .Role }}>{{ .Content }}{{ end }}{{ end }}<assistant>"
    '{{ end }}"""'
)
OWN = f"{FULL}\nSYSTEM own\nMESSAGE user hi\nMESSAGE assistant yo"
THINKER = (
    'TEMPLATE """{{ if .Suffix }}{{ .Prompt }}|{{ .Suffix }}{{ else }}{{ range .Messages }}{{ if .Thinking }}<think>{{ .Thinking }}</think>{{ end }}'
    '{{ .Content }}{{ end }}{{ end }}"""'
)

Generate = Callable[..., Done]


@pytest.fixture
def generate(ollama: Ollama, create: Create) -> Generate:
    """Asks a model made of that Modelfile, which says ``said``."""

    def ask(text: str, prompt: str = "bye", *, said: str = "Fine.", **arguments: object) -> Done:
        create("mario", text)
        ollama.engines.close()
        ollama.engines = EchoEngines(EchoEngine(said, n_ctx=64))  # type: ignore[assignment]
        return ollama.generate("mario", prompt, **arguments).result(20)  # type: ignore[arg-type]

    return ask


@pytest.fixture
def embedder(ollama: Ollama, create: Create, tiny_folder: Path, tmp_path: Path) -> str:
    """A model that makes embeddings and nothing else."""
    plan = plan_folder(tiny_folder)
    create("embedder", f"FROM {write_gguf(replace(plan, metadata={**plan.metadata, 'llama.pooling_type': u32(1)}), tmp_path / 'embedder.gguf')}")
    return "embedder"


# what the model is told


def test_system_messages_and_prompt_go_through_the_template(generate: Generate) -> None:
    assert "<system>own<user>hi<assistant>yo<user>bye<assistant>" == generate(OWN).prompt


def test_a_system_text_of_the_request_replaces_the_models(generate: Generate) -> None:
    assert "<system>theirs<user>hi<assistant>yo<user>bye<assistant>" == generate(OWN, system="theirs").prompt
    assert "<system>own<user>hi<assistant>yo<user>bye<assistant>" == generate(OWN, system="").prompt


def test_a_template_of_the_request_replaces_the_models(generate: Generate) -> None:
    assert "own [hi]yo [bye]" == generate(OWN, template="{{ .System }} [{{ .Prompt }}]").prompt
    assert "theirs [hi]yo [bye]" == generate(OWN, template="{{ .System }} [{{ .Prompt }}]", system="theirs").prompt
    assert "hi.yo.bye." == generate(OWN, template='{{ range .Messages }}{{ if ne .Role "system" }}{{ .Content }}.{{ end }}{{ end }}').prompt


def test_a_template_of_the_request_leaves_no_message_out(generate: Generate) -> None:
    """It is executed as it is; what is too long loses its middle, not its first messages."""
    long = "{{ range .Messages }}{{ .Content }} {{ end }}" + "x" * 60
    done = generate(OWN, template=long)

    assert done.prompt.startswith("own ")
    assert (0, True) == (done.left_out, done.cut_tokens > 0)


@pytest.mark.parametrize(("template", "says"), [("{{ .Prompt", "line|column|unclosed|template"), ("{{ if .P }}", "template|end"), ('{{ template "x" }}', "undefined template specified")])
def test_a_bad_template_of_the_request_is_a_template_error(generate: Generate, template: str, says: str) -> None:
    with pytest.raises(TemplateError, match=says):
        generate(OWN, template=template)


def test_raw_is_the_prompt_and_nothing_else(generate: Generate) -> None:
    done = generate(OWN, "<x> {{ .Prompt }}\n", raw=True, said="<think>a</think>b")

    assert ("<x> {{ .Prompt }}\n", ()) == (done.prompt, done.context)
    assert ("<think>a</think>b", "") == (done.message.content, done.message.thinking)


def test_raw_thoughts_are_told_apart_if_asked_for(generate: Generate) -> None:
    done = generate(THINKER, "x", raw=True, think=True, said="<think>a</think>b")

    assert ("b", "a") == (done.message.content, done.message.thinking)


def test_a_context_goes_on_from_an_earlier_answer(generate: Generate, ollama: Ollama) -> None:
    """What was said stands before the new prompt; the model's own messages stand there already."""
    first = generate(OWN, "a", said="Fine.")
    engine = ollama.engines.engine  # type: ignore[attr-defined]
    assert [*engine.prompts[0], 300] == list(first.context)

    second = generate(OWN, "b", context=engine.tokenize("<user>a<assistant>Fine."))
    assert "<user>a<assistant>Fine.<system>own<user>b<assistant>" == second.prompt
    assert second.context[: len(second.prompt)] == tuple(second.prompt.encode())


# a suffix


def test_a_suffix_uses_the_templates_gap_alone(generate: Generate) -> None:
    """Neither system nor messages: the text around the gap is all the model is told."""
    done = generate(OWN, "def f(", suffix="return 1", said="):\n")

    assert ("<PRE>def f(<SUF>return 1<MID>", "):\n") == (done.prompt, done.message.content)


def test_what_fills_the_gap_is_returned_as_it_is(generate: Generate) -> None:
    done = generate(THINKER, "a", suffix="b", said=" <think>x</think>y ")

    assert (" <think>x</think>y ", "") == (done.message.content, done.message.thinking)


def test_an_empty_suffix_is_none(generate: Generate) -> None:
    assert "<system>own<user>hi<assistant>yo<user>bye<assistant>" == generate(OWN, suffix="").prompt


def test_a_suffix_may_use_a_template_of_the_request(generate: Generate) -> None:
    assert "a|b" == generate("TEMPLATE {{ .Prompt }}", "a", suffix="b", template="{{ .Prompt }}|{{ .Suffix }}").prompt
    with pytest.raises(NotSupported, match="does not support insert"):
        generate(OWN, "a", suffix="b", template="{{ .Prompt }}")


def test_a_suffix_and_a_context_go_together(generate: Generate, ollama: Ollama) -> None:
    assert "x<PRE>a<SUF>b<MID>" == generate(OWN, "a", suffix="b", context=[ord("x")]).prompt


# what is refused, and in which order


@pytest.mark.parametrize("arguments", [{"system": "s"}, {"template": "{{ .Prompt }}"}, {"context": [1]}, {"suffix": "s"}])
def test_raw_goes_with_nothing_that_a_template_is_for(generate: Generate, arguments: dict[str, object]) -> None:
    with pytest.raises(OllamaError, match="raw takes the prompt as it is") as caught:
        generate(OWN, raw=True, **arguments)
    assert "raw mode does not support template, system, or context" == caught.value.text


def test_images_are_refused_by_a_model_of_texts(generate: Generate) -> None:
    with pytest.raises(NotSupported, match=r"mario:latest does not support vision\. Use a model that was made with a projector") as caught:
        generate(OWN, images=[b"\x89PNG"])
    assert "registry.ollama.ai/library/mario:latest does not support vision" == caught.value.text


def test_an_unknown_model_is_told_first(ollama: Ollama) -> None:
    with pytest.raises(ModelNotFound):
        ollama.generate("nobody", "x", raw=True, system="s", think="hard").result(20)


def test_a_bad_level_is_told_before_what_the_model_cannot_do(ollama: Ollama, embedder: str) -> None:
    with pytest.raises(OptionError, match="think cannot be 'hard'"):
        ollama.generate(embedder, "x", think="hard").result(20)
    with pytest.raises(NotSupported, match="does not support thinking") as caught:
        ollama.generate(embedder, "x", think=True).result(20)
    assert '"embedder" does not support thinking' == caught.value.text


def test_a_model_that_makes_embeddings_says_so_in_ollamas_words(ollama: Ollama, embedder: str) -> None:
    """With the name as it was asked for."""
    for name in ("embedder", "EMBEDDER", "embedder:latest"):
        for verb, run in (("generate", lambda name: ollama.generate(name, "hi")), ("chat", lambda name: ollama.chat(name, "hi"))):
            with pytest.raises(NotSupported, match=f"embedder:latest makes embeddings and cannot {verb}. Ask it for embeddings with embed") as caught:
                run(name).result(20)
            assert f'"{name}" does not support {verb}' == caught.value.text


def test_a_model_that_makes_embeddings_can_be_unloaded_like_any_other(ollama: Ollama, embedder: str) -> None:
    assert "unload" == ollama.generate(embedder, "", keep_alive=0).result(20).done_reason
    assert "unload" == ollama.chat(embedder, [], keep_alive=0).result(20).done_reason
    for run in (ollama.generate(embedder, ""), ollama.chat(embedder, [])):
        with pytest.raises(NotSupported, match="makes embeddings"):
            run.result(20)
