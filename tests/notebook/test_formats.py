"""``%%chat --format``: answers that are JSON, or what a schema or a dataclass of the notebook describes."""

from __future__ import annotations

import json

import pytest
from IPython.core.error import UsageError

from .conftest import Shell

PERSON = """
from dataclasses import dataclass

@dataclass
class Person:
    name: str
    age: int
"""


@pytest.mark.parametrize("raw", ["", "--raw"])
def test_an_answer_is_what_a_dataclass_of_the_notebook_describes(with_pocket: Shell, raw: str) -> None:
    with_pocket.run(PERSON)
    with_pocket.run(f"%%chat pocket --new {raw} --format Person --out reply -o temperature=0 -o num_predict=200\nTell me about Tom, who is 7.")

    found = json.loads(with_pocket.value("reply.message.content"))
    assert ["name", "age"] == list(found)
    assert isinstance(found["age"], int)


def test_a_schema_may_stand_in_the_line(with_pocket: Shell) -> None:
    with_pocket.run("""%%chat pocket --new --format '{"enum": ["yes", "no"]}' --out reply\nIs the sky blue?""")

    assert json.loads(with_pocket.value("reply.message.content")) in ("yes", "no")


def test_json_is_a_json_object(with_pocket: Shell) -> None:
    with_pocket.run("%%chat pocket --new --format json --out reply -o temperature=0\nReturn JSON with name Tom, age 7.")

    assert {"name": "Tom", "age": 7} == json.loads(with_pocket.value("reply.message.content"))


@pytest.mark.parametrize(
    ("word", "says"), [("Persn", "Did you mean Person?"), ("'{'", "the schema is no JSON"), ("nobody_has_this", "It is json, the name of")]
)
def test_a_format_that_is_not_there_is_said_in_one_line(with_pocket: Shell, word: str, says: str) -> None:
    with_pocket.run(PERSON)
    error = with_pocket.error(f"%%chat pocket --format {word}\nHi")

    assert isinstance(error, UsageError)
    assert says in str(error)
