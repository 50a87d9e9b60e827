"""What is being written at a place of a Modelfile."""

from __future__ import annotations

import pytest

from jupyter_ollama.modelfile.command import KEYWORDS
from jupyter_ollama.modelfile.completion import ABOUT, Slot, candidates, slot
from jupyter_ollama.options import OPTIONS


@pytest.mark.parametrize(
    ("above", "before", "expected"),
    [
        ("", "", Slot("instruction")), ("", "FRO", Slot("instruction", "FRO")), ("", "  fro", Slot("instruction", "fro")),
        ("", "FROM ", Slot("source")), ("", "FROM my models/a b", Slot("source", "my models/a b")), ("", "adapter ./l", Slot("file", "./l")),
        ("FROM a\n", "PARAMETER ", Slot("parameter")), ("FROM a\n", "PARAMETER temp", Slot("parameter", "temp")),
        ("FROM a\n", "PARAMETER top_k ", Slot("value", "", "top_k")), ("FROM a\n", "parameter top_k 4", Slot("value", "4", "top_k")),
        ("FROM a\n", "PARAMETER top_k 4 ", Slot("")), ("FROM a\n", "MESSAGE us", Slot("role", "us")), ("FROM a\n", "MESSAGE user hi", Slot("")),
        ("FROM a\n", "SYSTEM You are", Slot("")), ("FROM a\n", "# FRO", Slot("")), ('FROM a\nSYSTEM """\n', "FRO", Slot("")),
        ('FROM a\nSYSTEM """\nhi"""\n', "FRO", Slot("instruction", "FRO")), ("BAD x\n", "FRO", Slot("instruction", "FRO")),
    ],
)  # fmt: skip
def test_what_is_written_is_told_by_its_line_and_the_quotes_above(above: str, before: str, expected: Slot) -> None:
    assert slot(above, before) == expected


def test_everything_is_offered_with_what_it_is() -> None:
    assert set(ABOUT) == set(KEYWORDS)
    offered = {one.label: one for one in candidates(Slot("parameter"))}
    assert set(OPTIONS) <= set(offered)
    assert offered["temperature"].detail == "float, 0.8"
    assert offered["temperature"].info == OPTIONS["temperature"].doc
    assert offered["stop"].detail == "list"
    assert offered["max_tokens"].detail == "the same as num_predict"
    for kind in ("instruction", "parameter", "role"):
        assert all(one.detail for one in candidates(Slot(kind)))


def test_values_begin_with_the_default_and_types_say_which_are_recommended() -> None:
    assert [(one.label, one.detail) for one in candidates(Slot("value", "", "top_p"))] == [("0.9", "default"), ("0", ""), ("1", "")]
    assert [one.label for one in candidates(Slot("value", "", "penalize_newline"))] == ["true", "false"]
    types = {one.label: one.detail for one in candidates(Slot("value", "", "quantize"))}
    assert [name for name, detail in types.items() if detail] == ["q4_K_M", "q8_0"]
    assert candidates(Slot("value", "", "nonsense")) == []
