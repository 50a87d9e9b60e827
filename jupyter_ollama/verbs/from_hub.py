"""``FROM hf.co/org/repo``: a folder of safetensors on Hugging Face's Hub, converted and quantized while it arrives. It is never here as a
whole.

A repository that has GGUF files is a model in a registry, unless a revision is named. What was made of a commit once is not made again as
long as the store has it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Generator, Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

from ..cancelling import CancelToken
from ..engine.builder import BuildJob, build
from ..errors import OllamaError, StoreError
from ..events import Progress
from ..gguf import read_index
from ..manifest import MODEL, Layer
from ..names import Digest
from ..quantization import Quantize
from ..registry import FolderCopy, HubRepository, Registry, Snapshot, Supply, require_safetensors
from ..sentences import Sentence, replaced
from ..sources import HubName
from ..store import Store, disk
from ..store.builds import Build
from .weights import Base, describe, how_of

_EVERY_S = 0.1
_MAKERS = ("jupyter-ollama", "llama-cpp-python", "gguf")


def from_hub(
    store: Store, registry: Registry, name: HubName, quantize: Quantize | None, cancel: CancelToken, adapter: Path | None = None
) -> Generator[Progress, None, Base | None]:  # fmt: skip
    """The model in a folder on the Hub; None when it is there as GGUF, which is pulled. What arrived before something went wrong need not
    come again.

    Args:
        adapter: one that the model will get.
    Raises: ModelNotFound, Unauthorized, Unreachable, TransferFailed, RegistryError, SourceError and its kin, DiskFull, StoreError,
        EngineCrashed, Cancelled.
    """
    if name.is_pinned and (base := _made(store, _key(name.id, name.revision, quantize))):
        return base
    yield Progress("fetching", facts={"what": str(name)})
    with registry.folder(name, cancel) as repository:
        snapshot = repository.look()
        if not name.revision and any(file.depth <= 1 for file in snapshot.ending(".gguf")):
            return None
        require_safetensors(str(name), snapshot)
        key = _key(snapshot.id, snapshot.commit, quantize)
        while True:
            with store.builds.turn(key) as place:
                if place is not None:
                    base = _made(store, key)
                    if base is None:
                        base = yield from _make(store, repository, snapshot, place, key, quantize, cancel, adapter)
                    store.builds.discard(key)
                    return base
            yield Progress("elsewhere", facts={"text": Sentence("waiting for somebody else who makes the same of %1", name)})
            cancel.wait(_EVERY_S)


def _make(
    store: Store, repository: HubRepository, snapshot: Snapshot, place: Build, key: Digest, quantize: Quantize | None, cancel: CancelToken,
    adapter: Path | None,
) -> Generator[Progress, None, Base]:
    copy = FolderCopy(repository, snapshot, place.source / snapshot.repository)
    with _called(copy.folder, str(repository.name)), disk.explained(place.folder):
        for done, total in copy.fetch():
            yield Progress("fetching", facts={"what": str(repository.name), "files": done, "of": total})
        job = BuildJob(copy.folder, "folder", place.model, adapter=adapter, journal=place.journal, **how_of(quantize))
        built = yield from build(job, cancel, Supply(repository, copy, cancel))
        index = read_index(place.model)
        store.builds.note(key, built.digest, built.size, built.notes, {"of": snapshot.id, "commit": snapshot.commit})
        new = store.blobs.adopt(place.model, built.digest, fetched=True)
    layer = Layer(MODEL, built.digest, built.size)
    return Base((layer,), describe(index), frozenset({str(built.digest)} if new else ()), built.notes)


def _made(store: Store, key: Digest) -> Base | None:
    """What was made with that key, if the store has it still."""
    made = store.builds.made(key)
    if made is None:
        return None
    digest, size, notes = made
    with contextlib.suppress(StoreError):
        if store.blobs.reuse(digest, size):
            return Base((Layer(MODEL, digest, size),), describe(read_index(store.blobs.require(digest))), notes=notes)
    return None


def _key(place: str, commit: str, quantize: Quantize | None) -> Digest:
    """A name for everything that decides what the result will be."""
    imatrix = quantize.imatrix if quantize else None
    said: dict[str, Any] = {
        "of": place, "commit": commit, "how": how_of(quantize), "imatrix": _stamp(imatrix) if imatrix else None,
        "by": [_version(maker) for maker in _MAKERS],
    }  # fmt: skip
    return Digest(hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest())


def _stamp(path: Path) -> tuple[int, int] | None:
    with contextlib.suppress(OSError):  # whoever reads it says why it cannot
        state = path.stat()
        return state.st_size, state.st_mtime_ns
    return None


def _version(package: str) -> str:
    with contextlib.suppress(metadata.PackageNotFoundError):
        return metadata.version(package)
    return ""


@contextlib.contextmanager
def _called(folder: Path, name: str) -> Iterator[None]:
    """Errors about the folder say what the user knows it by."""
    try:
        yield
    except OllamaError as error:
        here = str(folder)
        if here not in f"{error.message} {error.hint}":
            raise
        facts = {key: str(value).replace(here, name) if key == "path" else value for key, value in error.facts.items()}
        hint = error.hint and replaced(error.hint, here, name)
        raise type(error)(replaced(error.message, here, name), hint=hint, **facts) from error
