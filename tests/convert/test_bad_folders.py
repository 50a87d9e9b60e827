"""Folders that cannot be converted: one clear error that names the file, the thing and the remedy."""

from __future__ import annotations

import json
import os
import random
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jupyter_ollama.convert import plan_folder
from jupyter_ollama.errors import SafetensorsError, SourceError, UnsupportedArchitecture
from jupyter_ollama.safetensors import read_file

from .edit import edit, put
from .folders import make_folder, safetensors_bytes

NUMBERS = {"F32": np.float32, "F16": np.float16, "BF16": np.uint16, "U8": np.uint8}
Change = Callable[[Path], Any]


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_folder(tmp_path_factory.mktemp("good"), "llama-biases-f32")


@pytest.fixture
def folder(tmp_path: Path, good: Path) -> Path:
    """A copy that a test may break."""
    return Path(shutil.copytree(good, tmp_path / good.name))


def in_file(name: str, **values: Any) -> Change:
    return lambda folder: edit(folder / name, put(**values))


def config(**values: Any) -> Change:
    return in_file("config.json", **values)


def model(**values: Any) -> Change:
    return lambda folder: edit(folder / "tokenizer.json", lambda held: held["model"].update(values))


def tensors(change: Callable[[dict[str, tuple[str, Any]]], object]) -> Change:
    """Rewrite model.safetensors after ``change`` of its tensors by name."""

    def apply(folder: Path) -> None:
        path = folder / "model.safetensors"
        held = {
            name: (tensor.dtype, np.frombuffer(tensor.read(0, tensor.nbytes), dtype=NUMBERS[tensor.dtype]).reshape(tensor.shape))
            for name, tensor in read_file(path).items()
        }
        change(held)
        path.write_bytes(safetensors_bytes(held))

    return apply


Q = "model.layers.0.self_attn.q_proj.weight"



def fp8(shape: tuple[int, ...], kind: type = np.float32) -> dict[str, tuple[str, np.ndarray]]:
    """A weight in FP8 and its scales."""
    names = {np.float32: "F32", np.int32: "I32"}
    return {Q: ("F8_E4M3", np.zeros((96, 64), np.int8)), f"{Q}_scale_inv": (names[kind], np.ones(shape, kind))}


