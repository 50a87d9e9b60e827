"""Snapshots: what was evaluated before a model was unloaded is not evaluated again, and nothing on the disk can change an answer."""

from __future__ import annotations

import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jupyter_ollama.cancelling import CancelToken
from jupyter_ollama.convert import plan_folder
from jupyter_ollama.engine.protocol import MIN_FIXED_TOKENS, Engine, GenerationEnd, Keep
from jupyter_ollama.engine.scheduler import Engines
from jupyter_ollama.engine.setup import Setup
from jupyter_ollama.engine.snapshots import SnapshotRules, layout

from ..convert.folders import make_folder
from ..weights import write_gguf
from . import tiny
from .talk import files

A, B, C, D = b"abcd"
N = 400
FIXED = [A, B, C, D, B, A, C, C] * (N // 8)
SHAPE = tiny.Shape(n_embd=64, n_layer=2, n_head=4, n_head_kv=2, n_ff=96, n_ctx=2048)
PREFIX, CONVERSATION = Keep(fixed=N), Keep(conversation=True)


@pytest.fixture(scope="module")
def noise(models: Path) -> Path:
    return tiny.random_llama(models / "remembering.gguf", SHAPE)


class Disk:
    """A cache of snapshots, and engines that use it; each ``loaded`` is a process of its own."""

    def __init__(self, folder: Path, after_s: float = 0) -> None:
        self.rules = SnapshotRules(folder, 1 << 28, after_s)

    @property
    def files(self) -> list[Path]:
        return [entry.path for entry in self.rules.cache.entries()]

    @contextmanager
    def loaded(self, path: Path, *adapters: Path, **options: Any) -> Iterator[Engine]:
        engines = Engines(Setup(snapshots=self.rules))
        try:
            with engines.acquire(files(path, *adapters), {"num_thread": 1, "num_ctx": 2048, **options}, cancel=CancelToken()) as engine:
                yield engine
        finally:
            engines.close()


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    return Disk(tmp_path / "snapshots")


def ask(engine: Engine, prompt: list[int], keep: Keep = PREFIX, **options: Any) -> tuple[list[int], GenerationEnd]:
    """Answer, and wait until what is kept has been written."""
    generation = engine.generate(prompt, {"temperature": 0, "num_predict": 16, **options}, CancelToken(), keep=keep)
    said: list[int] = []
    try:
        while True:
            said.append(next(generation).id)
    except StopIteration as stop:
        return said, stop.value


def remember(disk: Disk, path: Path, *prompts: list[int], keep: Keep = PREFIX) -> list[tuple[list[int], GenerationEnd]]:
    """Have answers made in a process that is then gone; a last request that is kept, too, comes after all writing."""
    with disk.loaded(path) as engine:
        answers = [ask(engine, prompt, keep) for prompt in prompts]
        ask(engine, [D], CONVERSATION)
    for file in disk.files:
        if len(layout.read_head(file).tokens) < 50:
            file.unlink()
    return answers


def test_a_fixed_beginning_is_not_evaluated_again_after_a_reload(disk: Disk, noise: Path) -> None:
    [(first, cold)] = remember(disk, noise, [*FIXED, A, B])
    assert (cold.prompt_cached_count, len(disk.files)) == (0, 1)
    with disk.loaded(noise) as engine:
        again, warm = ask(engine, [*FIXED, A, B])
        other, beside = ask(engine, [*FIXED, C, D, D])
    assert (again, warm.prompt_cached_count) == (first, N)
    assert beside.prompt_cached_count == N
    with Disk(disk.rules.folder / "none").loaded(noise) as engine:
        assert ask(engine, [*FIXED, C, D, D])[0] == other


def test_it_is_kept_once(disk: Disk, noise: Path) -> None:
    remember(disk, noise, [*FIXED, A], [*FIXED, B])
    [file] = disk.files
    written = file.stat().st_ino
    remember(disk, noise, [*FIXED, C])
    assert [one.stat().st_ino for one in disk.files] == [written]


def test_what_is_quick_or_short_is_not_kept(disk: Disk, noise: Path) -> None:
    remember(disk, noise, FIXED, keep=Keep(fixed=MIN_FIXED_TOKENS - 1))
    remember(Disk(disk.rules.folder, after_s=1000), noise, [*FIXED, A])
    assert disk.files == []


def test_a_conversation_goes_on_after_a_reload_if_that_was_asked_for(disk: Disk, noise: Path) -> None:
    [(said, _)] = remember(disk, noise, FIXED, keep=CONVERSATION)
    turn = [*FIXED, *said, D, D]
    with disk.loaded(noise) as engine:
        then, end = ask(engine, turn)
        assert end.prompt_cached_count == N + len(said) - 1  # the last answered token was never evaluated
        assert ask(engine, [*FIXED[:300], D, A])[1].prompt_cached_count == 300
    with Disk(disk.rules.folder / "none").loaded(noise) as engine:
        assert ask(engine, turn)[0] == then


def test_its_file_is_there_when_the_answer_ends(disk: Disk, noise: Path) -> None:
    with disk.loaded(noise) as engine:
        said, _ = ask(engine, FIXED, CONVERSATION)
        assert len(disk.files) == 1
        cancel = CancelToken()
        generation = engine.generate([*FIXED, *said, A], {"temperature": 0}, cancel, keep=CONVERSATION)
        next(generation)
        cancel.cancel()  # as a stop text does
        assert list(generation) is not None
        assert len(disk.files) == 1, "the longer one took its place"
        assert len(layout.read_head(disk.files[0]).tokens) > N + len(said)


@pytest.mark.parametrize("runtime", [False, True], ids=["private", "shared"])
def test_a_runner_that_ends_writes_what_it_has_begun(disk: Disk, noise: Path, tmp_path: Path, runtime: bool) -> None:
    engines = Engines(Setup(runtime=tmp_path / "runtime" if runtime else None, snapshots=disk.rules))
    try:
        with engines.acquire(files(noise), {"num_thread": 1, "num_ctx": 2048}, keep_alive=0, cancel=CancelToken()) as engine:
            ask(engine, [*FIXED, A], num_predict=0)
        deadline = time.monotonic() + 20
        while not disk.files and time.monotonic() < deadline:
            time.sleep(0.02)
        assert len(disk.files) == 1
    finally:
        engines.close()


def test_without_a_wish_no_conversation_is_kept(disk: Disk, noise: Path) -> None:
    remember(disk, noise, FIXED, keep=Keep())
    assert disk.files == []


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty"])
def test_a_damaged_snapshot_is_dropped_and_changes_nothing(disk: Disk, noise: Path, damage: str) -> None:
    [(first, _)] = remember(disk, noise, [*FIXED, A])
    [file] = disk.files
    data = bytearray(file.read_bytes())
    data[-100] ^= 64
    file.write_bytes({"cut": data[:-1], "flipped": data, "empty": b""}[damage])
    with disk.loaded(noise) as engine:
        again, end = ask(engine, [*FIXED, A], Keep())
    assert (again, end.prompt_cached_count, disk.files) == (first, 0, [])


def lora_of(path: Path) -> Path:
    rng = np.random.default_rng(3)
    pair = {"a": rng.normal(0, 0.3, (2, SHAPE.n_embd)), "b": rng.normal(0, 0.3, (SHAPE.n_embd, 2))}
    weights = {f"blk.0.attn_q.weight.lora_{half}": one.astype(np.float32) for half, one in pair.items()}
    return tiny.save(path, "llama", {"general.type": "adapter", "adapter.type": "lora", "adapter.lora.alpha": 2.0}, weights)


def test_other_weights_and_adapters_have_their_own(disk: Disk, noise: Path, models: Path) -> None:
    remember(disk, noise, [*FIXED, A])
    lora = lora_of(models / "other.gguf")
    other = tiny.random_llama(models / "forgetful.gguf", SHAPE, seed=2)
    with disk.loaded(other) as engine:
        assert ask(engine, [*FIXED, A], Keep())[1].prompt_cached_count == 0
    with disk.loaded(noise, lora) as engine:
        assert ask(engine, [*FIXED, A])[1].prompt_cached_count == 0
        ask(engine, [D], CONVERSATION)
    with disk.loaded(noise, lora) as engine:
        assert ask(engine, [*FIXED, B])[1].prompt_cached_count == N
        assert ask(engine, [*FIXED, B], adapter_scale=0.5)[1].prompt_cached_count == 0
        assert ask(engine, [*FIXED, B], adapter_scale=0)[1].prompt_cached_count == N, "without adapters it is the model itself"


def test_a_longer_context_uses_the_same(disk: Disk, noise: Path) -> None:
    remember(disk, noise, [*FIXED, A])
    with disk.loaded(noise, num_ctx=1024, num_batch=64) as engine:
        assert ask(engine, [*FIXED, B])[1].prompt_cached_count == N
    with disk.loaded(noise, num_ctx=300) as engine:
        assert ask(engine, FIXED[:200])[1].prompt_cached_count == 0, "it does not fit"


def test_a_state_that_is_not_what_its_head_says_is_dropped(disk: Disk, noise: Path) -> None:
    """Even with the right seal: the last of its positions is another one."""
    [(first, _)] = remember(disk, noise, [*FIXED, A])
    [file] = disk.files
    key = (disk.rules.folder / "key").read_bytes()
    snapshot = layout.read(file, key)
    state = snapshot.buffer[snapshot.offset :]
    place = state.index(struct.pack("<III", N - 1, 1, 0))  # position of a cell, of one sequence, which is number 0
    state[place : place + 4] = struct.pack("<i", N + 5)
    file.unlink()
    layout.write(file, key, snapshot.head, state)
    with disk.loaded(noise) as engine:
        again, end = ask(engine, [*FIXED, A], Keep())
    assert (again, end.prompt_cached_count, disk.files) == (first, 0, [])


def test_a_state_of_fixed_size_is_kept_too(disk: Disk, models: Path) -> None:
    mamba = tiny.random_mamba(models / "mamba-kept.gguf")
    [(first, _)] = remember(disk, mamba, [*FIXED, A])
    with disk.loaded(mamba) as engine:
        again, end = ask(engine, [*FIXED, A])
        assert (again, end.prompt_cached_count) == (first, N)
        assert ask(engine, [*FIXED[:-1], A, B])[1].prompt_cached_count == 0, "such a state cannot be cut"


def test_a_sliding_window_is_continued_where_it_ended_and_never_before(disk: Disk, tmp_path: Path) -> None:
    folder = make_folder(tmp_path, "gemma2", max_position_embeddings=2048)
    gemma = write_gguf(plan_folder(folder), tmp_path / "gemma2.gguf")
    [(first, _)] = remember(disk, gemma, [*FIXED, A])
    shorter = [*FIXED[:-8], A]
    with disk.loaded(gemma) as engine:
        again, end = ask(engine, [*FIXED, A])
        assert (again, end.prompt_cached_count) == (first, N)
        other, end = ask(engine, shorter)
        assert end.prompt_cached_count == 0
    with Disk(disk.rules.folder / "none").loaded(gemma) as engine:
        assert ask(engine, shorter)[0] == other


def test_requests_that_come_at_once_wait_for_one_file(disk: Disk, noise: Path) -> None:
    remember(disk, noise, [*FIXED, A])
    with disk.loaded(noise) as engine:
        ends: list[GenerationEnd] = []
        threads = [threading.Thread(target=lambda last=last: ends.append(ask(engine, [*FIXED, last])[1])) for last in (A, B, C, D)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [end.prompt_cached_count for end in ends] == [N] * 4


def test_a_request_that_waits_for_its_file_can_be_cancelled(disk: Disk, noise: Path) -> None:
    remember(disk, noise, [*FIXED, A])
    with disk.loaded(noise) as engine:
        for _ in range(5):
            cancel = CancelToken()
            generation = engine.generate([*FIXED, B], {"num_predict": 500}, cancel)
            cancel.cancel()
            assert list(generation) == []
        assert ask(engine, [*FIXED, A])[1].prompt_cached_count >= N


def test_a_cache_that_cannot_be_written_to_stops_no_answer(disk: Disk, noise: Path) -> None:
    disk.rules.folder.write_text("a file")
    [(first, _)] = remember(disk, noise, [*FIXED, A], keep=Keep(N, conversation=True))
    assert len(first) == 16


def test_the_oldest_goes_when_there_is_no_more_room(disk: Disk, noise: Path) -> None:
    remember(disk, noise, [*FIXED, A])
    room = disk.files[0].stat().st_size * 7 // 2
    disk.rules = SnapshotRules(disk.rules.folder, room, 0)
    beginnings = [[letter] * 8 + FIXED[8:] for letter in (A, B, C, D)]
    remember(disk, noise, *([*beginning, A] for beginning in beginnings))
    assert [list(layout.read_head(file).tokens) for file in disk.files] == beginnings[:0:-1]
