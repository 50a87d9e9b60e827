"""A prompt taken apart: its parts are the prompt that chat uses, each with its origin, and the tokens are those that are evaluated."""

from __future__ import annotations

import pytest

from jupyter_ollama import Ollama, lab
from jupyter_ollama.messages import Message, Tool
from jupyter_ollama.prompts import RenderedPrompt

MODELFILE = """FROM pocket
SYSTEM You are <b>Mario</b>.
MESSAGE user Who is it?
MESSAGE assistant It is me.
PARAMETER stop "END"
"""
HISTORY = [Message("user", "  Hello, né 你好  "), Message("assistant", "Hi."), Message("user", "Where is Luigi?")]


@pytest.fixture(scope="module", autouse=True)
def mario(ollama: Ollama) -> None:
    ollama.create("mario", MODELFILE).result()


def origins(prompt: RenderedPrompt) -> list[tuple[str, str]]:
    return [(part.origin, part.text) for part in prompt.parts if part.origin not in ("template", "variable")]


def test_each_piece_has_its_origin(ollama: Ollama) -> None:
    prompt = ollama.prompt("mario", HISTORY).result()
    assert prompt.traced
    assert origins(prompt) == [
        ("system", "You are <b>Mario</b>."),
        ("message", "Who is it?"),
        ("message", "It is me."),
        ("history", "Hello, né 你好"),
        ("history", "Hi."),
        ("turn", "Where is Luigi?"),
    ]
    assert prompt.stops == ("END",)
    assert "<|im_end|>" in prompt.ends
    assert "&lt;|im_end|&gt;</code>" in prompt._repr_mimebundle_()["text/html"]


def test_the_template_is_shown_with_its_parts_named(ollama: Ollama) -> None:
    ollama.create("go", 'FROM pocket\nTEMPLATE """{{ if .System }}{{ .System }}{{ end }}{{ .Prompt }}"""').result()
    for model in ("go", "mario"):
        prompt = ollama.prompt(model, "Hi").result()
        assert "".join(piece.text for piece in prompt.pieces) == prompt.template
        assert {piece.style for piece in prompt.pieces} > {"keyword", "variable"}
        assert "style-keyword" in prompt._repr_mimebundle_()["text/html"]


def test_it_is_the_prompt_that_chat_uses(ollama: Ollama) -> None:
    prompt = ollama.prompt("mario", HISTORY).result()
    done = ollama.chat("mario", HISTORY, options={"num_predict": 1}).result()
    assert prompt.text == done.prompt
    assert [token.id for token in prompt.tokens] == list(done.prompt_tokens)


def test_tokens_belong_to_the_parts_they_begin_in(ollama: Ollama) -> None:
    prompt = ollama.prompt("mario", HISTORY).result()
    read = [b""] * len(prompt.parts)
    for token in prompt.tokens:
        assert token.part is not None
        read[token.part] += token.piece
    assert b"".join(read).decode() == prompt.text
    turn = next(number for number, part in enumerate(prompt.parts) if part.origin == "turn")
    assert b"Luigi" in read[turn]


def test_a_system_text_of_the_caller_takes_the_place_of_the_models(ollama: Ollama) -> None:
    assert ("system", "Be brief.") in origins(ollama.prompt("mario", "Hi", system="Be brief.").result())
    said = [Message("system", "I am first."), Message("user", "Hi")]
    assert [text for origin, text in origins(ollama.prompt("mario", said).result()) if origin == "system"] == ["I am first."]


def test_what_does_not_fit_is_told(ollama: Ollama) -> None:
    long = [Message(role, f"Sentence number {number} of a long talk.") for number in range(60) for role in ("user", "assistant")]
    prompt = ollama.prompt("mario", [*long, Message("user", "So?")], options={"num_ctx": 256}).result()
    assert prompt.left_out
    assert len(prompt.tokens) <= 256
    assert "left out" in str(prompt)
    cut = ollama.prompt("mario", "word " * 2000, options={"num_ctx": 256}).result()
    assert cut.cut_tokens > 0
    assert "cut out of the middle" in cut._repr_mimebundle_()["text/html"]


GO_WITH_TOOLS = (
    "{{ if .Tools }}Tools: {{ .Tools }}\\n{{ end }}{{ range .Messages }}<{{ .Role }}>{{ .Content }}</{{ .Role }}>{{ end }}<assistant>"
)


def test_tools_are_told_apart(ollama: Ollama) -> None:
    ollama.create("caller", f'FROM pocket\nTEMPLATE """{GO_WITH_TOOLS}"""').result()
    tool = Tool("get_weather", "Tells the weather.", {"type": "object", "properties": {}})
    prompt = ollama.prompt("caller", "Rain?", tools=[tool]).result()
    told = "".join(text for origin, text in origins(prompt) if origin == "tools")
    assert told.startswith("Tools: [")
    assert "get_weather" in told
    assert origins(prompt)[-1] == ("turn", "Rain?")


def test_the_template_stands_beside_the_prompt_with_what_became_of_each_place(ollama: Ollama) -> None:
    ollama.create("branching", f'FROM pocket\nSYSTEM Be kind.\nTEMPLATE """{GO_WITH_TOOLS}"""').result()
    prompt = ollama.prompt("branching", "Rain?").result()
    assert "".join(place.text for place in prompt.places) == prompt.template
    found = {place.text: place for place in prompt.places}
    assert found["{{ .Tools }}"].taken == 0
    assert found["{{ .Content }}"].values == ("Be kind.", "Rain?")
    assert [prompt.places[part.place].text for part in prompt.parts if part.origin == "turn"] == ["{{ .Content }}"]
    assert [part.text for part in prompt.parts if part.origin == "variable"] == ["system", "system", "user", "user"]
    shown = prompt._repr_mimebundle_()
    assert '<span class="untaken" title="not taken">' in shown["text/html"]
    assert "2 times:\n&#x27;Be kind.&#x27;\n&#x27;Rain?&#x27;" in shown["text/html"]
    assert "rgb(var(--origin-system))" in shown["text/html"]
    assert "written by {{ .Content }}" in shown["text/html"]
    assert "WRITTEN BY" in shown["text/plain"]


def test_a_template_that_changes_contents_claims_nothing(ollama: Ollama) -> None:
    ollama.create("measures", 'FROM pocket\nTEMPLATE """{{ range .Messages }}{{ len .Content }}{{ .Content }}{{ end }}"""').result()
    prompt = ollama.prompt("measures", "Hello").result()
    assert not prompt.traced
    assert prompt.text == "5Hello"
    assert "cannot be told" in str(prompt)


def test_marks_in_a_message_are_no_marks(ollama: Ollama) -> None:
    prompt = ollama.prompt("mario", "a\U000f0000b").result()
    assert "a\U000f0000b" in prompt.text
    assert not prompt.traced


def test_it_shows_itself_without_trusting_its_texts(ollama: Ollama) -> None:
    shown = ollama.prompt("mario", HISTORY).result()._repr_mimebundle_()
    assert "<b>Mario" not in shown["text/html"]
    assert "SYSTEM" in shown["text/plain"]
    assert "tokens of" in shown["text/plain"]


def test_the_lab_has_it_too(ollama: Ollama) -> None:
    assert lab.xray("mario", "Hi", ollama=ollama).text == ollama.prompt("mario", "Hi").result().text
