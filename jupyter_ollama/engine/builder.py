"""Making a model file, as the kernel sees it: a child of its own per job, so that nothing in a model can harm the kernel."""

from __future__ import annotations

import re
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ..cancelling import CancelToken
from ..errors import EngineCrashed, OllamaError, SourceError
from ..events import Progress
from ..names import Digest
from ..quantization import parse_quantize
from ..sentences import Sentence, from_json
from .frames import Frame
from .process import Worker
from .supplying import Supply, supplied

_STEPS = {
    "": "before it read the model",
    "converting": "while it converted the model",
    "quantizing": "while it quantized the model",
    "copying": "while it copied the model",
    "merging": "while it put the model's files together",
    "completing_projector": "while it copied the projector",
    "verifying": "while it checked the finished model",
}


@dataclass(frozen=True)
class BuildJob:
    """What is to be made of what.

    Args:
        source: a folder in Hugging Face's layout, a GGUF file, or an adapter's folder or file.
        target: the file to write; its owner removes it when the job fails.
        quantize: name of the target type. None: F16 for a folder, unchanged for a GGUF file. An adapter is always F32.
        route: how; "auto" is right but for tests and benchmarks (what the ways are, worker/builder/ says).
        tensor_types: pairs of a pattern and the type of the tensors in whose names it is found.
        imatrix: an importance matrix.
        requantize: whether weights that are quantized already may be quantized again.
        shards: all files of a split GGUF, in order; they become one. ``source`` is then what the user knows it by.
        base: the GGUF of the model that an adapter is for.
        adapter: an adapter that the finished model will get: a folder, or a GGUF file. One for another model is refused before the first
            byte is written.
        journal: of a folder whose weights are brought meanwhile: where it is written down how far the target is. The same job goes on
            with both later.
    """

    source: Path
    kind: Literal["folder", "gguf", "adapter"]
    target: Path
    quantize: str | None = None
    route: Literal["auto", "direct", "two_step"] = "auto"
    shards: tuple[Path, ...] = ()
    base: Path | None = None
    adapter: Path | None = None
    tensor_types: tuple[tuple[str, str], ...] = ()
    imatrix: Path | None = None
    requantize: bool = False
    journal: Path | None = None


@dataclass(frozen=True)
class Built:
    """What was made. ``notes``: what the user should know, one sentence each."""

    digest: Digest
    size: int
    file_type: str
    source_type: str
    notes: tuple[str, ...] = ()


def build(job: BuildJob, cancel: CancelToken, supply: Supply | None = None) -> Generator[Progress, None, Built]:
    """Make ``job.target``. Closing the generator or cancelling ends the child at once and leaves an unfinished target behind.

    Args:
        supply: brings the weights, if ``job.journal`` says that they are not there yet.
    Raises: SourceError and its kin, DiskFull, StoreError, LoadError, EngineCrashed, Cancelled; why the supply failed.
    """
    cancel.check()
    parse_quantize(job.quantize, dict(job.tensor_types), job.imatrix, requantize=job.requantize)
    step = ""
    what = Sentence("the builder of %1", job.source.name)
    with Worker.start("jupyter_ollama.engine.worker.builder", what=what) as worker, supplied(worker, supply, cancel) as receive:
        try:
            worker.send(_request(job))
            while (frame := receive()).kind == "progress":
                fields = frame.fields
                step = fields["kind"] if fields["kind"] != "note" else step
                facts = {name: from_json(value) if isinstance(value, list) else value for name, value in fields["facts"].items()}
                yield Progress(fields["kind"], completed=fields["completed"], total=fields["total"], facts=facts)
        except EngineCrashed as error:
            raise _crash(error, job, step) from error
    return _built(frame)


def _request(job: BuildJob) -> Frame:
    paths = {"source": str(job.source.absolute()), "target": str(job.target.absolute())}
    how = {"quantize": job.quantize, "tensor_types": job.tensor_types, "requantize": job.requantize, "route": job.route}
    named = {"imatrix": job.imatrix, "base": job.base, "adapter": job.adapter, "journal": job.journal}
    more = {name: path and str(path.absolute()) for name, path in named.items()}
    shards = [str(path.absolute()) for path in job.shards]
    return Frame("build", fields={**paths, **how, **more, "shards": shards, "kind": job.kind})


def _built(frame: Frame) -> Built:
    fields = frame.fields
    notes = tuple(from_json(note) for note in fields["notes"])
    return Built(Digest.parse(fields["digest"]), fields["size"], fields["file_type"], fields["source_type"], notes)


def _crash(error: EngineCrashed, job: BuildJob, step: str) -> OllamaError:
    """The same error, saying how far the work was. A kill from outside is not the model's fault and stays as it is."""
    if error.signal == "SIGBUS":  # llama.cpp's own routine maps the file, and a mapped file that shrinks ends the process
        return SourceError(
            Sentence("%1 became shorter while it was read.", job.source), hint="Wait until it is complete and try again.", path=job.source
        )
    if error.signal in (None, "SIGKILL", "SIGTERM"):
        return error
    last = next((line.strip().rstrip(".") for line in reversed(error.log) if line.strip()), "it left no message")
    why = re.sub(r"^\S*/(\S+:\d+: )", r"\1", last)  # an assertion begins with a path on the machine that compiled it
    return EngineCrashed(
        Sentence("llama.cpp crashed on %1 %2 (%3): %4.", job.source, Sentence.of(_STEPS[step]), error.signal, Sentence.of(why)),
        hint="The model is damaged or unusual; nothing was stored and the kernel is not affected.",
        **{**error.facts, "path": job.source},
    )