BAD: list[tuple[Change, str]] = [
    (lambda folder: (folder / "config.json").unlink(), "no config.json"),
    (lambda folder: (folder / "config.json").write_bytes(b""), "not usable JSON"),
    (lambda folder: (folder / "config.json").write_bytes(b"{"), "not usable JSON"),
    (lambda folder: (folder / "config.json").write_bytes(b"[]"), "not an object"),
    (lambda folder: (folder / "config.json").write_bytes(b"\xff\xfe{}"), "not usable JSON"),
    (lambda folder: (folder / "config.json").write_bytes(b'{"a":' * 50_000), "nested too deeply"),
    (lambda folder: (folder / "config.json").write_bytes(b'{"a":' + b"1" * 9999 + b"}"), "not usable JSON"),
    (config(architectures=None), "names no architecture"),
    (config(architectures=[]), "names no architecture"),
    (config(architectures="LlamaForCausalLM"), "names no architecture"),
    (config(architectures=[5]), "names no architecture"),
    (config(hidden_size=None), "does not say hidden_size"),
    (config(num_hidden_layers=None), "does not say num_hidden_layers"),
    (config(num_attention_heads=None), "does not say num_attention_heads"),
    (config(intermediate_size=None), "does not say intermediate_size"),
    (config(vocab_size=None), "does not say vocab_size"),
    (config(hidden_size="64"), "'64', not a whole number"),
    (config(hidden_size=64.5), "64.5, not a whole number"),
    (config(hidden_size=True), "True, not a whole number"),
    (config(hidden_size=[64]), "[64], not a whole number"),
    (config(hidden_size=-64), "-64, not a whole number"),
    (config(num_hidden_layers=0), "num_hidden_layers is 0"),
    (config(num_hidden_layers=100_000), "num_hidden_layers is 100000"),
    (config(num_attention_heads=0), "num_attention_heads is 0"),
    (config(num_attention_heads=5), "num_key_value_heads is 2, but there are 5 heads"),
    (config(num_key_value_heads=0), "num_key_value_heads is 0"),
    (config(head_dim=0), "head_dim is 0"),
    (config(head_dim=1 << 30), "head_dim is 1,073,741,824"),
    (config(rms_norm_eps="tiny"), "rms_norm_eps is 'tiny', not a number"),
    (lambda folder: (folder / "config.json").write_text((folder / "config.json").read_text().replace("1e-06", "NaN")), "nan, not a number"),
    (config(rope_theta=1e300), "rope.rope_theta is 1e+300, not a number"),
    (config(rope_scaling={"rope_type": "spiral"}), "rope type 'spiral' is not known"),
    (config(rope_scaling={"rope_type": ["a"]}), "rope type ['a'] is not known"),
    (config(rope_scaling={"rope_type": "linear", "factor": "x"}), "scaling.factor is 'x', not a number"),
    (config(rope_scaling={"rope_type": "llama3", "factor": 0}), "rope.factor is 0"),
    (config(rope_scaling={"rope_type": "llama3", "low_freq_factor": 2, "high_freq_factor": 2}), "are equal"),
    (config(hidden_size=128), "in the shape [400, 64], but by config.json it is [400, 128]"),
    (config(vocab_size=500), "in the shape [400, 64], but by config.json it is [500, 64]"),
    (config(num_hidden_layers=3), "lacks 16 tensors: model.layers.2.input_layernorm.weight"),
    (config(num_hidden_layers=1), "tensors that a llama model does not have"),
    (config(quantization_config={"quant_method": "gptq", "bits": 4}), "quantized already (GPTQ)"),
    (config(quantization_config=["?"]), "quantized already (unknown)"),
    (config(quantization_config={"quant_method": "awq", "bits": 4}), "quantized already (AWQ)"),
    (config(quantization_config={"quant_method": "bitsandbytes", "load_in_4bit": True}), "quantized already (bitsandbytes)"),
    (config(quantization_config={"quant_method": "compressed-tensors", "format": "pack-quantized"}), "pack-quantized"),
    (config(text_config={"quantization_config": {"quant_method": "gptq"}}), "quantized already (GPTQ)"),
    (tensors(lambda held: held.update({Q.replace("weight", "qweight"): held.pop(Q)})), "quantized already: GPTQ or AWQ"),
    (tensors(lambda held: held.update({f"{Q}.absmax": held[Q]})), "quantized already: bitsandbytes"),
    (config(hidden_act="gelu"), "hidden_act is 'gelu', for which llama.cpp has no equal"),
    (config(hidden_act=["silu"]), "for which llama.cpp has no equal"),
    (tensors(lambda held: held.update(fp8((2, 2)))), "scales in the shape [2, 2], which should be [96, 1]"),
    (tensors(lambda held: held.update(fp8((1, 3), np.int32))), "with scales in I32"),
    (tensors(lambda held: held.pop(Q)), "lacks 1 tensors: model.layers.0.self_attn.q_proj.weight"),
    (tensors(lambda held: held.pop("lm_head.weight")), "lacks 1 tensors: "),
    (tensors(lambda held: held.pop(Q.replace("weight", "bias"))), "self_attn.q_proj.bias"),
    (tensors(lambda held: held.update(ghost=held[Q])), "does not have: ghost"),
    (tensors(lambda held: held.update({Q: ("F32", np.zeros((7, 64), np.float32))})), "7 rows are not 4 heads of pairs"),
    (tensors(lambda held: held.update({Q: ("F32", np.zeros((0, 64), np.float32))})), "in the shape [0, 64]"),
    (tensors(lambda held: held.update({Q: ("F32", np.zeros((), np.float32))})), "1 rows are not 4 heads"),
    (tensors(lambda held: held.update({Q: ("F64", np.zeros((96, 64)))})), f"'{Q}' as F64"),
    (tensors(lambda held: held.update({Q: ("I64", np.zeros((96, 64), np.int64))})), f"'{Q}' as I64"),
    (tensors(lambda held: held.update({Q: ("F8_E4M3", np.zeros((96, 64), np.int8))})), f"'{Q}' as F8_E4M3"),
    (tensors(lambda held: held.clear()), "lacks"),
    (lambda folder: (folder / "model.safetensors").unlink(), "no model*.safetensors"),
    (lambda folder: (folder / "model.safetensors").write_bytes(b"oops"), "not a usable safetensors file"),
    (lambda folder: (folder / "tokenizer.json").unlink(), "has no tokenizer"),
    (lambda folder: (folder / "tokenizer.json").write_bytes(b"{"), "not usable JSON"),
    (lambda folder: (folder / "tokenizer_config.json").write_bytes(b"nope"), "not usable JSON"),
    (in_file("tokenizer.json", model={"type": "Unigram"}), "pre_tokenizer Split, which llama.cpp has not"),
    (in_file("tokenizer.json", model={"type": "WordPiece"}), "splits text with Sequence, which"),
    (in_file("tokenizer.json", model={"type": ["?"]}), "tokenizer"),
    (in_file("tokenizer.json", model={"type": "WordLevel"}), "is a WordLevel tokenizer"),
    (in_file("tokenizer.json", model=7), "has no vocabulary"),
    (in_file("tokenizer.json", pre_tokenizer={"type": "Whitespace"}), "splits text in a way"),
    (in_file("tokenizer.json", pre_tokenizer={"type": "Split", "pattern": {"Regex": "x+"}, "behavior": "Isolated"}), "splits text in a way"),
    (in_file("tokenizer.json", pre_tokenizer=["?"]), "splits text in a way"),
    (in_file("tokenizer.json", pre_tokenizer=None), "splits text in a way"),
    (in_file("tokenizer.json", pre_tokenizer=None, normalizer={"type": "Precompiled", "precompiled_charsmap": {}}), "splits text in a way"),
    (in_file("tokenizer.json", added_tokens=[{"id": "x", "content": "y"}]), "'y' with the id 'x'"),
    (in_file("tokenizer.json", added_tokens=[{"id": -1, "content": "y"}]), "'y' with the id -1"),
    (in_file("tokenizer.json", added_tokens=[{"id": 1 << 40, "content": "y"}]), "'y' with the id"),
    (in_file("tokenizer.json", added_tokens=[{"id": 399, "content": 5}]), "has the token 5"),
    (in_file("tokenizer.json", added_tokens=[{"id": 398, "content": "y"}, {"id": 399, "content": "y"}]), "'y' under two ids"),
    (in_file("tokenizer_config.json", added_tokens_decoder={"x": {"content": "y"}}), "with the id None"),
    (model(vocab={}), "has no vocabulary"),
    (model(vocab=["a"]), "has no vocabulary"),
    (model(vocab={"a": "b"}), "has the token 'a' with the id 'b'"),
    (model(vocab={"a": 1, "b": 1}), "one id to several tokens"),
    (model(vocab={"a": 1000}), "up to id 1,000, but config.json says that the model has 400"),
    (model(merges=None), "has no merges"),
    (model(merges=["a b c"]), "which is no pair"),
    (model(merges=[["a"]]), "which is no pair"),
    (model(merges=[5]), "which is no pair"),
    (model(ignore_merges=True), "splits text in a way"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "says"), BAD)
