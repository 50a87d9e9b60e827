"""What Tab offers."""

from __future__ import annotations

import textwrap

import pytest

from jupyter_ollama.options import OPTIONS

from .conftest import Shell


@pytest.mark.parametrize(
    ("code", "replaced", "offered"),
    [
        ("%%chat mar", "mar", ["mario", "mario:small", "mario:latest"]),
        ("%%chat mario:", "mario:", ["mario:small", "mario:latest"]),
        ("%%chat mario:s", "mario:s", ["mario:small"]),
        ("%%chat maroi", "maroi", ["mario"]),
        ("%%chat mario -o temp", "temp", ["temperature="]),
        ("%%chat mario -o temprature", "temprature", ["temperature="]),
        ("%%chat mario --option use_mmap=", "", ["true", "false"]),
        ("%%chat mario -o top_p=0.", "0.", ["0.9"]),
        ("%%chat --new mario --sy", "--sy", ["--system"]),
        ("%%chat --system x mar", "mar", ["mario", "mario:small", "mario:latest"]),
        ("%ollama sh", "sh", ["show"]),
        ("%ollama show mario --t", "--t", ["--template"]),
        ("%ollama rm pocket mar", "mar", ["mario", "mario:small", "mario:latest"]),
        ("%ollama verify pocket mar", "mar", ["mario", "mario:small", "mario:latest"]),
        ("models = %ollama l", "l", ["list", "ls"]),
        ("x = 1\n%ollama st", "st", ["stop"]),
        ("%ollama_create m -q q5_", "q5_", ["q5_0", "q5_1", "q5_K_S", "q5_K_M"]),
        ("%ollama_create m --quantize Q4_k", "Q4_k", ["q4_K_S", "q4_K_M"]),
        ("%%modelfile m\nFRO", "FRO", ["FROM"]),
        ("%%modelfile m\nFROM poc", "poc", ["pocket", "pocket:latest"]),
        ("%%modelfile m\nFROM pocket\nPARAMTER", "PARAMTER", ["PARAMETER"]),
        ("%%modelfile m\nFROM pocket\nPARAMETER temp", "temp", ["temperature"]),
        ("%%modelfile m\nPARAMETER temprature", "temprature", ["temperature"]),
        ("%%modelfile m\nPARAMETER quantize q8", "q8", ["q8_0"]),
        ("%%modelfile m\nparameter penalize_newline t", "t", ["true"]),
        ("%%modelfile m\nMESSAGE as", "as", ["assistant"]),
    ],
)  # fmt: skip
def test_tab(with_pocket: Shell, code: str, replaced: str, offered: list[str]) -> None:
    fragment, found = with_pocket.complete(code)

    assert replaced == fragment
    assert set(offered) <= set(found)
    assert found[0] in offered


def test_a_parameter_line_offers_them_all(with_pocket: Shell) -> None:
    assert set(OPTIONS) <= set(with_pocket.complete("%%modelfile m\nPARAMETER ")[1])


def test_create_offers_the_modelfiles_of_the_notebook(with_pocket: Shell) -> None:
    with_pocket.run("%%modelfile luigi\nFROM pocket\n")

    assert ("lu", ["luigi"]) == with_pocket.complete("%ollama_create lu")


def test_two_braces_in_a_message_offer_the_users_variables(with_pocket: Shell) -> None:
    with_pocket.ip.user_ns.update(name="Ada", names=["x"], textwrap=textwrap, named=lambda: 1, _name=1)

    assert ("na", ["name", "names"]) == with_pocket.complete("%%chat mario\nI am {{na}}", len("%%chat mario\nI am {{na"))
    assert ("", []) == with_pocket.complete("%%chat mario\nI am na")


def test_outside_of_our_magics_there_is_nothing_to_say(with_pocket: Shell) -> None:
    for code in ("mar", "x = 'mar", "%timeit mar", "%%time\nmar", "%ollama nonsense mar", "%%chat mario\nmar", "%%modelfile m\nSYSTEM ma"):
        assert ("", []) == with_pocket.complete(code)


def test_paths_behind_from_stay_with_the_file_completion(with_pocket: Shell) -> None:
    assert ("", []) == with_pocket.complete("%%modelfile m\nFROM ./mar")
