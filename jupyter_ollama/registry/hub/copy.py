"""A repository's folder here: its small files whole, its weights as files that have the right header, the right length, and a hole between.

That is all that a plan of a conversion reads. What was fetched once stays as long as the folder does: it is of one commit.
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

from ...errors import SafetensorsError, SourceError
from ...safetensors import MAX_HEADER_BYTES
from ...sentences import Sentence
from ...sources import pick_files
from ..partial import Part
from ..stream import NoRanges, Streams
from .repository import MAX_SMALL_FILE, HubRepository, ignores_ranges
from .snapshot import HubFile, Snapshot
from .sparse import SparseFile

_SMALL = (".json", ".jinja", ".model", ".txt")
_MAX_SMALL_FILES, _MAX_LARGE_FILES = 1000, 5000
_GUESS_BYTES, _LEAST_GUESS_BYTES = 1 << 18, 4096
_LENGTH_BYTES = 8
_UNFINISHED = ".unfinished"
_NOTHING = "no Modelfile or safetensors files found"


class FolderCopy:
    """The folder of a snapshot.

    ``weights`` are the files that make the model, by their paths here.

    Args:
        folder: where it is to be.
    """

    def __init__(self, repository: HubRepository, snapshot: Snapshot, folder: Path) -> None:
        self.snapshot = snapshot
        self.folder = folder
        self.weights: dict[Path, SparseFile] = {}
        self._repository = repository

    def file_at(self, path: Path) -> HubFile:
        """What a file here is there."""
        wanted = path.relative_to(self.folder).as_posix()
        return next(file for file in self.snapshot.files if file.path == wanted)

    def fetch(self) -> Generator[tuple[int, int], None, None]:
        """Bring what is missing. Gives how many files of how many are there.

        Raises: SourceError when the folder is no model that can be converted; what requests raise; OSError.
        """
        small = [file for file in self.snapshot.files if _is_small(file)][:_MAX_SMALL_FILES]
        large = [file for file in self.snapshot.ending(".safetensors") if file.depth <= 1][:_MAX_LARGE_FILES]
        for file in large:
            _placeholder(self.folder / file.path, file.size)
        for number, file in enumerate(small):
            yield number, len(small) + len(large)
            self._small(file)
        weights = pick_files(self.folder).weights
        for number, path in enumerate(weights):
            yield len(small) + number, len(small) + len(weights)
            self.weights[path] = SparseFile(path, self._header(path))

    def _small(self, file: HubFile) -> None:
        path = self.folder / file.path
        if path.is_file() and path.stat().st_size == file.size:
            return
        data = self._repository.small(self.snapshot, file)
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(path.name + _UNFINISHED)
        unfinished.write_bytes(data)
        unfinished.replace(path)

    def _header(self, path: Path) -> int:
        """Make sure that a file begins with its header. Gives the length of that.

        Raises: SafetensorsError when it is none.
        """
        if not _header_bytes(path):
            file = self.file_at(path)
            unfinished = path.with_name(path.name + _UNFINISHED)
            _placeholder(unfinished, file.size)
            try:
                self._begin(unfinished, file)
            except NoRanges:
                raise ignores_ranges(self._repository.host) from None
            unfinished.replace(path)
        return _header_bytes(path)

    def _begin(self, path: Path, file: HubFile) -> None:
        """Fetch a header; how long it is stands in its first bytes."""
        stop = self._repository.session.cancel
        streams = Streams(self._repository.remote(self.snapshot, file), SparseFile(path, 0), lambda count: None, stop)
        guess = min(file.size, max(_LEAST_GUESS_BYTES, min(_GUESS_BYTES, file.size // 64)))
        streams.bring(Part(0, 0, guess))
        length = _header_bytes(path)
        if not _LENGTH_BYTES < length <= min(file.size, MAX_HEADER_BYTES):
            what = Sentence("%1 is not a usable safetensors file: it has a header of %2 of %3 bytes.",
                            path.with_name(file.name), f"{length:,}", f"{file.size:,}")
            raise SafetensorsError(what, hint="Tell the people who made the model.", path=path.with_name(file.name))
        if length > guess:
            streams.bring(Part(0, guess, length - guess))


def require_safetensors(name: str, snapshot: Snapshot) -> None:
    """Raises: SourceError when there is nothing in a repository that could be converted; says what is."""
    if snapshot.ending(".safetensors"):
        return
    if snapshot.ending(".gguf"):
        hint = Sentence("Name one of them by its quantization, as in FROM hf.co/%1:Q4_K_M.", snapshot.id)
        raise SourceError(Sentence("%1 has GGUF files, and no safetensors.", name), hint=hint, path=name, text=_NOTHING)
    others = [file for file in snapshot.ending(".bin", ".pth", ".pt", ".h5", ".msgpack", ".onnx", ".ckpt") if file.depth == 0]
    if others:
        raise SourceError(
            Sentence("%1 has its weights only as %2, not as safetensors.", name, others[0].name),
            hint="Look for a revision with safetensors (a pull request often has them: @refs/pr/1), or for a GGUF of the model.",
            path=name, text=_NOTHING,
        )  # fmt: skip
    what = Sentence("%1 has no weights: neither safetensors nor GGUF.", name)
    raise SourceError(what, hint="Check the name.", path=name, text=_NOTHING)


def _is_small(file: HubFile) -> bool:
    """Whether it may say something about a model: configuration, tokenizer, chat template, card."""
    if file.size > MAX_SMALL_FILE or file.depth > 1:
        return False
    return file.path == "README.md" or file.name.endswith(_SMALL if not file.depth else (".json", ".jinja", ".model"))


def _placeholder(path: Path, size: int) -> None:
    """A file of that length without content, unless there is one."""
    if not path.is_file() or path.stat().st_size != size:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.truncate(size)


def _header_bytes(path: Path) -> int:
    """How long the header of a safetensors file is with the length before it; 0 where there is none yet."""
    with path.open("rb") as file:
        length = int.from_bytes(file.read(_LENGTH_BYTES), "little")
    return length + _LENGTH_BYTES if length else 0
