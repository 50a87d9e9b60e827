"""Building a model file in a child, as the kernel sees it."""

from __future__ import annotations

import hashlib
import resource
import time
from pathlib import Path
from typing import Any, Literal

import numpy as np
import psutil
import pytest

from jupyter_ollama.cancelling import CancelToken
from jupyter_ollama.engine.builder import BuildJob, Built, build
from jupyter_ollama.errors import GGUFError
from jupyter_ollama.events import Progress
from jupyter_ollama.gguf import TensorType, read_index

from . import ggufs, tiny


def run(job: BuildJob, cancel: CancelToken | None = None) -> tuple[list[Progress], Built]:
    """Everything that a build yields, and its result."""
    events, work = [], build(job, cancel or CancelToken())
    while True:
        try:
            events.append(next(work))
        except StopIteration as stop:
            return events, stop.value


def builder_of(parent: psutil.Process) -> psutil.Process:
    """The child in which this process builds."""
    alive = [child for child in parent.children() if child.status() != psutil.STATUS_ZOMBIE]
    [builder] = [child for child in alive if "jupyter_ollama.engine.worker.builder" in child.cmdline()]
    return builder


def types_of(path: Path) -> dict[str, TensorType]:
    return {tensor.name: tensor.type for tensor in read_index(path).tensors}


def test_a_gguf_is_quantized_with_ollamas_statuses(tmp_path: Path) -> None:
    source, target = ggufs.model(tmp_path / "source.gguf", ggufs.ODD), tmp_path / "target"

    events, built = run(BuildJob(source, "gguf", target, "q4_k_m"))

    statuses = list(dict.fromkeys(event.status for event in events if event.kind != "note"))
    assert statuses == ["quantizing BF16 model to Q4_K_M", "verifying conversion"]
    assert (built.file_type, built.source_type) == ("Q4_K_M", "BF16")
    assert (built.size, built.digest.hex) == (target.stat().st_size, hashlib.sha256(target.read_bytes()).hexdigest())


def test_progress_counts_the_bytes_of_the_source(tmp_path: Path) -> None:
    source = ggufs.model(tmp_path / "source.gguf")
    total = sum(tensor.nbytes for tensor in read_index(source).tensors)

    events, _ = run(BuildJob(source, "gguf", tmp_path / "target", "q2_K"))

    counted = [(event.completed, event.total) for event in events if event.kind == "quantizing"]
    assert counted == sorted(counted)
    assert (counted[0], counted[-1]) == ((0, total), (total, total))


def test_there_are_at_most_ten_events_a_second(tmp_path: Path) -> None:
    source = ggufs.model(tmp_path / "source.gguf", ggufs.SLOW)
    started = time.monotonic()
    events, _ = run(BuildJob(source, "gguf", tmp_path / "target", "q8_0"))

    assert len([event for event in events if event.kind != "note"]) <= (time.monotonic() - started) * 10 + 4


def test_without_a_type_a_gguf_is_copied(tmp_path: Path) -> None:
    source, target = ggufs.model(tmp_path / "source.gguf", ggufs.SMALL), tmp_path / "target"

    events, built = run(BuildJob(source, "gguf", target))

    assert target.read_bytes() == source.read_bytes()
    assert built.digest.hex == hashlib.sha256(source.read_bytes()).hexdigest()
    assert [event.status for event in events if event.kind != "verifying"][-1] == "copying model"


def test_a_gguf_that_has_the_type_already_is_copied(tmp_path: Path) -> None:
    source = ggufs.model(tmp_path / "source.gguf", ggufs.SMALL)
    _, first = run(BuildJob(source, "gguf", tmp_path / "first", "q8_0"))
    _, second = run(BuildJob(tmp_path / "first", "gguf", tmp_path / "second", "Q8_0"))

    assert second.digest == first.digest


