"""Real vocabularies, taken through our conversion, give the ids that llama.cpp's own files say: `bash tests/vocabularies.sh` brings them."""

from __future__ import annotations

from pathlib import Path

import llama_cpp
import pytest

from .real_vocabularies import check

FOLDER = Path(__file__).parents[2] / "build" / "vocabularies" / llama_cpp.__version__
# Of those with texts and ids, all but deepseek-llm, whose splits are not known, and gemma-4, which no model of ours has.
NAMES = "bert-bge command-r deepseek-coder falcon gpt-2 llama-bpe llama-spm mpt phi-3 qwen2 qwen35 refact starcoder".split()


@pytest.mark.parametrize("name", NAMES)
def test_the_ids_are_those_of_the_original(name: str, tmp_path: Path) -> None:
    path = FOLDER / f"ggml-vocab-{name}.gguf"
    assert path.is_file(), "the vocabularies are missing: bash tests/vocabularies.sh"
    assert check(path, tmp_path) == 0
