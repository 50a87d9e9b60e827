"""config.json in its dialects: the same model gives the same keys."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from jupyter_ollama.convert import plan_folder
from jupyter_ollama.convert.config import ConfigView
from jupyter_ollama.convert.keys import evaluate
from jupyter_ollama.convert.records import Key
from jupyter_ollama.convert.rope import rope_of
from jupyter_ollama.convert.views import VIEWS
from jupyter_ollama.errors import SourceError

from .edit import edit, put
from .folders import make_folder
from .models.llama import LLAMA31_ROPE


def view(**values: Any) -> ConfigView:
    return ConfigView(values, Path("config.json"), {"rms_norm_eps": 1e-6}, VIEWS)


@pytest.mark.parametrize(
    "dialect",
    [
        {"rope_theta": 5e5, "rope_scaling": {"rope_type": "linear", "factor": 2.0}},
        {"rope_theta": 5e5, "rope_scaling": {"type": "linear", "factor": 2.0}},
        {"rope_parameters": {"rope_theta": 5e5, "rope_type": "linear", "factor": 2.0}},
        {"rope_parameters": {"full_attention": {"rope_theta": 5e5, "rope_type": "linear", "factor": 2.0}, "sliding_attention": {"rope_theta": 1.0}}},
    ],
)  # fmt: skip
def test_every_dialect_of_rope_means_the_same(dialect: dict[str, Any]) -> None:
    config = view(**dialect)

    assert (config.number("@rope.rope_theta"), config.get("@scaling.type"), config.number("@scaling.factor")) == (5e5, "linear", 2.0)


def test_sliding_attention_has_a_rope_of_its_own() -> None:
    assert rope_of({"rope_local_base_freq": 1e4, "rope_theta": 1e6}, sliding=True) == {"rope_theta": 1e4}
    assert rope_of({"rope_parameters": {"sliding_attention": {"rope_theta": 9.0}}}, sliding=True) == {"rope_theta": 9.0}
    assert rope_of({"rope_theta": 1e6}, sliding=True) == {}


def test_types_of_rope_that_change_no_key_write_none() -> None:
    for kind in ("default", "llama3", "dynamic"):
        assert view(rope_scaling={"rope_type": kind, "factor": 8.0}).get("@scaling") == {}


def test_the_head_dimension_is_said_or_computed() -> None:
    assert view(hidden_size=64, num_attention_heads=4).integer("@head_dim") == 16
    assert view(hidden_size=64, num_attention_heads=4, head_dim=24).integer("@head_dim") == 24
    assert view(hidden_size=64, num_attention_heads=4, head_dim=24).integer("@q_width") == 96
    with pytest.raises(SourceError, match="not a multiple"):
        view(hidden_size=65, num_attention_heads=4).integer("@head_dim")


def test_without_kv_heads_every_head_has_its_own() -> None:
    assert view(hidden_size=64, num_attention_heads=4).integer("@kv_heads") == 4
    assert view(hidden_size=64, num_attention_heads=4, num_key_value_heads=None).integer("@kv_heads") == 4


def test_a_nested_text_model_is_lifted_up() -> None:
    config = view(text_config={"hidden_size": 64}, hidden_size=7, model_type="multimodal")

    assert config.integer("@width") == 64
    assert config.get("model_type") == "multimodal"


def test_defaults_fill_in_what_is_not_said_or_null() -> None:
    assert view().number("rms_norm_eps") == 1e-6
    assert view(rms_norm_eps=None).number("rms_norm_eps") == 1e-6
    assert view(rms_norm_eps=1e-5).number("rms_norm_eps") == 1e-5


def test_a_key_takes_the_first_source_that_has_a_value() -> None:
    keys = (
        Key("{arch}.a", ("x", "y")), Key("{arch}.b", ("z",), default=3), Key("{arch}.c", ("z",)),
        Key("{arch}.d", ("flag",), "bool"), Key("{arch}.e", ("name",), "text"), Key("{arch}.f", ("y",), "f32"),
    )  # fmt: skip

    found = evaluate(keys, view(y=5, flag=True, name="n"), "llama")

    assert {key: value.value for key, value in found.items()} == {
        "llama.a": 5, "llama.b": 3, "llama.d": True, "llama.e": "n", "llama.f": 5.0,
    }  # fmt: skip


def test_a_key_of_the_wrong_kind_is_refused() -> None:
    for kind, value in (("bool", 1), ("text", 5), ("u32", "5"), ("f32", "5")):
        with pytest.raises(SourceError, match="x is "):
            evaluate((Key("k", ("x",), kind),), view(x=value), "llama")  # type: ignore[arg-type]


def test_transformers_4_and_5_give_the_same_plan(tmp_path: Path) -> None:
    four, five = make_folder(tmp_path / "4", "llama31-rope"), make_folder(tmp_path / "5", "llama31-rope")
    edit(five / "config.json", put(rope_theta=None, rope_scaling=None, rope_parameters={**LLAMA31_ROPE, "rope_theta": 500_000.0}))

    assert plan_folder(four).metadata == plan_folder(five).metadata
    assert plan_folder(four).tensors[0].read(0, 1).tobytes() == plan_folder(five).tensors[0].read(0, 1).tobytes()


def test_what_llama_leaves_out_has_transformers_defaults(tmp_path: Path) -> None:
    folder = make_folder(tmp_path, "llama2-fallback")
    edit(folder / "config.json", put(max_position_embeddings=None, rms_norm_eps=None, rope_theta=None, tie_word_embeddings=None))

    metadata = plan_folder(folder).metadata

    assert metadata["llama.context_length"].value == 2048
    assert metadata["llama.attention.layer_norm_rms_epsilon"].value == pytest.approx(1e-6)
    assert metadata["llama.rope.freq_base"].value == 10_000.0
