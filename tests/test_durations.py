"""Spans of time as Go writes and reads them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_ollama.durations import MAX_NS, format_duration, parse_duration


@pytest.mark.parametrize(
    ("nanoseconds", "text"),
    [(0, "0s"), (1, "1ns"), (1_100, "1.1µs"), (2_200_000, "2.2ms"), (3_300_000_000, "3.3s"), (245_000_000_000, "4m5s"), (245_001_000_000, "4m5.001s"),
     (18_367_001_000_000, "5h6m7.001s"), (480_000_000_001, "8m0.000000001s"), (300_000_000_000, "5m0s"), (3_600_000_000_000, "1h0m0s"),
     (MAX_NS, "2562047h47m16.854775807s"), (-1_500_000_000, "-1.5s")],
)  # fmt: skip
def test_spans_are_written_as_go_writes_them(nanoseconds: int, text: str) -> None:
    assert format_duration(nanoseconds) == text


@pytest.mark.parametrize(("text", "seconds"), [("10m", 600), ("1.5h", 5400), ("0", 0), ("-1s", -1), ("+5s", 5), ("1h30m", 5400), (".5s", 0.5), ("1µs", 1e-6), ("1us", 1e-6)])
def test_spans_are_read_as_go_reads_them(text: str, seconds: float) -> None:
    assert parse_duration(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "300", "1d", "s", "1 s", "--1s", "1s ", "١s", ".s", "1m-1s"])
def test_what_go_does_not_read_is_none(text: str) -> None:
    assert parse_duration(text) is None


@given(st.integers(0, MAX_NS))
def test_what_is_written_reads_back(nanoseconds: int) -> None:
    assert parse_duration(format_duration(nanoseconds)) == pytest.approx(nanoseconds / 1e9)
