"""Tables and figures show themselves in a notebook, in a terminal and to those who do not see."""

from __future__ import annotations

from dataclasses import dataclass

from jupyter_ollama.lab import Plot, Rows


@dataclass(frozen=True)
class Measured:
    name: str
    bits_per_weight: float
    size_bytes: int


ROWS = Rows([Measured("<b>q4</b>", 4.5, 1234567), Measured("q8", 8.5, 7)], "Types")


def test_a_table_is_a_sequence() -> None:
    assert len(ROWS) == 2
    assert ROWS[1].name == "q8"
    assert [row.size_bytes for row in ROWS[:1]] == [1234567]


def test_a_table_is_a_data_frame() -> None:
    frame = ROWS.frame()
    assert list(frame.columns) == ["name", "bits_per_weight", "size_bytes"]
    assert frame["size_bytes"].tolist() == [1234567, 7]


def test_a_table_shows_itself_without_trusting_its_texts() -> None:
    shown = ROWS._repr_mimebundle_()
    assert "BITS PER WEIGHT" in shown["text/plain"]
    assert "1.2 MB" in shown["text/plain"]
    assert "<b>q4</b>" not in shown["text/html"]


def test_an_empty_table_shows_itself() -> None:
    empty: Rows[Measured] = Rows([], "Types")
    assert str(empty) is not None
    assert len(empty.frame()) == 0


def test_a_figure_is_vega_lite_with_words() -> None:
    plot = Plot({"mark": "point", "encoding": {"x": {"field": "a", "type": "quantitative"}}}, [{"a": 1}], "One point at 1.")
    shown = plot._repr_mimebundle_()
    spec = shown["application/vnd.vegalite.v5+json"]
    assert spec["$schema"].endswith("/v5.json")
    assert spec["data"] == {"values": [{"a": 1}]}
    assert spec["description"] == shown["text/plain"] == str(plot) == "One point at 1."
