"""``create``: a model from a Modelfile."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..errors import OllamaError, SourceError
from ..events import Progress
from ..modelfile import Modelfile
from ..models import ModelSummary
from ..names import ModelName
from ..quantization import Quantize, parse_quantize
from ..run import CancelToken
from ..sources import check_draft, expand, locate, pick_files
from ..store import Store, StoredModel
from ..template import chat
from .adapter import Adapter, add_adapter
from .assemble import assemble
from .base import add_draft, add_projectors, from_model, from_paths
from .info import Info
from .remote_stub import from_remote
from .resolve import exists, resolve
from .weights import Base


def create(
    store: Store, name: str, modelfile: Modelfile, *, quantize: str | None = None, tensor_types: Mapping[str, str] | None = None,
    imatrix: str | Path | None = None, requantize: bool = False, base_dir: Path,
    info: Mapping[str, Any] | None = None, remote_host: str | None = None, cancel: CancelToken,
) -> Generator[Progress, None, ModelSummary]:  # fmt: skip
    """Make a model. Everything cheap is checked first; nothing of the store changes before the last step.

    Args:
        quantize: target type such as ``q4_K_M``; wins over the Modelfile's ``PARAMETER quantization``.
        tensor_types: types of tensors, by patterns that are looked for in their names.
        imatrix: an importance matrix for quantizing.
        requantize: whether weights that are quantized already may lose more.
        base_dir: where relative paths in FROM, ADAPTER and DRAFT start.
        info: fields of the config to be said otherwise than the weights do; ``capabilities`` are added.
        remote_host: the server that has the model which FROM names; nothing is fetched from it.
    Raises: InvalidName, ModelfileError, OptionError, TemplateError, SourceError and its kin, ModelNotFound, DiskFull, EngineCrashed,
        Cancelled.
    """
    target = ModelName.valid(name)
    wanted = parse_quantize(quantize or modelfile.quantize, tensor_types, imatrix, requantize=requantize)
    told = Info.of(info)
    if modelfile.template:
        chat.validate(modelfile.template)
    remote = from_remote(modelfile, remote_host, wanted) if remote_host else None
    files = _Files.of(modelfile, base_dir) if remote is None else _Files()
    with store.begin() as work:
        parent, base = (None, remote) if remote else (yield from _base(work, modelfile, wanted, base_dir, cancel))
        if files.adapter is not None:
            base = yield from add_adapter(work, base, files.adapter, cancel)
        if files.drafts:
            base = yield from add_draft(work, base, files.drafts, cancel)
        for note in base.notes:
            yield Progress("note", facts={"text": note})
        cancel.check()
        return (yield from assemble(work, target, replace(base, config=told.over(base.config)), modelfile, parent))


@dataclass(frozen=True, slots=True)
class _Files:
    """What must be there beside what FROM names."""

    adapter: Adapter | None = None
    drafts: tuple[Path, ...] = ()

    @classmethod
    def of(cls, modelfile: Modelfile, base_dir: Path) -> _Files:
        check_draft(modelfile.sources, modelfile.drafts, base_dir)
        adapter = Adapter.at(_existing(modelfile.adapter, base_dir, "ADAPTER")) if modelfile.adapter is not None else None
        return cls(adapter, tuple(_existing(draft, base_dir, "DRAFT") for draft in modelfile.drafts))


def _base(
    store: Store, modelfile: Modelfile, quantize: Quantize | None, base_dir: Path, cancel: CancelToken
) -> Generator[Progress, None, tuple[StoredModel | None, Base]]:
    """The layers FROM stands for. A model with a name wins over one on the disk, to which only projectors are added then."""
    located = {argument: _local(store, argument, base_dir) for argument in modelfile.sources}
    paths = [path for path in located.values() if path]
    models = [argument for argument, path in located.items() if not path]
    if not models:
        return None, (yield from from_paths(store, paths, quantize, cancel))
    try:
        parent = yield from resolve(store, models[-1], cancel)
    except OllamaError as error:
        raise _not_there(models[-1], base_dir, error) from error
    base = yield from from_model(store, parent, quantize, cancel)
    if paths:
        base = yield from add_projectors(store, base, paths, cancel)
    return parent, base


def _local(store: Store, argument: str, base_dir: Path) -> Path | None:
    """The file or folder that FROM means. It wins over a model of the same name, unless it is a folder in which there is no model."""
    path = locate(argument, base_dir)
    if path is None or not path.is_dir() or not exists(store, argument):
        return path
    try:
        pick_files(path)
    except SourceError:
        return None
    return path


def _not_there(argument: str, base_dir: Path, error: OllamaError) -> OllamaError:
    """A FROM that looks like a path deserves an answer about the path."""
    if not argument.startswith((".", "/", "~", "\\")) and not argument.endswith((".gguf", ".safetensors")):
        return error
    return _missing("FROM", expand(argument, base_dir))


def _existing(argument: str, base_dir: Path, instruction: str) -> Path:
    path = locate(argument, base_dir)
    if path is None:
        raise _missing(instruction, expand(argument, base_dir))
    return path


def _missing(instruction: str, path: Path) -> OllamaError:
    hint = "Check the path; relative paths start at the Modelfile's folder."
    return SourceError(f"{instruction} {path}: no such file or folder.", hint=hint, path=path)
