"""The table of parameters: reading text and JSON values."""

from __future__ import annotations

import pytest

from jupyter_ollama.errors import OptionError
from jupyter_ollama.options import OPTIONS, check_options, defaults, float32, known_options, load_options, merge, near, parse_option


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("num_ctx", "4096", 4096), ("num_ctx", "+8", 8), ("seed", "-1", -1), ("temperature", "0.7", 0.7), ("temperature", "1", 1.0),
        ("temperature", "1e-1", 0.1), ("temperature", "0x1p-2", 0.25), ("use_mmap", "T", True), ("use_mmap", "0", False),
        ("stop", "<|end|>", ["<|end|>"]), ("max_tokens", "5", 5),
    ],
)  # fmt: skip
def test_values_are_read_as_go_reads_them(name: str, text: str, value: object) -> None:
    assert value == parse_option(name, text)


@pytest.mark.parametrize(
    ("name", "text", "wire"),
    [
        ("num_ctx", "1.0", "invalid int value [1.0]"), ("num_ctx", "0x10", "invalid int value [0x10]"),
        ("num_ctx", "1_000", "invalid int value [1_000]"), ("num_ctx", "9" * 30, f"invalid int value [{'9' * 30}]"),
        ("temperature", "warm", "invalid float value [warm]"), ("temperature", "1_0", "invalid float value [1_0]"),
        ("temperature", " 1", "invalid float value [ 1]"), ("temperature", "１", "invalid float value [１]"),
        ("use_mmap", "yes", "invalid bool value [yes]"),
    ],
)  # fmt: skip
def test_a_value_of_the_wrong_kind_names_the_option(name: str, text: str, wire: str) -> None:
    with pytest.raises(OptionError) as caught:
        parse_option(name, text)

    assert (name, text, wire) == (caught.value.option, caught.value.value, caught.value.text)


@pytest.mark.parametrize(("typed", "meant"), [("temprature", "temperature"), ("top-k", "top_k"), ("Num_Ctx", "num_ctx"), ("numpredict", "num_predict")])
def test_an_unknown_name_is_answered_with_the_nearest(typed: str, meant: str) -> None:
    with pytest.raises(OptionError, match=f"Did you mean {meant}") as caught:
        parse_option(typed, "1")

    assert meant == caught.value.near[0] == near(typed)[0]


def test_json_numbers_are_cut_to_whole_ones_and_null_is_nothing() -> None:
    assert {"top_k": 10, "temperature": 1.0} == check_options({"top_k": 10.9, "temperature": 1, "seed": None})


@pytest.mark.parametrize("options", [{"use_mmap": 1}, {"top_k": "5"}, {"top_k": True}, {"stop": [1]}, {"temperature": float("nan"), "x": 1}])
def test_json_values_of_the_wrong_type_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(OptionError):
        check_options(options)


@pytest.mark.parametrize(
    ("name", "value", "bounds"),
    [
        ("num_ctx", 10**9, "from 0 to 16,777,216"), ("num_ctx", -1, "from 0"), ("num_batch", 0, "from 1"), ("num_thread", -1, "from 0"),
        ("top_k", 1 << 40, "to 2,147,483,647"), ("top_p", 1.5, "from 0 to 1"), ("min_p", -0.1, "from 0 to 1"), ("tfs_z", 2, "from 0 to 1"),
        ("temperature", float("inf"), "not inf"), ("temperature", float("nan"), "not nan"),
        ("repeat_penalty", 0, "from 0.01"), ("mirostat", 3, "from 0 to 2"), ("num_predict", -3, "from -2"), ("repeat_last_n", -2, "from -1"),
        ("seed", 1 << 70, "a whole number from"), ("num_keep", -2, "from -1"),
    ],
)  # fmt: skip
def test_a_value_out_of_range_is_refused_with_the_range(name: str, value: float, bounds: str) -> None:
    with pytest.raises(OptionError, match=bounds) as caught:
        check_options({name: value})

    assert name == caught.value.option
    assert caught.value.hint


@pytest.mark.parametrize("name", ["num_ctx", "temperature", "seed"])
def test_a_number_of_thousands_of_digits_is_only_out_of_range(name: str) -> None:
    with pytest.raises(OptionError, match=f"{name} needs a"):
        check_options({name: 10**5000})


def test_the_range_holds_for_text_too() -> None:
    with pytest.raises(OptionError, match="from 0 to 16,777,216"):
        parse_option("num_ctx", "1000000000")


@pytest.mark.parametrize("stops", [["x"] * 2000, ["y" * 200_000]])
def test_stop_texts_are_counted(stops: list[str]) -> None:
    with pytest.raises(OptionError, match="at most"):
        check_options({"stop": stops})


def test_what_others_stored_out_of_range_is_left_out() -> None:
    assert {"top_k": 5} == known_options({"num_ctx": 10**9, "top_k": 5})


def test_max_tokens_is_num_predict() -> None:
    assert {"num_predict": 7} == check_options({"max_tokens": 7})


def test_what_others_stored_is_used_as_far_as_it_can_be() -> None:
    assert {"temperature": 0.5} == known_options({"temperature": 0.5, "low_vram": True, "top_k": "x"})


def test_floats_are_the_shortest_that_name_the_same_float32() -> None:
    assert (0.7, 0.1, 1e-07) == (float32(0.7), float32(0.1), float32(1e-07))
    assert 0.33333334 == float32(1 / 3)


def test_later_layers_win_and_lists_are_replaced_whole() -> None:
    assert {"stop": ["b"], "top_k": 1} == merge({"stop": ["a"]}, None, {"stop": ["b"], "top_k": 1})


def test_every_default_is_a_value_its_own_option_accepts() -> None:
    held = defaults()

    assert held == check_options(held)
    assert {"num_ctx", "num_batch", "num_gpu", "num_thread"} == set(load_options(held))
    assert all(option.doc.endswith(".") for option in OPTIONS.values())