def test_a_folder_that_cannot_be_converted_says_why(folder: Path, change: Change, says: str) -> None:
    change(folder)

    with pytest.raises(SourceError) as caught:
        plan_folder(folder)

    assert says in str(caught.value)
    assert str(folder) in str(caught.value)
    assert caught.value.hint
    assert str(folder) in str(caught.value.path)


def test_a_path_that_is_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="is not a folder"):
        plan_folder(tmp_path / "none")


@pytest.mark.parametrize(
    ("name", "change", "says"),
    [
        ("mixtral", config(num_local_experts=5), "lacks 6 tensors: model.layers.0.block_sparse_moe.experts.4.w1.weight"),
        ("mixtral", config(num_local_experts=3), "there is 'model.layers.0.block_sparse_moe.experts.3.w"),
        ("qwen3moe", config(norm_topk_prob=False), "norm_topk_prob is False, for which llama.cpp has no equal"),
        ("qwen3moe", config(norm_topk_prob=None), "norm_topk_prob is False, for which llama.cpp has no equal"),
        ("smollm3", config(no_rope_layers=[1, 0, 1, 0]), "other blocks than each fourth are without rotary embedding"),
        ("phi3-longrope", config(rope_scaling={"type": "longrope", "long_factor": [1.0], "short_factor": [1.0] * 8}), "list of 8 numbers"),
        ("phi3-longrope", config(rope_scaling={"type": "longrope", "long_factor": [1.0] * 8}), "list of 8 numbers"),
        ("phi4-mini", config(partial_rotary_factor=7.0), "partial_rotary_factor is 7.0"),
        ("olmo3", config(layer_types=["full_attention"]), "layer_types is no list with an entry for each layer"),
        ("qwen2", config(rope_scaling={"rope_type": "llama3", "factor": 8.0}), "llama.cpp knows none in a qwen2 model"),
        ("mistral", config(rope_scaling={"type": "longrope", "long_factor": [1.0] * 16}), "llama.cpp knows none in a llama model"),
        ("phi3", config(rope_scaling={"type": "longrope"}), "the rope type 'longrope' has no factors"),
        ("phi3", config(rope_scaling={"type": "yarn", "factor": 2.0}), "rope.rope_type is 'yarn', for which llama.cpp has no equal"),
        ("cohere", config(rope_scaling={"type": "linear", "factor": 2.0}), "rope.rope_type is 'linear', for which llama.cpp has no equal"),
        ("cohere", config(tie_word_embeddings="?", logit_scale="?"), "logit_scale is '?', not a number"),
        ("deepseek3", config(scoring_func="dice"), "scoring_func is 'dice', which is not known"),
        ("deepseek3", config(qk_nope_head_dim=24), "128 rows are not 4 heads of 40"),
        ("deepseek3", config(first_k_dense_replace=9), "tensors that a deepseek2 model does not have"),
        ("lfm2", config(layer_types=["conv"]), "layer_types is no list with an entry for each layer"),
        ("lfm2", config(block_multiple_of=0), "block_multiple_of is 0"),
        ("lfm2", config(layer_types=["conv", "conv", "full_attention"]), "tensors that a lfm2 model does not have"),
        ("gpt-oss", tensors(lambda held: held.pop("model.layers.0.mlp.experts.down_proj_scales")), "in MXFP4 without scales that fit"),
        ("gpt-oss", config(layer_types=["full_attention", "full_attention"]), "puts windows into other blocks, for which llama.cpp has no equal"),
        ("gpt-oss", config(quantization_config={"quant_method": "gptq"}), "quantized already (GPTQ)"),
        ("internlm2", config(num_key_value_heads=4), "128 rows are not 4 groups"),
        ("stablelm-12b", config(num_attention_heads=8), "lacks"),
        ("cohere2", config(layer_types=["full_attention"] * 4), "puts windows into other blocks, for which llama.cpp has no equal"),
        ("fp8-blocks", config(quantization_config={"quant_method": "fp8", "weight_block_size": [128, 128]}), "which should be [1, 1]"),
    ],
)
def test_a_folder_of_another_architecture_that_cannot_be_converted_says_why(name: str, change: Change, says: str, tmp_path: Path) -> None:
    folder = make_folder(tmp_path, name)
    change(folder)

    with pytest.raises(SourceError) as caught:
        plan_folder(folder)

    assert says in str(caught.value)


