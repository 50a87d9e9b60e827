"""What there is to know about models, as plain values: what ``list``, ``show``, ``ps``, ``rm``, ``verify`` and ``du`` return.

Each shows itself (``shown.py``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, overload

from .messages import Message
from .pieces import Pieces
from .shown import Fields, Shown


@dataclass(frozen=True, slots=True)
class Details(Fields):
    """What the config blob says of a model's weights."""

    format: str = "gguf"
    family: str = ""
    families: tuple[str, ...] = ()
    parameter_size: str = ""
    quantization_level: str = ""
    context_length: int = 0
    embedding_length: int = 0


@dataclass(frozen=True, slots=True)
class ModelSummary(Shown):
    """One row of ``list``. ``digest`` is the hex sha256 of the manifest; ``size_bytes`` sums its layers.

    ``remote_model`` and ``remote_host`` say where a model runs whose weights are not here. ``store`` is the folder of the store it lies in
    when that is not the own one.
    """

    name: str
    digest: str
    size_bytes: int
    modified_at: datetime
    details: Details = field(default_factory=Details)
    remote_model: str = ""
    remote_host: str = ""
    store: str = ""


@dataclass(frozen=True, slots=True)
class LayerInfo(Fields):
    """One layer of a model. ``kind`` is the last word of its media type; ``shared_with`` names other models that hold it; ``name`` that of
    a tensor or file it stands for.
    """

    kind: str
    media_type: str
    digest: str
    size_bytes: int
    from_model: str = ""
    shared_with: tuple[str, ...] = ()
    name: str = ""


@dataclass(frozen=True, slots=True)
class Content(Shown):
    """A layer as a text. ``kind`` is as in ``LayerInfo``; ``pieces`` are the text with its parts named, where it has some; ``messages``
    those of a layer of messages. ``cut``: the layer is longer than this.
    """

    kind: str
    digest: str
    text: str
    pieces: Pieces = field(default=(), repr=False)
    messages: tuple[Message, ...] = field(default=(), repr=False)
    cut: bool = False


@dataclass(frozen=True, slots=True)
class TensorShape(Fields):
    """A tensor of a model: ``shape`` with the length of a row first."""

    name: str
    type: str
    shape: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ModelInfo(Shown):
    """Everything ``show`` knows. ``metadata`` is the GGUF header (long arrays are None unless it was verbose), ``modelfile`` text that
    makes the model again.

    ``draft`` is its draft model in a few words. ``store`` is the folder of the store it lies in when that is not the own one; ``notes`` say
    why a model does not run, or not wholly.
    """

    name: str
    digest: str
    size_bytes: int
    modified_at: datetime
    details: Details
    capabilities: tuple[str, ...]
    template: str
    system: str
    parameters: Mapping[str, Any]
    messages: tuple[Message, ...]
    licenses: tuple[str, ...]
    modelfile: str
    layers: tuple[LayerInfo, ...]
    metadata: Mapping[str, Any]
    tensor_count: int = 0
    parameter_count: int = 0
    requires: str = ""
    remote_model: str = ""
    remote_host: str = ""
    store: str = ""
    notes: tuple[str, ...] = ()
    tensors: tuple[TensorShape, ...] = field(default=(), repr=False)
    projector: Mapping[str, Any] = field(default_factory=dict, repr=False)
    draft: str = ""


@dataclass(frozen=True, slots=True)
class LoadedModel(Fields):
    """One row of ``ps``. ``expires_at`` is None when it stays for ever; ``gpu_bytes`` is the part of ``size_bytes`` that lies on GPUs."""

    name: str
    digest: str
    size_bytes: int
    processor: str
    n_ctx: int
    expires_at: datetime | None
    details: Details = field(default_factory=Details, repr=False)
    gpu_bytes: int = field(default=0, repr=False)


@dataclass(frozen=True, slots=True)
class KeptBlob(Fields):
    """A blob that ``rm`` left on the disk. ``held_by`` names models that hold it; nobody: it is also a file of the user's, elsewhere."""

    digest: str
    kind: str
    size_bytes: int
    held_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Deleted(Shown):
    """What ``rm`` took away: ``freed_bytes`` are free on the disk now. ``kept`` is what the models held besides."""

    names: tuple[str, ...]
    freed_bytes: int
    kept: tuple[KeptBlob, ...] = ()

    @property
    def kept_bytes(self) -> int:
        return sum(blob.size_bytes for blob in self.kept)


