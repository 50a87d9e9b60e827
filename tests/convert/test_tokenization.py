"""A converted tokenizer splits text as the original does: llama.cpp with our GGUF against the `tokenizers` package with the folder's file."""

from __future__ import annotations

import json
import subprocess
import sys
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
import tokenizers

from jupyter_ollama.convert import ids_of, plan_folder
from jupyter_ollama.convert.tokenizer.known_ids import NAMES, TEXT, name_of
from jupyter_ollama.convert.tokenizer.pretokenizer import KNOWN
from jupyter_ollama.gguf.values import text as string

from ..weights import write_gguf
from .folders import make_folder
from .tiny_tokenizers import SPACE
from .torture import LONG_WORD, SHORT, TORTURE


def by_llama_cpp(model: Path, texts: list[str]) -> list[list[int]]:
    [found] = of_models([model], texts)
    assert found is not None
    return found


def of_models(models: list[Path], texts: list[str], *flags: str) -> list[list[list[int]] | None]:
    script = Path(__file__).with_name("llama_ids.py")
    program = [sys.executable, script, *flags, *models]
    done = subprocess.run(program, input=json.dumps(texts), capture_output=True, text=True, check=True, timeout=60)
    found: list[list[list[int]] | None] = json.loads(done.stdout)
    return found


def by_tokenizers(file: Path, texts: list[str]) -> list[list[int]]:
    tokenizer = tokenizers.Tokenizer.from_file(str(file))
    return [tokenizer.encode(text).ids for text in texts]


def same_ids(name: str, room: Path, texts: list[str]) -> None:
    """Both give the same ids to each text."""
    folder = make_folder(room, name)
    model = write_gguf(plan_folder(folder), room / "model.gguf")
    for text, theirs, ours in zip(texts, by_tokenizers(folder / "tokenizer.json", texts), by_llama_cpp(model, texts), strict=True):
        assert ours == theirs, ascii(text[:200])


@pytest.mark.parametrize("name", ["tiny-llama", "llama31-rope", "gpt2", "modern-bert", "roberta", "llama2-fallback", "gemma3-fallback-linear"])
def test_ids_are_those_of_the_original(name: str, tmp_path: Path) -> None:
    """Qwen 2 splits, Llama 3 splits with whole words first, GPT-2 splits, with what stands in front and behind; byte fallback with scores made of merge ranks, with and without a first space."""
    same_ids(name, tmp_path, [*TORTURE, LONG_WORD])


def test_ids_of_a_cased_bert_are_those_of_the_original(tmp_path: Path) -> None:
    """But for words of more than 100 letters, which BERT takes for unknown and llama.cpp splits."""
    same_ids("bert-cased-cls", tmp_path, TORTURE)


def test_ids_of_an_uncased_bert_are_those_of_the_original(tmp_path: Path) -> None:
    """But for marks with a width of their own: BERT takes off accents only, llama.cpp every mark."""
    same_ids("bert-mean", tmp_path, ["".join(c for c in text if unicodedata.category(c) not in ("Mc", "Me")) for text in TORTURE])


def test_ids_of_a_unigram_tokenizer_are_those_of_the_original(tmp_path: Path) -> None:
    """But for texts with U+2581, which stands for a space inside both."""
    same_ids("xlm-roberta", tmp_path, [text for text in [*TORTURE, LONG_WORD] if SPACE not in text])


def test_a_vocabulary_with_one_token_a_line_gives_the_ids_of_its_tokenizer_json(tmp_path: Path) -> None:
    model = write_gguf(plan_folder(make_folder(tmp_path, "bert-older")), tmp_path / "model.gguf")
    twin = make_folder(tmp_path, "bert-mean") / "tokenizer.json"

    assert by_llama_cpp(model, SHORT) == by_llama_cpp(write_gguf(plan_folder(twin.parent), tmp_path / "twin.gguf"), SHORT)


def test_sentencepiece_ids_are_those_of_the_same_merges(tmp_path: Path) -> None:
    """The tiny tokenizer.model holds the same merges as the tiny byte-fallback tokenizer.json; likewise those without a first space."""
    for first, second in (("llama2-spm-f16", "llama2-fallback"), ("gemma", "gemma3-fallback-linear")):
        model = write_gguf(plan_folder(make_folder(tmp_path, first)), tmp_path / "model.gguf")

        assert by_llama_cpp(model, TORTURE) == by_tokenizers(make_folder(tmp_path, second) / "tokenizer.json", TORTURE)


def test_llama_cpp_knows_every_name_that_is_given_to_a_pre_tokenizer(tmp_path: Path) -> None:
    plan = plan_folder(make_folder(tmp_path, "tiny-llama"))
    names = sorted({*NAMES.values(), *(name for pair in KNOWN.values() for name in pair if name)})
    models = [
        write_gguf(replace(plan, tensors=(), metadata={**plan.metadata, "tokenizer.ggml.pre": string(name)}), tmp_path / f"{name}.gguf")
        for name in names
    ]

    loaded = of_models(models, ["Hello"])

    assert [name for name, found in zip(names, loaded, strict=True) if found is None] == []
    assert of_models([write_gguf(replace(plan, metadata={**plan.metadata, "tokenizer.ggml.pre": string("?")}), tmp_path / "x.gguf")], []) == [None]


def test_tokenizers_that_are_not_known_by_their_ids_have_no_name(tmp_path: Path) -> None:
    folder = make_folder(tmp_path, "tiny-llama")

    [ids] = ids_of(folder, [TEXT], special=True) or [[]]

    assert ids == by_tokenizers(folder / "tokenizer.json", [TEXT])[0]
    assert name_of(ids) is None
