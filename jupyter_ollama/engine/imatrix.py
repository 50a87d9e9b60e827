"""Making an importance matrix, as the kernel sees it: a child of its own, which evaluates the model over a text."""

from __future__ import annotations

import uuid
from collections.abc import Generator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ..cancelling import CancelToken
from ..errors import StoreError
from ..events import Progress
from ..sentences import Sentence, from_json
from .frames import Frame
from .process import Worker

CHUNK_TOKENS = 512


@dataclass(frozen=True)
class Measured:
    """What a matrix was made of."""

    n_tokens: int
    n_chunks: int
    n_entries: int
    notes: tuple[str, ...] = ()


def measure(
    name: str, paths: Sequence[Path], text: str, dataset: str, target: Path, cancel: CancelToken
) -> Generator[Progress, None, Measured]:
    """Evaluate the model in ``paths`` over ``text`` and write ``target``, which appears when it is whole or not at all.

    Args:
        name: the model's, for errors.
        dataset: how the text is called in the file.
    Raises: SourceError for a text that is too short; LoadError, StoreError, EngineCrashed, Cancelled.
    """
    cancel.check()
    temporary = target.absolute().with_name(f".{uuid.uuid4().hex}.partial")
    fields = {
        "name": name, "paths": [str(path.absolute()) for path in paths], "target": str(temporary), "dataset": dataset,
        "chunk_tokens": CHUNK_TOKENS,
    }  # fmt: skip
    try:
        with Worker.start("jupyter_ollama.engine.worker.imatrix", what=Sentence("the measurement of %1", name)) as worker:
            worker.send(Frame("measure", fields=fields, payload=text.encode("utf-8", "replace")))
            while (frame := worker.receive(cancel)).kind == "progress":
                held = frame.fields
                yield Progress(held["kind"], completed=held["completed"], total=held["total"], facts=held["facts"])
        cancel.check()
        temporary.replace(target)
    except OSError as error:
        raise StoreError(
            Sentence("%1 cannot be written: %2.", target, error.strerror), hint="Choose another place.", path=target
        ) from error
    finally:
        with suppress(OSError):
            temporary.unlink()
    held = frame.fields
    return Measured(held["n_tokens"], held["n_chunks"], held["n_entries"], tuple(map(from_json, held["notes"])))
