"""One runner for all kernels of a user: who starts it, who may use it, and when it ends."""

from __future__ import annotations

import os
import signal
import stat
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from jupyter_ollama.cancelling import CancelToken
from jupyter_ollama.engine import record, roster
from jupyter_ollama.engine.frames import Frame, pack_ids
from jupyter_ollama.engine.protocol import ModelFiles
from jupyter_ollama.engine.record import Record, read_record
from jupyter_ollama.engine.scheduler import Engines
from jupyter_ollama.engine.setup import Setup
from jupyter_ollama.errors import EngineCrashed, EngineError

from . import tiny, users
from .ending import ends_within, settles, wait_until
from .talk import files, text

ALONE = {"num_thread": 1}
Kernel = Callable[..., Engines]


@pytest.fixture
def kernel(runtime: Path) -> Iterator[Kernel]:
    """Makes what a kernel has: engines that know the same folder as all others."""
    made: list[Engines] = []

    def make(**settings: object) -> Engines:
        made.append(Engines(Setup(**{"runtime": runtime, **settings})))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for engines in made:
        engines.close()


@pytest.fixture(scope="module")
def model(models: Path) -> ModelFiles:
    return files(tiny.chain(models / "shared.gguf", "abc"))


@pytest.fixture(scope="module")
def slow(models: Path) -> ModelFiles:
    """A model that has much to say."""
    return files(tiny.random_llama(models / "slow.gguf", tiny.Shape(n_embd=256, n_layer=4, n_head=4, n_head_kv=4, n_ff=512, n_ctx=1024)))


def use(engines: Engines, model: ModelFiles, keep_alive: float = 300.0, **options: int) -> int:
    """Ask for a model once; the pid of its runner."""
    with engines.acquire(model, {**ALONE, **options}, keep_alive=keep_alive, cancel=CancelToken()) as engine:
        assert text(engine, "a", num_predict=2)
        return engine.info.pid


def records(runtime: Path) -> list[Record]:
    return [found for path in runtime.glob("*.json") if (found := read_record(path)) is not None]


@pytest.mark.parametrize(
    ("verb", "fields", "payload"),
    [
        ("tokenize", {"add_special": True, "parse_special": True}, b"abc" * 10_000),
        ("detokenize", {"special": False}, pack_ids([97] * 30_000)),
        ("load", {"paths": [], "adapters": []}, b""),
        ("unheard-of", {}, b""),
    ],
)
def test_a_kernel_that_goes_before_it_is_answered_takes_nobody_with_it(
    kernel: Kernel, model: ModelFiles, verb: str, fields: dict[str, object], payload: bytes
) -> None:
    engines = kernel()
    pid = use(engines, model)
    for _ in range(5):
        leaving = engines._roster.connect(engines._records()[0], "it")
        assert leaving is not None
        for request in range(1, 30):
            leaving.send(Frame(verb, request, fields, payload))
        leaving.close()
    assert use(engines, model) == pid


@pytest.mark.parametrize(
    ("verb", "fields", "payload"),
    [
        ("generate", {}, pack_ids([97])),
        ("generate", {"options": 1, "shown": [], "keep": {}, "adapters": []}, pack_ids([97])),
        ("tokenize", {"unheard-of": 1}, b"abc"),
        ("embed", {"sizes": "many"}, b""),
        ("score", {"options": {}, "adapters": [], "start": None, "n_top": 1}, pack_ids([97])),
        ("load", {}, b""),
    ],
)
def test_a_request_that_makes_no_sense_is_refused_and_the_others_go_on(
    kernel: Kernel, model: ModelFiles, verb: str, fields: dict[str, object], payload: bytes
) -> None:
    engines = kernel()
    pid = use(engines, model)
    odd = engines._roster.connect(engines._records()[0], "it")
    assert odd is not None
    with odd.mailbox(1) as box, pytest.raises(EngineError, match=f"could not answer the request '{verb}'"):
        odd.send(Frame(verb, 1, fields, payload))
        box.receive()
    odd.close()
    assert use(engines, model) == pid


def test_two_kernels_share_a_runner(kernel: Kernel, model: ModelFiles) -> None:
    assert use(kernel(), model) == use(kernel(), model)


def test_kernels_that_start_a_model_at_once_end_with_one_runner(runtime: Path, model: ModelFiles) -> None:
    at = time.time() + 1.5
    started = [users.begin(runtime, model.path, then="wait", start_at=at) for _ in range(4)]
    try:
        assert len({users.held_by(process) for process in started}) == 1
    finally:
        for process in started:
            users.end(process)


def test_a_runner_outlives_the_kernel_that_started_it(kernel: Kernel, runtime: Path, model: ModelFiles) -> None:
    process, pid = users.user(runtime, model.path)
    users.end(process)
    assert use(kernel(), model) == pid


