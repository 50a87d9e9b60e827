"""Threads that take one piece of work after the other."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from jupyter_ollama import threads
from jupyter_ollama.threads import Threads


@pytest.fixture
def pool() -> Iterator[Threads]:
    made = Threads()
    yield made
    made.close()


def spare() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "ollama-spare"]


def wait_until(true: object) -> None:
    assert callable(true)
    for _ in range(1000):
        if true():
            return
        time.sleep(0.01)
    raise AssertionError("it never came true")


def test_everything_is_done_at_the_same_time_however_much_it_is(pool: Threads) -> None:
    met = threading.Barrier(51)
    for _ in range(50):
        pool.start(met.wait, "meeting")

    met.wait(20)


def test_a_thread_is_used_again(pool: Threads) -> None:
    used = []
    for _ in range(20):
        done = threading.Event()
        pool.start(lambda done=done: (used.append(threading.get_ident()), done.set()), "work")  # type: ignore[misc]
        assert done.wait(10)
        wait_until(spare)

    assert len(set(used)) < 20


def test_work_gives_its_thread_a_name(pool: Threads) -> None:
    names = []
    done = threading.Event()
    pool.start(lambda: (names.append(threading.current_thread().name), done.set()), "ollama-chat")  # type: ignore[arg-type, return-value]

    assert done.wait(10)
    assert names == ["ollama-chat"]


def test_a_thread_that_has_nothing_to_do_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "IDLE_S", 0.05)
    pool, done = Threads(), threading.Event()
    pool.start(done.set, "work")
    done.wait(10)
    wait_until(lambda: not spare())
    again = threading.Event()
    pool.start(again.set, "work")

    assert again.wait(10)


def test_closing_ends_what_has_nothing_to_do_and_leaves_the_rest(pool: Threads) -> None:
    go_on, begun, over = threading.Event(), threading.Event(), threading.Event()
    pool.start(lambda: (begun.set(), go_on.wait(), over.set()), "work")  # type: ignore[arg-type, return-value]
    assert begun.wait(10)
    wait_until(spare)
    pool.close()
    wait_until(lambda: not spare())
    go_on.set()

    assert over.wait(10)


def test_what_comes_while_it_is_closed_is_done(pool: Threads) -> None:
    lock, count = threading.Lock(), 0

    def work() -> None:
        nonlocal count
        with lock:
            count += 1

    for _ in range(300):
        pool.start(work, "work")
        pool.close()
    wait_until(lambda: count == 300)


def test_work_that_fails_takes_only_its_own_thread_with_it(pool: Threads, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[object] = []
    monkeypatch.setattr(threading, "excepthook", told.append)

    def fail() -> None:
        raise ValueError("no")

    done = threading.Event()
    pool.start(fail, "work")
    pool.start(done.set, "work")

    assert done.wait(10)
    wait_until(lambda: told)