@dataclass(frozen=True, slots=True)
class Removal(Shown):
    """What ``rm`` would take away now: ``freed_bytes`` would be free. ``kept`` would stay on the disk."""

    names: tuple[str, ...]
    freed_bytes: int
    kept: tuple[KeptBlob, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckedBlob(Fields):
    """A blob with which something is wrong, or that nobody needs. ``reason`` is half a sentence; ``models`` hold it."""

    digest: str
    reason: str
    size_bytes: int = 0
    kinds: tuple[str, ...] = ()
    models: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verification(Shown):
    """What ``verify`` found. ``unreadable`` names models whose manifest cannot be read."""

    checked_count: int
    checked_bytes: int
    damaged: tuple[CheckedBlob, ...] = ()
    missing: tuple[CheckedBlob, ...] = ()
    unreferenced: tuple[CheckedBlob, ...] = ()
    unreadable: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether every model that was looked at is whole. Blobs that nobody needs do no harm."""
        return not (self.damaged or self.missing or self.unreadable)


@dataclass(frozen=True, slots=True)
class ModelUse(Fields):
    """What a model costs: ``alone_bytes`` would be free without it, ``shared_bytes`` other models hold, too.

    ``shared_with`` names those that hold the largest blob of what is shared, as a rule the weights.
    """

    name: str
    digest: str
    alone_bytes: int
    shared_bytes: int
    shared_with: tuple[str, ...] = ()

    @property
    def size_bytes(self) -> int:
        """All its blobs, each counted once."""
        return self.alone_bytes + self.shared_bytes


@dataclass(frozen=True, slots=True)
class FilesUse(Fields):
    """So many files, so many bytes."""

    count: int = 0
    size_bytes: int = 0


@dataclass(frozen=True, slots=True)
class DiskUse(Shown):
    """What ``du`` found: what each model costs, largest first, and what else lies in the store's folder.

    ``blobs`` are all whole blobs; of these, ``linked`` are at the same time files of the user's elsewhere, and ``unreferenced`` are held
    by no model. ``unfinished`` are downloads and files being written. ``unreadable`` names models whose manifest cannot be read.
    ``snapshots`` lie elsewhere, in the user's cache.
    """

    folder: str
    models: tuple[ModelUse, ...]
    blobs: FilesUse
    linked: FilesUse
    unreferenced: FilesUse
    unfinished: FilesUse
    others: FilesUse
    free_bytes: int
    unreadable: tuple[str, ...] = ()
    snapshots: FilesUse = FilesUse()

    @property
    def total_bytes(self) -> int:
        """Everything in the store's folder of blobs."""
        return self.blobs.size_bytes + self.unfinished.size_bytes + self.others.size_bytes


@dataclass(frozen=True, slots=True)
class Pruned(Shown):
    """What ``prune`` took away: how many files, and the bytes they took on the disk.

    ``unfinished_bytes`` is what downloads that can go on still take.
    """

    files: int
    freed_bytes: int
    unfinished_bytes: int = 0


@dataclass(frozen=True, slots=True)
class ImatrixMade(Shown):
    """An importance matrix: the file, the model, over how many tokens and chunks of them, of how many matrices (experts are one)."""

    path: str
    model: str
    n_tokens: int
    n_chunks: int
    n_matrices: int


@dataclass(frozen=True, slots=True)
class Saved(Shown):
    """Models in one file, for ``load``: the file, its size in bytes, and the models' names."""

    path: str
    size_bytes: int
    models: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pushed(Shown):
    """A model that a registry has now. ``sent_bytes`` of its ``size_bytes`` had to be sent; ``url`` is its web page, where it is known."""

    name: str
    digest: str
    size_bytes: int
    sent_bytes: int
    url: str = ""


@dataclass(frozen=True, slots=True)
class UserKey(Shown):
    """The user's public key, as registries take it, and the file of the private one."""

    line: str
    path: str


class _Rows(Shown):
    __slots__ = ("_rows",)

    def __init__(self, rows: Iterable[Any]) -> None:
        self._rows = tuple(rows)

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._rows)

    def __repr__(self) -> str:
        return str(self)


class ModelList(_Rows, Sequence[ModelSummary]):
    """The models of a store, newest first."""

    @overload
    def __getitem__(self, index: int) -> ModelSummary: ...
    @overload
    def __getitem__(self, index: slice) -> ModelList: ...
    def __getitem__(self, index: int | slice) -> ModelSummary | ModelList:
        return ModelList(self._rows[index]) if isinstance(index, slice) else self._rows[index]


class LoadedList(_Rows, Sequence[LoadedModel]):
    """The models in memory, latest expiry first."""

    @overload
    def __getitem__(self, index: int) -> LoadedModel: ...
    @overload
    def __getitem__(self, index: slice) -> LoadedList: ...
    def __getitem__(self, index: int | slice) -> LoadedModel | LoadedList:
        return LoadedList(self._rows[index]) if isinstance(index, slice) else self._rows[index]
