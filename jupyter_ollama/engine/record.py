"""What is known about a runner: which model it serves, how it was loaded, for how long it stays.

Runners that kernels share have theirs in a file, so that every kernel of the user sees them; the runner keeps it up to date. A private
one tells its kernel the same in frames.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import platform
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Self, get_origin, get_type_hints

from ..options import OPTIONS, Options
from .frames import VERSION
from .protocol import Loaded, ModelFiles
from .setup import Setup

MAX_BYTES = 1 << 20
LOADING, READY, LEAVING = "loading", "ready", "leaving"
_OPEN = {"num_ctx": 0, "num_batch": None, "num_gpu": -1}
"""Options that can be left open, and the value that does so."""
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Record:
    """One runner. ``names`` are all it was asked for by, with their digests; the last one is what it is called.

    ``draft`` is the file of its draft model. ``n_contexts`` are held for requests that run at once (0: as many as are cheap).
    ``build`` says by which code it was made and how to talk to it, ``machine`` and ``boot`` where and since when it runs. ``leases`` are
    the requests that are using it or wait for it, ``tenants`` the connections of those that ever did.
    Units: ``need_bytes`` is what it was estimated to take, ``weights_bytes`` the part of it that may be mapped files, ``size_bytes`` what
    llama.cpp says it takes, ``gpu_bytes`` of that on GPUs; ``keep_alive_s`` seconds, negative for ever; ``released_at`` seconds since 1970.
    """

    id: str
    build: str
    machine: str
    boot: str
    paths: tuple[str, ...]
    options: Mapping[str, Any]
    setup: Mapping[str, Any]
    draft: str = ""
    extra_buffers: bool = True
    n_contexts: int = 0
    names: Mapping[str, str] = field(default_factory=dict)
    state: str = LOADING
    pid: int = 0
    need_bytes: int = 0
    weights_bytes: int = 0
    size_bytes: int = 0
    gpu_bytes: int = 0
    n_ctx: int = 0
    leases: int = 0
    tenants: int = 0
    keep_alive_s: float = 0.0
    released_at: float = 0.0

    @property
    def name(self) -> str:
        return list(self.names)[-1] if self.names else ""

    @property
    def ours(self) -> bool:
        """Whether it runs on this machine and was made by this very code: others are left alone."""
        return self.here and self.build == build()

    @property
    def here(self) -> bool:
        """Whether it runs on this machine, since it was last started."""
        return self.machine == platform.node() and self.boot == boot()

    @property
    def taken_bytes(self) -> int:
        """The memory that it takes, or will have taken once it is loaded. What lies on a GPU does not count."""
        return max(0, self.size_bytes - self.gpu_bytes) if self.size_bytes else self.need_bytes

    @property
    def expires_at(self) -> datetime | None:
        """When it ends if it is not used again; for one in use: if its use ended now. None: never."""
        if self.keep_alive_s < 0 or math.isinf(self.keep_alive_s):
            return None
        begins = time.time() if self.leases else self.released_at
        try:
            return datetime.fromtimestamp(begins + self.keep_alive_s, UTC)
        except (OverflowError, ValueError, OSError):  # further away than a calendar reaches
            return None

    def files_are(self, model: ModelFiles) -> bool:
        """Whether it has loaded these very weights; adapters are a matter of each request."""
        return self.paths == _texts(model.shards or (model.path,))

    def serves(self, model: ModelFiles, options: Options, setup: Setup) -> bool:
        """Whether it can answer for this model with these load options. Who leaves the length of the context, the batch or the layers on
        GPUs open is content with any; who has no draft model is not disturbed by one."""
        if self.state == LEAVING or not self.files_are(model) or dict(self.setup) != setup.load_fields():
            return False
        if model.draft is not None and self.draft != _text(model.draft):
            return False
        for option in OPTIONS.values():
            if not option.load or (option.name in _OPEN and options.get(option.name) in (None, _OPEN[option.name])):
                continue
            if self.options.get(option.name, option.default) != options.get(option.name, option.default):
                return False
        return True

    def is_replaced_by(self, model: ModelFiles) -> bool:
        """Whether only those who use it will ask for it once this model is loaded: its name means other files now, or its options are
        others."""
        return self.files_are(model) or model.name in self.names

    def is_called(self, digest_or_name: str) -> bool:
        return digest_or_name in self.names or digest_or_name in self.names.values()

    def loaded(self) -> Loaded:
        """As ``ps`` shows it."""
        return Loaded(
            name=self.name, digest=self.names[self.name], size_bytes=self.size_bytes, n_ctx=self.n_ctx, expires_at=self.expires_at,
            pid=self.pid, processor=_processor(self.size_bytes, self.gpu_bytes), names=tuple(self.names),
            gpu_bytes=min(self.gpu_bytes, self.size_bytes),
        )  # fmt: skip

    @classmethod
    def of(
        cls, id: str, model: ModelFiles, options: Options, setup: Setup, *, extra_buffers: bool, n_contexts: int,  # noqa: A002
        need_bytes: int, weights_bytes: int,
    ) -> Self:  # fmt: skip
        """A runner that is to be started."""
        return cls(
            id, build(), platform.node(), boot(), _texts(model.shards or (model.path,)), dict(options),
            setup.load_fields(), "" if model.draft is None else _text(model.draft), extra_buffers, n_contexts, {model.name: model.digest},
            need_bytes=need_bytes, weights_bytes=weights_bytes,
        )  # fmt: skip

    @classmethod
    def from_fields(cls, held: Mapping[str, Any]) -> Self | None:
        """Read what ``asdict`` wrote and JSON carried; None when it is something else."""
        try:
            known = {name: value for name, value in held.items() if name in _KINDS}
            values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in known.items()}
            return cls(**values) if all(isinstance(value, _KINDS[name]) for name, value in values.items()) else None
        except TypeError:
            return None

    def write(self, path: Path) -> None:
        """Publish it: readers see the old one or the new one, never half of it. Raises: OSError."""
        temporary = path.with_suffix(f".{os.getpid()}.new")
        try:
            temporary.write_text(json.dumps(asdict(self), separators=(",", ":")), encoding="utf-8")
            temporary.replace(path)
        except OSError:
            with suppress(OSError):
                temporary.unlink()
            raise


def _plain(hint: Any) -> tuple[type, ...]:
    kind = get_origin(hint) or hint
    return (float, int) if kind is float else (kind,)


_KINDS = {one.name: _plain(get_type_hints(Record)[one.name]) for one in fields(Record)}


def read_record(path: Path) -> Record | None:
    """The record in a file; None when there is none, or it is not one."""
    try:
        with path.open("rb") as file:
            held = json.loads(file.read(MAX_BYTES))
    except (OSError, ValueError, RecursionError):
        return None
    return Record.from_fields(held) if isinstance(held, dict) else None


@cache
def boot() -> str:
    """When this machine was started, as far as the system tells."""
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return ""


@cache
def build() -> str:
    """A fingerprint of the code that runners are made of, and of the installation that it belongs to."""
    hashed = hashlib.sha256(f"{VERSION}\0{sys.prefix}\0{sys.version}".encode())
    folder = Path(__file__).parent
    for path in sorted((*folder.glob("*.py"), *folder.glob("snapshots/*.py"), *folder.glob("worker/**/*.py"))):
        hashed.update(path.read_bytes())
    return hashed.hexdigest()[:16]


def _texts(paths: tuple[Path, ...]) -> tuple[str, ...]:
    return tuple(map(_text, paths))


def _text(path: Path) -> str:
    return str(path.absolute())


def _processor(size: int, on_gpu: int) -> str:
    if on_gpu <= 0:
        return "100% CPU"
    if on_gpu >= size:
        return "100% GPU"
    share = round(100 * (size - on_gpu) / size)
    return f"{share}%/{100 - share}% CPU/GPU"
