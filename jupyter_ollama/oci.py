"""Models as an OCI image layout in a tar file, which is how ``docker save`` packs images.

    oci-layout                  {"imageLayoutVersion":"1.0.0"}
    index.json                  one descriptor a model: media type, digest and size of its manifest, and the model's name
    blobs/sha256/<hex>          manifests, configs and layers, each once

Entries may come in any order; whatever else is in the file is passed over. Nothing is ever unpacked by the names in it.
Source: OCI image layout specification 1.0; POSIX.1-2001 (pax) for the tar.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from .errors import ArchiveError, CorruptManifest, InvalidName, OllamaError
from .gojson import Struct, encode
from .manifest import LAYER_TYPE, MANIFEST_TYPE, MAX_MANIFEST_BYTES, Manifest
from .names import Digest, ModelName
from .pread import RangeReader
from .sentences import Sentence

LAYOUT, INDEX = "oci-layout", "index.json"
FULL_NAME, REF_NAME = "io.containerd.image.name", "org.opencontainers.image.ref.name"
MAX_ENTRIES, MAX_MODELS, MAX_HEADER_BYTES = 100_000, 1_000, 1 << 20
_BLOB = re.compile(r"(?:\./)?blobs/sha256/([0-9a-f]{64})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Image:
    """A model in an archive. ``name`` is None when the archive does not tell one."""

    name: ModelName | None
    manifest: Manifest


@dataclass(frozen=True, slots=True)
class Entry:
    """Where the content of an entry lies in the file. Units: bytes."""

    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of an archive that is to be written: bytes, or the content of a blob."""

    data: bytes
    blob: Digest | None = None
    size: int = 0


class Archive:
    """An archive that is read.

    Raises: ArchiveError when the file cannot be read, is no tar file, or holds no models.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.reader = RangeReader(path, ArchiveError)
        try:
            self._entries = self._scan()
            self.images = tuple(self._image(descriptor) for descriptor in self._descriptors())
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.reader.close()

    def blob(self, digest: Digest) -> Entry | None:
        """Where a blob lies; None when it is not in here."""
        return self._entries.get(f"blobs/sha256/{digest.hex.lower()}")

    def _scan(self) -> dict[str, Entry]:
        """The entries that count, by name; of two with one name the later one, as tar has it."""
        entries: dict[str, Entry] = {}
        try:
            with tarfile.open(fileobj=_Headers(self.reader), mode="r:") as tar:
                count = 0
                while (member := tar.next()) is not None:
                    if (count := count + 1) > MAX_ENTRIES:
                        raise self._error(Sentence("has more than %1 entries", f"{MAX_ENTRIES:,}"))
                    blob, name = _BLOB.fullmatch(member.name), member.name.removeprefix("./")
                    if (blob or name in (LAYOUT, INDEX)) and member.type in (tarfile.REGTYPE, tarfile.AREGTYPE) and not member.sparse:
                        entries[f"blobs/sha256/{blob[1]}" if blob else name] = Entry(member.offset_data, member.size)
                    tar.members = []  # type: ignore[attr-defined]  # else all of them are kept
        except (tarfile.TarError, ValueError, OverflowError, RecursionError) as error:
            raise self._not_a_tar() from error
        return entries

    def _not_a_tar(self) -> ArchiveError:
        head = self.reader.read(0, min(4, self.reader.size_bytes))
        if head[:2] == b"\x1f\x8b" or head[:3] == b"BZh" or head in (b"\xfd7zX", b"\x28\xb5\x2f\xfd"):
            return self._error("is compressed", hint="Unpack it first (gunzip, unzstd ...): weights hardly get smaller anyway.")
        return self._error("is no tar file, or was cut short", hint="Copy it again, or make it again with %ollama save.")

    def _descriptors(self) -> list[dict[str, Any]]:
        if INDEX not in self._entries:
            raise self._error("holds no models: there is no index.json in it", hint="%ollama save makes such files.")
        index = self._json(INDEX)
        found = index.get("manifests") if isinstance(index, dict) else None
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found) or not 0 < len(found) <= MAX_MODELS:
            raise self._error("holds no models: its index.json lists none")
        return found

    def _image(self, descriptor: dict[str, Any]) -> Image:
        name = self._name(descriptor)
        try:
            digest = Digest.parse(str(descriptor.get("digest")))
            raw = self._read(f"blobs/sha256/{digest.hex.lower()}")
            if hashlib.sha256(raw).hexdigest() != digest.hex.lower():
                raise CorruptManifest(Sentence("the manifest %1 is damaged.", digest))
            manifest = Manifest.parse(raw)
        except (CorruptManifest, InvalidName) as error:
            raise self._error(
                Sentence("holds a model (%1) that cannot be read: %2", name or Sentence("without a name"), error.message.rstrip("."))
            ) from error
        if not any(layer.media_type.startswith(LAYER_TYPE) for layer in manifest.layers):
            raise self._error("holds a container image, not a model", hint="%ollama save makes files that can be loaded.")
        return Image(name, manifest)

    def _name(self, descriptor: dict[str, Any]) -> ModelName | None:
        """The model's name: a full one, or a short one that is more than a tag."""
        notes = descriptor.get("annotations")
        for key in (FULL_NAME, REF_NAME):
            text = notes.get(key) if isinstance(notes, dict) else None
            if isinstance(text, str) and (key == FULL_NAME or ":" in text or "/" in text):
                try:
                    return ModelName.valid(text)
                except OllamaError as error:
                    raise self._error(Sentence("names a model %1, which is no valid name", repr(text[:100]))) from error
        return None

    def _json(self, name: str) -> Any:
        try:
            return json.loads(self._read(name))
        except (ValueError, RecursionError) as error:
            raise self._error(Sentence("has a broken %1", name)) from error

    def _read(self, name: str) -> bytes:
        entry = self._entries.get(name)
        if entry is None:
            raise self._error(Sentence("lacks %1, which its index names", name))
        if entry.size > MAX_MANIFEST_BYTES:
            raise self._error(Sentence("has a %1 of %2 bytes, which is too large to be a list of layers", name, f"{entry.size:,}"))
        return self.reader.read(entry.offset, entry.size)

    def _error(self, what: str, hint: str | None = None) -> ArchiveError:
        return ArchiveError(Sentence("%1 %2.", self.path, Sentence.of(what)), hint=hint, path=self.path)


