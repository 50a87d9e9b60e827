"""``{{name}}`` in a prompt."""

from __future__ import annotations

import pytest

from jupyter_ollama.notebook.variables import insert


@pytest.mark.parametrize(
    ("text", "inserted"),
    [
        ("Hi {{name}}!", "Hi Ada!"),
        ("Hi {{ name }}{{n}}", "Hi Ada3"),
        ("{{größe}}", "7"),
        ("{{unknown}} {name} {{ .Prompt }} {{name.upper()}} {{}} {% if name %}", "{{unknown}} {name} {{ .Prompt }} {{name.upper()}} {{}} {% if name %}"),
        ("{{{name}}}", "{Ada}"),
        ("{{\nname}}", "{{\nname}}"),
    ],
)  # fmt: skip
def test_known_names_are_inserted_and_all_other_braces_stay(text: str, inserted: str) -> None:
    assert inserted == insert(text, {"name": "Ada", "n": 3, "größe": 7})


def test_what_is_inserted_is_not_looked_at_again() -> None:
    assert "{{b}} x" == insert("{{a}} {{b}}", {"a": "{{b}}", "b": "x"})


def test_none_is_a_value() -> None:
    assert "None" == insert("{{a}}", {"a": None})


def test_names_that_ipython_set_are_not_the_users_but_can_become_so() -> None:
    before: dict[str, object] = {"_": "", "exit": len}

    assert "{{exit}} {{_}}" == insert("{{exit}} {{_}}", dict(before), before)
    assert "{{exit}} 42" == insert("{{exit}} {{_}}", {**before, "_": 42}, before)
