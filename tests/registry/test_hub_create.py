"""FROM hf.co/org/repo: what is made of a folder on Hugging Face's Hub while it arrives is, byte for byte, what is made of it on the disk; the
folder is never here as a whole, and hardly a byte of it comes twice, whatever happens.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from jupyter_ollama import Ollama
from jupyter_ollama.cancelling import CancelToken
from jupyter_ollama.engine.builder import BuildJob, Built, build
from jupyter_ollama.errors import Cancelled
from jupyter_ollama.events import Progress
from jupyter_ollama.registry import FolderCopy, HubAccess, Registry, Supply
from jupyter_ollama.sources import HubName
from jupyter_ollama.store.builds import KEPT_S, disk_bytes
from jupyter_ollama.uploads import Uploads

from ..benchmarks.bench_build import model
from ..convert.folders import make_folder
from ..convert.models import FOLDERS
from .hub import ScriptedHub, running_hub
from .hub_killed import LIMITS as KILLED
from .hub_ollama import LIMITS, hub_ollama, left_behind, made_locally, weights_of

MEGABYTES = 25


@pytest.fixture
def hub() -> Iterator[ScriptedHub]:
    with running_hub() as hub:
        yield hub


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of some megabytes."""
    return model(tmp_path_factory.mktemp("large"), MEGABYTES)


def same_as_local(hub: ScriptedHub, root: Path, folder: Path, quantize: str | None = None) -> None:
    hub.publish(f"me/{folder.name}", folder)
    with hub_ollama(root / "home", hub) as ollama:
        ollama.create("m", f"FROM hf.co/me/{folder.name}", quantize=quantize).result(120)

        assert made_locally(root, folder, quantize=quantize) == weights_of(ollama, "m")
        assert [] == left_behind(ollama)


@pytest.mark.parametrize(
    ("name", "quantize"),
    [("tiny-llama", "q4_K_M"), ("gpt2", None), ("fp8-blocks", "q8_0"), ("embedding-gemma", None)],
)
def test_it_is_what_the_same_folder_on_the_disk_becomes(hub: ScriptedHub, tmp_path: Path, name: str, quantize: str | None) -> None:
    """Matrices that are turned, weights with scales, layers in folders of their own."""
    same_as_local(hub, tmp_path, make_folder(tmp_path / "folders", name), quantize)


@pytest.mark.soak
@pytest.mark.parametrize("name", [name for name, tiny in FOLDERS.items() if tiny.converted])
def test_every_tiny_model_is_what_the_same_folder_on_the_disk_becomes(hub: ScriptedHub, tmp_path: Path, name: str) -> None:
    same_as_local(hub, tmp_path, make_folder(tmp_path / "folders", name), "q8_0")


def test_every_byte_comes_once(hub: ScriptedHub, large: Path, tmp_path: Path) -> None:
    hub.publish("me/tiny-llama", large)
    with hub_ollama(tmp_path / "home", hub, KILLED) as ollama:
        events = list(ollama.create("m", "FROM hf.co/me/tiny-llama", quantize="q8_0"))

        assert hub.sent <= 1.02 * hub.size("me/tiny-llama")
        told = [event.facts for event in events if isinstance(event, Progress) and event.kind == "quantizing"]
        assert all({"rate", "all_completed", "all_total"} <= facts.keys() for facts in told[2:])


def test_little_of_the_folder_is_on_the_disk_at_once(hub: ScriptedHub, large: Path, tmp_path: Path) -> None:
    hub.publish("me/tiny-llama", large)
    with hub_ollama(tmp_path / "home", hub, KILLED) as ollama, most_on_disk(ollama) as most:
        ollama.create("m", "FROM hf.co/me/tiny-llama").result(60)

    whole = hub.size("me/tiny-llama")
    assert 0 < max(most) < KILLED.ahead_bytes + (3 << 20) < whole / 4  # a block of weights is 2 MiB


@contextmanager
def most_on_disk(ollama: Ollama) -> Iterator[list[int]]:
    """What the source takes, again and again."""
    seen, stop = [0], threading.Event()

    def look() -> None:
        while not stop.wait(0.002):
            for source in ollama.store.builds.folder.glob("*/source"):
                try:
                    seen.append(disk_bytes(source))
                except OSError:  # it has just been removed
                    continue

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        stop.set()
        thread.join()