class _Headers(io.RawIOBase):
    """The file as ``tarfile`` sees it: it may read headers, not content, so that no header makes it fill the memory."""

    def __init__(self, reader: RangeReader) -> None:
        self._reader, self._at = reader, 0

    def read(self, size: int = -1, /) -> bytes:
        if not 0 <= size <= MAX_HEADER_BYTES:
            raise ValueError("a header that large is none")
        size = max(0, min(size, self._reader.size_bytes - self._at))
        data = self._reader.read(self._at, size)
        self._at += size
        return data

    def seek(self, offset: int, whence: int = 0, /) -> int:
        self._at = offset
        return offset

    def tell(self) -> int:
        return self._at


def parts(images: Iterable[Image]) -> Iterator[Part]:
    """The archive of these models, in order; a blob that several need comes once. Equal models give equal archives."""
    chosen = list(images)
    yield from _file(LAYOUT, encode(Struct(imageLayoutVersion="1.0.0")))
    yield from _file(INDEX, encode(Struct(schemaVersion=2, manifests=[_descriptor(image) for image in chosen])))
    manifests = {image.manifest.digest: image.manifest.raw for image in chosen}
    for hex_digest, raw in manifests.items():
        yield from _file(f"blobs/sha256/{hex_digest}", raw)
    sizes = {layer.digest: layer.size for image in chosen for layer in image.manifest.blobs}
    for digest, size in sizes.items():
        yield Part(_header(f"blobs/sha256/{digest.hex.lower()}", size))
        yield Part(b"", digest, size)
        yield Part(_padding(size))
    yield Part(bytes(2 * tarfile.BLOCKSIZE))


def size_bytes(images: Iterable[Image]) -> int:
    """How large the archive of these models is."""
    return sum(part.size or len(part.data) for part in parts(images))


def _descriptor(image: Image) -> Struct:
    name, manifest = image.name, image.manifest
    notes = Struct() if name is None else Struct({FULL_NAME: name.full, REF_NAME: name.tag})
    return Struct(mediaType=MANIFEST_TYPE, digest=f"sha256:{manifest.digest}", size=len(manifest.raw), annotations=notes)


def _file(name: str, data: bytes) -> Iterator[Part]:
    yield Part(_header(name, len(data)) + data + _padding(len(data)))


def _header(name: str, size: int) -> bytes:
    entry = tarfile.TarInfo(name)
    entry.size = size
    return entry.tobuf(tarfile.PAX_FORMAT)


def _padding(size: int) -> bytes:
    return bytes(-size % tarfile.BLOCKSIZE)
