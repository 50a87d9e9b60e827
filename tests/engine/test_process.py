"""Children: they answer, they end with their parent, and a death is told in one sentence."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from jupyter_ollama.cancelling import CancelToken
from jupyter_ollama.engine.frames import Frame
from jupyter_ollama.engine.process import LOG_LINES, Worker
from jupyter_ollama.errors import Cancelled, EngineCrashed, EngineError, LoadError

from .conftest import Start
from .ending import ends_within

HERE = Path(__file__).parent


def test_a_child_answers(start: Start) -> None:
    worker = start()
    worker.send(Frame("echo", 0, {"n": 1}, b"bulk"))
    assert worker.receive() == Frame("echo", 0, {"n": 1}, b"bulk")


def test_answers_find_their_mailbox(start: Start) -> None:
    worker = start()
    with worker.mailbox(1) as one, worker.mailbox(2) as two:
        worker.send(Frame("echo", 2))
        worker.send(Frame("echo", 1))
        assert (one.receive().id, two.receive().id) == (1, 2)


def test_answers_to_a_closed_mailbox_are_dropped(start: Start) -> None:
    worker = start()
    worker.mailbox(1).close()
    worker.send(Frame("echo", 1))
    worker.send(Frame("echo", 0))
    assert worker.receive().id == 0


def test_a_child_has_a_session_of_its_own(start: Start) -> None:
    """An interrupt, which Jupyter sends to the kernel's whole process group, does not reach it."""
    worker = start()
    worker.send(Frame("facts"))
    facts = worker.receive().fields
    assert facts["session"] == facts["pid"] == worker.pid != os.getsid(0)


def test_a_child_does_not_look_for_modules_in_the_working_directory(start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('a file of the user was imported')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend("")
    worker = start()
    worker.send(Frame("facts"))
    assert str(tmp_path) not in worker.receive().fields["path"]


def test_where_memory_runs_out_a_child_is_to_go_before_its_kernel(start: Start) -> None:
    worker = start()
    worker.send(Frame("facts"))
    worker.receive()
    child, own = (int(Path(f"/proc/{pid}/oom_score_adj").read_text()) for pid in (worker.pid, os.getpid()))
    assert child == max(own, 500)


def test_what_a_child_prints_becomes_its_log(start: Start) -> None:
    worker = start()
    worker.send(Frame("print", 0, {"text": "from print\n" + "x" * 5000}))
    worker.receive()
    worker.kill()
    assert worker.log[0] == "from print"
    assert worker.log[-1] == "from descriptor 1"
    assert all(len(line) <= 2000 for line in worker.log)


def test_the_log_is_bounded(start: Start) -> None:
    worker = start()
    worker.send(Frame("print", 0, {"text": "\n".join(map(str, range(1000)))}))
    worker.receive()
    worker.kill()
    assert len(worker.log) == LOG_LINES
    assert worker.log[-2] == "999"


def test_an_abort_is_told_with_its_signal_and_last_words(start: Start) -> None:
    worker = start()
    worker.send(Frame("die", 0, {"signal": "SIGABRT"}))
    with pytest.raises(EngineCrashed) as caught:
        worker.receive()
    assert (caught.value.signal, caught.value.exit_code) == ("SIGABRT", None)
    assert caught.value.log == ["assertion of the test failed"]
    assert str(caught.value).startswith("The test child was ended by SIGABRT: assertion of the test failed.")


def test_a_child_killed_from_outside_is_told_at_once(start: Start) -> None:
    worker = start()
    threading.Timer(0.2, os.kill, (worker.pid, signal.SIGKILL)).start()
    begun = time.monotonic()
    with pytest.raises(EngineCrashed) as caught:
        worker.receive()
    assert caught.value.signal == "SIGKILL"
    assert "memory" in caught.value.hint
    assert time.monotonic() - begun < 2


def test_an_exit_is_told_with_its_code(start: Start) -> None:
    worker = start()
    worker.send(Frame("exit", 0, {"code": 5}))
    with pytest.raises(EngineCrashed) as caught:
        worker.receive()
    assert (caught.value.signal, caught.value.exit_code) == (None, 5)


def test_a_death_within_a_message_is_a_death(start: Start) -> None:
    worker = start()
    worker.send(Frame("half"))
    with pytest.raises(EngineCrashed):
        worker.receive()


def test_every_later_call_tells_of_the_death_again(start: Start) -> None:
    worker = start()
    worker.send(Frame("exit", 0, {"code": 5}))
    for _ in range(2):
        with pytest.raises(EngineCrashed):
            worker.receive()
    with pytest.raises(EngineCrashed):
        worker.send(Frame("echo"))
    with pytest.raises(EngineCrashed):
        worker.mailbox(9).poll(5)
    assert not worker.alive


def test_a_child_of_another_version_is_refused_and_ended(start: Start) -> None:
    worker = start()
    worker.send(Frame("old"))
    with pytest.raises(EngineError, match="version 0"):
        worker.receive()
    assert not worker.alive


def test_a_module_that_does_not_exist_is_named() -> None:
    with Worker.start("no_such_module") as worker, pytest.raises(EngineCrashed, match="no_such_module"):
        worker.receive()


def test_an_error_of_the_child_is_raised_where_its_answer_is_awaited(start: Start) -> None:
    worker = start()
    worker.send(Frame("refuse"))
    with pytest.raises(LoadError, match="no") as caught:
        worker.receive()
    assert caught.value.path == "/a/b"


def test_waiting_ends_when_it_is_cancelled(start: Start) -> None:
    worker, cancel = start(), CancelToken()
    threading.Timer(0.1, cancel.cancel).start()
    with pytest.raises(Cancelled):
        worker.receive(cancel)
    worker.send(Frame("echo"))
    assert worker.receive().kind == "echo"


def test_waiting_can_have_a_limit(start: Start) -> None:
    assert start().poll(0.05) is None


def test_killing_wakes_who_waits(start: Start) -> None:
    worker = start()
    threading.Timer(0.1, worker.kill).start()
    with pytest.raises(EngineError, match="was stopped"):
        worker.receive()


def test_ended_children_leave_no_process_and_no_descriptor(start: Start) -> None:
    start().kill()
    before = len(list(Path("/proc/self/fd").iterdir()))
    pids = []
    for _ in range(5):
        worker = start()
        pids.append(worker.pid)
        worker.kill()
    assert len(list(Path("/proc/self/fd").iterdir())) <= before
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)


