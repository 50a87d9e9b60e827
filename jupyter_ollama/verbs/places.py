"""What FROM, ADAPTER and DRAFT may mean: paths of this machine for those who sit at it, blobs of the store for everybody else."""

from __future__ import annotations

import contextlib
import re
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol

from ..errors import BlobNotFound, SourceError
from ..modelfile import Modelfile
from ..names import Digest, ModelName
from ..sentences import Sentence
from ..sources import check_draft, expand, locate
from ..store import Store
from ..uploads import ADAPTERS, DRAFTS, FILES, Uploads

_PATH_LIKE = re.compile(r"[./~\\]|[A-Za-z]:[\\/]")
_FILE_LIKE = (".gguf", ".safetensors", ".bin")
_SAFETENSORS = ".safetensors"


def here(base_dir: str | Path | None) -> Path:
    """Where relative paths start: the working directory unless somebody says otherwise."""
    return Path.cwd() if base_dir is None else Path(base_dir).expanduser().absolute()


def looks_like_a_path(argument: str) -> bool:
    """Whether somebody who writes this behind FROM means a file or folder, even if it is not there."""
    return argument.startswith((".", "/", "~", "\\")) or argument.endswith((".gguf", ".safetensors"))


class Places(Protocol):
    """Where what a Modelfile names lies."""

    def locate(self, argument: str) -> tuple[Path, ...]:
        """The files or the folder that an argument means; nothing when it is the name of a model.

        Raises: SourceError, BlobNotFound.
        """

    def check_draft(self, modelfile: Modelfile) -> None:
        """Raises: SourceError when a DRAFT is the same as a FROM."""

    def missing(self, instruction: str, argument: str) -> SourceError:
        """The error for an argument that had to be a file and is none."""


class OwnFiles:
    """Paths of this machine; relative ones start at ``base_dir``."""

    def __init__(self, base_dir: Path) -> None:
        self.base_dir = base_dir

    def locate(self, argument: str) -> tuple[Path, ...]:
        """See ``Places.locate``."""
        path = locate(argument, self.base_dir)
        return () if path is None else (path,)

    def check_draft(self, modelfile: Modelfile) -> None:
        """See ``Places.check_draft``."""
        check_draft(modelfile.sources, modelfile.drafts, self.base_dir)

    def missing(self, instruction: str, argument: str) -> SourceError:
        """See ``Places.missing``."""
        path = expand(argument, self.base_dir)
        hint = "Check the path; relative paths start at the Modelfile's folder."
        return SourceError(Sentence("%1 %2: no such file or folder.", instruction, path), hint=hint, path=path)


class Uploaded:
    """Blobs of the store, by digest. No path is opened: one in the store's own folder of blobs stands for the digest in it.

    Args:
        folders: where each set of files is laid out that has to be a folder.
    """

    def __init__(self, store: Store, uploads: Uploads, folders: Mapping[str, Path]) -> None:
        self._store = store
        self._folders = folders
        self._sets = {FILES: uploads.files, ADAPTERS: uploads.adapters, DRAFTS: uploads.draft_files}

    def locate(self, argument: str) -> tuple[Path, ...]:
        """See ``Places.locate``."""
        if argument in self._folders:
            return (self._folders[argument],)
        if argument in self._sets:
            return tuple(blob(self._store, digest) for digest in self._sets[argument].values())
        digest = self._digest(argument)
        if digest is not None:
            return (blob(self._store, digest),)
        if _PATH_LIKE.match(argument) or argument.endswith(_FILE_LIKE):
            raise self.missing("FROM", argument)
        return ()

    def check_draft(self, modelfile: Modelfile) -> None:
        """See ``Places.check_draft``."""
        taken = {digest for source in modelfile.sources for digest in self._digests(source)}
        for draft in modelfile.drafts:
            if taken.intersection(self._digests(draft)):
                text = Sentence("DRAFT must not reference the same local path as FROM: %1", draft)
                raise SourceError(
                    Sentence("%1.", text), hint="Name a smaller model of the same family, or leave DRAFT out.", path=draft, text=text
                )

    def missing(self, instruction: str, argument: str) -> SourceError:
        """See ``Places.missing``."""
        text = Sentence("%1 %2: a server does not open files of its own for a Modelfile that was sent to it", instruction, argument)
        return SourceError(
            Sentence("%1.", text), hint="Upload the file to /api/blobs/sha256:... and write @sha256:... instead, or name a model.",
            path=argument,
        )  # fmt: skip

    def _digests(self, argument: str) -> list[Digest]:
        """Those of one file, or of a whole set."""
        if argument in self._sets:
            return list(self._sets[argument].values())
        digest = self._digest(argument)
        return [] if digest is None else [digest]

    def _digest(self, argument: str) -> Digest | None:
        if argument.startswith("@"):
            return Digest.parse(argument[1:])
        folder, separator, name = argument.rpartition("/")
        service = self._store.service
        own = {str(self._store.blobs.folder), *([str(service.blobs.folder)] if service else [])}
        return Digest.parse(name) if separator and folder in own and name.startswith("sha256") else None


@contextlib.contextmanager
def uploaded(store: Store, uploads: Uploads, name: str) -> Iterator[Places]:
    """The places of a Modelfile that was sent, as long as the create goes on.

    Args:
        name: that of the model; what is converted is called so, too.
    Raises: BlobNotFound for a file that was not uploaded.
    """
    sets = {FILES: uploads.files, ADAPTERS: uploads.adapters, DRAFTS: uploads.draft_files}
    with contextlib.ExitStack() as held:
        folders = {
            kind: held.enter_context(laid_out(store, files, ModelName.valid(name).model))
            for kind, files in sets.items()
            if any(file.endswith(_SAFETENSORS) for file in files)
        }
        yield Uploaded(store, uploads, folders)


@contextlib.contextmanager
def laid_out(store: Store, files: Mapping[str, Digest], name: str) -> Iterator[Path]:
    """A folder of that name with links to blobs, called as their owner called them.

    It lies beside ``blobs`` as in a Hugging Face cache, which is what sources follow links to.
    """
    snapshots = store.root / "snapshots"
    root = snapshots / secrets.token_hex(8)
    folder = root / name
    targets = {file: blob(store, digest) for file, digest in files.items()}
    try:
        for file, target in targets.items():
            path = folder / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.symlink_to(target)
        yield folder
    except FileExistsError as error:
        raise SourceError(Sentence("%1 is the name of a file and of a folder.", error.filename), hint="Rename one.", path=folder) from error
    finally:
        _remove(root)
        with contextlib.suppress(OSError):
            snapshots.rmdir()


def _remove(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
    with contextlib.suppress(FileNotFoundError):
        folder.rmdir()


def blob(store: Store, digest: Digest) -> Path:
    """The file of a blob, of the own store or of the system-wide one.

    Raises: BlobNotFound.
    """
    service = store.service
    if service is not None and not store.blobs.has(digest) and service.blobs.has(digest):
        return service.blobs.path(digest)
    try:
        return store.blobs.require(digest)
    except BlobNotFound as error:
        raise BlobNotFound(error.message, hint=Sentence("Upload it first: POST /api/blobs/%1.", digest), **error.facts) from None
