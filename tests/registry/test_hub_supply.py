"""Bytes of large files that come ahead of whoever uses them: the right ones, in time, no more than may be there at once, whatever happens on
the way.
"""

from __future__ import annotations

import queue
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from jupyter_ollama.cancelling import CancelToken
from jupyter_ollama.errors import Cancelled, ModelNotFound, OllamaError, RegistryError, TransferFailed, Unauthorized
from jupyter_ollama.pread import FileRange
from jupyter_ollama.registry import FolderCopy, HubAccess, HubRepository, Limits, Registry, Supply
from jupyter_ollama.sources import HubName

from ..convert.folders import make_folder
from ..quick_disk import quick_disk
from .hub import ScriptedHub, running_hub
from .scripted import Fault

LIMITS = Limits(
    connect_s=20, answer_s=20, stall_s=0.3, tries=4, stalls=10, pause_s=0.001, range_bytes=20_000, ahead_bytes=60_000, streams=3
)  # fmt: skip
KINDS = (
    *("drop", "reset", "gone", "garbage", "status", "lying_start", "lying_total", "compressed", "shorter", "longer", "extra", "chunked"),
    *("no_length", "no_content_range", "stall_before", "stall", "loop"),
)
STATUSES = (403, 404, 408, 416, 429, 500, 502, 503)
STEP = 7_000
BATCH = 25


class Work:
    """Somebody who uses the bytes, step by step, and looks at each."""

    def __init__(self, repository: HubRepository, folder: Path, cancel: CancelToken) -> None:
        self.repository = repository
        self.copy = FolderCopy(repository, repository.look(), folder)
        for _ in self.copy.fetch():
            pass
        self.supply = Supply(repository, self.copy, cancel)
        self.most = 0

    def steps(self, chance: random.Random, twice: float = 0.1) -> list[tuple[FileRange, ...]]:
        """All weights in pieces, in any order; a share of them is needed twice."""
        found = [
            FileRange(path, at, min(STEP, file.size - at)) for path, file in self.copy.weights.items() for at in range(file._kept, file.size, STEP)
        ]
        steps = [(one, *([chance.choice(found)] if chance.random() < twice else [])) for one in found]
        if chance.random() < 0.5:
            chance.shuffle(steps)
        return steps

    def do(self, steps: list[tuple[FileRange, ...]], contents: dict[str, bytes]) -> None:
        """Raises: what the supply failed of."""
        told: queue.SimpleQueue[int] = queue.SimpleQueue()
        self.supply.begin(steps, told.put, lambda: told.put(-1))
        there = 0
        try:
            for number, step in enumerate(steps):
                while there <= number:
                    there = told.get(timeout=30)
                    if there < 0:
                        assert self.supply.error is not None
                        raise self.supply.error
                for one in step:
                    with one.path.open("rb") as file:
                        file.seek(one.offset)
                        assert file.read(one.size) == contents[self.copy.file_at(one.path).path][one.offset : one.offset + one.size]
                self.most = max(self.most, sum(path.stat().st_blocks * 512 for path in self.copy.weights))
                self.supply.used(number + 1)
        finally:
            self.supply.stop()


@contextmanager
def work_on(hub: ScriptedHub, root: Path, cancel: CancelToken | None = None, token: str = "") -> Iterator[Work]:
    """Somebody who works on ``me/m``."""
    registry = Registry(root / "key", limits=LIMITS, hub=HubAccess(hub.url, token))
    with registry.folder(HubName("me", "m"), cancel or CancelToken()) as repository:
        yield Work(repository, root / "copy" / "m", cancel or CancelToken())


def script(seed: int, hub: ScriptedHub) -> random.Random:
    chance = random.Random(seed)
    hub.redirects = chance.random() < 0.7
    kinds = chance.choices(KINDS, k=chance.choice((0, 1, 2, 4, 8)))
    hub.faults = [Fault(kind, chance.randrange(20_000), chance.choice(STATUSES) if kind == "status" else chance.randrange(8)) for kind in kinds]
    return chance


@pytest.mark.parametrize("first", range(0, 100, BATCH))
def test_whatever_goes_wrong_the_right_bytes_come_or_it_is_said_why(first: int, tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "folders", "llama32-tied")
    with quick_disk() as root, running_hub() as hub:
        hub.stall_s = 2.0
        contents = hub.publish("me/m", folder).files
        failed = 0
        with work_on(hub, root) as work:
            for seed in range(first, first + BATCH):
                chance = script(seed, hub)
                try:
                    work.do(work.steps(chance), contents)
                except OllamaError as error:
                    failed += 1
                    assert isinstance(error, (RegistryError, ModelNotFound)), (seed, repr(error))
                    assert error.message.endswith("."), seed
                    work.supply.error, hub.faults = None, []
                    work.do(work.steps(chance), contents)
        assert failed < BATCH / 2


def test_no_more_is_there_than_may_be(tmp_path: Path) -> None:
    with running_hub() as hub:
        contents = hub.publish("me/m", make_folder(tmp_path / "folders", "tiny-llama")).files
        with work_on(hub, tmp_path) as work:
            work.do(work.steps(random.Random(3), twice=0), contents)

        assert hub.connections <= 2 * LIMITS.streams + 2  # to the Hub and its storage: they are used again
        assert work.most < 2 * LIMITS.ahead_bytes + 40_000 < 0.1 * hub.size("me/m")


def test_what_is_wanted_anew_comes_anew(tmp_path: Path) -> None:
    with running_hub() as hub:
        contents = hub.publish("me/m", make_folder(tmp_path / "folders", "tiny-llama")).files
        with work_on(hub, tmp_path) as work:
            steps = work.steps(random.Random(3))
            work.supply.begin(steps, lambda n_steps: None, lambda: None)
            work.do(steps[5:], contents)


def test_what_is_not_allowed_any_more_is_said(tmp_path: Path) -> None:
    with running_hub() as hub:
        hub.accepted.add("hf_mine")
        published = hub.publish("me/m", make_folder(tmp_path / "folders", "tiny-llama"), terms={"hf_mine"})
        assert published.terms is not None
        with work_on(hub, tmp_path, token="hf_mine") as work, pytest.raises(Unauthorized) as caught:
            published.terms.clear()
            work.do(work.steps(random.Random(3)), published.files)

    assert "Accept the licence" in str(caught.value.hint)


def test_a_server_that_only_fails_is_given_up(tmp_path: Path) -> None:
    with running_hub() as hub:
        published = hub.publish("me/m", make_folder(tmp_path / "folders", "tiny-llama"))
        with work_on(hub, tmp_path) as work, pytest.raises(TransferFailed) as caught:
            hub.faults = [Fault("status", 0, 503)] * 1000
            work.do(work.steps(random.Random(3)), published.files)

    assert "model.safetensors of hf.co/me/m was given up" in caught.value.message
    assert "goes on where it stopped" in str(caught.value.hint)


def test_a_cancel_ends_it(tmp_path: Path) -> None:
    with running_hub() as hub:
        hub.publish("me/m", make_folder(tmp_path / "folders", "tiny-llama"))
        cancel = CancelToken()
        with work_on(hub, tmp_path, cancel) as work:
            hub.bytes_per_s = 10_000
            told: queue.SimpleQueue[int] = queue.SimpleQueue()
            work.supply.begin(work.steps(random.Random(3)), told.put, lambda: told.put(-1))
            cancel.cancel()
            work.supply.stop()

            assert hub.sent < hub.size("me/m") / 2
            assert work.supply.error is None
            assert told.empty()
            with pytest.raises(Cancelled):
                work.repository.look()
