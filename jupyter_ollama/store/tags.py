"""Names and their manifests: the only part of a store that changes."""

from __future__ import annotations

import contextlib
import difflib
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from ..errors import CorruptManifest, ModelNotFound
from ..manifest import MAX_MANIFEST_BYTES, Manifest
from ..names import ModelName
from . import disk


class Tags:
    """The ``manifests`` folder of a store."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def names(self) -> list[ModelName]:
        """All names, in no order. Hidden files, folders at tag level and impossible names are passed over."""
        found = []
        for path in self.folder.glob("*/*/*/*"):
            if path.is_file() and (name := ModelName.from_path(PurePosixPath(*path.relative_to(self.folder).parts))):
                found.append(name)
        return found

    def existing(self, name: ModelName) -> ModelName | None:
        """The name as the store spells it, whatever the case; None when there is no such model."""
        if self.path(name).is_file():
            return name
        return next((one for one in self.names() if one.same_as(name)), None)

    def spelled(self, name: ModelName) -> ModelName:
        """The name for writing: parts that exist in another case keep their spelling."""
        return name.spelled_like(self.names())

    def path(self, name: ModelName) -> Path:
        return self.folder / name.path

    def read(self, name: ModelName) -> Manifest:
        """Raises: ModelNotFound, with similar names; CorruptManifest."""
        found = self.existing(name)
        if found is None:
            raise self.not_found(name)
        path = self.path(found)
        try:
            with path.open("rb") as file:
                raw = file.read(MAX_MANIFEST_BYTES + 1)
        except FileNotFoundError:
            raise self.not_found(name) from None
        except OSError:
            with disk.explained(path):
                raise
        if len(raw) > MAX_MANIFEST_BYTES:
            raise CorruptManifest(f"the manifest of {found} is too large.", hint="Create or pull it again.", name=str(found), path=path)
        try:
            return Manifest.parse(raw)
        except CorruptManifest as error:
            raise CorruptManifest(f"{found}: {error.message}", hint=error.hint, name=str(found), path=path) from error

    def not_found(self, name: ModelName) -> ModelNotFound:
        """The error for a name that is not there."""
        known = sorted(str(one) for one in self.names())
        near = [one for one in known if one.split(":")[0] == str(name).split(":")[0]]
        near = near or difflib.get_close_matches(str(name), known, n=3, cutoff=0.6)
        short = str(name).removesuffix(":latest")
        hint = f"Did you mean {near[0].removesuffix(':latest')}?" if near else "See %ollama list, or make it with %ollama_create."
        return ModelNotFound(f"no model {short!r} in the store.", hint=hint, name=str(name), near=near)

    def modified(self, name: ModelName) -> datetime:
        """When the name got its meaning. Raises: ModelNotFound."""
        try:
            return datetime.fromtimestamp(self.path(name).stat().st_mtime, UTC).astimezone()
        except FileNotFoundError:
            raise self.not_found(name) from None

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
        """Every model. Unreadable manifests are passed over, or raised when ``strict``.

        Raises: CorruptManifest (strict only).
        """
        for name in self.names():
            try:
                yield name, self.read(name)
            except (CorruptManifest, ModelNotFound):
                if strict:
                    raise
