"""Every architecture's record is consistent, and a registry of one line each is all that names them."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import gguf
import pytest

from jupyter_ollama.convert import ARCHITECTURES, plan_folder
from jupyter_ollama.convert.ops import OPS
from jupyter_ollama.convert.records import Arch
from jupyter_ollama.convert.views import VIEWS
from jupyter_ollama.sources import pick_files

from .folders import make_folder
from .models import FOLDERS


@pytest.fixture(params=ARCHITECTURES, ids=lambda arch: arch.name)
def arch(request: pytest.FixtureRequest) -> Arch:
    held: Arch = request.param
    return held


def test_each_model_name_belongs_to_one_architecture() -> None:
    counts = Counter(model for arch in ARCHITECTURES for model in arch.models)

    assert [model for model, count in counts.items() if count > 1] == []


def test_its_tensors_are_tensors_that_llama_cpp_knows(arch: Arch) -> None:
    (enum,) = (enum for enum, name in gguf.MODEL_ARCH_NAMES.items() if name == arch.name)
    known = {gguf.TENSOR_NAMES[tensor] for tensor in gguf.MODEL_TENSORS[enum]}

    assert {tensor.name.rpartition(".")[0] for tensor in arch.tensors} <= known
    assert {made.name for made in arch.made} <= {tensor.name for tensor in arch.tensors}


def test_its_rules_compile_and_use_known_ops(arch: Arch) -> None:
    for rule in arch.rules:
        re.compile(rule.pattern)
        assert rule.op in {*OPS, "", "drop", "stack"}


def test_the_views_it_names_exist(arch: Arch) -> None:
    names = [
        *(source for key in arch.keys for source in key.sources), *(size for tensor in arch.tensors for size in tensor.shape),
        *(tensor.required for tensor in arch.tensors if isinstance(tensor.required, str)), *(rule.argument for rule in arch.rules),
    ]  # fmt: skip

    assert {name[1:].split(".")[0] for name in names if name.startswith("@")} <= {*VIEWS, *arch.views}


def test_its_keys_are_written_once(arch: Arch) -> None:
    counts = Counter(key.name for key in arch.keys)

    assert [name for name, count in counts.items() if count > 1] == []


def test_it_is_compared_with_another_implementation(arch: Arch) -> None:
    """There is a tiny model of it, which llama.cpp's converter or transformers has seen."""
    seen = [name for name, tiny in FOLDERS.items() if tiny.model in arch.models and (tiny.converted or tiny.logits)]

    assert seen


def test_picked_files_are_planned_as_their_folder_is(tmp_path: Path) -> None:
    folder = make_folder(tmp_path, "llama31-rope")

    one, other = plan_folder(folder), plan_folder(pick_files(folder))

    assert one.metadata == other.metadata
    assert [tensor.name for tensor in one.tensors] == [tensor.name for tensor in other.tensors]