def test_a_model_that_is_made_again_is_not_fetched_again(hub: ScriptedHub, tmp_path: Path) -> None:
    published = hub.publish("me/tiny", make_folder(tmp_path / "folders", "tiny-llama"))
    with hub_ollama(tmp_path / "home", hub) as ollama:
        ollama.create("m", "FROM hf.co/me/tiny\nSYSTEM One.").result(60)
        first, sent = weights_of(ollama, "m"), hub.sent
        ollama.create("m", "FROM hf.co/me/tiny\nSYSTEM Two.").result(60)
        assert (hub.sent, ollama.show("m").system) == (sent, "Two.")

        asked = len(hub.seen)
        ollama.create("n", f"FROM hf.co/me/tiny@{published.commit}").result(60)
        assert len(hub.seen) == asked  # a commit is what it is
        assert weights_of(ollama, "n") == first

        ollama.create("m", "FROM hf.co/me/tiny", quantize="q8_0").result(60)
        assert hub.sent > 1.5 * sent
        ollama.delete("m", "n")
        ollama.create("m", "FROM hf.co/me/tiny").result(60)
        assert hub.sent > 2.5 * sent


def test_a_new_commit_is_another_model(hub: ScriptedHub, tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "folders", "tiny-llama")
    old = hub.publish("me/tiny", folder)
    with hub_ollama(tmp_path / "home", hub) as ollama:
        ollama.create("m", "FROM hf.co/me/tiny").result(60)
        (folder / "generation_config.json").write_text('{"top_k": 7}')
        new = hub.publish("me/tiny", folder)
        assert new.commit != old.commit
        before = weights_of(ollama, "m")
        ollama.create("m", "FROM hf.co/me/tiny").result(60)

        assert weights_of(ollama, "m") != before


def test_a_model_of_the_store_wins_unless_a_revision_is_named(hub: ScriptedHub, tmp_path: Path) -> None:
    hub.publish("me/tiny", make_folder(tmp_path / "folders", "tiny-llama"))
    with hub_ollama(tmp_path / "home", hub) as ollama:
        ollama.create("hf.co/me/tiny", "FROM pocket").result(120)
        ollama.create("m", "FROM hf.co/me/tiny").result(60)
        assert hub.seen == []
        ollama.create("m", "FROM hf.co/me/tiny@main").result(60)
        assert hub.sent > 0


def test_a_modelfile_of_somebody_else_may_name_a_repository(hub: ScriptedHub, tmp_path: Path) -> None:
    """As the API does it: no file of this machine is opened."""
    hub.publish("me/tiny", make_folder(tmp_path / "folders", "tiny-llama"))
    with hub_ollama(tmp_path / "home", hub) as ollama:
        ollama.create("m", "FROM hf.co/me/tiny\nSYSTEM You are Mario.", uploads=Uploads()).result(60)

        assert ollama.show("m").system == "You are Mario."


def test_values_that_f16_does_not_hold_are_kept_without_beginning_again(hub: ScriptedHub, tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "folders", "tiny-llama")
    spoil(folder / "model.safetensors", "model.layers.0.mlp.up_proj.weight", "model.layers.1.mlp.down_proj.weight")
    hub.publish("me/tiny-llama", folder)
    with hub_ollama(tmp_path / "home", hub) as ollama, hub_ollama(tmp_path / "local", hub) as local:
        there = list(ollama.create("m", "FROM hf.co/me/tiny-llama"))
        here = list(local.create("m", f"FROM {folder}"))

        assert weights_of(ollama, "m") == weights_of(local, "m")
        notes = [[event.status for event in events if isinstance(event, Progress) and event.kind == "note"] for events in (there, here)]
        assert notes[0] == notes[1] != []
        assert hub.sent < 1.8 * hub.size("me/tiny-llama")


