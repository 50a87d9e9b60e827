"""``verify``: is every blob of the store what its name says?"""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence, Set
from dataclasses import fields
from functools import partial, reduce
from pathlib import Path

from ..cancelling import CancelToken
from ..events import Progress
from ..models import CheckedBlob, Verification
from ..names import Digest, ModelName
from ..store import Store, StoreReader, disk
from ..store.hashing import Hashing
from ..store.inventory import BlobFile, Inventory, holders_of, kinds_of, take

_EVERY_S = 0.1


def verify(store: Store, names: Sequence[str], *, cancel: CancelToken) -> Generator[Progress, None, Verification]:
    """Hash every blob again, or those of some models, whichever store they are in. What is wrong is reported, not raised, and nothing is
    changed.

    Raises: InvalidName, ModelNotFound for a name that is not there; StoreError when the store cannot be read; Cancelled.
    """
    if not names:
        return (yield from _verify(store, None, cancel))
    places: dict[Path, tuple[StoreReader, set[str]]] = {}
    for reader, name in [store.find(ModelName.valid(text)) for text in names]:
        places.setdefault(reader.root, (reader, set()))[1].add(str(name))
    found = []
    for reader, chosen in places.values():
        found.append((yield from _verify(reader, chosen, cancel)))
    return reduce(_both, found)


def _verify(store: StoreReader, names: Set[str] | None, cancel: CancelToken) -> Generator[Progress, None, Verification]:
    """Check the blobs of these models of a store, or everything in it."""
    before = take(store)
    held = holders_of({name: manifest for name, manifest in before.models.items() if names is None or name in names})
    present = {digest: before.blobs[digest] for digest in (held if names else {**held, **before.blobs}) if digest in before.blobs}
    damaged = yield from _hash_all(present, cancel)
    now = take(store)  # others may have worked in the store meanwhile
    missing = (digest for digest in held if digest in now.holders and digest not in now.blobs)
    unreferenced = (digest for digest in before.unreferenced if digest in now.unreferenced and names is None)
    return Verification(
        len(present),
        sum(file.size_bytes for file in present.values()),
        damaged=_told({digest: reason for digest, reason in damaged.items() if digest in now.blobs}, before),
        missing=_told(dict.fromkeys(missing, "is not there"), before),
        unreferenced=_told(dict.fromkeys(unreferenced, "is held by no model"), before),
        unreadable=tuple(name for name in before.unreadable if names is None or name in names),
    )


def _both(one: Verification, other: Verification) -> Verification:
    return Verification(*(getattr(one, part.name) + getattr(other, part.name) for part in fields(Verification)))


def _hash_all(files: dict[Digest, BlobFile], cancel: CancelToken) -> Generator[Progress, None, dict[Digest, str]]:
    """What is wrong with which blob; one bar over all of them."""
    total, before, shown = sum(file.size_bytes for file in files.values()), 0, 0.0
    what = {"what": f"{len(files)} blob{'' if len(files) == 1 else 's'}"}
    damaged: dict[Digest, str] = {}
    for digest, file in files.items():
        work = Hashing(partial(disk.hash_file, file.path), cancel)
        try:
            for done in work:
                if time.monotonic() - shown >= _EVERY_S:
                    shown = time.monotonic()
                    yield Progress("checking", completed=min(before + done, total), total=total, facts=what)
            if work.hex != digest.hex.lower():
                damaged[digest] = _changed(work.hex, file)
        except FileNotFoundError:  # removed meanwhile: if a model needs it, it is missing
            pass
        except OSError as error:
            damaged[digest] = f"cannot be read: {error.strerror or error}"
        before += file.size_bytes
        cancel.check()
    yield Progress("checking", completed=total, total=total, facts=what)
    return damaged


def _changed(actual: str, file: BlobFile) -> str:
    how = ", changed through its other name outside the store" if file.linked else ""
    return f"hashes to sha256:{actual[:12]}…{how}"


def _told(reasons: dict[Digest, str], inventory: Inventory) -> tuple[CheckedBlob, ...]:
    """The blobs with reasons, those of models first."""
    found = []
    for digest, reason in reasons.items():
        models = inventory.holders.get(digest, ())
        manifests = [inventory.models[name] for name in models]
        listed = (layer.size for manifest in manifests for layer in manifest.blobs if layer.digest == digest)
        size_bytes = file.size_bytes if (file := inventory.blobs.get(digest)) else next(listed, 0)
        found.append(CheckedBlob(str(digest), reason, size_bytes, kinds_of(manifests, digest) if manifests else (), models))
    return tuple(sorted(found, key=lambda blob: (not blob.models, blob.models, blob.digest)))
