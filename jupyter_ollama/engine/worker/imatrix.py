"""The child that makes an importance matrix: it evaluates a model over a text and keeps how large the inputs of its matrices are.

    in    measure   paths (a GGUF file or its shards, in order), name, target, dataset, chunk_tokens; the text as payload
    out   progress  kind, completed, total, facts
          measured  n_tokens, n_chunks, n_entries, notes
          error     any of the package's errors

The text is cut into chunks without overlap, each of which begins as the model's texts do; a rest is left out. Source: tools/imatrix of
llama.cpp. Killing it cancels the job.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import EngineError, OllamaError, SourceError, StoreError
from ...gguf.imatrix import imatrix_bytes
from ...options import Options
from ...sentences import Sentence, as_json
from ..frames import Frame
from .batch import Batch
from .builder.progress import Reporter
from .channel import Channel
from .llama import lib
from .log import Log
from .matmuls import Matmuls
from .model import Model
from .waiting import Waiting


def main(channel: Channel) -> None:
    """Do one job."""
    request = channel.receive()
    if request is None:
        return
    threading.Thread(target=_end_with_client, args=(channel,), name="client-watch", daemon=True).start()
    try:
        channel.send(Frame("measured", fields=_measure(request.fields, request.payload, Reporter(channel.send))))
    except OllamaError as error:
        channel.send_error(error)


def _end_with_client(channel: Channel) -> None:
    if channel.receive() is None:
        os._exit(0)


def _measure(fields: Mapping[str, Any], text: bytes, report: Reporter) -> dict[str, Any]:
    lib.llama_backend_init()
    matmuls = Matmuls()
    size: int = fields["chunk_tokens"]
    report.start("loading", what=fields["name"])
    options: Options = {"num_ctx": size, "num_batch": size, "num_gpu": 0}
    model = Model(
        fields["name"], [Path(path) for path in fields["paths"]], [], options, Log(), extra_buffers=False, on_node=matmuls.callback
    )  # fmt: skip
    tokens = model.vocabulary.tokenize(text, add_special=True, parse_special=False)
    chunks = [tokens[start : start + model.n_ctx] for start in range(0, len(tokens) - model.n_ctx + 1, model.n_ctx)]
    if not chunks:
        raise SourceError(
            Sentence("the text has %1 tokens, an importance matrix needs %2 or more.", len(tokens), model.n_ctx),
            hint="Take a longer text.", path=None,
        )  # fmt: skip
    report.start("measuring", len(text), what=fields["name"])
    _evaluate(model, chunks, matmuls, len(text), report)
    return _write(Path(fields["target"]), matmuls, fields["dataset"], len(chunks), model.n_ctx)


def _evaluate(model: Model, chunks: list[list[int]], matmuls: Matmuls, n_bytes: int, report: Reporter) -> None:
    """Progress is in bytes of the text, as if every chunk had as many."""
    batch, waiting = Batch(model.n_ctx), Waiting(model.n_threads)
    for number, chunk in enumerate(chunks, 1):
        first = model.vocabulary.bos if model.vocabulary.adds_bos else None
        lib.llama_memory_clear(model.memory, True)
        batch.clear()
        batch.add([chunk[0] if first is None else first, *chunk[1:]], 0, 0, logits=True)
        for place in range(len(chunk)):  # the last layer leaves out the rows of tokens whose logits nobody wants
            batch.native.logits[place] = True
        started = time.perf_counter()
        failed = lib.llama_decode(model.context, batch.native)
        waiting.look(time.perf_counter() - started)
        if matmuls.error is not None:
            raise matmuls.error
        if failed:
            raise EngineError(Sentence("llama.cpp could not evaluate %1 (code %2).", model.name, failed), name=model.name, path=model.path)
        report.advance(n_bytes * number // len(chunks) - n_bytes * (number - 1) // len(chunks))


def _write(target: Path, matmuls: Matmuls, dataset: str, n_chunks: int, chunk_tokens: int) -> dict[str, Any]:
    held = {name: (sums.squares, sums.counts) for name, sums in matmuls.sums.items()}
    if not held or not all(np.isfinite(squares).all() for squares, _ in held.values()):
        what = "has values that are no numbers" if held else "multiplies by no matrix of a layer"
        raise EngineError(Sentence("The model %1; there is no importance matrix of it.", Sentence.of(what)), hint="Get the model again.")
    unseen = sum(int((counts == 0).any()) for _, counts in held.values())
    notes = [Sentence("No token came to some experts of %1 matrices: a longer text tells more.", unseen)] if unseen else []
    try:
        target.write_bytes(imatrix_bytes(held, dataset, n_chunks, chunk_tokens))
    except OSError as error:
        raise StoreError(
            Sentence("%1 cannot be written to: %2.", target.parent, error.strerror), hint="Choose another folder.", path=target
        ) from error
    return {"n_tokens": n_chunks * chunk_tokens, "n_chunks": n_chunks, "n_entries": len(held), "notes": [as_json(note) for note in notes]}
