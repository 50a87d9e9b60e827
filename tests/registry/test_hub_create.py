"""FROM hf.co/org/repo: what is made of a folder on Hugging Face's Hub while it arrives is, byte for byte, what is made of it on the disk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ..convert.folders import make_folder
from .hub import ScriptedHub, running_hub
from .hub_ollama import hub_ollama, left_behind, made_locally, weights_of


@pytest.fixture
def hub() -> Iterator[ScriptedHub]:
    with running_hub() as hub:
        yield hub


@pytest.mark.parametrize(("name", "quantize"), [("tiny-llama", None), ("tiny-llama", "q8_0")])
def test_it_is_what_the_same_folder_on_the_disk_becomes(hub: ScriptedHub, tmp_path: Path, name: str, quantize: str | None) -> None:
    folder = make_folder(tmp_path / "folders", name)
    hub.publish(f"me/{name}", folder)
    with hub_ollama(tmp_path / "home", hub) as ollama:
        ollama.create("m", f"FROM hf.co/me/{name}", quantize=quantize).result(120)

        assert made_locally(tmp_path, folder, quantize=quantize) == weights_of(ollama, "m")
        assert [] == left_behind(ollama)
