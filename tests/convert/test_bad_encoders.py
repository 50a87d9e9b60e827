"""Folders of encoders and of older models that cannot be converted, with WordPiece and Unigram tokenizers, pooling and dense layers."""

from __future__ import annotations

import base64
import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jupyter_ollama.convert import plan_folder
from jupyter_ollama.errors import SourceError
from jupyter_ollama.sources import pick_files

from .edit import edit, put
from .folders import make_folder, safetensors_bytes
from .test_bad_folders import VALUES, places

Change = Callable[[Path], Any]
NAMES = ("bert-mean", "bert-older", "xlm-roberta", "embedding-gemma", "modern-bert", "nomic-bert", "gemma", "gemma2", "gemma3", "gpt2", "falcon")


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    room = tmp_path_factory.mktemp("good")
    for name in NAMES:
        make_folder(room, name)
    return room


def changed(good: Path, name: str, room: Path) -> Path:
    """A copy that a test may break."""
    return Path(shutil.copytree(good / name, room / name))


def in_file(name: str, **values: Any) -> Change:
    return lambda folder: edit(folder / name, put(**values))


def config(**values: Any) -> Change:
    return in_file("config.json", **values)


def tokenizer(**values: Any) -> Change:
    return in_file("tokenizer.json", **values)


def model(**values: Any) -> Change:
    return lambda folder: edit(folder / "tokenizer.json", lambda held: held["model"].update(values))


def write(name: str, raw: bytes) -> Change:
    return lambda folder: (folder / name).write_bytes(raw)


def characters(raw: bytes) -> dict[str, Any]:
    return {"type": "Precompiled", "precompiled_charsmap": base64.b64encode(raw).decode()}


def modules(*paths: Any, kind: str = "Pooling") -> bytes:
    return json.dumps([{"path": path, "type": f"sentence_transformers.models.{kind}"} for path in paths]).encode()


