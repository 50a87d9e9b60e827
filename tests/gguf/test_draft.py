"""Which models can draft for one another, by what their headers say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from jupyter_ollama.errors import SourceError
from jupyter_ollama.gguf import GGUFIndex, read_index
from jupyter_ollama.gguf.draft import check_draft, keeps_a_state

from ..engine import tiny


def header(path: Path, *, n_vocab: int = 272, architecture: str = "llama", **changed: Any) -> GGUFIndex:
    """The header of a model without weights; None leaves a key out."""
    held = {**tiny.tokenizer(n_vocab), **{key.replace("__", "."): value for key, value in changed.items()}}
    tensors = {"output.weight": tiny.np.zeros((1, 32), tiny.np.float32)}
    tiny.save(path, architecture, {key: value for key, value in held.items() if value is not None}, tensors)
    return read_index(path)


@pytest.fixture
def base(tmp_path: Path) -> GGUFIndex:
    return header(tmp_path / "base.gguf")


def texts(**other: str) -> list[str]:
    held, _ = tiny.vocabulary(272)
    return [other.get(f"n{number}", text) for number, text in enumerate(held)]


def test_vocabularies_of_one_family_go_together(base: GGUFIndex, tmp_path: Path) -> None:
    fitting: list[dict[str, Any]] = [
        {}, {"n_vocab": 400}, {"architecture": "qwen2"}, {"tokenizer__ggml__tokens": texts(n0="<s>", n4="<unk>")},
        {"tokenizer__ggml__add_bos_token": None}, {"tokenizer__ggml__eos_token_id": 258}, {"tokenizer__ggml__pre": "llama-bpe"},
    ]  # fmt: skip
    for number, changed in enumerate(fitting):
        check_draft(header(tmp_path / f"{number}.gguf", **changed), base)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"n_vocab": 401}, "it has 401 tokens, the model 272"),
        ({"tokenizer__ggml__tokens": texts(n5="other")}, "its token 5 is 'other', the model's 'ą'"),
        ({"tokenizer__ggml__tokens": texts(n271="other")}, "its token 271 is 'other', the model's '<w271>'"),
        ({"tokenizer__ggml__model": "llama"}, "its tokenizer is 'llama', the model's 'gpt2'"),
        ({"tokenizer__ggml__model": None}, "its tokenizer is None"),
        ({"tokenizer__ggml__tokens": None}, "one of them has no vocabulary"),
        ({"tokenizer__ggml__tokens": "text"}, "one of them has no vocabulary"),
        ({"tokenizer__ggml__tokens": [1, 2, 3]}, "one of them has no vocabulary"),
        ({"tokenizer__ggml__bos_token_id": 258}, "its texts begin with token 258, the model's begin with token 256"),
        ({"tokenizer__ggml__add_bos_token": False}, "its texts begin without a token of their own"),
    ],
)
def test_others_are_told_apart_by_what_differs(base: GGUFIndex, tmp_path: Path, changed: dict[str, Any], words: str) -> None:
    with pytest.raises(SourceError) as caught:
        check_draft(header(tmp_path / "draft.gguf", **changed), base)
    assert words in caught.value.message
    assert caught.value.message.startswith(f"{tmp_path / 'draft.gguf'} cannot draft for this model: ")


STATES = {
    "mamba": "ssm.state_size", "jamba": "ssm.conv_kernel", "rwkv6": "wkv.head_size", "lfm2": "shortconv.l_cache", "kimi-linear": "kda.head_dim",
    "qwen3next": "ssm.inner_size",
}  # fmt: skip


@pytest.mark.parametrize("architecture", STATES)
def test_models_that_keep_a_state_neither_draft_nor_are_drafted_for(base: GGUFIndex, tmp_path: Path, architecture: str) -> None:
    keeping = header(tmp_path / "state.gguf", architecture=architecture, **{f"{architecture}__{STATES[architecture]}": 4})
    assert keeps_a_state(keeping)
    with pytest.raises(SourceError, match=r"state.gguf cannot draft: it keeps one state for all tokens"):
        check_draft(keeping, base)
    with pytest.raises(SourceError, match=r"base.gguf cannot draft for a model that keeps one state"):
        check_draft(base, keeping)
    assert not keeps_a_state(base)