def test_a_runner_ends_when_its_time_is_over_though_nobody_is_left(runtime: Path, model: ModelFiles) -> None:
    process, pid = users.user(runtime, model.path, keep_alive=1)
    users.end(process)
    assert ends_within(pid, 10)
    assert [path.name for path in runtime.iterdir()] == ["lock"]


def test_a_killed_kernel_holds_nothing(runtime: Path, model: ModelFiles) -> None:
    process, pid = users.user(runtime, model.path, keep_alive=0.5, then="wait")
    assert wait_until(lambda: [one.leases for one in records(runtime)] == [1])
    users.end(process)
    assert ends_within(pid, 10)


def test_a_fork_that_survives_a_killed_kernel_holds_nothing(runtime: Path, model: ModelFiles) -> None:
    """It still has the connection open."""
    process, pid = users.user(runtime, model.path, keep_alive=0.5, then="fork")
    forks = psutil.Process(process.pid).children()
    users.end(process)
    ended = ends_within(pid, 10)
    for fork in forks:
        fork.kill()
    assert ended


def test_clients_that_go_before_they_are_answered_hold_nothing(kernel: Kernel, runtime: Path, model: ModelFiles) -> None:
    engines = kernel()
    use(engines, model)
    (known,) = engines._records()
    for number in range(20):
        link = engines._roster.connect(known, "it")
        assert link is not None
        link.send(Frame("hold", number + 1, {"name": "shared", "digest": "sha256:shared", "keep_alive_s": 300, "limit": 99}))
        link.close()
    assert settles(lambda: [(one.leases, one.tenants) for one in records(runtime)] == [(0, 1)])


def test_a_kernel_that_is_stopped_does_not_keep_others_waiting(kernel: Kernel, runtime: Path, slow: ModelFiles) -> None:
    """What it does not read waits for it, not the loop."""
    process, pid = users.user(runtime, slow.path, then="stop")
    try:
        assert wait_until(lambda: psutil.Process(process.pid).status() == psutil.STATUS_STOPPED, 30)
        assert [use(kernel(), slow) for _ in range(3)] == [pid] * 3
    finally:
        users.end(process)


def test_ps_and_stop_see_the_runners_of_all_kernels(kernel: Kernel, runtime: Path, model: ModelFiles) -> None:
    process, pid = users.user(runtime, model.path)
    users.end(process)
    mine = kernel()
    assert [(one.pid, one.name) for one in mine.loaded()] == [(pid, "shared")]
    assert mine.stop("shared")
    assert ends_within(pid, 5)
    assert mine.loaded() == []


def test_stop_lets_a_request_of_another_kernel_end(kernel: Kernel, model: ModelFiles) -> None:
    with kernel().acquire(model, ALONE, cancel=CancelToken()) as engine:
        other = kernel()
        assert other.stop("shared")
        assert text(engine, "a") == b"bc"
        assert use(other, model) != engine.info.pid, "it is given to nobody any more"
    assert ends_within(engine.info.pid, 5)


def test_a_runner_that_another_kernel_uses_is_not_replaced(kernel: Kernel, model: ModelFiles) -> None:
    """Two notebooks with other options would otherwise take turns in loading."""
    one, two = kernel(), kernel()
    first, second = use(one, model), use(two, model, num_ctx=64)
    assert first != second
    assert (use(one, model, num_ctx=512), use(two, model, num_ctx=64)) == (first, second) or use(one, model) in (first, second)
    assert len(one.loaded()) == 2


def test_settings_that_change_how_a_model_is_loaded_load_it_anew(kernel: Kernel, slow: ModelFiles) -> None:
    plain, small = kernel(), kernel(kv_cache_type="q8_0")
    assert use(plain, slow) != use(small, slow)
    sizes = [one.size_bytes for one in records(plain.setup.runtime or Path())]
    assert max(sizes) - min(sizes) > 1 << 20


def test_a_cache_type_whose_blocks_do_not_fit_a_model_is_not_used(kernel: Kernel, model: ModelFiles) -> None:
    """A head of this model has 144 numbers, a block 32."""
    assert use(kernel(kv_cache_type="q8_0"), model)


