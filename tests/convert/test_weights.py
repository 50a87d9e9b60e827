"""Which tensors are planned, in which order, and as what."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from jupyter_ollama.convert import plan_folder
from jupyter_ollama.convert.derived import Stacked, Widened
from jupyter_ollama.convert.ops import paired
from jupyter_ollama.convert.rows import Computed, PlannedTensor
from jupyter_ollama.errors import SourceError
from jupyter_ollama.gguf import TensorType

from .edit import edit, put
from .folders import make_folder


def test_the_plan_is_in_the_order_of_use(tmp_path: Path) -> None:
    names = [tensor.name for tensor in plan_folder(make_folder(tmp_path, "llama31-rope")).tensors]

    assert names[:2] == ["rope_freqs.weight", "token_embd.weight"]
    assert names[-2:] == ["output_norm.weight", "output.weight"]
    assert names.index("blk.0.ffn_up.weight") < names.index("blk.1.attn_k.weight")


def test_shards_and_one_file_give_the_same_plan(tmp_path: Path) -> None:
    folder = make_folder(tmp_path, "llama31-rope")
    whole = plan_folder(folder)
    (folder / "model.safetensors.index.json").unlink()

    assert [tensor.name for tensor in plan_folder(folder).tensors] == [tensor.name for tensor in whole.tensors]


def test_matrices_keep_their_type_and_vectors_become_float32(tmp_path: Path) -> None:
    for tensor in plan_folder(make_folder(tmp_path, "llama2-spm-f16")).tensors:
        assert tensor.keep is (len(tensor.shape) == 1)
        assert tensor.type is (TensorType.F32 if tensor.keep else TensorType.F16)


def test_a_tied_model_needs_no_output_and_an_untied_one_does(tmp_path: Path) -> None:
    folder = make_folder(tmp_path, "llama32-tied")
    assert "output.weight" not in {tensor.name for tensor in plan_folder(folder).tensors}

    edit(folder / "config.json", put(tie_word_embeddings=False))
    with pytest.raises(SourceError, match=r"lacks 1 tensors: .*lm_head"):
        plan_folder(folder)


def test_rotary_buffers_are_left_out_with_a_note(tmp_path: Path) -> None:
    folder = make_folder(tmp_path, "llama-yarn")
    before = plan_folder(folder)
    from .folders import safetensors_bytes

    extra = folder / "model-extra.safetensors"
    extra.write_bytes(safetensors_bytes({"model.layers.0.self_attn.rotary_emb.inv_freq": ("F32", np.ones(8, np.float32))}))
    plan = plan_folder(folder)

    assert len(plan.tensors) == len(before.tensors)
    assert plan.source_bytes == before.source_bytes
    assert "left out" in plan.notes[0]


def test_the_rope_factors_follow_the_wavelengths(tmp_path: Path) -> None:
    """High frequencies stay, low ones are divided by the factor, those between are blended."""
    factors = plan_folder(make_folder(tmp_path, "llama31-rope")).tensors[0].read(0, 1).view(np.float32)

    assert factors.shape == (8,)
    assert factors[0] == 1.0
    assert factors[-1] == 8.0
    assert np.all(np.diff(factors) >= 0)
    assert any(1.0 < factor < 8.0 for factor in factors)


def test_permuted_rows_are_those_of_the_whole_permutation() -> None:
    values = np.arange(12 * 2, dtype=np.float32).reshape(12, 2)
    rows = paired(Computed(values), n_heads=2)
    expected = values.reshape(2, 2, 3, 2).swapaxes(1, 2).reshape(12, 2)

    for first in range(12):
        for count in range(1, 12 - first + 1):
            assert rows.read(first, count).tobytes() == expected[first : first + count].tobytes()


def test_a_bias_is_permuted_by_its_numbers() -> None:
    values = np.arange(8, dtype=np.float32)
    planned = PlannedTensor("b.bias", paired(Computed(values), n_heads=1), keep=True)

    assert planned.shape == (8,)
    assert planned.read(0, 1).view(np.float32).tolist() == [0, 4, 1, 5, 2, 6, 3, 7]


@pytest.mark.parametrize(("kind", "dtype"), [(TensorType.F16, np.float16), (TensorType.F32, np.float32)])
def test_widening_keeps_every_value(kind: TensorType, dtype: type) -> None:
    class Rows:
        shape = (3, 4)
        type = kind

        def read(self, first: int, count: int) -> np.ndarray:
            return np.array([[0.5, -0.0, np.inf, 6e-8]] * count, dtype=dtype).view(np.uint8).reshape(count, -1)

    assert Widened(Rows()).read(0, 2).view(np.float32).tolist()[1] == pytest.approx([0.5, -0.0, np.inf, 6e-8], rel=0.01)


@pytest.mark.parametrize("shape", [(3, 4), (5,)])
def test_stacked_rows_are_those_of_the_whole_stack(shape: tuple[int, ...]) -> None:
    values = np.random.default_rng(1).random((4, *shape), dtype=np.float32)
    rows = Stacked.of(tuple(Computed(part) for part in values))
    expected = values.reshape(-1, shape[-1])

    assert rows.shape == (4, *shape)
    for first in range(len(expected)):
        for count in range(1, len(expected) - first + 1):
            assert rows.read(first, count).tobytes() == expected[first : first + count].tobytes()


def test_a_router_that_llama_cpp_does_not_have_is_said(tmp_path: Path) -> None:
    notes = plan_folder(make_folder(tmp_path, "deepseek2-groups")).notes

    assert any("group_limited_greedy" in note and "can differ" in note for note in notes)
    assert not plan_folder(make_folder(tmp_path, "deepseek2")).notes
