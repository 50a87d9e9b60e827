"""Renders the chat templates that llama.cpp publishes with plain Jinja and with ours, and prints where they differ.

    bash tests/vocabularies.sh
    python tests/golden/templates/compare_published.py build/vocabularies/0.3.36/templates [--write]

The templates belong to their authors and are not part of this project: the argument is a folder of *.jinja, or the sdist that has them.
tests/template/test_published.py asserts the same with what is kept.
``--write`` keeps in published.json what plain Jinja makes of each conversation: the first half of the sha256 of the text and
its length, or ``refused``; without it, plain Jinja is compared with that file, too.
"""

from __future__ import annotations

import argparse
import json
import sys
import tarfile
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import make_jinja

from jupyter_ollama.errors import TemplateError
from jupyter_ollama.template.jinja import JinjaTemplate

GOLDEN = Path(__file__).parent / "published.json"
REFUSED = "refused"
DIFFERENT = {
    "Kimi-K2-Instruct": "keeps the ids of calls in a list of its own, as for llama.cpp; plain Jinja's sandbox lets nothing be changed",
    "Kimi-K2-Thinking": "keeps the ids of calls in a list of its own, as for llama.cpp; plain Jinja's sandbox lets nothing be changed",
    "llama-cpp-deepseek-r1": "prints an iterator as JSON: a list for llama.cpp, for which it is written, and for us; plain Jinja refuses",
}
"""Templates of which ours may make a text where plain Jinja refuses, and why."""
NOW = datetime(2026, 1, 2, 3, 4, 5)


def published(source: Path) -> Iterator[tuple[str, str]]:
    """Names and texts of the templates in an sdist or a folder."""
    if source.is_dir():
        yield from ((path.stem, path.read_text()) for path in sorted(source.glob("*.jinja")))
        return
    with tarfile.open(source) as archive:
        members = {Path(one.name).stem: one for one in archive if one.name.endswith(".jinja")}
        for name in sorted(members):
            file = archive.extractfile(members[name])
            assert file is not None
            yield name, file.read().decode()


def conversations() -> dict[str, dict[str, Any]]:
    """Those of conversations.json, and longer ones: each way in which a chat reaches a template."""
    known = json.loads((GOLDEN.parent / "published_conversations.json").read_text())
    return make_jinja.conversations() | known


def variables(conversation: dict[str, Any]) -> dict[str, Any]:
    always = {"tools": None, "documents": None, "add_generation_prompt": True, "strftime_now": NOW.strftime}
    return always | make_jinja.TOKENS | conversation


def of_plain_jinja(text: str) -> dict[str, str | None]:
    """The prompt of each conversation; None where rendering raises, be it the template's own refusal or an error in it."""
    template, made = make_jinja.environment().from_string(text), dict[str, str | None]()
    for title, conversation in conversations().items():
        try:
            made[title] = template.render(variables(conversation))
        except Exception:  # noqa: BLE001  (a template raises whatever Python raises)
            made[title] = None
    return made


def of_ours(text: str) -> dict[str, str | None]:
    """The same by ours."""
    template, made = JinjaTemplate(text), dict[str, str | None]()
    for title, conversation in conversations().items():
        try:
            made[title] = template.render(variables(conversation))
        except TemplateError:
            made[title] = None
    return made


def summary(text: str | None) -> str:
    return REFUSED if text is None else f"{short_hash(text)} {len(text)}"


def short_hash(text: str) -> str:
    """Half of its sha256."""
    return sha256(text.encode()).hexdigest()[:24]


def compare(templates: Iterator[tuple[str, str]], golden: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """What plain Jinja makes of each template, and sentences about every difference."""
    made: dict[str, Any] = {}
    complaints: list[str] = []
    print(f"{'TEMPLATE':<52} EQUAL  REFUSED")
    for name, text in templates:
        plain, ours = of_plain_jinja(text), of_ours(text)
        different = [title for title in plain if plain[title] != ours[title]]
        allowed = name in DIFFERENT and all(plain[title] is None for title in different)
        complaints += [f"{name}: ours differs with {title!r}" for title in different if not allowed]
        refused = sum(one is None for one in plain.values())
        print(f"{name:<52} {len(plain) - len(different):>2}/{len(plain)} {refused:>8}{'   ' + DIFFERENT[name] if different and allowed else ''}")
        made[name] = {"template": short_hash(text), **{title: summary(one) for title, one in plain.items()}}
        if golden and made[name] != golden.get(name):
            complaints.append(f"{name}: plain Jinja differs from {GOLDEN.name}")
    return made, complaints


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path, help="the sdist, or a folder of *.jinja")
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    golden = json.loads(GOLDEN.read_text()) if GOLDEN.exists() and not arguments.write else {}
    made, complaints = compare(published(arguments.source), golden)
    print(*complaints, sep="\n")
    print(f"{len(made) - len({one.partition(':')[0] for one in complaints})} of {len(made)} templates are as they should be")
    if arguments.write:
        GOLDEN.write_text(json.dumps(made, indent=1) + "\n")
    sys.exit(bool(complaints))


if __name__ == "__main__":
    main()
