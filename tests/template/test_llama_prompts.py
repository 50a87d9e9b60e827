"""The prompts that llama-server makes with the chat templates that llama.cpp publishes, and ours: where they differ, and why.

`bash tests/vocabularies.sh` brings the templates, golden/llama/make.py asks the server's functions.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import llama_cpp
import pytest

from jupyter_ollama.errors import TemplateError
from jupyter_ollama.messages import as_messages, as_tools
from jupyter_ollama.template.chat import ChatTemplate

TESTS = Path(__file__).parents[1]
TEMPLATES = TESTS.parent / "build" / "vocabularies" / llama_cpp.__version__ / "templates"


def _load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


make_published = _load(TESTS / "golden" / "reply" / "make_published.py")
make = _load(TESTS / "golden" / "llama" / "make.py")
PROMPTS = json.loads((make.FOLDER / "prompts.json").read_text(encoding="utf-8"))
CONVERSATIONS = json.loads((make.FOLDER / "conversations.json").read_text(encoding="utf-8"))
REFUSED = "refused"
DIFFERENT: dict[str, tuple[tuple[str, ...], str]] = {
    "deepseek-ai-DeepSeek-R1-Distill-Llama-8B": (
        ("a call and its result", "two calls and two results"), "it prints calls only without content: theirs has a text, if an empty one",
    ),
    "fireworks-ai-llama-3-firefunction-v2": (tuple(CONVERSATIONS), "it wants the tools under another name, and theirs leaves them out"),
    "google-gemma-4-31B-it-interleaved": (("a call with text and thoughts",), "theirs drops what was said before a call"),
    "meetkai-functionary-medium-v3.1": (
        tuple(title for title, one in CONVERSATIONS.items() if one.get("tools")), "it escapes quotes, which plain Jinja and we do as well",
    ),
    "unsloth-mistral-Devstral-Small-2507": (
        ("a call with text and thoughts", "thoughts of an earlier turn"), "it has no thoughts: theirs drops the content with them",
    ),
}  # fmt: skip
"""Templates with the conversations whose prompts differ, and why ours is what it is."""


def ours(name: str, conversation: dict[str, Any]) -> str:
    template = ChatTemplate("jinja", (TEMPLATES / f"{name}.jinja").read_text(encoding="utf-8"))
    tools = as_tools(make_published.tools()) if conversation.get("tools") else ()
    turns = [
        {**turn, "thinking": turn.get("reasoning_content", ""), "tool_name": turn.get("name", "")} for turn in conversation["messages"]
    ]
    try:
        prompt = template.render(
            as_messages(turns), tools=tools, think=conversation.get("think", True), bos_token="<s>", eos_token="</s>"
        )
    except TemplateError:
        return REFUSED
    return str(make.hashed(prompt, datetime.now()))


@pytest.mark.parametrize("name", PROMPTS)
def test_our_prompts_are_llama_servers(name: str) -> None:
    assert (TEMPLATES / f"{name}.jinja").is_file(), "the templates are missing: bash tests/vocabularies.sh"
    titles, _why = DIFFERENT.get(name, ((), ""))

    differing = [title for title, told in PROMPTS[name].items() if ours(name, CONVERSATIONS[title]) != told]
    assert sorted(differing) == sorted(titles)