@pytest.mark.parametrize("quantize", [None, "q8_0", "q4_K_M"])
@pytest.mark.parametrize("route", ["direct", "two_step"])
def test_shards_make_the_file_that_the_whole_makes(route: Literal["direct", "two_step"], quantize: str | None, tmp_path: Path) -> None:
    whole = tiny.random_llama(tmp_path / "whole.gguf", ggufs.ODD)
    tiny.random_llama(tmp_path / "part.gguf", ggufs.ODD, tensors_per_shard=7)
    shards = tuple(sorted(tmp_path.glob("part-*.gguf")))
    _, expected = run(BuildJob(whole, "gguf", tmp_path / "expected", quantize))
    events, built = run(BuildJob(shards[0], "gguf", tmp_path / "target", quantize, route, shards))

    assert len(shards) == 5
    assert built.digest == expected.digest
    assert built.notes[0] == "5 files were put together."
    assert next(event for event in events if event.kind != "note").kind == ("quantizing" if quantize else "merging")


def test_a_shard_that_vanishes_meanwhile_is_an_error_of_its_own(tmp_path: Path) -> None:
    tiny.random_llama(tmp_path / "part.gguf", ggufs.ODD, tensors_per_shard=7)
    shards = tuple(sorted(tmp_path.glob("part-*.gguf")))
    shards[3].unlink()

    with pytest.raises(GGUFError, match=shards[3].name):
        run(BuildJob(shards[0], "gguf", tmp_path / "target", shards=shards))


def test_rows_that_do_not_fit_the_type_are_told_before_it_starts(tmp_path: Path) -> None:
    source = ggufs.model(tmp_path / "source.gguf", ggufs.ODD)
    events, built = run(BuildJob(source, "gguf", tmp_path / "target", "q4_K_M"))

    assert events[0].kind == "note"
    assert events[0].status.startswith("22 of 30 tensors have rows that do not fill the blocks of Q4_K_M and take other types (20 Q5_0, 2 Q8_0)")
    assert "bits per weight" in events[0].status
    assert built.notes == ()


@pytest.mark.parametrize("value", [1e6, -7e4, 1e-12], ids=["beyond", "below", "vanishing"])
@pytest.mark.parametrize("kind", ["BF16", "F32"])
def test_a_tensor_that_f16_cannot_hold_keeps_its_type(kind: str, value: float, tmp_path: Path) -> None:
    """An activation outlier of 70,000 becomes infinite in F16, and weights of 1e-12 vanish: neither may happen silently."""

    def edit(_: Any, held: dict[str, Any]) -> None:
        held["blk.0.ffn_up.weight"][3:40] = value
        held["blk.1.ffn_up.weight"][:] = value

    source = ggufs.model(tmp_path / "source.gguf", ggufs.SMALL, kind, edit=edit)
    _, built = run(BuildJob(source, "gguf", tmp_path / "target", "f16"))

    types = types_of(tmp_path / "target")
    kept = [name for name, type_ in types.items() if type_ is TensorType[kind] and "norm" not in name]
    assert kept == ["blk.0.ffn_up.weight", "blk.1.ffn_up.weight"]
    assert types["blk.0.ffn_down.weight"] is TensorType.F16
    assert built.notes == (f"2 tensors (blk.0.ffn_up.weight first) hold values too large or too small for F16 and stay {kind}.",)
    assert built.digest.hex == hashlib.sha256((tmp_path / "target").read_bytes()).hexdigest()


def test_a_few_values_that_vanish_in_f16_do_not_matter(tmp_path: Path) -> None:
    def edit(_: Any, held: dict[str, Any]) -> None:
        held["blk.0.ffn_up.weight"][0, :5] = 1e-12

    source = ggufs.model(tmp_path / "source.gguf", ggufs.SMALL, edit=edit)
    _, built = run(BuildJob(source, "gguf", tmp_path / "target", "f16"))

    assert types_of(tmp_path / "target")["blk.0.ffn_up.weight"] is TensorType.F16
    assert built.notes == ()


