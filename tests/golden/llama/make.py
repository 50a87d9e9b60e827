"""Fills replies.json and prompts.json with what llama-server makes of the chat templates that llama.cpp publishes.

    pip download --no-deps --no-binary llama-cpp-python llama-cpp-python==0.3.36 && tar -xzf llama_cpp_python-0.3.36.tar.gz
    source=llama_cpp_python-0.3.36/vendor/llama.cpp
    cmake -S $source -B build -DBUILD_SHARED_LIBS=ON && cmake --build build --target llama-server
    python tests/golden/llama/make.py $source build

The server's own functions are asked (oracle.cpp), for the server itself takes a grammar that forces an answer only where there are no
tools. The templates belong to their authors and are not part of this project; of a prompt only a hash is kept.

replies.json   for each template, raw answers and what the server reads in them: what the template writes into a conversation for those of
               ../reply/make_published.py, and what is made of that: with text before or behind a call, cut off, with JSON that is no call,
               without any call. ``signs`` are the words of each template by which its dialect can be told.
prompts.json   for each template and each of conversations.json the first half of the prompt's sha256 and its length, without the day on
               which it was made, or ``refused``.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
sys.path.insert(0, str(FOLDER.parent / "reply"))
import make_published  # noqa: E402 (it lies beside)

BEFORE, AFTER = "I look that up.", "\nThat is all."
PLAIN = "It is sunny, <b>mostly</b> [1]."
OTHER_JSON = '{"name": "Ada", "arguments": {"born": 1815}}'
CUT = 0.7
DATES = ("%Y-%m-%d", "%d %b %Y", "%b %d %Y", "%B %d, %Y", "%d %B %Y")
OPENED = re.compile(r"\s*(<think>|\[THINK\]|<\|START_THINKING\|>|<mm:think>)\s*\Z")
OPENING = re.compile(r"\s*(<think>|<\|START_THINKING\|>|<mm:think>|</)")
CLOSING = {"<think>": "</think>", "[THINK]": "[/THINK]", "<|START_THINKING|>": "<|END_THINKING|>", "<mm:think>": "</mm:think>"}

WORDS = (
    "functools", ">>>all", "List of tools: [", "Here are my reasoning steps:", "]<]minimax[>[", ":opensource",
)  # fmt: skip
"""Signs of a dialect that are no words in brackets."""
ENDS = (
    "<|eot_id|><|start_header_id|>assistant<|end_header_id|>", "<|calls|><|begin|>assistant",
    "<|END_OF_TURN_TOKEN|><|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>",
)  # fmt: skip
"""What follows an answer that ends with calls, whether or not another answer shall be given."""

GIVEN = '{"city": "Paris", "days": 3}'
LFM = '<|tool_call_start|>[get_weather(city="Paris", days=3)]<|tool_call_end|>'
R1 = f"<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>get_weather\n```json\n{GIVEN}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>"
EXTRA = {
    "LFM2-8B-A1B": {"a call": LFM},
    "LFM2.5-Instruct": {"a call": LFM},
    "ibm-granite-granite-3.3-2B-Instruct": {"a call": f'<|tool_call|>[{{"name": "get_weather", "arguments": {GIVEN}}}]'},
    "Apriel-1.6-15b-Thinker-fixed": {"a call": f'<tool_calls>[{{"name": "get_weather", "arguments": {GIVEN}}}]</tool_calls>'},
    "llama-cpp-deepseek-r1": {"a call": R1},
    "meetkai-functionary-medium-v3.1": {"a call": f"<function=get_weather>{GIVEN}</function>"},
    "meta-llama-Llama-3.1-8B-Instruct": {"a call": f'{{"name": "get_weather", "parameters": {GIVEN}}}'},
}
"""Calls as the models are known to write them, where the template writes none into a conversation."""


def build(source: Path, built: Path) -> Path:
    """Compile the oracle against the server's libraries."""
    program = built / "chat-oracle"
    headers = [f"-I{source / one}" for one in ("common", "include", "ggml/include")]
    libraries = [f"-L{built / 'bin'}", f"-Wl,-rpath,{(built / 'bin').resolve()}", "-lllama-common", "-lllama", "-lggml", "-lggml-base"]
    subprocess.run(["g++", "-std=c++17", *headers, str(FOLDER / "oracle.cpp"), "-o", str(program), *libraries], check=True)
    return program