BAD: list[tuple[str, Change, str]] = [
    # WordPiece
    ("bert-mean", model(vocab=None), "has no vocabulary"),
    ("bert-mean", model(vocab={"a": 10**6}), "up to id 1,000,000"),
    ("bert-mean", model(vocab={"a": 0, "b": 0}), "one id to several tokens"),
    ("bert-mean", model(vocab={"x": 10, "##\u2581x": 11}), "under two ids"),
    ("bert-mean", tokenizer(pre_tokenizer={"type": "Whitespace"}), "splits text with Whitespace"),
    ("bert-mean", tokenizer(pre_tokenizer={"type": ["?"]}), "splits text with ['?']"),
    ("bert-older", write("vocab.txt", b"a\nb\na\n"), "has a token twice"),
    ("bert-older", write("vocab.txt", b"\xff\xfe"), "is not UTF-8"),
    ("bert-older", write("vocab.txt", b"x\n" * 3), "has a token twice"),
    ("bert-older", write("vocab.txt", b"\n".join(b"%d" % number for number in range(999))), "up to id 998"),
    ("bert-older", lambda folder: (folder / "vocab.txt").unlink(), "has no tokenizer"),
    # Unigram
    ("xlm-roberta", model(vocab=None), "has no vocabulary"),
    ("xlm-roberta", model(vocab={}), "has no vocabulary"),
    ("xlm-roberta", model(vocab=[["a", "b"]]), "has the piece ['a', 'b']"),
    ("xlm-roberta", model(vocab=[["a"]]), "has the piece ['a']"),
    ("xlm-roberta", model(vocab=[["a", float("nan")]]), "has the piece"),
    ("xlm-roberta", model(vocab=[["a", True]]), "has the piece"),
    ("xlm-roberta", model(vocab=[["a", 1e300]]), "has the piece"),
    ("xlm-roberta", model(vocab=[["a", 0.0]] * 9), "under two ids"),
    ("xlm-roberta", model(unk_id=None), "names the unknown token None"),
    ("xlm-roberta", model(unk_id=10**6), "names the unknown token 1000000"),
    ("xlm-roberta", model(unk_id="x"), "names the unknown token 'x'"),
    ("xlm-roberta", tokenizer(normalizer={"type": "Precompiled", "precompiled_charsmap": "?"}), "is no base64"),
    ("xlm-roberta", tokenizer(normalizer={"type": "Precompiled", "precompiled_charsmap": 7}), "is no base64"),
    ("xlm-roberta", tokenizer(normalizer=characters(b"\0")), "is damaged"),
    ("xlm-roberta", tokenizer(normalizer=characters(b"\xff\xff\xff\x7f" + b"\0" * 32)), "is damaged"),
    ("xlm-roberta", tokenizer(normalizer=characters(b"\4\0\0\0" + b"\0" * 4 + b"x")), "is damaged"),
    ("xlm-roberta", tokenizer(normalizer={"type": "Lowercase"}), "has the normalizer Lowercase"),
    ("xlm-roberta", tokenizer(pre_tokenizer={"type": "ByteLevel"}), "has the pre_tokenizer ByteLevel"),
    # pooling and dense layers
    ("bert-mean", write("modules.json", b"{"), "is not usable JSON"),
    ("bert-mean", write("modules.json", b"[" * 99_999), "is not usable JSON"),
    ("bert-mean", write("modules.json", b"{}"), "is not a list"),
    ("bert-mean", write("modules.json", modules("../1_Pooling")), "names the folder '../1_Pooling'"),
    ("bert-mean", write("modules.json", modules("/etc")), "names the folder '/etc'"),
    ("bert-mean", write("modules.json", modules(7)), "names the folder 7"),
    ("bert-mean", write("modules.json", modules("9_Pooling")), "a pooling that llama.cpp has not"),
    ("bert-mean", write("1_Pooling/config.json", b'{"pooling_mode_max_tokens": true}'), "a pooling that llama.cpp has not"),
    ("bert-mean", write("1_Pooling/config.json", b'{"pooling_mode": ["?"]}'), "a pooling that llama.cpp has not"),
    ("bert-mean", write("1_Pooling/config.json", b"[]"), "is not an object"),
    ("embedding-gemma", lambda folder: (folder / "2_Dense/model.safetensors").unlink(), "2_Dense"),
    ("embedding-gemma", write("2_Dense/model.safetensors", b"?" * 99), "is a text file, not a model"),
    ("embedding-gemma", in_file("2_Dense/config.json", bias=True), "has a bias or an activation"),
    ("embedding-gemma", in_file("2_Dense/config.json", activation_function="torch.nn.Tanh"), "has a bias or an activation"),
    ("embedding-gemma", in_file("2_Dense/config.json", in_features="64"), "does not say in_features"),
    ("embedding-gemma", in_file("2_Dense/config.json", out_features=99), "in the shape [128, 64], but by config.json it is [99, 64]"),
    ("embedding-gemma", write("modules.json", modules("..", kind="Dense")), "names the folder '..'"),
    # what llama.cpp has no code for
    ("bert-mean", config(hidden_act="relu"), "hidden_act is 'relu'"),
    ("bert-mean", config(is_decoder=True), "is_decoder is True"),
    ("bert-mean", config(position_embedding_type="relative_key"), "position_embedding_type is 'relative_key'"),
    ("bert-mean", config(type_vocab_size=3), "in the shape [2, 64], but by config.json it is [3, 64]"),
    ("bert-mean", config(max_position_embeddings=None), "in the shape [64, 64], but by config.json it is [512, 64]"),
    ("bert-mean", config(layer_norm_eps="tiny"), "layer_norm_eps is 'tiny'"),
    ("xlm-roberta", config(pad_token_id=10**6), "positions"),
    ("xlm-roberta", config(pad_token_id=65), "more than 66"),
    ("modern-bert", config(hidden_activation="relu"), "hidden_activation is 'relu'"),
    ("modern-bert", config(norm_bias=True), "norm_bias is True"),
    ("nomic-bert", config(moe_every_n_layers=2), "moe_every_n_layers is 2"),
    ("nomic-bert", config(prenorm=True), "prenorm is True"),
    ("nomic-bert", config(rotary_emb_fraction=0.5), "rotary_emb_fraction is 0.5"),
    ("gemma", config(rope_theta=5_000.0), "rope.rope_theta is 5000.0"),
    ("gemma2", config(query_pre_attn_scalar=99), "query_pre_attn_scalar is 99.0, but llama.cpp takes 32"),
    ("gemma2", config(layer_types=["full_attention"] * 3), "window"),
    ("gemma3", config(sliding_window_pattern=2), "window"),
    ("gemma3", config(attn_logit_softcapping=50.0), "attn_logit_softcapping is 50.0"),
    ("gpt2", config(scale_attn_by_inverse_layer_idx=True), "scale_attn_by_inverse_layer_idx is True"),
    ("gpt2", config(activation_function="relu"), "activation_function is 'relu'"),
    ("falcon", config(alibi=True), "alibi is True"),
    ("falcon", config(multi_query=False, num_kv_heads=3), "3 groups"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "change", "says"), BAD, ids=[f"{name}-{says[:40]}" for name, _, says in BAD])
