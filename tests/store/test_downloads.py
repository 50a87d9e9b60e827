"""Whose turn it is to bring a blob, and what becomes of blobs that were brought."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import threading
from pathlib import Path

from jupyter_ollama.names import Digest
from jupyter_ollama.store import Store

ONE, OTHER = Digest("1" * 64), Digest("2" * 64)


def test_one_at_a_time_has_the_turn_for_a_blob(store: Store) -> None:
    with store.downloads.turn(ONE) as ours, store.downloads.turn(ONE) as again, store.downloads.turn(OTHER) as different:
        assert (True, False, True) == (ours, again, different)
    with store.downloads.turn(ONE) as ours:
        assert ours
    assert [] == list(store.downloads.folder.iterdir())


def test_many_who_try_never_have_it_together(store: Store) -> None:
    inside, most, turns = [0], [0], [0]

    def work() -> None:
        while turns[0] < 200:
            with store.downloads.turn(ONE) as ours:
                if ours:
                    inside[0] += 1
                    most[0] = max(most[0], inside[0])
                    turns[0] += 1
                    inside[0] -= 1

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert 1 == most[0]


def test_the_turn_of_a_process_that_was_killed_is_free(store: Store, tmp_path: Path) -> None:
    program = (
        "import pathlib, sys, time\n"
        "from jupyter_ollama.store import Store\n"
        "from jupyter_ollama.names import Digest\n"
        "with Store(pathlib.Path(sys.argv[1])).downloads.turn(Digest('1' * 64)) as ours:\n"
        "    print(ours, flush=True)\n"
        "    time.sleep(600)\n"
    )
    child = subprocess.Popen([sys.executable, "-c", program, str(store.root)], stdout=subprocess.PIPE)
    assert child.stdout is not None
    assert b"True\n" == child.stdout.readline()
    with store.downloads.turn(ONE) as ours:
        assert not ours
    child.kill()
    child.wait()
    child.stdout.close()
    with store.downloads.turn(ONE) as ours:
        assert ours


def test_what_was_fetched_stays_when_the_work_fails_and_what_was_made_does_not(store: Store) -> None:
    digests = {}
    with store.begin() as work:
        for fetched, data in ((True, b"fetched"), (False, b"made")):
            with work.blobs.reserve() as temporary:
                temporary.write_bytes(data)
                digests[fetched] = Digest(hashlib.sha256(data).hexdigest())
                work.blobs.adopt(temporary, digests[fetched], fetched=fetched)
        assert 0 == store.prune(grace_s=0).files

    assert (True, False) == (store.blobs.has(digests[True]), store.blobs.has(digests[False]))
    assert 1 == store.prune(grace_s=0).files
