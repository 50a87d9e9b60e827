"""Names of target types."""

import json
import subprocess
import sys

import pytest

from jupyter_ollama.errors import QuantizationError, SourceError
from jupyter_ollama.quantization import QUANTIZATIONS, parse_quantization

PROMISED = [
    *(
        "q2_K",
        "q3_K_S",
        "q3_K_M",
        "q3_K_L",
        "q4_0",
        "q4_1",
        "q4_K_S",
        "q4_K_M",
        "q5_0",
        "q5_1",
        "q5_K_S",
        "q5_K_M",
        "q6_K",
        "q8_0",
    ),
    *("iq4_nl", "iq4_xs"),
    *("f16", "bf16", "f32"),
]


def test_all_promised_types_are_there_and_nothing_else():
    assert sorted(quantization.spelling for quantization in QUANTIZATIONS) == sorted(PROMISED)


@pytest.mark.parametrize("spelling", PROMISED)
def test_case_and_blanks_around_do_not_matter(spelling):
    for text in (spelling, spelling.upper(), spelling.lower(), f" {spelling}\n"):
        assert parse_quantization(text).name == spelling.upper()


@pytest.mark.parametrize(("alias", "name"), [("q3_K", "Q3_K_M"), ("Q4_K", "Q4_K_M"), ("q5_k", "Q5_K_M")])
def test_a_bare_k_type_is_its_medium_mixture(alias, name):
    assert parse_quantization(alias).name == name


def test_only_the_three_float_types_are_conversions():
    assert [quantization.name for quantization in QUANTIZATIONS if quantization.is_float] == ["F16", "BF16", "F32"]


def test_the_numbers_are_those_of_llama_cpp():
    """Read in a child, because the native library stays out of this process."""
    script = (
        "import llama_cpp.llama_cpp as c, json;"
        "print(json.dumps({k.removeprefix('LLAMA_FTYPE_').removeprefix('ALL_').removeprefix('MOSTLY_'): v"
        " for k, v in vars(c).items() if k.startswith('LLAMA_FTYPE_')}))"
    )
    numbers = json.loads(subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout)
    assert {quantization.name: quantization.file_type for quantization in QUANTIZATIONS}.items() <= numbers.items()


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("q4km", "q4_K_M"),
        ("Q4-K-M", "q4_K_M"),
        ("q4", "q4_0"),
        ("q8", "q8_0"),
        ("int8", None),
        ("fp16", "f16"),
        ("q4_K_X", "q4_K_M"),
        ("", None),
    ],
)
def test_an_unknown_name_is_answered_with_near_ones_and_the_whole_list(text, near):
    with pytest.raises(QuantizationError) as caught:
        parse_quantization(text)
    error = caught.value
    assert isinstance(error, SourceError)
    assert error.quantize == text
    assert error.supported == tuple(quantization.spelling for quantization in QUANTIZATIONS)
    assert near in error.near if near else error.near == ()
    assert "q4_K_M" in str(error)