def test_a_runner_made_of_other_code_is_left_alone(kernel: Kernel, model: ModelFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    old = use(kernel(), model)
    with monkeypatch.context() as patch:
        patch.setattr(record, "build", lambda: "another")
        newer = kernel()
        assert newer.loaded() == []
        assert not newer.stop("shared")
    assert psutil.pid_exists(old)
    assert [one.pid for one in newer.loaded()] == [old]


def test_a_runner_sends_clients_of_another_version_away(
    kernel: Kernel, model: ModelFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = use(kernel(), model)
    monkeypatch.setattr(roster, "build", lambda: "another")
    link = kernel()._roster.connect(kernel()._records()[0], "it")
    assert link is not None
    assert link.wait_ended(5)
    assert psutil.pid_exists(old)


def test_only_the_user_can_come_in(kernel: Kernel, runtime: Path, model: ModelFiles) -> None:
    runtime.mkdir(mode=0o755)
    use(kernel(), model)
    assert stat.S_IMODE(runtime.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in runtime.glob("*.sock")} == {0o600}


def test_a_folder_with_a_long_name_does(kernel: Kernel, tmp_path: Path, model: ModelFiles) -> None:
    """The address of a socket has 108 bytes at most."""
    far = tmp_path / ("long" * 25) / ("name" * 25)
    one, two = kernel(runtime=far), kernel(runtime=far)
    assert use(one, model) == use(two, model)
    assert one.shared
    assert one.stop("shared")


def test_where_there_can_be_no_sockets_runners_are_private(kernel: Kernel, tmp_path: Path, model: ModelFiles) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    engines = kernel(runtime=blocked)
    pid = use(engines, model)
    assert not engines.shared
    engines.close()
    assert ends_within(pid, 5)


def test_what_a_killed_runner_leaves_is_cleared_away(kernel: Kernel, runtime: Path, model: ModelFiles) -> None:
    engines = kernel()
    pid = use(engines, model)
    os.kill(pid, signal.SIGKILL)
    assert ends_within(pid, 5)
    assert wait_until(lambda: not engines.loaded())
    assert [path.name for path in runtime.iterdir()] == ["lock"]


def test_a_runner_whose_folder_is_cleared_ends_with_its_last_use(kernel: Kernel, runtime: Path, model: ModelFiles) -> None:
    """Nobody can find it any more; it would otherwise stay for its time for nothing."""
    pid = use(kernel(), model, keep_alive=-1)
    for path in (*runtime.glob("*.json"), *runtime.glob("*.sock")):
        path.unlink(missing_ok=True)  # the runner takes its socket away itself
    assert ends_within(pid, 15)


@pytest.mark.parametrize(("by", "name"), [(signal.SIGKILL, "SIGKILL"), (signal.SIGABRT, "SIGABRT"), (signal.SIGSEGV, "SIGSEGV")])
def test_every_kernel_is_told_how_a_runner_died(kernel: Kernel, slow: ModelFiles, by: signal.Signals, name: str) -> None:
    """Also those that are not its parent. The next request of each works."""
    told: list[BaseException] = []

    def ask(engines: Engines) -> None:
        try:
            with engines.acquire(slow, ALONE, cancel=CancelToken()) as engine:
                for _ in engine.generate([5], {"temperature": 0, "num_predict": 100_000}, CancelToken(), n_keep=0):
                    pids.add(engine.info.pid)
        except EngineError as error:
            told.append(error)

    pids: set[int] = set()
    kernels = [kernel() for _ in range(3)]
    threads = [threading.Thread(target=ask, args=(one,)) for one in kernels]
    for thread in threads:
        thread.start()
    assert wait_until(lambda: [one.leases for one in records(kernels[0].setup.runtime or Path())] == [3] and bool(pids), 30)
    (pid,) = pids
    os.kill(pid, by)
    for thread in threads:
        thread.join(10)
    assert [(type(one), one.signal) for one in told if isinstance(one, EngineCrashed)] == [(EngineCrashed, name)] * 3
    assert all("slow" in str(one) for one in told)
    assert len({use(one, slow) for one in kernels} | {pid}) == 2


def test_a_runner_that_cannot_even_begin_says_why(kernel: Kernel, model: ModelFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roster, "MODULE", "no_such_module")
    with pytest.raises(EngineCrashed, match=r"engine of shared ended with exit code 1: .*no_such_module") as caught:
        use(kernel(), model)
    assert (caught.value.signal, caught.value.exit_code) == (None, 1)


def test_a_death_of_one_model_is_none_of_another(kernel: Kernel, model: ModelFiles, slow: ModelFiles) -> None:
    engines = kernel()
    with engines.acquire(slow, ALONE, cancel=CancelToken()) as engine:
        generation = engine.generate([5], {"temperature": 0, "num_predict": 50}, CancelToken(), n_keep=0)
        next(generation)
        os.kill(use(engines, model), signal.SIGKILL)
        assert len(list(generation)) == 49


def test_nothing_is_left_of_runners_however_they_end(kernel: Kernel, runtime: Path, model: ModelFiles) -> None:
    """No descriptor, no zombie, no thread, no file."""

    def round_trip(how: str) -> None:
        engines = kernel()
        pid = use(engines, model, keep_alive=0 if how == "released" else 300)
        if how == "killed":
            os.kill(pid, signal.SIGKILL)
        elif how == "stopped":
            engines.stop("shared")
        assert ends_within(pid, 10)
        engines.close()

    def held() -> tuple[int, int, int]:
        return len(list(Path("/proc/self/fd").iterdir())), threading.active_count(), len(psutil.Process().children())

    round_trip("stopped")
    assert wait_until(lambda: held()[2] == 0)
    before = held()
    for how in ("killed", "stopped", "released"):
        round_trip(how)
    assert wait_until(lambda: held() <= before), (before, held())
    kernel()._roster.records()
    assert [path.name for path in runtime.iterdir()] == ["lock"]
