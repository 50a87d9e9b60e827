"""The child that makes one model file: plan, choose types, convert and quantize in one pass, verify.

Killing it cancels the job. Its messages (engine/frames.py):

    in    build     source, shards (paths, in order), kind ("folder", "gguf" or "adapter"), target, quantize (a name or None),
                    tensor_types (pairs of pattern and type), imatrix (a path or None), requantize,
                    route ("auto", "direct" or "two_step"), base (the GGUF that an adapter is for, or None),
                    adapter (one that has to fit the model: a folder or a GGUF, or None), journal (a path when the source is still
                    arriving, see arrivals.py for what is said meanwhile; then what is there of the target is gone on with)
    out   progress  kind, completed, total, facts                    ... several, notes among them
          built     digest, size, file_type, source_type, notes
          error     any of the package's errors, with its facts
"""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ....convert import plan_adapter, plan_folder
from ....errors import EngineError, OllamaError, QuantizationError
from ....gguf import GGUFIndex, Plan, plan_gguf, read_index, read_shards, tensor_bytes, validate, whole
from ....gguf.adapter import check_adapter
from ....gguf.imatrix import Imatrix, read_imatrix
from ....gguf.projector import with_type
from ....gguf.types import FLOATS, INTEGERS
from ....names import Digest
from ....quantization import FLOAT_NAMES, Quantization, Quantize, parse_quantization, parse_quantize
from ....sentences import Sentence, as_json, together
from ....sources import pick_files
from ...frames import Frame
from ..channel import Channel
from . import arriving, copying, direct, rewriting, two_step
from .allocation import keep_freed_memory
from .arrivals import Arrivals
from .arriving import Arriving
from .choices import check_choices
from .importance import weighted
from .progress import Reporter
from .same_ids import SameIds
from .selftest import selftest
from .targets import Targets, converted, lossless, mixture
from .verify import verify

DEFAULT_OF_FOLDERS = "f16"
OF_ADAPTERS = "f32"  # llama.cpp rounds activations to the type of the matrix that they meet, and an adapter is small


@dataclass(frozen=True, slots=True)
class Job:
    """What the kernel asked for."""

    source: Path
    kind: str
    target: Path
    wanted: Quantize | None
    route: str
    shards: tuple[Path, ...] = ()
    base: Path | None = None
    adapter: Path | None = None
    arriving: Arriving | None = None

    @classmethod
    def of(cls, fields: Mapping[str, Any], arrivals: Arrivals) -> Job:
        wanted = parse_quantize(fields["quantize"], dict(fields["tensor_types"]), fields["imatrix"], requantize=fields["requantize"])
        shards = tuple(map(Path, fields["shards"]))
        base, adapter = (Path(fields[name]) if fields[name] else None for name in ("base", "adapter"))
        arriving = Arriving(arrivals, Path(fields["journal"])) if fields["journal"] else None
        source, target = Path(fields["source"]), Path(fields["target"])
        return cls(source, fields["kind"], target, wanted, fields["route"], shards, base, adapter, arriving)

    @property
    def files(self) -> tuple[Path, ...]:
        """The GGUF files to read."""
        return self.shards or (self.source,)


@dataclass(frozen=True, slots=True)
class _Made:
    """A finished file, before its verification."""

    digest: Digest
    file_type: str
    notes: tuple[str, ...] = ()


def main(channel: Channel) -> None:
    """Do one job."""
    request = channel.receive()
    if request is None:
        return
    keep_freed_memory()
    arrivals = Arrivals(channel.send)
    threading.Thread(target=_listen, args=(channel, arrivals), name="client-watch", daemon=True).start()
    try:
        channel.send(Frame("built", fields=make(Job.of(request.fields, arrivals), Reporter(channel.send))))
    except OllamaError as error:
        channel.send_error(error)


def _listen(channel: Channel, arrivals: Arrivals) -> None:
    """Hear what has arrived, and end when nobody is left to make the model for (thread)."""
    while (frame := channel.receive()) is not None:
        arrivals.hear(frame)
    os._exit(0)


def make(job: Job, report: Reporter) -> dict[str, Any]:
    """Make one file and verify it; gives the fields of ``built``.

    Raises: SourceError and its kin, DiskFull, StoreError, LoadError.
    """
    files = None
    if job.kind == "folder":
        report.start("converting", what="model")
        files = pick_files(job.source)
        plan = plan_folder(files)
        validate(plan.index(job.source))
        _require_fit(job, plan)
        made = _write(plan, job.wanted or Quantize(parse_quantization(DEFAULT_OF_FOLDERS)), job, report)
    elif job.base is not None:
        report.start("converting", what="adapter")
        plan = plan_adapter(pick_files(job.source, adapter=True), read_index(job.base))
        made = _adapter(plan, job, report)
    else:
        index = whole(read_shards(*job.files))
        validate(index)
        plan = plan_gguf(*job.files)
        _require_fit(job, plan)
        made = _from_gguf(index, plan, job, report)
    report.start("verifying")
    ids = SameIds(files.folder if files else None)
    verify(job.target, job.source, ids.look)
    return {
        "digest": str(made.digest), "size": job.target.stat().st_size, "file_type": made.file_type,
        "source_type": plan.source_type, "notes": [as_json(note) for note in (*plan.notes, *made.notes, *ids.notes)],
    }  # fmt: skip


