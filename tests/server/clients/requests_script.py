"""A script as many wrote them for the older API, with ``requests`` alone: create from a text line by line, then change what show returned."""

from __future__ import annotations

import json
import os
import re

import requests

HOST = os.environ["OLLAMA_HOST"]


def create(name: str, modelfile: str) -> list[dict[str, str]]:
    """The lines of the answer, read as they come."""
    with requests.post(f"{HOST}/api/create", json={"name": name, "modelfile": modelfile}, stream=True, timeout=60) as answer:
        return [json.loads(line) for line in answer.iter_lines() if line]


def show(name: str) -> dict[str, str]:
    shown: dict[str, str] = requests.post(f"{HOST}/api/show", json={"name": name}, timeout=60).json()
    return shown


def edited(text: str) -> str:
    text = re.sub(r"^SYSTEM .*$", "SYSTEM You are Luigi.", text, flags=re.MULTILINE)
    return re.sub(r"^PARAMETER temperature .*$", "PARAMETER temperature 0.1", text, flags=re.MULTILINE)


assert create("script", "FROM echo\nSYSTEM You are Mario.\nPARAMETER temperature 1")[-1] == {"status": "success"}
assert create("script", edited(show("script")["modelfile"]))[-1] == {"status": "success"}
assert (show("script")["system"], show("script")["parameters"].split()) == ("You are Luigi.", ["temperature", "0.1"])

assert create("long", 'FROM echo\nSYSTEM """You are Mario.\nYou jump."""\nPARAMETER temperature 1')[-1] == {"status": "success"}
before = show("long")
[problem] = create("long", edited(before["modelfile"]))  # the second line of the text is left, with its quote
assert "command must be one of" in problem["error"], problem
assert show("long") == before

assert "invalid model name" in create("模型", "FROM echo")[0]["error"]
assert "letters, digits" in create("模型", "FROM echo")[0]["error"]
print("done")
