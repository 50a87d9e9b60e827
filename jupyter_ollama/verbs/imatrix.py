"""``imatrix``: an importance matrix of a model, made by evaluating it over a text."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

from ..cancelling import CancelToken
from ..engine.imatrix import measure
from ..errors import NotSupported, SourceError, StoreError
from ..events import Progress
from ..models import ImatrixMade
from ..sentences import Sentence
from ..store import Store
from .resolve import resolve

MAX_TEXT_BYTES = 60 << 20


def imatrix(store: Store, name: str, text: str | Path, target: Path, *, cancel: CancelToken) -> Generator[Progress, None, ImatrixMade]:
    """Write ``target``. The model's own weights count: unquantized ones tell most.

    Args:
        text: what the model is to read, or the file that holds it.
    Raises: ModelNotFound, SourceError, NotSupported, LoadError, StoreError, EngineCrashed, Cancelled.
    """
    read = text if isinstance(text, str) else _content(text)
    if not target.parent.is_dir():
        raise StoreError(Sentence("%1 is no folder.", target.parent), hint="Make it first, or choose another place.", path=target)
    model = yield from resolve(store, name, cancel)
    if not model.runs_here:
        raise NotSupported(
            Sentence("%1 has no GGUF weights here.", model.name), hint="Choose another model.", name=str(model.name), capabilities=()
        )
    dataset = "" if isinstance(text, str) else text.name
    measured = yield from measure(str(model.name), model.model_paths, read, dataset, target, cancel)
    for note in measured.notes:
        yield Progress("note", facts={"text": note})
    return ImatrixMade(str(target), str(model.name), measured.n_tokens, measured.n_chunks, measured.n_entries)


def _content(path: Path) -> str:
    """Raises: SourceError when it cannot be read or is too long."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_TEXT_BYTES + 1)
    except OSError as error:
        raise SourceError(Sentence("the text %1 cannot be read: %2.", path, error.strerror), hint="Check the path.", path=path) from error
    if len(content) > MAX_TEXT_BYTES:
        hint = "A few hundred kilobytes are enough."
        raise SourceError(Sentence("the text %1 is longer than %2 MiB.", path, MAX_TEXT_BYTES >> 20), hint=hint, path=path)
    return content.decode("utf-8", "replace")
