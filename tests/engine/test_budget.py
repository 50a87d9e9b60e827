"""What models will take, and what happens where that is too much: idle ones go, busy ones are waited for, the rest is refused with advice."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from jupyter_ollama.cancelling import CancelToken
from jupyter_ollama.engine import budget
from jupyter_ollama.engine.budget import GIB, Need, Shape, estimate, longest_context, on_gpu, refusal, room_bytes, sizes_for_gpu
from jupyter_ollama.engine.protocol import ModelFiles
from jupyter_ollama.engine.record import LOADING, READY, Record
from jupyter_ollama.engine.scheduler import Engines
from jupyter_ollama.engine.setup import Setup
from jupyter_ollama.engine.worker.log import Log
from jupyter_ollama.engine.worker.offload import free_bytes, layers_that_fit
from jupyter_ollama.errors import EngineBusy, LoadError

from . import ggufs, tiny
from .ending import ends_within, wait_until
from .talk import files, text

ALONE = {"num_thread": 1}
ONE = Setup(num_parallel=1)
LARGE = Need(16 * GIB, 8192, 1, Shape(131072, 32, 128_000, 4096, 14336, 32, 2 * 8 * 128 * 32, 8_000_000_000), ONE, 512)
"""The shape of an 8B Llama in F16."""


@pytest.fixture(scope="module")
def model(models: Path) -> ModelFiles:
    return files(tiny.random_llama(models / "one.gguf", tiny.Shape(n_embd=256, n_layer=4, n_head=4, n_head_kv=4, n_ff=512, n_ctx=4096)))


@pytest.fixture(scope="module")
def other(models: Path) -> ModelFiles:
    return files(tiny.random_llama(models / "two.gguf", tiny.Shape(n_embd=256, n_layer=4, n_head=4, n_head_kv=4, n_ff=512, n_ctx=4096), seed=2))


@pytest.fixture
def with_memory(runtime: Path) -> Iterator[Callable[..., Engines]]:
    """Engines that may take so many bytes together."""
    made: list[Engines] = []

    def make(memory_bytes: int, **settings: int) -> Engines:
        made.append(Engines(Setup(runtime=runtime, num_parallel=1, memory_bytes=memory_bytes, **settings)))
        return made[-1]

    yield make
    for engines in made:
        engines.close()


def use(engines: Engines, model: ModelFiles, keep_alive: float = 300.0, **options: int) -> int:
    with engines.acquire(model, {**ALONE, **options}, keep_alive=keep_alive, cancel=CancelToken()) as engine:
        assert text(engine, "a", num_predict=2)
        return engine.info.pid


def names(engines: Engines) -> list[str]:
    return sorted(one.name for one in engines.loaded())


@pytest.mark.parametrize(
    ("shape", "kind", "options"),
    [
        (ggufs.EVEN, "F16", {"num_ctx": 512}),
        (ggufs.SLOW, "F16", {"num_ctx": 2048}),
        (tiny.Shape(n_vocab=32000, n_embd=128, n_layer=2, n_head=4, n_head_kv=4, n_ff=256, n_ctx=16384), "F16", {"num_ctx": 16384}),
        (tiny.Shape(n_vocab=288, n_embd=512, n_layer=8, n_head=8, n_head_kv=8, n_ff=512, n_ctx=8192), "F16", {"num_ctx": 8192, "num_batch": 64}),
    ],
)
def test_the_estimate_is_near_what_llama_cpp_takes(tmp_path: Path, shape: tiny.Shape, kind: str, options: dict[str, int]) -> None:
    """Never less than 0.85 of it, never more than 1.6 times: to refuse too late ends a process, to refuse too early is a nuisance."""
    model = files(ggufs.model(tmp_path / "model.gguf", replace(shape, n_ctx=max(shape.n_ctx, 512)), kind))
    need = estimate(model, options, ONE)
    engines = Engines(ONE)
    with engines.acquire(model, {**ALONE, **options}, cancel=CancelToken()) as engine:
        taken = engine.info.size_bytes
    engines.close()
    assert 0.85 * taken < need.total_bytes < 1.6 * taken + (8 << 20), (need, taken)


@pytest.mark.parametrize(("cache_type", "share"), [("f16", 1), ("q8_0", 34 / 64), ("q4_0", 18 / 64), ("nonsense", 1)])
def test_a_quantized_cache_takes_less(model: ModelFiles, cache_type: str, share: float) -> None:
    plain = estimate(model, {"num_ctx": 4096}, ONE).cache_bytes(4096)
    assert estimate(model, {"num_ctx": 4096}, Setup(num_parallel=1, kv_cache_type=cache_type)).cache_bytes(4096) == pytest.approx(plain * share)


def test_a_quantized_cache_needs_flash_attention() -> None:
    assert Setup(kv_cache_type="q8_0", flash_attention=False).cache_type == "f16"
    assert Setup(kv_cache_type="q8_0", flash_attention=True).cache_type == "q8_0"


def test_requests_at_once_need_a_context_each(model: ModelFiles) -> None:
    assert estimate(model, {}, Setup(num_parallel=3)).cache_bytes(4096) == 3 * estimate(model, {}, ONE).cache_bytes(4096)


def test_where_nobody_says_only_cheap_contexts_are_added(model: ModelFiles) -> None:
    assert estimate(model, {"num_ctx": 4096}, Setup()).n_contexts == 4
    assert estimate(model, {"num_ctx": 4096}, Setup()).least.n_contexts == 1


def test_a_file_that_cannot_be_read_needs_hardly_more_than_its_size(tmp_path: Path) -> None:
    path = tmp_path / "nothing.gguf"
    path.write_bytes(b"GGUF" + b"\xff" * 1000)
    assert 1004 <= estimate(files(path), {}, ONE).total_bytes < 8 << 20


def test_hostile_numbers_are_not_believed_to_be_a_shape(tmp_path: Path) -> None:
    def edit(metadata: tiny.Metadata, _: tiny.Weights) -> None:
        metadata |= {"llama.block_count": 1 << 31, "llama.attention.head_count_kv": [1 << 30] * 8, "llama.attention.key_length": 1 << 31}

    path = tiny.random_llama(tmp_path / "hostile.gguf", edit=edit)
    assert estimate(files(path), {}, ONE).total_bytes > 0


def test_a_refusal_says_what_is_missing_and_what_would_fit() -> None:
    error = refusal(files(Path("llama3.gguf")), LARGE, 12 * GIB)
    assert error.message == (
        "llama3 needs 17.1 GiB of memory (16.0 GiB for its weights, 1.0 GiB for a context of 8192 tokens, 0.1 GiB to work in); "
        "12.0 GiB can be had, 5.1 GiB are missing."
    )
    assert error.hint == "Quantize it to q8_0 (about 7.9 GiB)."
    assert error.text.startswith("model requires more system memory (17.")
    assert (error.needed_bytes, error.free_bytes) == (LARGE.total_bytes, 12 * GIB)


def test_a_smaller_context_is_advised_where_that_is_enough() -> None:
    fits = longest_context(LARGE, int(16.5 * GIB))
    assert fits % 256 == 0
    assert LARGE.with_context(fits) <= 16.5 * GIB < LARGE.with_context(fits + 256)
    assert refusal(files(Path("llama3.gguf")), LARGE, int(16.5 * GIB)).hint == f"One of these helps: Set num_ctx to at most {fits}. Quantize it to q8_0 (about 7.9 GiB)."


def test_where_nothing_helps_a_smaller_model_is_advised() -> None:
    assert refusal(files(Path("llama3.gguf")), LARGE, GIB).hint == "Choose a smaller model, or free some memory."


def test_fewer_requests_at_once_are_advised_where_that_is_enough() -> None:
    many = replace(LARGE, n_contexts=8, setup=Setup(num_parallel=8))
    assert "Set OLLAMA_NUM_PARALLEL=1" in (refusal(files(Path("llama3.gguf")), many, int(17.5 * GIB)).hint or "")


def record(model: ModelFiles, state: str, **changes: int) -> Record:
    made = Record.of("x", model, {}, ONE, extra_buffers=True, n_contexts=1, need_bytes=1000, weights_bytes=600)
    return replace(made, state=state, **changes)


def test_what_is_loading_and_what_is_mapped_is_not_free(model: ModelFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "available_bytes", lambda: 10_000)
    ready = record(model, READY, size_bytes=1500)
    assert room_bytes([record(model, LOADING)], ONE) == 9_000
    assert room_bytes([ready], ONE) == 9_400
    assert room_bytes([replace(ready, options={"use_mmap": False})], ONE) == 10_000
    assert room_bytes([record(model, LOADING), ready], Setup(memory_bytes=4000)) == 1_500


def test_a_model_that_never_fits_is_refused_and_ends_nothing(with_memory: Callable[..., Engines], model: ModelFiles, other: ModelFiles) -> None:
    engines = with_memory(30 << 20)
    pid = use(engines, model, num_ctx=512)
    with pytest.raises(LoadError, match=r"two needs .* are missing") as caught:
        use(engines, other, num_ctx=4096)
    assert "Set num_ctx to at most" in str(caught.value)
    assert [one.pid for one in engines.loaded()] == [pid]


def test_idle_models_make_room_those_first_that_would_go_first(
    with_memory: Callable[..., Engines], model: ModelFiles, other: ModelFiles, models: Path
) -> None:
    third = files(tiny.random_llama(models / "three.gguf", tiny.Shape(n_embd=256, n_layer=4, n_head=4, n_head_kv=4, n_ff=512, n_ctx=4096), seed=3))
    each = estimate(model, {"num_ctx": 2048}, ONE).total_bytes
    engines = with_memory(int(2.6 * each))
    use(engines, model, keep_alive=600, num_ctx=2048)
    use(with_memory(int(2.6 * each)), other, keep_alive=30, num_ctx=2048)
    use(engines, third, keep_alive=3000, num_ctx=2048)
    assert names(engines) == ["one", "three"], "the other kernel's was idle and had less time left"


def test_a_model_in_use_is_waited_for(with_memory: Callable[..., Engines], model: ModelFiles, other: ModelFiles) -> None:
    engines = with_memory(int(1.5 * estimate(model, {"num_ctx": 2048}, ONE).total_bytes))
    done = threading.Event()
    waiting = threading.Thread(target=lambda: use(engines, other, num_ctx=2048) and done.set())
    with engines.acquire(model, {**ALONE, "num_ctx": 2048}, cancel=CancelToken()) as engine:
        waiting.start()
        assert not done.wait(1.0)
        assert text(engine, "a", num_predict=2)
    waiting.join(30)
    assert done.is_set()
    assert names(engines) == ["two"]


def test_who_waits_for_room_can_give_up(with_memory: Callable[..., Engines], model: ModelFiles, other: ModelFiles) -> None:
    engines, cancel = with_memory(1 << 40, max_loaded=1), CancelToken()
    with engines.acquire(model, ALONE, cancel=CancelToken()):
        threading.Timer(0.3, cancel.cancel).start()
        with pytest.raises(Exception, match="cancelled"), engines.acquire(other, ALONE, cancel=cancel):
            pass
    assert names(engines) == ["one"]


def test_more_requests_than_may_wait_are_refused(with_memory: Callable[..., Engines], model: ModelFiles) -> None:
    """One is answered, one may wait, in all kernels together."""
    one, two = with_memory(1 << 40, max_queue=1), with_memory(1 << 40, max_queue=1)
    with one.acquire(model, ALONE, cancel=CancelToken()), two.acquire(model, ALONE, cancel=CancelToken()):
        with pytest.raises(EngineBusy) as caught:
            use(one, model)
        assert caught.value.text == "server busy, please try again.  maximum pending requests exceeded"
    assert use(two, model)


def test_only_so_many_may_wait_for_a_model_to_be_loaded(with_memory: Callable[..., Engines], model: ModelFiles, other: ModelFiles) -> None:
    engines, cancel = with_memory(1 << 40, max_loaded=1, max_queue=1), CancelToken()

    def wait() -> None:
        with pytest.raises(Exception, match="cancelled"), engines.acquire(other, ALONE, cancel=cancel):
            pass

    with engines.acquire(model, ALONE, cancel=CancelToken()):
        waiting = threading.Thread(target=wait)
        waiting.start()
        assert wait_until(lambda: engines._pending == 1)
        with pytest.raises(EngineBusy):
            use(engines, other)
        assert use(engines, model), "one that is loaded is not waited for"
        cancel.cancel()
        waiting.join(10)


def test_a_model_on_the_processor_is_not_on_a_gpu() -> None:
    assert not on_gpu({"num_gpu": 0})


@pytest.mark.parametrize(
    ("free", "reserved", "layers"),
    [([], 0, 0), ([33 * GIB], 0, -1), ([32 * GIB], 0, 32), ([10 * GIB], 2 * GIB, 8), ([10 * GIB, 25 * GIB], GIB, -1), ([GIB // 2], GIB, 0)],
)
def test_as_many_layers_go_to_gpus_as_have_room_there(free: list[int], reserved: int, layers: int) -> None:
    assert layers_that_fit(free, 32, GIB, reserved) == layers


def test_without_a_gpu_nothing_is_planned_for_one(model: ModelFiles) -> None:
    assert free_bytes() == []
    assert sizes_for_gpu(model, {}, ONE) == {}


def test_what_lies_on_a_gpu_is_told_apart() -> None:
    log = Log()
    for line in (
        "load_tensors:        CUDA0 model buffer size =  100.00 MiB", "load_tensors:   CPU_Mapped model buffer size =   50.00 MiB",
        "llama_kv_cache:      CUDA0 KV buffer size =    10.00 MiB", "sched_reserve:  CUDA_Host compute buffer size =     5.00 MiB",
        "llama_context:  CUDA_Host  output buffer size =     1.00 MiB",
    ):  # fmt: skip
        log._hear(2, line.encode(), None)
    assert (log.work_bytes, log.gpu_bytes) == (16 << 20, 110 << 20)


@pytest.mark.parametrize(("models", "whole"), [([], False), ([(9, 9)], True), ([(8, 9)], False), ([(9, 9), (3, 5)], False), ([(9, 9), (5, 5)], True)])
def test_a_model_lies_on_gpus_when_all_its_layers_do(models: list[tuple[int, int]], whole: bool) -> None:
    log = Log()
    for there, layers in models:
        log._hear(2, b"load_tensors: offloaded %d/%d layers to GPU\n" % (there, layers), None)
    assert log.all_on_gpu is whole


@pytest.mark.parametrize(("size", "gpu", "taken"), [(0, 0, 70), (100, 60, 40), (100, 100, 0)])
def test_what_lies_on_a_gpu_takes_no_memory_of_the_machine(model: ModelFiles, size: int, gpu: int, taken: int) -> None:
    assert record(model, READY, size_bytes=size, gpu_bytes=gpu, need_bytes=70).taken_bytes == taken


@pytest.mark.parametrize(("size", "gpu", "shown"), [(10, 0, "100% CPU"), (10, 10, "100% GPU"), (10, 12, "100% GPU"), (100, 60, "40%/60% CPU/GPU")])
def test_where_a_model_lies_is_shown(model: ModelFiles, size: int, gpu: int, shown: str) -> None:
    assert record(model, READY, size_bytes=size, gpu_bytes=gpu).loaded().processor == shown


def test_a_killed_load_gives_its_reservation_back(with_memory: Callable[..., Engines], model: ModelFiles) -> None:
    engines = with_memory(int(1.5 * estimate(model, {"num_ctx": 2048}, ONE).total_bytes))
    pid = use(engines, model, num_ctx=2048)
    assert engines.stop("one")
    assert ends_within(pid, 5)
    assert use(engines, model, num_ctx=2048) != pid
