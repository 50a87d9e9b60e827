"""Real vocabularies, taken through our conversion, give the ids that llama.cpp's own files say: `bash tests/vocabularies.sh` brings them."""

from __future__ import annotations

from pathlib import Path

import llama_cpp
import pytest

from .real_vocabularies import check

FOLDER = Path(__file__).parents[2] / "build" / "vocabularies" / llama_cpp.__version__
# Of those with texts and ids, all but deepseek-llm, whose splits are not known, and gemma-4, which no model of ours has.
NAMES = {
    "bert-bge": "jina-v2-en", "command-r": "starcoder", "deepseek-coder": "deepseek-coder", "falcon": "falcon", "gpt-2": "gpt-2",
    "llama-bpe": "llama-bpe", "llama-spm": "default", "mpt": "gpt-2", "phi-3": "default", "qwen2": "qwen2", "qwen35": "qwen35",
    "refact": "starcoder", "starcoder": "starcoder",
}  # fmt: skip
"""Vocabularies and the pre-tokenizers whose steps they have."""
BY_IDS = {
    "bert-bge": None, "command-r": None, "deepseek-coder": None, "llama-spm": None, "phi-3": None,
    "mpt": "olmo", "refact": "refact",  # other names for the same steps
    "llama-bpe": "smaug-bpe", "qwen35": "qwen2",  # wrong
}  # fmt: skip
"""Where asking for the ids first would give another answer."""


@pytest.mark.parametrize("name", NAMES)
def test_the_ids_are_those_of_the_original(name: str, tmp_path: Path) -> None:
    path = FOLDER / f"ggml-vocab-{name}.gguf"
    assert path.is_file(), "the vocabularies are missing: bash tests/vocabularies.sh"
    checked = check(path, tmp_path)

    assert checked.wrong == []
    assert checked.by_steps == NAMES[name]
    assert checked.by_ids == BY_IDS.get(name, NAMES[name])