PARENT = """
import os, sys, time
sys.path.append({here!r})
from jupyter_ollama.engine.process import Worker
from jupyter_ollama.engine.frames import Frame
worker = Worker.start("children")
worker.send(Frame("echo"))
worker.receive()
{then}
print(worker.pid, flush=True)
{last}
"""


def parent(then: str = "", last: str = "time.sleep(60)") -> tuple[subprocess.Popen[str], int]:
    """A process that has started a child; and the child's pid."""
    source = PARENT.format(here=str(HERE), then=then, last=last)
    process = subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with process.stdout:
        return process, int(process.stdout.readline())


def test_a_child_ends_with_its_killed_parent() -> None:
    process, child = parent()
    process.kill()
    process.wait()
    assert ends_within(child, 2)


def test_a_child_at_work_ends_with_its_killed_parent() -> None:
    """It does not listen to its pipe meanwhile."""
    process, child = parent("worker.send(Frame('sleep', 0, {'seconds': 60}))")
    process.kill()
    process.wait()
    assert ends_within(child, 2)


def test_a_child_ends_with_its_parent_though_a_fork_holds_its_pipe() -> None:
    process, child = parent("fork = os.fork()\nif fork == 0: time.sleep(8); os._exit(0)")
    process.kill()
    process.wait()
    assert ends_within(child, 2)


def test_a_child_ends_with_its_interpreter() -> None:
    process, child = parent(last="")
    assert process.wait() == 0
    assert ends_within(child, 1)


def test_the_end_of_a_fork_does_not_end_the_child() -> None:
    last = "if os.fork() == 0: sys.exit(0)\nos.wait(); worker.send(Frame('echo')); worker.receive(); sys.exit(7)"
    process, _ = parent(last=last)
    assert process.wait() == 7
