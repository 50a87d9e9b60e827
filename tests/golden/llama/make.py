"""Fills replies.json and prompts.json with what llama-server makes of the chat templates that llama.cpp publishes.

    pip download --no-deps --no-binary llama-cpp-python llama-cpp-python==0.3.36 && tar -xzf llama_cpp_python-0.3.36.tar.gz
    source=llama_cpp_python-0.3.36/vendor/llama.cpp
    cmake -S $source -B build -DBUILD_SHARED_LIBS=ON && cmake --build build --target llama-server
    python tests/golden/llama/make.py $source build

The server's own functions are asked (oracle.cpp), for the server itself takes a grammar that forces an answer only where there are no
tools. The templates belong to their authors and are not part of this project; of a prompt only a hash is kept.

replies.json   for each template, raw answers and what the server reads in them. They are those of ../reply/published.json, and some that
               are made of them: with text before or behind a call, cut off, with JSON that is no call, without any call.
prompts.json   for each template and each of conversations.json the first half of the prompt's sha256 and its length, or ``refused``.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
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


def request(template: str, conversation: dict[str, Any], answers: list[str]) -> dict[str, Any]:
    tools = make_published.tools() if conversation.get("tools") else []
    messages, think = conversation["messages"], conversation.get("think", True)
    return {"template": template, "messages": messages, "tools": tools, "think": think, "answers": answers}


def hashed(answer: dict[str, Any]) -> str:
    if "error" in answer:
        return "refused"
    prompt = answer["prompt"]
    return f"{sha256(prompt.encode()).hexdigest()[:24]} {len(prompt)}"


def prompts(program: Path, templates: dict[str, str]) -> dict[str, dict[str, str]]:
    conversations = json.loads((FOLDER / "conversations.json").read_text())
    return {
        name: dict(zip(conversations, map(hashed, ask(program, [request(text, one, []) for one in conversations.values()])), strict=True))
        for name, text in templates.items()
    }


def texts(prompt: str, template: str) -> Iterator[tuple[str, str]]:
    """Names and raw texts of answers to this prompt."""
    environment = make_published.environment().from_string(template)
    found = {}
    for kind, answer in make_published.ANSWERS.items():
        for as_text in (False, True):
            written = make_published.written(environment, answer, as_text)
            whole = "".join(written) if written else ""
            if whole.startswith(prompt):
                found[kind] = whole[len(prompt) :]
                break
    yield from found.items()
    call = found.get("a call")
    if call is not None:
        opened = prompt.rstrip().endswith(("<think>", "[THINK]", "<|START_THINKING|>"))
        yield "a call, text behind it", call + AFTER
        yield "a call, cut off", call[: int(len(call) * CUT)]
        if not opened:
            yield "text before a call", BEFORE + "\n" + call
            yield "text without a call", PLAIN
            yield "JSON that is no call", OTHER_JSON


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


def replies(program: Path, templates: dict[str, str]) -> list[dict[str, Any]]:
    made = []
    question = {"messages": [make_published.QUESTION], "tools": True}
    for name, template in templates.items():
        (asked,) = ask(program, [request(template, question, [])])
        if "error" in asked:
            continue
        raw = dict(texts(asked["prompt"], template))
        (answered,) = ask(program, [request(template, question, list(raw.values()))])
        made += [
            {"template": name, "answer": kind, "prompt": asked["prompt"][-80:], "text": text, "llama": plainly(message)}
            for (kind, text), message in zip(raw.items(), answered["answers"], strict=True)
        ]
    return made


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