def test_values_come_out_as_they_went_in(tmp_path: Path) -> None:
    source, target = ggufs.model(tmp_path / "source.gguf", tiny.Shape(n_layer=1), "F32"), tmp_path / "target"
    run(BuildJob(source, "gguf", target, "q8_0"))

    before, after = ggufs.values(source, "blk.0.attn_q.weight"), ggufs.values(target, "blk.0.attn_q.weight")
    assert np.abs(before - after).max() <= np.abs(before).max() / 127


def test_where_one_pass_is_impossible_llama_cpps_own_routine_is_used_and_told(tmp_path: Path) -> None:
    """A limit on the size of files lets no sparse copy of the source be made; the result is small enough."""
    source, target = ggufs.model(tmp_path / "source.gguf", ggufs.ODD), tmp_path / "target"
    _, expected = run(BuildJob(source, "gguf", tmp_path / "expected", "q4_K_M"))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (expected.size, before[1]))
    try:
        _, built = run(BuildJob(source, "gguf", target, "q4_K_M"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert built.digest == expected.digest
    [note] = built.notes
    assert "llama.cpp's own routine was used" in note


def test_the_self_test_of_this_llama_cpp_passes() -> None:
    """Otherwise builds take the way round, which is slower and needs more room on the disk."""
    ggufs.in_child("from jupyter_ollama.engine.worker.builder.selftest import selftest; selftest()")


_HALVES = """
import numpy as np
from jupyter_ollama.engine.worker.builder.ggml import Ggml
from jupyter_ollama.gguf import TensorType
every = (np.arange(1 << 16, dtype=np.uint32) << 16).view(np.float32)  # all BF16 numbers
near = np.arange(0x33000000, 0x47800000, 997, dtype=np.uint32).view(np.float32)  # from the smallest F16 number to the largest
halves = np.arange(0x7C00, dtype=np.uint16).view(np.float16).astype(np.float32)
between = (halves[1:] + halves[:-1]) / 2  # ties
values = np.concatenate([every[np.isfinite(every)], near, -near, between, -between])
with np.errstate(over="ignore"):
    expected = values.astype(np.float16).view(np.uint16)
ggml = Ggml()
for convert in (ggml._to_f16, None):  # where the processor's part is loaded later, there is only the portable one
    ggml._to_f16 = convert
    assert (ggml.from_floats(TensorType.F16, values, 1).view(np.uint16) == expected).all()
"""


def test_the_processors_own_halves_are_those_of_ggml_and_numpy() -> None:
    """Subnormal numbers, ties and overflow among them."""
    ggufs.in_child(_HALVES)


_OTHER_WORDS = """
import sys
from pathlib import Path
from jupyter_ollama.engine.worker.llama import lib
as_it_is = lib.llama_log_callback
lib.llama_log_callback = lambda hear: as_it_is(lambda level, text, data: hear(level, text.replace(b"size =", b"bytes:"), data))
from jupyter_ollama.engine.worker.builder.job import Job, make
from jupyter_ollama.engine.worker.builder.progress import Reporter
from jupyter_ollama.quantization import parse_quantize
from jupyter_ollama.sentences import from_json
job = Job(Path(sys.argv[1]), "gguf", Path(sys.argv[2]), parse_quantize("q4_K_M"), "auto")
print([from_json(note) for note in make(job, Reporter(lambda frame: None))["notes"]])
"""


def test_a_llama_cpp_that_words_its_log_otherwise_is_noticed_and_its_own_routine_used(tmp_path: Path) -> None:
    source = ggufs.model(tmp_path / "source.gguf", ggufs.ODD)
    run(BuildJob(source, "gguf", tmp_path / "expected", "q4_K_M"))
    told = ggufs.in_child(_OTHER_WORDS, str(source), str(tmp_path / "target"))

    assert "The log of llama.cpp's dry run reads differently than expected. llama.cpp's own routine was used" in told
    assert (tmp_path / "target").read_bytes() == (tmp_path / "expected").read_bytes()
