"""Fills published.json with answers as the chat templates that llama.cpp publishes write them into a conversation.

    pip download --no-deps --no-binary llama-cpp-python llama-cpp-python==0.3.36
    python tests/golden/reply/make_published.py llama_cpp_python-0.3.36.tar.gz

The templates belong to their authors and are not part of this project; the argument is the sdist, or a folder of *.jinja. Plain Jinja,
set up as transformers does it, renders a question with each of some answers. Of the text, what stands behind the prompt is the answer
as that model would write it, without the token that ends it. Of a template only the words in brackets are kept, by which its dialect
can be told. Templates that refuse an answer, or leave its calls out, are passed over.
"""

from __future__ import annotations

import json
import re
import sys
import tarfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2.exceptions import TemplateError
from jinja2.ext import Extension, loopcontrols
from jinja2.sandbox import SandboxedEnvironment

GOLDEN = Path(__file__).parent / "published.json"
QUESTION = {"role": "user", "content": "How is the weather?"}
TOOLS = {"get_weather": {"city": "string", "days": "integer"}, "get_time": {"zone": "string"}}
ANSWERS: dict[str, dict[str, Any]] = {
    "a call": {"calls": [["get_weather", {"city": "Paris", "days": 3}]]},
    "two calls": {"calls": [["get_weather", {"city": "Paris", "days": 3}], ["get_time", {"zone": "CET"}]]},
    "a call behind thoughts": {"thinking": "Paris, then.", "calls": [["get_weather", {"city": "Paris", "days": 3}]]},
    "thoughts and text": {"thinking": "Sunny, I guess.", "content": "It is sunny."},
}
ENDS = [
    *("<|im_end|>", "<|eot_id|>", "<|eom_id|>", "</s>", "<|end_of_text|>", "<｜end▁of▁sentence｜>", "<|return|>", "<|call|>", "<|eot|>"),
    *("<|END_OF_TURN_TOKEN|>", "<|endoftext|>", "[e~[", "<|assistant_end|>", "<|observation|>", "</assistant>", "<seed:eos>"),
    *("<|message_sep|>", "<SPECIAL_12>", "<end_of_sentence>", "<sep>", "<|role_end|>", "<turn|>", "<|tool_response>", "<end_of_turn>"),
    *("<|user|>", "<|end|>", "<|calls|>", "<｜Assistant｜>", "<｜hy_eos:opensource｜>", "<|flush|>", "<|end_of_msg|>"),
    "<|END_OF_TURN_TOKEN|><|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|><|START_THINKING|><|END_THINKING|>",
]
OPENED = re.compile(r"\s*<(\|START_THINKING\||think|\|channel>thought\n<channel\|)>\s*(</think>|<\|END_THINKING\|>)?\s*$")
SIGNS = re.compile(r"""[<\[][^\s<>\[\]'"{}]{2,40}[>\]](?:thought)?|<[^\s<>'"]{0,12}(?:invoke|function|param) name="|｜\w+｜|\bipython\b|"parameters\"""")


class Generation(Extension):
    """``{% generation %}`` marks text; here it is printed as it is."""

    tags = frozenset({"generation"})

    def parse(self, parser: Any) -> Any:
        next(parser.stream)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)


def published(source: Path) -> Iterator[tuple[str, str]]:
    if source.is_dir():
        yield from ((path.stem, path.read_text()) for path in sorted(source.glob("*.jinja")))
        return
    with tarfile.open(source) as archive:
        for name, member in sorted((Path(one.name).stem, one) for one in archive if one.name.endswith(".jinja")):
            file = archive.extractfile(member)
            assert file is not None
            yield name, file.read().decode()


def environment() -> SandboxedEnvironment:
    def refuse(message: str) -> None:
        raise TemplateError(message)

    def to_json(value: Any, ensure_ascii: bool = False, **how: Any) -> str:
        return json.dumps(value, ensure_ascii=ensure_ascii, **how)

    made = SandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[loopcontrols, Generation])
    made.filters["tojson"] = to_json
    made.globals |= {"raise_exception": refuse, "strftime_now": datetime(2026, 1, 2, 3, 4, 5).strftime}
    return made


def tools() -> list[dict[str, Any]]:
    return [
        {"type": "function", "function": {"name": name, "description": name, "parameters": {
            "type": "object", "properties": {key: {"type": kind, "description": key} for key, kind in keys.items()}, "required": list(keys)}}}
        for name, keys in TOOLS.items()
    ]  # fmt: skip


def message(answer: dict[str, Any], as_text: bool) -> dict[str, Any]:
    calls = [
        {"type": "function", "id": f"call0000{number}", "function": {"name": name, "arguments": json.dumps(given) if as_text else given}}
        for number, (name, given) in enumerate(answer.get("calls", []))
    ]
    thoughts = {"reasoning_content": answer["thinking"], "thinking": answer["thinking"]} if "thinking" in answer else {}
    return {"role": "assistant", "content": answer.get("content", ""), **thoughts, **({"tool_calls": calls} if calls else {})}


def written(template: Any, answer: dict[str, Any], as_text: bool) -> tuple[str, str] | None:
    """The prompt and the answer as the template writes it, if it writes all of it."""
    variables = {"tools": tools(), "bos_token": "<s>", "eos_token": "</s>", "documents": None}
    try:
        prompt = template.render(messages=[QUESTION], add_generation_prompt=True, **variables)
        whole = template.render(messages=[QUESTION, message(answer, as_text)], add_generation_prompt=False, **variables)
    except (TemplateError, TypeError, ValueError, KeyError):
        return None
    begun = next((one for one in (prompt, OPENED.sub("", prompt)) if whole.startswith(one)), None)
    if begun is None:
        return None
    text = whole[len(begun) :].rstrip()
    if text.startswith("</think>"):  # the prompt opens what the history leaves out
        begun += "<think>"
    while end := next((one for one in ENDS if text.endswith(one)), ""):
        text = text.removesuffix(end).rstrip()
    values = [value for _, given in answer.get("calls", []) for value in given.values()]
    needed = [*map(str, values), *(answer[key] for key in ("content", "thinking") if key in answer)]
    return (begun, text) if all(one in text for one in needed) else None


def main(source: Path) -> None:
    made = environment()
    found, signs = [], {}
    for name, text in published(source):
        template = made.from_string(text)
        for kind, answer in ANSWERS.items():
            for as_text in (False, True):
                if answered := written(template, answer, as_text):
                    begun, said = answered
                    found.append({"template": name, "answer": kind, "prompt": begun[-80:], "text": said, **answer})
                    signs[name] = " ".join(dict.fromkeys(SIGNS.findall(text)))
                    break
    GOLDEN.write_text(json.dumps({"tools": TOOLS, "signs": signs, "answers": found}, ensure_ascii=False, indent=1) + "\n")
    print(f"{len(found)} answers of {len(signs)} templates")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
