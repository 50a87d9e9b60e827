"""500 seeded scripts of what can go wrong between a registry and us. Each ends with the right bytes, or with a clear error after which the
same pull goes on and ends well.
"""

from __future__ import annotations

import hashlib
import random
from pathlib import Path

import pytest

from jupyter_ollama import Ollama, OllamaError
from jupyter_ollama.errors import BlobNotFound, CorruptManifest, DigestMismatch, ModelNotFound, RegistryError
from jupyter_ollama.manifest import MODEL, SYSTEM
from jupyter_ollama.names import Digest, ModelName
from jupyter_ollama.registry import arrived_bytes

from ..quick_disk import quick_disk
from .conftest import quick_ollama
from .scripted import Fault, Scripted

KINDS = (
    "drop", "drop", "drop", "reset", "reset", "stall", "stall_before", "flip", "shorter", "longer", "extra", "lying_start", "lying_total",
    "ignore_range", "status", "gone", "garbage", "no_length", "chunked", "no_content_range", "compressed", "expire", "loop",
)  # fmt: skip
STATUSES = (400, 401, 403, 404, 408, 416, 429, 500, 502, 503)
EXPECTED = (RegistryError, BlobNotFound, CorruptManifest, DigestMismatch, ModelNotFound)
BATCH = 25
ON_THE_WAY = 4 * 4096
"""A slice of each stream, which the registry may have sent to a connection that nobody listens to any more."""


def script(seed: int, registry: Scripted) -> str:
    """Set a registry up for one go; gives the model's name."""
    chance = random.Random(seed)
    repository = f"me/m{seed}"
    weights, system = chance.randbytes(chance.choice((0, 1, 3000, 25_000, 90_000, 200_000))), chance.randbytes(chance.randrange(1, 9000))
    registry.add(repository, "latest", [(MODEL, weights), (SYSTEM, system)], config=b'{"n":%d}' % seed)
    registry.redirect = chance.choice((200, 200, 307, 302, 301, 303, 308, "relative"))
    registry.token = chance.random() < 0.3
    registry.valid.clear()
    registry.faults = [_fault(chance) for _ in range(chance.choice((0, 1, 1, 2, 3, 5, 8)))]
    registry.manifest_faults = [_fault(chance)] if chance.random() < 0.2 else []
    return f"{registry.host}/{repository}"


def _fault(chance: random.Random) -> Fault:
    kind = chance.choice(KINDS)
    if kind in ("stall", "stall_before") and chance.random() < 0.7:  # each costs time
        kind = "drop"
    return Fault(kind, chance.randrange(200_000), chance.choice(STATUSES) if kind == "status" else chance.randrange(8))


@pytest.mark.parametrize("first", range(0, 500, BATCH))
def test_whatever_goes_wrong_a_pull_ends_well_or_can_go_on(first: int) -> None:
    with quick_disk() as folder, Scripted().running() as registry, quick_ollama(folder) as ollama:
        registry.stall_s = 2.0
        failed = 0
        for seed in range(first, first + BATCH):
            name = script(seed, registry)
            kinds = {fault.kind for fault in registry.faults}
            try:
                ollama.pull(name, insecure=True).result(60)
            except OllamaError as error:
                failed += 1
                assert isinstance(error, EXPECTED), (seed, repr(error))
                assert error.message.endswith("."), seed
                assert not ollama.store.has(ModelName.parse(name)), seed
                _go_on(ollama, registry, name, seed, kinds)
            _check(ollama, registry, name, seed)
        assert [] == registry.problems
        assert failed < BATCH / 2


def _go_on(ollama: Ollama, registry: Scripted, name: str, seed: int, kinds: set[str]) -> None:
    """The same pull again, now that nothing goes wrong; what the first one left is used."""
    registry.faults, registry.manifest_faults = [], []
    digests = registry.blobs_of[name.partition("/")[2]]
    whole, there, before = sum(len(registry.blobs[digest]) for digest in digests), _there(ollama, digests), registry.sent
    ollama.pull(name, insecure=True).result(60)
    if "flip" in kinds:  # what came may have been wrong: that is seen in the end, and all comes anew
        assert registry.sent - before <= 2 * whole - there, seed
    else:
        assert whole - there <= registry.sent - before <= whole - there + ON_THE_WAY, seed


def _there(ollama: Ollama, digests: set[str]) -> int:
    """Bytes of these blobs that need not come again."""
    paths = [ollama.store.blobs.path(Digest.parse(digest)) for digest in digests]
    return sum(path.stat().st_size if path.is_file() else arrived_bytes(path) for path in paths)


def _check(ollama: Ollama, registry: Scripted, name: str, seed: int) -> None:
    """The store holds what the registry has, and nothing else of it."""
    model = ModelName.parse(name)
    manifest = ollama.store.tags.read(model)
    assert registry.manifests[f"{model.namespace}/{model.model}", "latest"] == manifest.raw, seed
    folder: Path = ollama.store.blobs.folder
    for layer in manifest.blobs:
        assert hashlib.sha256((folder / layer.digest.file_name).read_bytes()).hexdigest() == layer.digest.hex, seed
        assert not list(folder.glob(f"{layer.digest.file_name}-partial*")), seed