def _require_fit(job: Job, plan: Plan) -> None:
    """Raises: SourceError when the adapter that the model will get is for another one."""
    if job.adapter is None:
        return
    files, base = pick_files(job.adapter, adapter=True), plan.index(job.source)
    if files.kind == "gguf":
        check_adapter(read_index(files.weights[0]), base)
    else:
        plan_adapter(files, base)


def _adapter(plan: Plan, job: Job, report: Reporter) -> _Made:
    report.start("converting", plan.source_bytes, what="adapter")
    digest, written = direct.write(converted(plan, parse_quantization(OF_ADAPTERS)), job.source, job.target, report)
    return _Made(digest, OF_ADAPTERS.upper(), written.notes)


def _from_gguf(index: GGUFIndex, plan: Plan, job: Job, report: Reporter) -> _Made:
    if job.wanted is None or job.wanted.is_done(plan.source_type):
        return _Made(_unchanged(index, plan, job, report), plan.source_type)
    if not job.wanted.requantize:
        _require_floats(plan, job, job.wanted.target)
    return _write(plan, job.wanted, job, report)


def _unchanged(index: GGUFIndex, plan: Plan, job: Job, report: Reporter) -> Digest:
    """The same weights in one file, with a header that is complete."""
    metadata = with_type(index)
    if len(job.files) > 1:
        report.start("merging", plan.source_bytes, count=len(job.files))
    elif metadata is not index.metadata.typed:
        report.start("completing_projector", plan.source_bytes)
    else:
        report.start("copying", job.source.stat().st_size, what="model")
        return copying.write(job.source, job.target, report)
    return rewriting.write(replace(lossless(plan), metadata=metadata), job.target, report)


def _require_floats(plan: Plan, job: Job, wanted: Quantization) -> None:
    """What is quantized already has lost what another type would need; judged by the weights, whatever the header says."""
    held: Counter[str] = Counter()
    for tensor in plan.tensors:
        if tensor.type not in FLOATS | INTEGERS:
            held[tensor.type.name] += tensor_bytes(tensor.type, tensor.shape)
    if held:
        [(most, _)] = held.most_common(1)
        name = most if plan.source_type in FLOAT_NAMES else plan.source_type
        raise QuantizationError(
            Sentence("quantization is only supported for F16, BF16 and F32 models, %1 is %2.", job.source, name),
            hint="Start from the original model, leave the quantization out, or say requantize (--requantize) and accept the loss.",
            path=job.source, quantize=wanted.name, source_type=name,
        )  # fmt: skip


def _write(plan: Plan, wanted: Quantize, job: Job, report: Reporter) -> _Made:
    target = wanted.target
    imatrix = read_imatrix(wanted.imatrix) if wanted.imatrix else None
    check_choices(wanted.choices, plan, job.source, requantize=wanted.requantize)
    targets, notes = _decided(plan, wanted, imatrix, job)
    if targets is not None and imatrix is not None:
        targets = weighted(targets, imatrix, job.source)
    for note in targets.notes if targets is not None else ():
        report.note(note)
    total = sum(tensor_bytes(tensor.type, tensor.shape) for tensor in plan.tensors)
    if job.kind == "folder" and target.is_float:
        report.start("converting", total, what="model")
    else:
        report.start("quantizing", total, source_type=plan.source_type, target_type=target.name)
    if targets is None:
        is_gguf = job.kind == "gguf" and len(job.files) == 1
        digest = two_step.write(plan, wanted, job.source, job.target, report, is_gguf=is_gguf, imatrix=imatrix)
        return _Made(digest, target.name, notes)
    targets = replace(targets, notes=())
    if job.arriving:
        digest, written = arriving.write(targets, job.source, job.target, report, job.arriving)
    else:
        digest, written = direct.write(targets, job.source, job.target, report)
    return _Made(digest, target.name, written.notes)


def _decided(plan: Plan, wanted: Quantize, imatrix: Imatrix | None, job: Job) -> tuple[Targets | None, tuple[str, ...]]:
    """The types of the tensors; None where only llama.cpp's own routine will do, with a note why."""
    if job.route == "two_step":
        return None, ()
    try:
        selftest()
        if job.kind == "folder" and wanted.target.is_float:
            return converted(plan, wanted.target), ()
        return mixture(plan, wanted, job.source, imatrix), ()
    except EngineError as error:
        if job.arriving:
            raise EngineError(error.message, hint="Download the folder, then write FROM and its path.", **error.facts) from error
        if job.route == "direct":
            raise
        return None, (together(error.message, "llama.cpp's own routine was used, which takes more time and room."),)
