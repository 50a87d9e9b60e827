"""The engine's bytes become whole characters, and nothing from a stop string on is shown, however the stream is cut."""

from __future__ import annotations

import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_ollama.reply import StopFinder, TextDecoder

# bytes -> text


def decode(pieces: list[bytes]) -> list[str]:
    decoder = TextDecoder()
    return [*(decoder.feed(piece) for piece in pieces), decoder.flush()]


@pytest.mark.parametrize(
    ("pieces", "texts"),
    [
        ([b"abc"], ["abc", ""]),
        ([b"caf\xc3", b"\xa9!"], ["caf", "é!", ""]),
        ([b"\xf0", b"\x9f", b"\x98", b"\x80"], ["", "", "", "😀", ""]),
        ([b"\xe4\xb8", b"\x96\xe7\x95\x8c"], ["", "世界", ""]),
        ([b""], ["", ""]),
        ([], [""]),
    ],
)
def test_characters_come_out_whole(pieces, texts):
    assert decode(pieces) == texts


@pytest.mark.parametrize(
    ("pieces", "texts"),
    [
        ([b"a\xffb"], ["a\ufffdb", ""]),
        ([b"\xc3", b"a"], ["", "\ufffda", ""]),
        ([b"\xe4\xb8", b""], ["", "", "\ufffd"]),
        ([b"\xc0\x80"], ["\ufffd\ufffd", ""]),
        ([b"\xed\xa0\x80"], ["\ufffd\ufffd\ufffd", ""]),
        ([b"\x80"], ["\ufffd", ""]),
    ],
)
def test_what_can_never_be_a_character_is_replaced_when_that_is_certain(pieces, texts):
    assert decode(pieces) == texts


def test_a_decoder_can_be_used_again_after_the_end():
    decoder = TextDecoder()
    decoder.feed(b"\xc3")
    assert decoder.flush() == "\ufffd"
    assert decoder.feed(b"\xa9") == "\ufffd"
    assert decoder.feed(b"a") + decoder.flush() == "a"


@given(st.binary(max_size=200), st.lists(st.integers(0, 200)))
def test_the_text_does_not_depend_on_the_cuts(data, cuts):
    borders = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    pieces = [data[start:stop] for start, stop in itertools.pairwise(borders)]
    assert "".join(decode(pieces)) == data.decode("utf-8", "replace")


# stop strings


def run(stops: list[str], pieces: list[str]) -> tuple[list[str], str | None]:
    """The texts that may be shown, the last one from the end of the stream, and the stop string that was found."""
    finder = StopFinder(stops)
    shown = [finder.feed(piece)[0] for piece in pieces]
    return [*shown, finder.flush()], finder.hit


@pytest.mark.parametrize(
    ("stops", "pieces", "shown", "hit"),
    [
        ([], ["abc", "def"], ["abc", "def", ""], None),
        (["</s>"], ["done</s>more"], ["done", ""], "</s>"),
        (["</s>"], ["done<", "/", "s", ">", "more"], ["done", "", "", "", "", ""], "</s>"),
        (["</s>"], ["a <", "b> </", "p>"], ["a ", "<b> ", "</p>", ""], None),
        (["</s>"], ["done </s"], ["done ", "</s"], None),
        (["\n\n"], ["a\n", "b\n", "\nc"], ["a", "\nb", "", ""], "\n\n"),
        (["abab"], ["aba", "cabab"], ["", "abac", ""], "abab"),
        (["aab"], ["aaa", "ab"], ["a", "a", ""], "aab"),
        (["stop"], ["stop"], ["", ""], "stop"),
        (["世界"], ["你好世", "界!"], ["你好", "", ""], "世界"),
        (["", "x"], ["ax"], ["a", ""], "x"),
        ([""], ["abc"], ["abc", ""], None),
        (["User:", "Assistant:"], ["Hi\nUs", "er: x"], ["Hi\n", "", ""], "User:"),
        (["END"], ["end END"], ["end ", ""], "END"),
    ],
)
def test_stop_strings_are_found_across_pieces(stops, pieces, shown, hit):
    assert run(stops, pieces) == (shown, hit)


def test_the_stop_string_that_is_complete_first_wins():
    assert run(["abc", "b"], ["abc"]) == (["a", ""], "b")
    assert run(["abc", "b"], ["a", "bc"]) == (["", "a", ""], "b")


def test_of_two_that_end_together_the_longer_wins():
    assert run(["b", "aab", "ab"], ["xaab"]) == (["x", ""], "aab")


def test_feed_tells_the_hit_and_ignores_what_follows():
    finder = StopFinder(["x"])
    assert finder.feed("ab") == ("ab", None)
    assert finder.feed("cxd") == ("c", "x")
    assert finder.feed("more") == ("", "x")
    assert finder.flush() == ""


ALPHABET = st.text("ab<>", min_size=1, max_size=5)


@given(st.lists(ALPHABET, max_size=6), st.text("ab<>", max_size=60), st.lists(st.integers(0, 60)))
def test_the_result_does_not_depend_on_the_cuts(stops, text, cuts):
    borders = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    pieces = [text[start:stop] for start, stop in itertools.pairwise(borders)]
    shown, hit = run(stops, pieces)
    ends = [(text.find(stop) + len(stop), -len(stop), stop) for stop in stops if stop in text]
    first = min(ends, default=None)
    assert hit == (first[2] if first else None)
    assert "".join(shown) == (text[: first[0] + first[1]] if first else text)


@given(st.lists(ALPHABET, max_size=6), st.lists(st.text("ab<>", max_size=5), max_size=20))
def test_what_is_held_back_is_never_longer_than_needed(stops, pieces):
    finder, seen, shown = StopFinder(stops), "", ""
    for piece in pieces:
        text, hit = finder.feed(piece)
        seen, shown = seen + piece, shown + text
        if hit is not None:
            return
        held = max((n for stop in stops for n in range(len(stop)) if seen.endswith(stop[:n])), default=0)
        assert shown == seen[: len(seen) - held]


def test_many_long_stop_strings_and_a_long_text_take_linear_time():
    stops = ["a" * n + "b" for n in range(1, 1001)]
    finder = StopFinder(stops)
    started = time.perf_counter()
    shown = "".join(finder.feed("a" * 100)[0] for _ in range(10_000)) + finder.flush()
    assert time.perf_counter() - started < 10  # a quadratic search would take hours
    assert shown == "a" * 1_000_000


def test_a_long_text_without_any_beginning_of_a_stop_is_not_looked_at_letter_by_letter():
    finder = StopFinder(["<|end|>"])
    text = "word " * 1_000_000
    started = time.perf_counter()
    assert finder.feed(text) == (text, None)
    assert time.perf_counter() - started < 1