def ask(program: Path, requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    lines = "".join(json.dumps(one) + "\n" for one in requests)
    done = subprocess.run([str(program)], input=lines, capture_output=True, text=True, check=True)
    answers = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert len(answers) == len(requests), done.stderr
    return answers


def request(template: str, conversation: dict[str, Any], answers: list[str], *, generate: bool = True) -> dict[str, Any]:
    tools = make_published.tools() if conversation.get("tools") else []
    messages, think = conversation["messages"], conversation.get("think", True)
    return {"template": template, "messages": messages, "tools": tools, "think": think, "generate": generate, "answers": answers}


def undated(text: str, now: datetime) -> str:
    """A prompt without the day on which it was made."""
    for layout in DATES:
        text = text.replace(now.strftime(layout), "TODAY")
    return text


def hashed(prompt: str, now: datetime) -> str:
    """What is kept of a prompt."""
    text = undated(prompt, now)
    return f"{sha256(text.encode()).hexdigest()[:24]} {len(text)}"


def prompts(program: Path, templates: dict[str, str]) -> dict[str, dict[str, str]]:
    conversations, now = json.loads((FOLDER / "conversations.json").read_text()), datetime.now()
    made = {}
    for name, text in templates.items():
        answers = ask(program, [request(text, one, []) for one in conversations.values()])
        held = ("refused" if "error" in one else hashed(one["prompt"], now) for one in answers)
        made[name] = dict(zip(conversations, held, strict=True))
    return made


def texts(program: Path, name: str, template: str, prompt: str) -> Iterator[tuple[str, str]]:
    """Names and raw texts of answers to this prompt: as the template writes them into the conversation, else as EXTRA has them."""
    found = dict(EXTRA.get(name, {}))
    opened = OPENED.search(prompt)
    begun = prompt[: opened.start()] if opened else prompt
    for kind, answer in make_published.ANSWERS.items():
        turns = [make_published.QUESTION, make_published.message(answer, as_text=True)]
        (whole,) = ask(program, [request(template, {"messages": turns, "tools": True}, [], generate=False)])
        text = whole.get("prompt", "")
        if not text.startswith(begun.rstrip()):
            continue
        text = written(text[len(begun.rstrip()) :], prompt[len(begun.rstrip()) :])
        values = [value for _, given in answer.get("calls", []) for value in given.values()]
        needed = [*map(str, values), *(answer[key] for key in ("content", "thinking") if key in answer)]
        if all(one in text for one in needed):
            found[kind] = text
    yield from found.items()
    call = found.get("a call")
    if call is not None:
        yield "a call, text behind it", call + AFTER
        yield "a call, cut off", call[: int(len(call) * CUT)]
        if not opened:
            if not OPENING.match(call):
                yield "text before a call", BEFORE + "\n" + call
            yield "text without a call", PLAIN
            yield "JSON that is no call", OTHER_JSON


def written(text: str, opening: str) -> str:
    """What the model itself writes of its turn, if the prompt ends with this opening of thoughts or white space."""
    text = text.rstrip()
    while end := next((one for one in (*ENDS, *make_published.ENDS) if text.endswith(one)), ""):
        text = text.removesuffix(end).rstrip()
    if text.startswith(opening):
        return text[len(opening) :]
    tag = opening.strip()
    if not tag:
        return text.lstrip()
    if text.lstrip().startswith(tag):
        return text.lstrip()[len(tag) :]
    closing = CLOSING[tag]
    return text.lstrip() if text.lstrip().startswith(closing) else f"{closing}\n{text.lstrip()}"


def plainly(message: dict[str, Any]) -> dict[str, Any]:
    """Content, thoughts and calls of an answer; arguments as they are meant."""
    if "error" in message:
        return {"refused": message["error"].partition(":")[0]}
    calls = [(one["function"]["name"], one["function"]["arguments"]) for one in message.get("tool_calls", [])]
    return {
        "content": message.get("content") or "",
        "thinking": message.get("reasoning_content") or "",
        "calls": [[name, _json(arguments)] for name, arguments in calls],
    }


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def replies(program: Path, templates: dict[str, str]) -> dict[str, Any]:
    made: list[dict[str, Any]] = []
    question = {"messages": [make_published.QUESTION], "tools": True}
    for name, template in templates.items():
        (asked,) = ask(program, [request(template, question, [])])
        if "error" in asked:
            continue
        raw = dict(texts(program, name, template, asked["prompt"]))
        (answered,) = ask(program, [request(template, question, list(raw.values()))])
        made += [
            {"template": name, "answer": kind, "prompt": asked["prompt"][-80:], "text": text, "llama": plainly(message)}
            for (kind, text), message in zip(raw.items(), answered["answers"], strict=True)
        ]
    names = {one["template"] for one in made}
    signs = {name: signs_of(templates[name]) for name in sorted(names)}
    return {"signs": signs, "answers": made}


def signs_of(template: str) -> str:
    return " ".join([*dict.fromkeys(make_published.SIGNS.findall(template)), *(one for one in WORDS if one in template)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path, help="llama.cpp's source folder")
    parser.add_argument("build", type=Path, help="where it was built, as shared libraries")
    arguments = parser.parse_args()
    program = build(arguments.source, arguments.build)
    templates = dict(make_published.published(arguments.source / "models" / "templates"))
    for name, made in (("prompts", prompts(program, templates)), ("replies", replies(program, templates))):
        (FOLDER / f"{name}.json").write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        print(f"{name}: {len(made)}")


if __name__ == "__main__":
    main()