def test_a_folder_that_cannot_be_converted_says_why(good: Path, tmp_path: Path, name: str, change: Change, says: str) -> None:
    folder = changed(good, name, tmp_path)
    change(folder)

    with pytest.raises(SourceError) as caught:
        plan_folder(pick_files(folder))

    assert says in str(caught.value)
    assert str(folder) in str(caught.value)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("bert-mean", "config.json"), ("bert-mean", "tokenizer.json"), ("bert-mean", "modules.json"), ("bert-mean", "1_Pooling/config.json"),
        ("xlm-roberta", "config.json"), ("xlm-roberta", "tokenizer.json"), ("xlm-roberta", "tokenizer_config.json"),
        ("embedding-gemma", "config.json"), ("embedding-gemma", "modules.json"), ("embedding-gemma", "2_Dense/config.json"),
        ("gpt2", "config.json"), ("falcon", "config.json"),
    ],
)  # fmt: skip
def test_any_value_in_any_place_is_planned_or_refused(good: Path, tmp_path: Path, name: str, file: str) -> None:
    folder = changed(good, name, tmp_path)
    raw, dice = (folder / file).read_text(encoding="utf-8"), random.Random(5)
    for place in list(places(json.loads(raw)))[:40]:
        held = json.loads(raw)
        inner = held
        for key in place[:-1]:
            inner = inner[key]
        inner[place[-1]] = dice.choice(VALUES)
        (folder / file).write_text(json.dumps(held), encoding="utf-8")
        try:
            plan_folder(folder)
        except SourceError as error:
            assert str(folder) in str(error)


def test_what_is_left_out_may_be_of_any_type(good: Path, tmp_path: Path) -> None:
    """BERT's position numbers are often in the file, as 64 bit integers."""
    folder = changed(good, "bert-mean", tmp_path)
    (folder / "model.safetensors").rename(folder / "model-rest.safetensors")
    extra = {"embeddings.position_ids": ("I64", np.zeros((1, 64), np.int64))}
    (folder / "model-extra.safetensors").write_bytes(safetensors_bytes(extra))

    plan = plan_folder(folder)

    assert plan.notes == ("3 tensors that llama.cpp does not use were left out (such as embeddings.position_ids).",)
    assert len(plan.tensors) == len(plan_folder(good / "bert-mean").tensors)


def test_layers_behind_the_pooling_are_left_out_where_there_is_no_place_for_them_and_that_is_said(good: Path, tmp_path: Path) -> None:
    folder = changed(good, "bert-mean", tmp_path)
    shutil.copytree(good / "embedding-gemma" / "2_Dense", folder / "2_Dense")
    edited = json.loads((folder / "modules.json").read_text())
    (folder / "modules.json").write_text(json.dumps([*edited, {"path": "2_Dense", "type": "sentence_transformers.models.Dense"}]))

    plan = plan_folder(pick_files(folder))

    assert any("behind the pooling (2_Dense) were left out" in note for note in plan.notes)


def test_the_part_that_sees_images_is_left_out_and_that_is_said(good: Path, tmp_path: Path) -> None:
    """Gemma 3 with eyes: its text model is nested, under other names."""
    folder = changed(good, "gemma3", tmp_path)
    text = json.loads((folder / "config.json").read_text())
    outer = {"architectures": ["Gemma3ForConditionalGeneration"], "model_type": "gemma3", "text_config": text, "vision_config": {"hidden_size": 8}}
    (folder / "config.json").write_text(json.dumps(outer))
    raw = (folder / "model.safetensors").read_bytes()
    length = int.from_bytes(raw[:8], "little")
    header = {f"language_model.{name}" if name != "__metadata__" else name: held for name, held in json.loads(raw[8 : 8 + length]).items()}
    data = raw[8 + length :]
    header["vision_tower.x.weight"] = {"dtype": "F32", "shape": [2], "data_offsets": [len(data), len(data) + 8]}
    packed = json.dumps(header).encode()
    (folder / "model.safetensors").write_bytes(len(packed).to_bytes(8, "little") + packed + data + bytes(8))

    plan = plan_folder(folder)

    assert [tensor.name for tensor in plan.tensors] == [tensor.name for tensor in plan_folder(good / "gemma3").tensors]
    assert any("sees images (1 tensors)" in note for note in plan.notes)
