"""Tokenizer files to GGUF keys: how texts are split."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from jupyter_ollama.convert.folder import Folder
from jupyter_ollama.convert.tokenizer.files import TokenizerFiles
from jupyter_ollama.convert.tokenizer.pretokenizer import GPT4O, LLAMA3, QWEN2, QWEN35, TEKKEN, pre_type
from jupyter_ollama.errors import SourceError

from .tiny_tokenizers import LLAMA3_SPLIT, QWEN2_SPLIT


def split(pattern: str, behavior: str = "Isolated", invert: bool = False) -> dict[str, Any]:
    return {"type": "Split", "pattern": {"Regex": pattern}, "behavior": behavior, "invert": invert}


def byte_level(use_regex: bool = False, add_prefix_space: bool = False) -> dict[str, Any]:
    return {"type": "ByteLevel", "add_prefix_space": add_prefix_space, "trim_offsets": True, "use_regex": use_regex}


def sequence(*steps: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Sequence", "pretokenizers": list(steps)}


DIGITS = {"type": "Digits", "individual_digits": True}
DEEPSEEK_3 = (
    "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\r\n]*"
    "|\\s*[\r\n]+|\\s+(?!\\S)|\\s+"
)


@pytest.mark.parametrize(
    ("step", "ignore_merges", "name"),
    [
        (sequence(split(LLAMA3), byte_level()), True, "llama-bpe"),
        (sequence(split(LLAMA3), byte_level()), False, "smaug-bpe"),
        (sequence(split(QWEN2), byte_level()), False, "qwen2"),
        (sequence(split(QWEN2, "Removed", True), byte_level()), False, "qwen2"),
        (sequence(split(QWEN2.replace(r"\r", "\r").replace(r"\n", "\n")), byte_level()), False, "qwen2"),
        (sequence(sequence(split(QWEN2)), byte_level()), False, "qwen2"),
        (sequence(split(QWEN35), byte_level()), False, "qwen35"),
        (sequence(split(GPT4O), byte_level()), False, "gpt-4o"),
        (sequence(split(TEKKEN), byte_level()), True, "tekken"),
        (byte_level(use_regex=True), False, "gpt-2"),
        (
            sequence(
                {"type": "Punctuation", "behavior": "Contiguous"}, byte_level(use_regex=True), {"type": "Digits", "individual_digits": False},
                split("[0-9][0-9][0-9]"),
            ),
            False, "falcon",
        ),
        (sequence(DIGITS, byte_level(use_regex=True)), False, "starcoder"),
        (sequence(split(r"\p{N}{1,3}"), split("[一-龥\u3040-ゟ゠-ヿ]+"), split(DEEPSEEK_3), byte_level()), False, "deepseek-v3"),
    ],
)
def test_known_splits_have_names(tmp_path: Path, step: dict[str, Any], ignore_merges: bool, name: str) -> None:
    (tmp_path / "tokenizer.json").write_text(json.dumps({"pre_tokenizer": step, "model": {"ignore_merges": ignore_merges}}))

    assert pre_type(TokenizerFiles(Folder(tmp_path))) == name


@pytest.mark.parametrize(
    "step",
    [
        sequence(split(QWEN2.replace(r"\p{N}", r"\p{N}{1,2}")), byte_level()),
        sequence(split(QWEN2), byte_level(use_regex=True)),
        sequence(split(QWEN2), byte_level(add_prefix_space=True)),
        sequence(split(r"\p{N}", "MergedWithNext"), split(QWEN2), byte_level()),
        sequence(split(QWEN2, "Removed"), byte_level()),
        sequence(DIGITS, split(QWEN2), byte_level()),
        {"type": "Metaspace"},
        sequence(),
    ],
)
def test_a_split_that_differs_a_little_is_refused_not_guessed(tmp_path: Path, step: dict[str, Any]) -> None:
    (tmp_path / "tokenizer.json").write_text(json.dumps({"pre_tokenizer": step, "model": {}}))

    with pytest.raises(SourceError, match="splits text in a way") as caught:
        pre_type(TokenizerFiles(Folder(tmp_path)))

    assert len(caught.value.digest) == 64


OTHER_WORDS = (
    r"(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])|[^\r\n\p{L}\p{N}]?\p{L}+|{0}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
"""The pattern of Llama 3 and Qwen 2 with contractions spelled out; what it does with numbers is left open."""


@pytest.mark.parametrize(
    ("step", "ignore_merges", "name"),
    [
        (sequence(split(OTHER_WORDS.replace("{0}", r"\p{N}{1,3}")), byte_level()), True, "llama-bpe"),
        (sequence(split(OTHER_WORDS.replace("{0}", r"\p{N}\p{N}?\p{N}?")), byte_level()), False, "smaug-bpe"),
        (sequence(split(OTHER_WORDS.replace("{0}", r"\p{N}")), byte_level()), False, "qwen2"),
        (sequence(split(QWEN2 + " "), byte_level()), False, "qwen2"),  # a single space is left, which is a word all the same
        (sequence(split(QWEN2, invert=True), byte_level()), False, "qwen2"),  # nothing lies between the words
        (sequence(split(r"\p{N}"), byte_level(use_regex=True)), False, "starcoder"),
    ],
)
def test_the_same_split_in_other_words_is_known_by_what_it_does(tmp_path: Path, step: dict[str, Any], ignore_merges: bool, name: str) -> None:
    (tmp_path / "tokenizer.json").write_text(json.dumps({"pre_tokenizer": step, "model": {"ignore_merges": ignore_merges}}))

    assert pre_type(TokenizerFiles(Folder(tmp_path))) == name


@pytest.mark.parametrize("number", [r"[0-9]{1,3}", r"\p{Nd}{1,3}", r"\p{N}{1,4}", r"\p{N}+"])
def test_other_words_that_mean_something_else_are_refused(tmp_path: Path, number: str) -> None:
    step = sequence(split(OTHER_WORDS.replace("{0}", number)), byte_level())
    (tmp_path / "tokenizer.json").write_text(json.dumps({"pre_tokenizer": step, "model": {"ignore_merges": True}}))

    with pytest.raises(SourceError, match="splits text in a way"):
        pre_type(TokenizerFiles(Folder(tmp_path)))


def test_the_patterns_are_those_of_the_tiny_tokenizers() -> None:
    assert (LLAMA3, QWEN2) == (LLAMA3_SPLIT, QWEN2_SPLIT)