def spoil(path: Path, *names: str) -> None:
    """Write numbers beyond F16's into the middle of BF16 tensors."""
    data = bytearray(path.read_bytes())
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    for name in names:
        begin, end = header[name]["data_offsets"]
        at = 8 + length + begin + (end - begin) // 4 * 2
        data[at : at + 2] = (np.array([1e6], np.float32).view(np.uint32) >> 16).astype(np.uint16).tobytes()
    path.write_bytes(data)


def test_what_was_written_is_gone_on_with_after_a_cancel(hub: ScriptedHub, large: Path, tmp_path: Path) -> None:
    hub.publish("me/tiny-llama", large)
    hub.bytes_per_s = 12_000_000
    with hub_ollama(tmp_path / "home", hub, KILLED) as ollama:
        run = ollama.create("m", "FROM hf.co/me/tiny-llama", quantize="q8_0")
        for event in run:
            if isinstance(event, Progress) and (event.completed or 0) > 12_000_000:
                break
        run.cancel()
        with pytest.raises(Cancelled):
            run.result(20)
        assert "model" in left_behind(ollama)
        hub.bytes_per_s = 0
        ollama.create("m", "FROM hf.co/me/tiny-llama", quantize="q8_0").result(60)

        assert weights_of(ollama, "m") == made_locally(tmp_path, large, quantize="q8_0")
        assert hub.sent <= 1.3 * hub.size("me/tiny-llama")  # some blocks of a small model


def test_a_finished_file_is_not_made_again(hub: ScriptedHub, tmp_path: Path) -> None:
    """As when the process dies before the store has it."""
    hub.publish("me/tiny", make_folder(tmp_path / "folders", "tiny-llama"))
    registry = Registry(tmp_path / "key", limits=LIMITS, hub=HubAccess(hub.url))
    built, sent = [], []
    for _ in range(2):
        with registry.folder(HubName("me", "tiny"), CancelToken()) as repository:
            copy = FolderCopy(repository, repository.look(), tmp_path / "copy")
            for _ in copy.fetch():
                pass
            job, cancel = BuildJob(copy.folder, "folder", tmp_path / "model", journal=tmp_path / "journal"), CancelToken()
            built.append(result_of(build(job, cancel, Supply(repository, copy, cancel))))
            sent.append(hub.sent)

    assert built[0] == built[1]
    assert sent[0] == sent[1]


def result_of(work: Generator[object, None, Built]) -> Built:
    """What a build returns."""
    while True:
        try:
            next(work)
        except StopIteration as stop:
            built: Built = stop.value
            return built


def test_what_the_disk_lost_is_made_again(hub: ScriptedHub, large: Path, tmp_path: Path) -> None:
    hub.publish("me/tiny-llama", large)
    hub.bytes_per_s = 12_000_000
    with hub_ollama(tmp_path / "home", hub, KILLED) as ollama:
        run = ollama.create("m", "FROM hf.co/me/tiny-llama", quantize="q8_0")
        for event in run:
            if isinstance(event, Progress) and (event.completed or 0) > 12_000_000:
                break
        run.cancel()
        (written,) = ollama.store.builds.folder.glob("*/model")
        wait_for_end(written)
        with written.open("r+b") as file:
            file.seek(written.stat().st_size // 2)
            file.write(bytes(4096))
        hub.bytes_per_s = 0
        ollama.create("m", "FROM hf.co/me/tiny-llama", quantize="q8_0").result(60)

        assert weights_of(ollama, "m") == made_locally(tmp_path, large, quantize="q8_0")


def wait_for_end(path: Path) -> None:
    """Until nobody writes a file any more."""
    size = -1
    while path.stat().st_size != size:
        size = path.stat().st_size
        time.sleep(0.3)


def killed_creates(root: Path, hub: ScriptedHub, folder: Path, kills: int, seed: int) -> float:
    """One create that is killed so many times, then comes to its end. Gives the bytes sent, as a share of the folder's."""
    chance = random.Random(seed)
    hub.publish("me/tiny-llama", folder)
    whole = hub.size("me/tiny-llama")
    hub.bytes_per_s = 20_000_000
    for kill in range(kills):
        before, until = hub.sent, hub.sent + chance.uniform(0.1, 0.9) * whole / kills
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.registry.hub_killed", str(root / "home"), hub.url, "hf.co/me/tiny-llama", "q8_0"],
            cwd=Path(__file__).parents[2],
        )  # fmt: skip
        while hub.sent < until and child.poll() is None:
            time.sleep(0.002)
        child.kill()
        child.wait()
        assert hub.sent > before, kill
    hub.bytes_per_s = 0
    with hub_ollama(root / "home", hub, KILLED) as ollama:
        ollama.create("m", "FROM hf.co/me/tiny-llama", quantize="q8_0").result(60)
        assert weights_of(ollama, "m") == made_locally(root, folder, quantize="q8_0")
        assert [] == left_behind(ollama)
    return hub.sent / whole