def test_an_unknown_architecture_lists_what_is_supported_and_what_is_near(folder: Path) -> None:
    config(architectures=["LlamaForCausalML"])(folder)

    with pytest.raises(UnsupportedArchitecture, match="unsupported architecture 'LlamaForCausalML'") as caught:
        plan_folder(folder)

    assert caught.value.architecture == "LlamaForCausalML"
    assert caught.value.near[0] == "LlamaForCausalLM"
    assert "LlamaForCausalLM" in caught.value.supported


def test_weights_that_shrink_while_they_are_read_are_an_error(folder: Path) -> None:
    plan = plan_folder(folder)
    with (folder / "model.safetensors").open("r+b") as file:
        file.truncate(3000)

    with pytest.raises(SafetensorsError, match="too early"):
        plan.tensors[-1].read(0, 10)


def test_a_tokenizer_model_of_another_kind_gives_way_to_tokenizer_json(folder: Path) -> None:
    """Llama 3 comes with a tokenizer.model that is no SentencePiece file."""
    (folder / "tokenizer.model").write_bytes(b"IQ== 0\nIg== 1\n")

    assert plan_folder(folder).metadata["tokenizer.ggml.model"].value == "gpt2"


@pytest.mark.parametrize("raw", [b"", b"\x0a", b"\x0a\x05ab", b"IQ== 0\n", b"\xff" * 99, b"\x0a\x02\x18\x63", b"\x0a\x03\x0a\x01\xff"])
def test_a_broken_tokenizer_model_alone_is_refused(folder: Path, raw: bytes) -> None:
    (folder / "tokenizer.json").unlink()
    (folder / "tokenizer.model").write_bytes(raw)

    with pytest.raises(SourceError, match="no SentencePiece model"):
        plan_folder(folder)


