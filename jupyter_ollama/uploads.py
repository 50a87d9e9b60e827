"""``Uploads``: what somebody else's Modelfile may use of this machine: blobs of the store, by their digests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .errors import SourceError
from .names import Digest
from .sentences import Sentence

MAX_FILES = 10_000
FILES, ADAPTERS, DRAFTS = "@files", "@adapters", "@draft_files"
"""What FROM, ADAPTER and DRAFT say to mean a whole set of uploaded files."""


@dataclass(frozen=True, slots=True)
class Uploads:
    """Sets of files that were uploaded: their relative names, and the digests under which the store has them.

    A create that is given one, even an empty one, opens no path: FROM, ADAPTER and DRAFT name models, blobs (``@sha256:...``, or a path in
    the store's own folder of blobs) or one of the sets (``@files``, ``@adapters``, ``@draft_files``).
    """

    files: Mapping[str, Digest] = field(default_factory=dict)
    adapters: Mapping[str, Digest] = field(default_factory=dict)
    draft_files: Mapping[str, Digest] = field(default_factory=dict)

    @classmethod
    def of(cls, files: Any = None, adapters: Any = None, draft_files: Any = None) -> Uploads:
        """Check mappings of names to digests as requests have them.

        Raises: SourceError for a name that is no clean relative path, InvalidName for a digest.
        """
        return cls(_checked(files), _checked(adapters), _checked(draft_files))


def _checked(given: Mapping[str, str] | None) -> dict[str, Digest]:
    held = dict(given or {})
    if len(held) > MAX_FILES:
        raise SourceError(
            Sentence("a model of %1 files.", f"{len(held):,}"), hint=Sentence("At most %1 are possible.", f"{MAX_FILES:,}"), path=None
        )
    for name in held:
        if not is_clean(name):
            raise SourceError(
                Sentence("%1 is no relative path.", repr(name)),
                hint="Name files as they lie below the model's folder, with / between the parts.", path=name,
                text="file path must be relative",
            )  # fmt: skip
    return {name: Digest.parse(digest) for name, digest in held.items()}


def is_clean(name: str) -> bool:
    """Whether a name is a relative path with slashes, without empty parts, ``.`` and ``..``, and of printable characters."""
    parts = name.split("/")
    return all(part not in ("", ".", "..") and len(part.encode("utf-8", "replace")) < 256 for part in parts) and (
        "\\" not in name and name.isprintable() and len(parts) < 32
    )
