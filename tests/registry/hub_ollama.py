"""Ollamas that read from a scripted Hub, and what they make compared with what is made of the same folder on the disk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jupyter_ollama import Ollama
from jupyter_ollama.manifest import MODEL
from jupyter_ollama.names import ModelName
from jupyter_ollama.registry import HubAccess, Limits, Registry

from .conftest import NOWHERE, quick_ollama
from .hub import ScriptedHub

LIMITS = Limits(
    connect_s=20, answer_s=20, stall_s=0.5, tries=4, stalls=10, pause_s=0.001, range_bytes=1 << 16, ahead_bytes=1 << 18, streams=4
)  # fmt: skip
"""Small pieces, little of them ahead, little patience."""


def hub_ollama(root: Path, hub: ScriptedHub, limits: Limits = LIMITS, token: str = "") -> Ollama:
    """An Ollama of its own for which that is Hugging Face's Hub."""
    ollama = quick_ollama(root)
    access = HubAccess(hub.url, token)
    ollama.registry = Registry(root / "id_ed25519", limits=limits, proxies=NOWHERE, hub=access)
    return ollama


def weights_of(ollama: Ollama, name: str) -> bytes:
    """The GGUF of a model."""
    model = ollama.store.open(ModelName.valid(name))
    (layer,) = (layer for layer in model.manifest.layers if layer.media_type == MODEL)
    return ollama.store.blobs.require(layer.digest).read_bytes()


def made_locally(root: Path, folder: Path, **how: Any) -> bytes:
    """The GGUF that is made of a folder on the disk."""
    with quick_ollama(root / "local") as ollama:
        ollama.create("local", f"FROM {folder}", **how).result(120)
        return weights_of(ollama, "local")


def left_behind(ollama: Ollama) -> list[str]:
    """What lies in the store besides finished models: files of builds, temporaries."""
    strange = [path.name for path in ollama.store.blobs.folder.glob("*") if len(path.name) != 71]
    return strange + [path.name for path in ollama.store.builds.unfinished()]
