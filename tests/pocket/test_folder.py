"""The folder that ships: an ordinary Hugging Face folder, small, with the tokens and the template it was trained with."""

from __future__ import annotations

import json
import math
import struct
from typing import Any

import pytest
from jinja2.sandbox import ImmutableSandboxedEnvironment

from jupyter_ollama import pocket

FOLDER = pocket.folder()
SPECIAL = ("<|bos|>", "<|im_start|>", "<|im_end|>", "<|endoftext|>")


def read(name: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    return value


def header() -> dict[str, Any]:
    """The JSON header of the weights."""
    with (FOLDER / "model.safetensors").open("rb") as file:
        (size,) = struct.unpack("<Q", file.read(8))
        value: dict[str, Any] = json.loads(file.read(size))
    return value


def test_the_folder_has_at_most_12_megabytes() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir() if path.is_file()) <= 12_000_000


def test_the_weights_are_bf16_and_fit_the_configuration() -> None:
    config, tensors = read("config.json"), header()
    tensors.pop("__metadata__")
    assert {tensor["dtype"] for tensor in tensors.values()} == {"BF16"}
    assert len(tensors) == 2 + 9 * config["num_hidden_layers"]  # the output is the embedding
    assert tensors["model.embed_tokens.weight"]["shape"] == [config["vocab_size"], config["hidden_size"]]
    parameters = sum(math.prod(tensor["shape"]) for tensor in tensors.values())
    assert 5_200_000 < parameters < 5_300_000


def test_every_row_is_a_multiple_of_256_so_that_all_k_quants_apply() -> None:
    tensors = header()
    tensors.pop("__metadata__")
    assert all(tensor["shape"][-1] % 256 == 0 for tensor in tensors.values())


def test_the_special_tokens_have_the_ids_that_the_configurations_name() -> None:
    added = {token["content"]: token for token in read("tokenizer.json")["added_tokens"]}
    config, generation, tokenizer = read("config.json"), read("generation_config.json"), read("tokenizer_config.json")
    assert set(added) == set(SPECIAL)
    assert all(token["special"] for token in added.values())
    assert config["bos_token_id"] == added["<|bos|>"]["id"]
    assert config["eos_token_id"] == added["<|im_end|>"]["id"]
    assert generation["eos_token_id"] == [added["<|im_end|>"]["id"], added["<|endoftext|>"]["id"]]
    assert tokenizer["add_bos_token"] is True
    assert (tokenizer["bos_token"], tokenizer["eos_token"], tokenizer["pad_token"]) == ("<|bos|>", "<|im_end|>", "<|endoftext|>")


def test_no_token_is_longer_than_16_bytes() -> None:
    """In byte-level BPE each character of a piece stands for one byte. llama.cpp's Python binding drops pieces of more than 32."""
    assert max(map(len, read("tokenizer.json")["model"]["vocab"])) <= 16


@pytest.mark.parametrize("system", ["", "You are Mario."])
def test_the_chat_template_is_chatml_after_one_bos(system: str) -> None:
    messages = [{"role": "system", "content": system}] * bool(system) + [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}, {"role": "user", "content": "Bye"}]
    template = ImmutableSandboxedEnvironment().from_string(read("tokenizer_config.json")["chat_template"])
    start = "<|im_start|>system\nYou are Mario.<|im_end|>\n" if system else ""
    assert template.render(messages=messages, bos_token="<|bos|>", add_generation_prompt=True) == (
        f"<|bos|>{start}<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nHello<|im_end|>\n<|im_start|>user\nBye<|im_end|>\n<|im_start|>assistant\n"
    )


def test_the_card_says_what_pocket_is_not() -> None:
    card = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert "does not know" in card
    assert "license: mit" in card
