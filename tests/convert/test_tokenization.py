"""A converted tokenizer splits text as the original does: llama.cpp with our GGUF against the `tokenizers` package with the folder's file."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import tokenizers

from jupyter_ollama.convert import plan_folder

from ..weights import write_gguf
from .folders import make_folder
from .tiny_tokenizers import PARAGRAPH

TORTURE = [
    "Hello, world!",
    " two  spaces   and\ttabs\t\t",
    "line one\nline two\r\n\r\n\n  indented\n",
    "1 12 123 1234 12345 3.14 1,000,000",
    "It's we're THEY'LL I'd I'M don't",
    "def f(x):\n    return {'a': [1, 2, 3]}  # comment\n\n\nclass A: ...",
    "Ünïcödé ẞtraße naïve façade Ελληνικά Русский עברית العربية हिन्दी ไทย",
    "你好,世界。日本語のテスト 한국어",
    "🚀 👩‍👩‍👧‍👦 🏳️‍🌈 ✅",
    "\u00a0non-breaking\u2003em\u200bzero",
    "<|im_start|>user\nhi<|im_end|> <|eot_id|></s><s>",
    "!!!???...---===\\\\//@@##",
    "\x00\x01\x7f",
    "a" * 300,
    *PARAGRAPH.strip().split("\n"),
]


def by_llama_cpp(model: Path, texts: list[str]) -> list[list[int]]:
    script = Path(__file__).with_name("llama_ids.py")
    done = subprocess.run([sys.executable, script, model], input=json.dumps(texts), capture_output=True, text=True, check=True, timeout=60)
    found: list[list[int]] = json.loads(done.stdout)
    return found


def by_tokenizers(file: Path, texts: list[str]) -> list[list[int]]:
    tokenizer = tokenizers.Tokenizer.from_file(str(file))
    return [tokenizer.encode(text).ids for text in texts]


@pytest.mark.parametrize("name", ["tiny-llama", "llama31-rope", "llama2-fallback"])
def test_ids_are_those_of_the_original(name: str, tmp_path: Path) -> None:
    """Qwen 2 splits, Llama 3 splits with whole words first, and byte fallback with scores made of merge ranks."""
    folder = make_folder(tmp_path, name)
    model = write_gguf(plan_folder(folder), tmp_path / "model.gguf")

    for text, theirs, ours in zip(TORTURE, by_tokenizers(folder / "tokenizer.json", TORTURE), by_llama_cpp(model, TORTURE), strict=True):
        assert ours == theirs, text


def test_sentencepiece_ids_are_those_of_the_same_merges(tmp_path: Path) -> None:
    """The tiny tokenizer.model holds the same merges as the tiny byte-fallback tokenizer.json."""
    twin = make_folder(tmp_path, "llama2-fallback") / "tokenizer.json"
    model = write_gguf(plan_folder(make_folder(tmp_path, "llama2-spm-f16")), tmp_path / "model.gguf")

    assert by_llama_cpp(model, TORTURE) == by_tokenizers(twin, TORTURE)
