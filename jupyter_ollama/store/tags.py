"""Names and their manifests: the only part of a store that changes."""

from __future__ import annotations

import contextlib
import difflib
import heapq
import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from ..errors import CorruptManifest, ModelNotFound
from ..manifest import MAX_MANIFEST_BYTES, Manifest
from ..names import ModelName
from ..sentences import Sentence
from . import disk
from .remembered import Remembered

T = TypeVar("T")


class Tags:
    """The ``manifests`` folder of a store."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._manifests = Remembered(_read, lambda tagged: len(tagged[0].raw))
        self._folders = Remembered(_within, lambda names: 100 * len(names))
        self._models = Remembered(_tags_within, lambda tags: 500 * len(tags))

    def names(self, *, strict: bool = False) -> list[ModelName]:
        """All names, in no order: files exactly four levels down. Folders there and impossible names (hidden files) are passed over.

        Folders inside that cannot be read are passed over too, or raised when ``strict``.
        Raises: StoreError when the folder of all manifests cannot be read.
        """
        return [name for name, _ in self._files(strict)]

    def _files(self, strict: bool) -> Iterator[tuple[ModelName, str]]:
        """Every name with the path of its manifest. A folder in which nothing has changed is read again only when ``strict``."""
        within, tags_within = (_within, _tags_within) if strict else (self._folders.get, self._models.get)
        root = str(self.folder)
        for host in _looked(within, root, strict=True):
            for namespace in _looked(within, f"{root}/{host}", strict):
                for model in _looked(within, f"{root}/{host}/{namespace}", strict):
                    yield from _looked(tags_within, f"{root}/{host}/{namespace}/{model}", strict)

    def existing(self, name: ModelName) -> ModelName | None:
        """The name as the store spells it, whatever the case; None when there is no such model."""
        if not name.is_valid:
            return None
        if os.path.isfile(self._path(name)):  # noqa: PTH113 (a Path of it takes longer to make than to look)
            return name
        return min(self._in_any_case(name), key=str, default=None)

    def _in_any_case(self, name: ModelName) -> Iterator[ModelName]:
        found: list[tuple[str, ...]] = [()]
        for wanted in name.path.parts:
            found = [
                (*parts, one)
                for parts in found
                for one in _looked(self._folders.get, "/".join((str(self.folder), *parts)), strict=not parts)
                if one.lower() == wanted.lower()
            ]
        for host, namespace, model, tag in found:
            one = ModelName(model, tag, namespace, host)
            if _is_file(self.path(one)):
                yield one

    def spelled(self, name: ModelName) -> ModelName:
        """The name for writing: parts that exist in another case, be it in different models, keep their spelling."""
        return self.existing(name) or name.spelled_like(self.names())

    def path(self, name: ModelName) -> Path:
        return self.folder / name.path

    def _path(self, name: ModelName) -> str:
        return f"{self.folder}/{name.host}/{name.namespace}/{name.model}/{name.tag}"

    def read(self, name: ModelName) -> Manifest:
        """Raises: ModelNotFound, with similar names; CorruptManifest, StoreError."""
        if name.is_valid:
            with contextlib.suppress(OSError, CorruptManifest):
                return self._manifests.get(self._path(name))[0]
        found = self.existing(name)
        if found is None:
            raise self.not_found(name)
        return self._look(found)[0]

    def _look(self, name: ModelName) -> tuple[Manifest, datetime]:
        """What a name means, and since when.

        Raises: ModelNotFound, CorruptManifest, StoreError.
        """
        path = self._path(name)
        try:
            return self._manifests.get(path)
        except CorruptManifest as error:
            raise CorruptManifest(
                Sentence("%1: %2", name, Sentence.of(error.message)), hint=error.hint, name=str(name), path=Path(path)
            ) from error
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            raise self.not_found(name) from None
        except OSError:
            with disk.explained(Path(path)):
                raise

    def not_found(self, name: ModelName, others: Iterable[ModelName] = ()) -> ModelNotFound:
        """The error for a name that is not there. ``others``: names elsewhere that may be meant."""
        known = {str(one).removesuffix(":latest"): str(one) for one in sorted((*self.names(), *others), key=str)}
        short = str(name).removesuffix(":latest")
        near = [one for one in known.values() if one.split(":")[0] == short.split(":")[0]]
        near = near or [known[one] for one in difflib.get_close_matches(short, known, n=3, cutoff=0.6)]
        elsewhere = Sentence("See %%ollama list, make it with %%ollama_create, or bring it with %%ollama pull %1.", short)
        hint = Sentence("Did you mean %1?", near[0].removesuffix(":latest")) if near else elsewhere
        return ModelNotFound(Sentence("no model %1 in the store.", repr(short)), hint=hint, name=str(name), near=near)

    def modified(self, name: ModelName) -> datetime:
        """When the name got its meaning, in local time. Raises: ModelNotFound, CorruptManifest, StoreError."""
        return self._look(name)[1]

    def write(self, name: ModelName, raw: bytes) -> None:
        """Let ``name`` mean this manifest, in one step."""
        path = self.path(name)
        temporary = self.folder / f".{secrets.token_hex(8)}"
        with disk.explained(path, len(raw)):
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                disk.write_durably(path, raw, temporary)
            finally:
                temporary.unlink(missing_ok=True)

    def remove(self, name: ModelName) -> None:
        """Forget a name, and folders that are empty now."""
        path = self.path(name)
        with disk.explained(path):
            path.unlink(missing_ok=True)
            with contextlib.suppress(OSError):
                for parent in list(path.parents)[:3]:
                    parent.rmdir()

    def manifests(self, *, strict: bool = False) -> Iterator[tuple[ModelName, Manifest]]:
        """Every model. Broken manifests are passed over, or raised when ``strict``.

        Raises: StoreError when something cannot be read just now; CorruptManifest (strict only).
        """
        for name in self.names(strict=True):
            try:
                yield name, self._look(name)[0]
            except (CorruptManifest, ModelNotFound):
                if strict:
                    raise

    def dated(self, first: int | None = None) -> Iterator[tuple[ModelName, Manifest, datetime]]:
        """Every model that can be read, with the time at which its name got its meaning.

        Args:
            first: only so many, the first by name.
        Raises: StoreError when the folder of all manifests cannot be read.
        """
        files = self._files(strict=False)
        for name, path in files if first is None else heapq.nsmallest(first, files, key=lambda file: str(file[0])):
            with contextlib.suppress(OSError, CorruptManifest):
                manifest, modified_at = self._manifests.get(path)
                yield name, manifest, modified_at


def _read(path: str) -> tuple[Manifest, datetime]:
    raw, modified_at = disk.read_small(path, MAX_MANIFEST_BYTES)
    if len(raw) > MAX_MANIFEST_BYTES:
        raise CorruptManifest("the manifest is too large.", hint="Create or pull the model again.")
    return Manifest.parse(raw), datetime.fromtimestamp(modified_at, UTC).astimezone()


def _within(path: str) -> tuple[str, ...]:
    """The names in a folder."""
    with os.scandir(path) as entries:
        return tuple(entry.name for entry in entries)


def _tags_within(path: str) -> tuple[tuple[ModelName, str], ...]:
    """The names of the manifests in the folder of a model, and their paths. Folders there and impossible names are passed over."""
    host, namespace, model = path.rsplit("/", 3)[1:]
    with os.scandir(path) as entries:
        found = ((ModelName(model, entry.name, namespace, host), entry) for entry in entries)
        return tuple((name, f"{path}/{name.tag}") for name, entry in found if name.is_valid and _is_file(entry))


def _looked(within: Callable[[str], tuple[T, ...]], path: str, strict: bool) -> tuple[T, ...]:
    """What is in a folder; nothing where there is none. One that cannot be read is empty too, or an error when ``strict``.

    Raises: StoreError.
    """
    try:
        return within(path)
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except OSError:
        if not strict:
            return ()
        with disk.explained(Path(path)):
            raise


def _is_file(entry: os.DirEntry[str] | Path) -> bool:
    try:
        return entry.is_file()
    except OSError:
        return False
