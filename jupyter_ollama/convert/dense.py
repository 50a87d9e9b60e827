"""The layers that sentence-transformers puts behind the pooling: each in a folder of its own, such as ``2_Dense``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from ..safetensors import SafeTensor, read_file
from .config import ConfigView
from .folder import Folder
from .pooling import module_path, modules

WEIGHTS = "model.safetensors"


def dense_tensors(folder: Folder) -> dict[str, SafeTensor]:
    """Their tensors, named ``2_Dense.linear.weight``.

    Raises: SourceError when a folder is not what modules.json says.
    """
    found = {}
    for path in _paths(folder):
        for name, tensor in read_file(folder.path / path / WEIGHTS).items():
            found[f"{path}.{name}"] = replace(tensor, name=f"{path}.{name}")
    return found


def dense_sizes(config: ConfigView, wanted: str) -> dict[str, int]:
    """The ``in`` and ``out`` of the layer in that folder; nothing when there is none.

    Raises: SourceError for a layer with more than a matrix.
    """
    folder = Folder(config.path.parent)
    if wanted not in _paths(folder):
        return {}
    held = folder.json(f"{wanted}/config.json") or {}
    if held.get("bias") or not str(held.get("activation_function", "Identity")).endswith("Identity"):
        raise folder.fail(
            f"{wanted}/config.json", "has a bias or an activation, which llama.cpp has not", "Use a GGUF of this model."
        )
    sizes = {"in": held.get("in_features"), "out": held.get("out_features")}
    if not all(type(size) is int and size > 0 for size in sizes.values()):
        raise folder.fail(f"{wanted}/config.json", "does not say in_features and out_features")
    return {name: int(size) for name, size in sizes.items() if size}


def without_dense(folder: Path, weights: Sequence[Path]) -> tuple[Path, ...]:
    """The weights of the model itself, of all that are in its folder."""
    apart = set(_paths(Folder(folder)))
    return tuple(path for path in weights if path.parent == folder or path.parent.name not in apart)


def dense_note(folder: Folder) -> str | None:
    """What to say when they are left out."""
    paths = list(_paths(folder))
    if not paths:
        return None
    return f"The layers behind the pooling ({', '.join(paths)}) were left out: llama.cpp has none here, so vectors differ."


def _paths(folder: Folder) -> Iterator[str]:
    for step in modules(folder):
        if str(step.get("type")).endswith("Dense"):
            yield module_path(folder, step)