def test_a_create_that_is_killed_goes_on(hub: ScriptedHub, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    assert killed_creates(tmp_path, hub, model(tmp_path_factory.mktemp("larger"), 100), 2, seed=1) <= 1.1


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(20))
def test_a_kill_at_any_moment(hub: ScriptedHub, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    assert killed_creates(tmp_path, hub, model(tmp_path_factory.mktemp("larger"), 100), 1, seed) <= 1.1


def test_two_that_make_the_same_share_the_work(hub: ScriptedHub, large: Path, tmp_path: Path) -> None:
    hub.publish("me/tiny-llama", large)
    hub.bytes_per_s = 20_000_000
    with hub_ollama(tmp_path / "home", hub, KILLED) as one, hub_ollama(tmp_path / "home", hub, KILLED) as other:
        runs = [one.create("m", "FROM hf.co/me/tiny-llama"), other.create("n", "FROM hf.co/me/tiny-llama")]
        for run in runs:
            run.result(60)

        assert weights_of(one, "m") == weights_of(other, "n")
        assert hub.sent <= 1.1 * hub.size("me/tiny-llama")


def test_what_is_half_made_is_counted_and_stays_until_nobody_is_expected_to_go_on(hub: ScriptedHub, large: Path, tmp_path: Path) -> None:
    hub.publish("me/tiny-llama", large)
    hub.bytes_per_s = 10_000_000
    with hub_ollama(tmp_path / "home", hub, KILLED) as ollama:
        run = ollama.create("m", "FROM hf.co/me/tiny-llama")
        while hub.sent < 5_000_000:
            time.sleep(0.01)
        (place,) = (path for path in ollama.store.builds.folder.iterdir() if path.is_dir())
        os.utime(place, (0, 0))
        assert ollama.prune().files == 0
        run.cancel()
        with pytest.raises(Cancelled):
            run.result(20)

        assert ollama.du().unfinished.size_bytes > 1_000_000
        assert ollama.prune().unfinished_bytes > 1_000_000
        long_ago = time.time() - KEPT_S - 60
        for path in (place, place / "model", place / "journal"):
            os.utime(path, (long_ago, long_ago))
        pruned = ollama.prune()
        assert (pruned.files, pruned.unfinished_bytes) == (1, 0)
        assert not place.exists()


def test_records_of_models_that_are_gone_go(hub: ScriptedHub, tmp_path: Path) -> None:
    hub.publish("me/tiny", make_folder(tmp_path / "folders", "tiny-llama"))
    with hub_ollama(tmp_path / "home", hub) as ollama:
        ollama.create("m", "FROM hf.co/me/tiny").result(60)
        ollama.prune()
        assert len(list(ollama.store.builds.folder.iterdir())) == 1
        ollama.delete("m")
        ollama.prune()
        assert list(ollama.store.builds.folder.iterdir()) == []


def test_a_store_whose_blobs_lie_on_another_disk_makes_models_there(hub: ScriptedHub, tmp_path: Path) -> None:
    hub.publish("me/tiny", make_folder(tmp_path / "folders", "tiny-llama"))
    (tmp_path / "other" / "blobs").mkdir(parents=True)
    (tmp_path / "home" / "models").mkdir(parents=True)
    (tmp_path / "home" / "models" / "blobs").symlink_to(tmp_path / "other" / "blobs")
    with hub_ollama(tmp_path / "home", hub) as ollama:
        ollama.create("m", "FROM hf.co/me/tiny").result(60)

        assert ollama.store.builds.folder.is_relative_to(tmp_path / "other")

