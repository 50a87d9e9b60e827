"""What variables of the environment change about a server that runs."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from jupyter_ollama import Ollama
from jupyter_ollama.settings import Settings

HOURS_AGO = time.time() - 2 * 3600


def settings(folder: Path, **environment: str) -> Settings:
    return replace(Settings.from_environment({"OLLAMA_MODELS": str(folder), **environment}), service_models=None)


def until(condition: Callable[[], bool]) -> bool:
    ends = time.monotonic() + 5
    while not condition() and time.monotonic() < ends:
        time.sleep(0.01)
    return condition()


def orphan(folder: Path, *, digit: str = "0", old: bool = True) -> Path:
    """A blob that no model holds."""
    path = folder / "blobs" / f"sha256-{digit * 64}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    if old:
        os.utime(path, (HOURS_AGO, HOURS_AGO))
    return path


def test_a_server_begins_by_removing_old_blobs_that_nobody_needs(tmp_path: Path) -> None:
    old, young = orphan(tmp_path), orphan(tmp_path, digit="1", old=False)
    with Ollama(settings=settings(tmp_path)) as ollama, ollama.serve(port=0):
        assert until(lambda: not old.exists())
    assert young.exists()


def test_nothing_is_removed_with_noprune_or_while_a_manifest_cannot_be_read(tmp_path: Path) -> None:
    kept, unclear = orphan(tmp_path / "kept"), orphan(tmp_path / "unclear")
    broken = tmp_path / "unclear/manifests/registry.ollama.ai/library/m/latest"
    broken.parent.mkdir(parents=True)
    broken.write_bytes(b"{")
    for folder, environment in (("kept", {"OLLAMA_NOPRUNE": "1"}), ("unclear", {})):
        with Ollama(settings=settings(tmp_path / folder, **environment)) as ollama, ollama.serve(port=0) as server:
            assert httpx.get(server.url + "/api/tags").status_code == 200
            time.sleep(0.3)

    assert kept.exists()
    assert unclear.exists()


@pytest.mark.parametrize(("environment", "told"), [({"OLLAMA_DEBUG_LOG_REQUESTS": "1"}, True), ({"OLLAMA_DEBUG": "1"}, False), ({}, False)])
def test_bodies_are_logged_only_if_that_is_asked_for(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, environment: dict[str, str], told: bool
) -> None:
    logger = logging.getLogger("jupyter_ollama.server")
    before = logger.level, list(logger.handlers)
    try:
        with Ollama(settings=settings(tmp_path, **environment)) as ollama, ollama.serve(port=0) as server:
            httpx.post(server.url + "/api/show", json={"model": "a secret"})
            said = [record.getMessage() for record in caplog.records if record.name == "jupyter_ollama.server"]
    finally:
        logger.setLevel(before[0])
        logger.handlers[:] = before[1]

    assert any("a secret" in line for line in said) == told
    assert any("/api/show" in line for line in said) == bool(environment)
