"""``load``: models out of a file that ``save`` made."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

from ..cancelling import CancelToken
from ..errors import ArchiveError
from ..events import Progress
from ..manifest import Layer
from ..models import ModelList
from ..names import Digest, ModelName
from ..oci import Archive, Entry, Image
from ..sentences import Sentence
from ..store import Store, disk


def load_saved(store: Store, path: Path, name: str | None = None, *, cancel: CancelToken) -> Generator[Progress, None, ModelList]:
    """Take the models out of a file, with their names; all of them or none. What the store has already is not read.

    Every layer is hashed on its way into the store. A name that is there comes to mean the model of the file.

    Args:
        name: another name for the model, when there is one in the file.
    Raises: ArchiveError, InvalidName, DigestMismatch for a damaged layer, DiskFull, StoreError, Cancelled.
    """
    with Archive(path) as archive:
        images = _named(archive, name)
        layers = {layer.digest: layer for image in images for layer in image.manifest.blobs}
        with store.begin() as work:
            _require_room(work, archive, layers)
            for layer in layers.values():
                entry = _entry(archive, work, layer)
                if entry is not None:
                    yield from work.blobs.take_out(archive.reader, entry.offset, layer, cancel, what=path.name)
            yield Progress("writing_manifest")
            names = {str(work.tag(image.name, image.manifest)) for image in images if image.name is not None}
    yield Progress("success")
    return ModelList(model for model in store.models() if model.name in names)


def _named(archive: Archive, name: str | None) -> tuple[Image, ...]:
    if name is not None:
        if len(archive.images) > 1:
            held = ", ".join(str(image.name or "one without a name") for image in archive.images)
            raise ArchiveError(
                Sentence("%1 holds several models, which cannot all be called %2: %3.", archive.path, name, held),
                hint="Load them without a name, then copy the one you mean.", path=archive.path,
            )  # fmt: skip
        return (Image(ModelName.valid(name), archive.images[0].manifest),)
    if any(image.name is None for image in archive.images):
        raise ArchiveError(Sentence("%1 does not say what its model is called.", archive.path), hint="Give a name, too.", path=archive.path)
    return archive.images


def _entry(archive: Archive, store: Store, layer: Layer) -> Entry | None:
    """Where a layer lies; None when it is not in the file, but in the store."""
    entry = archive.blob(layer.digest)
    if entry is None and store.blobs.reuse(layer.digest, layer.size):
        return None
    if entry is None or entry.size != layer.size:
        what = "is not in it" if entry is None else Sentence("has %1 bytes instead of %2", f"{entry.size:,}", f"{layer.size:,}")
        raise ArchiveError(
            Sentence("%1 is incomplete: the %2 %3 %4.", archive.path, layer.kind, layer.digest, Sentence.of(what)),
            hint="Copy the file again, or save it again.", path=archive.path,
        )  # fmt: skip
    return entry


def _require_room(store: Store, archive: Archive, layers: dict[Digest, Layer]) -> None:
    """Raises: DiskFull before anything is written."""
    missing = (layer.size for digest, layer in layers.items() if archive.blob(digest) is not None and not store.blobs.has(digest))
    disk.require_room(store.blobs.folder, sum(missing))
