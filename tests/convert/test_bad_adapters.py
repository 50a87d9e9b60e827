"""Adapter folders that cannot be converted: one clear error that names the folder, the thing and the remedy."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jupyter_ollama.convert import plan_adapter
from jupyter_ollama.errors import SourceError
from jupyter_ollama.gguf import GGUFIndex
from jupyter_ollama.safetensors import read_file
from jupyter_ollama.sources import pick_files

from .adapters import make_adapter
from .edit import edit, put
from .folders import safetensors_bytes
from .test_adapters import base_index
from .test_bad_folders import VALUES

Change = Callable[[Path], Any]
Q = "base_model.model.model.layers.0.self_attn.q_proj.lora_{}.weight"
FIVE = np.ones((5, 5), np.float32)


@pytest.fixture(scope="module")
def bases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, GGUFIndex]:
    room = tmp_path_factory.mktemp("bases")
    return {name: base_index(room / name, name) for name in ("llama31-rope", "llama32-tied", "qwen2", "mixtral", "gpt2", "gemma", "tiny-llama")}


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    room = tmp_path_factory.mktemp("good")
    return {name: make_adapter(room, name) for name in ("llama", "mixtral", "mlx", "patterns", "llama-embeddings", "llama-output")}


def refusal(folder: Path, base: GGUFIndex) -> str:
    with pytest.raises(SourceError) as caught:
        plan_adapter(pick_files(folder, adapter=True), base)
    assert str(folder) in str(caught.value)
    assert caught.value.hint
    return str(caught.value)


def config(**values: Any) -> Change:
    return lambda folder: edit(folder / "adapter_config.json", put(**values))


def text(raw: bytes) -> Change:
    return lambda folder: (folder / "adapter_config.json").write_bytes(raw)


def tensors(change: Callable[[dict[str, tuple[str, Any]]], object], file: str = "adapter_model.safetensors") -> Change:
    """Rewrite the weights after ``change`` of the tensors by name."""

    def apply(folder: Path) -> None:
        held = {
            name: ("F32", np.frombuffer(tensor.read(0, tensor.nbytes), np.float32).reshape(tensor.shape))
            for name, tensor in read_file(folder / file).items()
        }
        change(held)
        (folder / file).write_bytes(safetensors_bytes(held))

    return apply


def tensor(name: str, values: Any, dtype: str = "F32") -> Change:
    return tensors(lambda held: held.update({name: (dtype, values)}))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (text(b""), "not usable JSON"),
        (text(b"{"), "not usable JSON"),
        (text(b"[]"), "not an object"),
        (text(b"[" * 100_000), "nested too deeply"),
        (text(b'{"lora_alpha": NaN}'), "lora_alpha is nan"),
        (text(b"{}"), "does not say lora_alpha"),
        (config(lora_alpha=0), "lora_alpha is 0"),
        (config(lora_alpha="16"), "lora_alpha is '16'"),
        (config(lora_alpha=True), "lora_alpha is True"),
        (config(lora_alpha=1e999), "lora_alpha is inf"),
        (config(r=0), "r is 0"),
        (config(r=-4), "r is -4"),
        (config(r="4"), "r is '4'"),
        (config(r=8), "the rank of model.layers.0.self_attn.q_proj is 8, but the matrices have the rank 4"),
        (config(use_rslora="yes"), "use_rslora is 'yes'"),
        (config(use_dora=True), "it is a DoRA adapter"),
        (config(modules_to_save=["lm_head"]), "it replaces whole modules (modules_to_save)"),
        (config(trainable_token_indices=[1]), "it replaces single embeddings"),
        (config(target_parameters=["experts"]), "it changes parameters that are no modules"),
        (config(layer_replication=[[0, 1]]), "it repeats layers"),
        (config(alora_invocation_tokens=[5]), "it is an activated LoRA"),
        (config(bias="lora_only"), "it changes biases"),
        (config(lora_bias=True), "it changes biases"),
        (config(init_lora_weights="pissa"), "it was begun with other weights of its model (init_lora_weights is 'pissa')"),
        (config(peft_type="LOHA"), "an adapter of the type 'LOHA', but only LoRA can be used"),
        (config(peft_type=["LORA"]), "only LoRA can be used"),
        (config(alpha_pattern=["x"]), "alpha_pattern is no object"),
        (config(alpha_pattern={"q_proj": "x"}), "alpha_pattern is 'x'"),
        (config(alpha_pattern={"(": 3}), "alpha_pattern has a name that is no regular expression"),
        (config(alpha_pattern={"x" * 300: 3}), "alpha_pattern is no object with up to 4096 short names"),
        (config(alpha_pattern={r"(\w+\.?)+!": 3}), "which is too intricate"),
        (config(alpha_pattern={".*.*.*.*!": 3}), "which is too intricate"),
        (config(alpha_pattern={r"(?=.)x": 3}), "which is too intricate"),
        (config(rank_pattern={"q_proj": 4.5}), "rank_pattern is 4.5"),
        (config(rank_pattern={"up_proj": 2}), "the rank of model.layers.0.mlp.up_proj is 2"),
        (config(lora_alpha=None, lora_parameters=[]), "lora_parameters is no object"),
        (config(lora_alpha=None, lora_parameters={}), "lora_parameters says neither scale nor alpha"),
        (config(lora_alpha=None, lora_parameters={"scale": "x"}), "lora_parameters.scale is 'x'"),
        (config(lora_alpha=None, lora_parameters={"scale": 2, "rank": 9}), "is 9, but the matrices have the rank 4"),
        (config(peft_type=None, fine_tune_type="dora"), "an adapter of the type 'dora'"),
        (tensors(lambda held: held.clear()), "has no LoRA tensors"),
        (tensors(lambda held: held.pop(Q.format("B"))), "has only lora_A of model.layers.0.self_attn.q_proj"),
        (tensor(Q.format("A"), FIVE), "do not fit together: [5, 5] and [64, 4]"),
        (tensor(Q.format("A"), FIVE[0]), "in the shape [5], which is no matrix"),
        (tensor(Q.format("A"), np.ones((4, 0), np.float32)), "in the shape [4, 0], which is no matrix"),
        (tensor(Q.format("A"), np.ones((4, 64), np.uint8), "U8"), "as U8"),
        (tensor(Q.format("A"), np.ones((4, 65), np.float32)), "is for a model whose blk.0.attn_q.weight is 65 x 64, but in the model of FROM"),
        (tensor(Q.format("A").replace("base_model.model.", ""), np.ones((4, 64), np.float32)), "has model.layers.0.self_attn.q_proj twice"),
        (tensor("base_model.model.model.embed_tokens.weight", FIVE), "replaces whole tensors"),
        (tensor("base_model.model.model.layers.0.input_layernorm.weight", FIVE[0]), "'base_model.model.model.layers.0.input_layernorm.weight'"),
        (tensor("base_model.model.model.layers.0.self_attn.q_proj.lora_magnitude_vector", FIVE[0]), "is a DoRA adapter"),
        (tensors(lambda held: held.update({Q.replace("layers.0", "layers.7").format(side): ("F32", held[Q.format(side)][1]) for side in "AB"})),
         "changes what the model of FROM does not have: 'model.layers.7.self_attn.q_proj'"),
        (tensors(lambda held: held.update({Q.replace("q_proj", "x_proj").format(side): ("F32", held[Q.format(side)][1]) for side in "AB"})),
         "changes what the model of FROM does not have: 'model.layers.0.self_attn.x_proj'"),
        (lambda folder: (folder / "adapter_config.json").unlink(), "has no adapter_config.json"),
        (lambda folder: (folder / "adapter_model.safetensors").write_bytes(b"\x80\x02"), "is a PyTorch checkpoint"),
        (lambda folder: (folder / "adapter_model.safetensors").write_bytes(b""), "is empty"),
        (lambda folder: (folder / "adapter_model.safetensors").write_bytes((folder / "adapter_model.safetensors").read_bytes()[:-8]),
         "is not a usable safetensors file"),
        (lambda folder: (folder / "adapter_model.safetensors").rename(folder / "adapter_model.bin"), "no adapter (LoRA) found"),
    ],
)  # fmt: skip
def test_an_adapter_that_cannot_be_converted_says_why(
    change: Change, says: str, good: dict[str, Path], bases: dict[str, GGUFIndex], tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(good["llama"], tmp_path / "lora"))
    change(folder)

    assert says in refusal(folder, bases["llama31-rope"])


@pytest.mark.parametrize(
    ("adapter", "base", "says"),
    [
        ("llama", "tiny-llama", "is for a model whose blk.0.attn_k.weight is 64 x 32, but in the model of FROM it is 256 x 128"),
        ("llama", "mixtral", "changes blk.0.ffn_down.weight, which the model of FROM does not have"),
        ("llama", "gpt2", "the model of FROM is of the architecture 'gpt2'"),
        ("mixtral", "llama31-rope", "changes what the model of FROM does not have: 'model.layers.0.block_sparse_moe"),
        ("llama-output", "gemma", "changes what the model of FROM does not have: 'lm_head'"),
        ("llama-embeddings", "llama32-tied", "changes output.weight, which the model of FROM does not have"),
    ],
)
def test_an_adapter_of_another_model_is_refused(
    adapter: str, base: str, says: str, good: dict[str, Path], bases: dict[str, GGUFIndex]
) -> None:
    assert says in refusal(good[adapter], bases[base])


def test_embeddings_that_are_the_output_as_well_cannot_be_changed(good: dict[str, Path], bases: dict[str, GGUFIndex], tmp_path: Path) -> None:
    """llama.cpp would abort when it runs such an adapter."""
    folder = Path(shutil.copytree(good["llama-embeddings"], tmp_path / "lora"))
    tensors(lambda held: [held.pop(name) for name in list(held) if "embed_tokens" not in name])(folder)
    base = bases["llama31-rope"]
    tied = replace(base, tensors=tuple(one for one in base.tensors if one.name != "output.weight"))

    assert len(plan_adapter(pick_files(folder, adapter=True), base).tensors) == 2
    assert "which is the output layer of the model of FROM as well" in refusal(folder, tied)


def test_experts_of_which_some_are_not_changed_are_named(good: dict[str, Path], bases: dict[str, GGUFIndex], tmp_path: Path) -> None:
    folder = Path(shutil.copytree(good["mixtral"], tmp_path / "lora"))
    tensors(lambda held: [held.pop(name) for name in list(held) if "layers.1.block_sparse_moe.experts.2.w3" in name])(folder)

    assert "lacks: 'model.layers.1.block_sparse_moe.experts.2.w3'" in refusal(folder, bases["mixtral"])


@pytest.mark.parametrize("name", ["llama", "mlx", "patterns"])
def test_any_value_in_the_config_is_planned_or_refused(name: str, good: dict[str, Path], bases: dict[str, GGUFIndex], tmp_path: Path) -> None:
    folder = Path(shutil.copytree(good[name], tmp_path / "lora"))
    path = folder / "adapter_config.json"
    whole = json.loads(path.read_text(encoding="utf-8"))
    places = [(key,) for key in whole] + [(key, inner) for key, held in whole.items() if isinstance(held, dict) for inner in held]
    planned = 0
    for place in places:
        for value in VALUES:
            changed = {**whole, place[0]: {**whole[place[0]], place[1]: value} if len(place) == 2 else value}
            path.write_text(json.dumps(changed), encoding="utf-8")
            try:
                planned += len(plan_adapter(pick_files(folder, adapter=True), bases["llama31-rope"]).tensors) > 0
            except SourceError as error:
                assert str(folder) in str(error)
    assert planned


def test_random_damage_to_the_weights_is_planned_or_refused(good: dict[str, Path], bases: dict[str, GGUFIndex], tmp_path: Path) -> None:
    folder, dice = Path(shutil.copytree(good["llama"], tmp_path / "lora")), random.Random(5)
    path = folder / "adapter_model.safetensors"
    raw = path.read_bytes()
    for _ in range(200):
        damaged = bytearray(raw)
        for _ in range(dice.randint(1, 3)):
            damaged[dice.randrange(4000)] = dice.choice(b'0123456789[]{},:"-e.\x00\xff tnAB_')
        path.write_bytes(damaged)
        try:
            plan_adapter(pick_files(folder, adapter=True), bases["llama31-rope"])
        except SourceError as error:
            assert str(folder) in str(error)