def test_a_pipe_instead_of_a_file_does_not_hang(folder: Path) -> None:
    (folder / "config.json").unlink()
    os.mkfifo(folder / "config.json")

    with pytest.raises(SourceError):
        plan_folder(folder)


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "tokenizer_config.json"])
def test_random_damage_to_a_file_is_planned_or_refused(folder: Path, name: str) -> None:
    path, dice = folder / name, random.Random(len(name))
    raw = path.read_bytes()
    started = time.process_time()
    for _ in range(150):
        damaged = bytearray(raw)
        for _ in range(dice.randint(1, 3)):
            damaged[dice.randrange(len(raw))] = dice.choice(b'0123456789[]{},:"-e.\x00\xff tn')
        path.write_bytes(damaged)
        try:
            plan_folder(folder)
        except SourceError as error:
            assert str(folder) in str(error)
    assert time.process_time() - started < 20


VALUES: list[Any] = [None, True, 0, -1, 7, 1.5, 1e308, "", "x", [], ["x"], [[]], {}, {"a": 1}, {"type": "BPE"}, [{"id": 3}], 1 << 70]


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "tokenizer_config.json", "generation_config.json"])
def test_any_value_in_any_place_is_planned_or_refused(folder: Path, name: str) -> None:
    """Every key of every file is replaced, at every depth, by values of every kind."""
    (folder / "generation_config.json").write_text(json.dumps({"eos_token_id": [1, 2], "temperature": 0.5, "top_k": 40}))
    edit(
        folder / "tokenizer_config.json",
        put(chat_template=[{"name": "default", "template": "t"}], added_tokens_decoder={"3": {"content": "xyzzy"}}),
    )
    raw = (folder / name).read_text(encoding="utf-8")
    dice, planned = random.Random(3), 0
    for place in list(places(json.loads(raw)))[:80]:
        held = json.loads(raw)
        inner = held
        for key in place[:-1]:
            inner = inner[key]
        inner[place[-1]] = dice.choice(VALUES)
        (folder / name).write_text(json.dumps(held), encoding="utf-8")
        try:
            planned += len(plan_folder(folder).tensors) > 0
        except SourceError as error:
            assert str(folder) in str(error)
    assert planned


def places(held: Any, depth: int = 0) -> Any:
    """Paths to the values inside, not into long lists or the vocabulary."""
    entries = list(held.items()) if isinstance(held, dict) else list(enumerate(held)) if isinstance(held, list) else []
    if len(entries) > 60:
        entries = entries[:2]
    for key, value in entries:
        yield (key,)
        if depth < 5:
            yield from ((key, *rest) for rest in places(value, depth + 1))


@pytest.mark.parametrize("name", ["phi3-longrope", "olmo3", "cohere2", "deepseek3", "lfm2", "gpt-oss", "fp8-blocks"])
def test_any_value_in_the_config_of_any_architecture_is_planned_or_refused(name: str, tmp_path: Path) -> None:
    """A choice of keys, some of one level below, and of values; each architecture computes other things from them."""
    folder, dice = make_folder(tmp_path, name), random.Random(name)
    path = folder / "config.json"
    whole = json.loads(path.read_text(encoding="utf-8"))
    places = [(key,) for key in whole] + [(key, inner) for key, held in whole.items() if isinstance(held, dict) for inner in held]
    for _ in range(60):
        place, value = dice.choice(places), dice.choice(VALUES)
        changed = {**whole, place[0]: {**whole[place[0]], place[1]: value} if len(place) == 2 else value}
        path.write_text(json.dumps(changed), encoding="utf-8")
        try:
            plan_folder(folder)
        except SourceError as error:
            assert str(folder) in str(error)
