"""Which blobs go when a name loses its meaning, and when work ends well, badly, or with its process.

Everything here is called with the store's lock held.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator

from ..errors import ModelNotFound, StoreError
from ..manifest import Manifest
from ..names import Digest, ModelName
from . import disk
from .blobs import Blobs
from .leases import Lease, Leases
from .tags import Tags


class Removal:
    """Removes blobs, but none that a model holds or running work relies on."""

    def __init__(self, tags: Tags, blobs: Blobs, leases: Leases) -> None:
        self._tags, self._blobs, self._leases = tags, blobs, leases

    def open_lease(self) -> Lease:
        """A lease for work that begins. Raises: StoreError."""
        self.clear_up()
        return self._leases.open()

    def end(self, lease: Lease) -> None:
        """Take back what the work added and no model holds. Raises: StoreError; the next one to begin work clears up then."""
        self.remove(lease.taken_back(), ending=lease)
        lease.unlink()

    def clear_up(self) -> None:
        """Remove what work left whose process died."""
        for claims in self._leases.dead():
            with contextlib.suppress(StoreError), disk.explained(self._blobs.folder):
                for name in claims.temporaries:
                    (self._blobs.folder / name).unlink(missing_ok=True)
                self.remove(claims.removable)
                claims.path.unlink(missing_ok=True)

    def relied_on(self) -> set[str]:
        """Names of the files in ``blobs`` that running work relies on."""
        return {name for claims in self._leases.live() for name in claims.protected | claims.temporaries}

    @contextlib.contextmanager
    def letting_go(self, names: set[str], lease: Lease | None) -> Iterator[None]:
        """Write down that a model is about to let go of these blobs, so that they are cleared up also if this process dies before it does.

        Args:
            lease: where to write it, if work is going on.
        """
        own: Lease | None = None
        with contextlib.suppress(StoreError):  # on a full disk, too, models can be deleted
            if names:
                told = lease or (own := self.open_lease())
                for name in names:
                    told.add("left", name)
        try:
            yield
            if own:
                own.unlink()
        finally:
            if own:
                own.release()

    def remove(self, names: Iterable[str], *, ending: Lease | None = None) -> int:
        """Remove those of the blobs that no model holds. What running work relies on is left to that work. Gives the bytes freed.

        Broken manifests hold nothing, since nothing can be opened by them; but if one cannot be read just now, everything stays.

        Args:
            ending: the lease of work that relies on nothing any more.
        Raises: StoreError.
        """
        wanted = {name for name in names if (self._blobs.folder / name).exists()}
        if not wanted:
            return 0
        try:
            for _, manifest in self._tags.manifests():
                wanted -= names_of(manifest)
        except StoreError:
            return 0
        for claims in self._leases.live() if wanted else ():
            if ending is None or claims.path != ending.path:
                claims.leave(wanted & claims.protected)
                wanted -= claims.protected
        return sum(self._blobs.remove(Digest.parse(name)) for name in wanted)

    def names_held_by(self, name: ModelName) -> set[str]:
        """The blobs of a model; none when its manifest cannot be read."""
        with contextlib.suppress(StoreError, ModelNotFound):
            return names_of(self._tags.read(name))
        return set()


def names_of(manifest: Manifest) -> set[str]:
    """The files in ``blobs`` that a manifest needs."""
    return {layer.digest.file_name for layer in manifest.blobs}
