"""Docstrings in the three common styles say of each parameter what it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_ollama.functions.docstrings import read

GOOGLE = """Tells the weather.

    It asks the office,
    which knows.

    Args:
        city (str): Where: a name
            of a city.
        days: How many.
        *rest: Others.
        **more (Any, optional): And more.

    Returns:
        text: what they say
    Raises:
        ValueError: no such city.
    """
NUMPY = """Tells the weather.

    It asks the office,
    which knows.

    Parameters
    ----------
    city : str
        Where: a name
        of a city.
    days : int, optional
        How many.
    *rest
        Others.
    **more : Any
        And more.

    Returns
    -------
    text : str
        what they say
    """
REST = """Tells the weather.

    It asks the office,
    which knows.

    :param city: Where: a name
        of a city.
    :type city: str
    :param int days: How many.
    :param rest: Others.
    :keyword more: And more.
    :returns: text: what they say
    :raises ValueError: no such city.
    """
EPYTEXT = REST.replace(":param", "@param").replace(":type", "@type").replace(":keyword", "@keyword").replace("    :r", "    @r")


@pytest.mark.parametrize("text", [GOOGLE, NUMPY, REST, EPYTEXT], ids=["Google", "NumPy", "reST", "Epytext"])
def test_the_styles_say_the_same(text: str) -> None:
    said = read(text)

    assert said.description == "Tells the weather.\n\nIt asks the office, which knows."
    assert said.parameters == {"city": "Where: a name of a city.", "days": "How many.", "rest": "Others.", "more": "And more."}
    assert said.types["city"] == "str"


def test_types_are_told_without_what_is_only_said_about_them() -> None:
    assert read(NUMPY).types["days"] == "int"
    assert read(REST).types["days"] == "int"
    assert read("Args:\n    n (int, optional): A number.").types == {"n": "int"}


def test_two_names_may_share_a_text() -> None:
    assert read("Parameters\n----------\na, b : float\n    Numbers.").parameters == {"a": "Numbers.", "b": "Numbers."}


@pytest.mark.parametrize(
    ("text", "description"),
    [
        (None, ""),
        ("", ""),
        ("One line.", "One line."),
        ("\n    Below.\n    And on.\n    ", "Below. And on."),
        ("Note: this is text.", "Note: this is text."),
        ("Says a: b, and c: d.", "Says a: b, and c: d."),
        ("Looks.\n\n>>> look()\n'sky'", "Looks.\n\n>>> look() 'sky'"),
        ("Looks.\n\nReturns:\n    What is there.", "Looks."),
        ("Args:\n    a: First.", ""),
    ],
)
def test_what_stands_before_the_sections_is_the_description(text: str | None, description: str) -> None:
    assert read(text).description == description


def test_a_parameter_without_a_text_has_none() -> None:
    assert read("Parameters\n----------\na : int\nb : int\n    Second.").parameters == {"b": "Second."}
    assert read("Args:\n    a:\n    b: Second.").parameters == {"b": "Second."}


@given(st.text(max_size=300) | st.lists(st.sampled_from(["Args:", "    a: x", "Parameters", "---------", "a : int", "    y", ":param a: z", "", "\t:"])).map("\n".join))
def test_no_docstring_is_a_mistake(text: str) -> None:
    said = read(text)
    assert all(said.parameters.values())
