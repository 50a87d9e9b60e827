"""What changes is pushed: models, models in memory and runs, whoever changed them."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from collections.abc import Generator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jupyter_ollama import Ollama
from jupyter_ollama.cancelling import CancelToken
from jupyter_ollama.events import Chunk, Event
from jupyter_ollama.names import ModelName
from jupyter_ollama.notebook import session
from jupyter_ollama.notebook.comms.feed import topics
from jupyter_ollama.notebook.comms.feed.topics import FIRST_MODELS
from jupyter_ollama.notebook.comms.hub import Hub, default

from .conftest import Near

TOPICS = ["models", "loaded", "runs"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that holds pocket and mario."""
    folder = tmp_path_factory.mktemp("made") / "models"
    with Ollama(folder) as ollama:
        ollama.create("mario", "FROM pocket\nSYSTEM You are Mario.").result(60)
    return folder


@pytest.fixture
def full(made: Path, tmp_path: Path) -> Iterator[Ollama]:
    """An Ollama with a copy of that store."""
    shutil.copytree(made, tmp_path / "models")
    with Ollama(tmp_path / "models") as ollama:
        yield ollama


def elsewhere(program: str, *arguments: Any) -> None:
    """Run a program in another process."""
    subprocess.run([sys.executable, "-c", f"import sys; from jupyter_ollama import Ollama\n{program}", *map(str, arguments)], check=True, timeout=120)


def watching(ollama: Ollama, *topics: str, **more: Any) -> Near:
    front = Near(Hub(lambda: ollama), **more)
    front.answer("watch", topics=list(topics or TOPICS))
    front.until(lambda: front.models is not None or "models" not in (topics or TOPICS))
    return front


def test_lists_come_whole_first(full: Ollama) -> None:
    front = watching(full)
    front.until(lambda: len(front.pushes) >= 3)

    assert front.models is not None
    assert {name: (model["family"], model["readonly"]) for name, model in front.models.items()} == {"mario:latest": ("llama", False), "pocket:latest": ("llama", False)}
    assert (front.latest("loaded"), front.latest("runs")) == ([], [])


class Told:
    """A receiver of what one topic tells."""

    def __init__(self) -> None:
        self.pushes: list[Any] = []
        self.arrived = threading.Semaphore(0)

    def put(self, push: Any) -> None:
        self.pushes.append(push)
        self.arrived.release()

    def fail(self, error: BaseException) -> None:
        raise error


def test_of_many_models_those_that_come_first_by_name_are_told_before_the_others_are_read(full: Ollama) -> None:
    names = [f"many-{number:03}:latest" for number in range(2 * FIRST_MODELS)]
    for name in names:
        full.store.tags.write(ModelName.valid(name), full.store.open(ModelName.valid("mario")).manifest.raw)
    told, done = Told(), threading.Event()
    topic = topics.models(full, polled=False, then=done.set)
    topic.join(told)
    assert told.arrived.acquire(timeout=20)
    assert told.arrived.acquire(timeout=20)
    assert done.wait(20)
    topic.close()
    first, rest = told.pushes
    ordered = sorted([*names, "mario:latest", "pocket:latest"])

    assert (first["whole"], first["more"], rest["whole"], rest["more"]) == (True, True, False, False)
    assert sorted(one["name"] for one in first["changed"]) == ordered[:FIRST_MODELS]
    assert sorted(one["name"] for one in rest["changed"]) == ordered[FIRST_MODELS:]


def test_who_joins_late_is_told_the_whole_at_once(full: Ollama) -> None:
    done = threading.Event()
    topic = topics.models(full, polled=False, then=done.set)
    topic.prepare()
    assert done.wait(20)
    told = Told()
    topic.join(told)
    topic.close()

    assert [(push["whole"], push["more"], len(push["changed"])) for push in told.pushes] == [(True, False, 2)]


def test_a_short_list_is_told_once(full: Ollama) -> None:
    front = watching(full, "models")
    full.copy("mario", "luigi")
    front.until(lambda: "luigi:latest" in (front.models or {}))

    assert [(push["whole"], push["more"], len(push["changed"])) for push in front.pushes] == [(True, False, 2), (False, False, 1)]


def test_only_topics_that_are_watched_are_pushed(full: Ollama) -> None:
    front = watching(full, "models")
    full.copy("mario", "luigi")
    front.until(lambda: "luigi:latest" in (front.models or {}))

    assert {push["topic"] for push in front.pushes} == {"models"}


def test_what_another_process_changes_arrives_as_a_difference(full: Ollama) -> None:
    front = watching(full, "models")
    elsewhere("Ollama(sys.argv[1]).copy('mario', 'luigi')", full.store.root)
    front.until(lambda: "luigi:latest" in (front.models or {}))
    elsewhere("Ollama(sys.argv[1]).delete('mario')", full.store.root)
    front.until(lambda: "mario:latest" not in (front.models or {}))

    assert [push["whole"] for push in front.pushes] == [True] + [False] * (len(front.pushes) - 1)
    assert [model["name"] for model in front.pushes[1]["changed"]] == ["luigi:latest"]
    assert set(front.models or {}) == {"luigi:latest", "pocket:latest"}


def test_a_store_that_does_not_exist_yet_is_empty_and_seen_when_it_comes(ollama: Ollama, made: Path) -> None:
    front = watching(ollama, "models")
    assert front.models == {}
    elsewhere("import shutil; shutil.copytree(sys.argv[1], sys.argv[2])", made, ollama.store.root)

    front.until(lambda: set(front.models or {}) == {"mario:latest", "pocket:latest"})


def test_models_of_a_second_store_are_watched_too(made: Path, tmp_path: Path) -> None:
    shutil.copytree(made, tmp_path / "service")
    settings = replace(Ollama(tmp_path / "models").settings, service_models=tmp_path / "service")
    with Ollama(settings=settings) as ollama:
        front = watching(ollama, "models")
        assert [model["readonly"] for model in (front.models or {}).values()] == [True, True]
        elsewhere("Ollama(sys.argv[1]).delete('mario')", tmp_path / "service")

        front.until(lambda: set(front.models or {}) == {"pocket:latest"})


def test_runs_of_cells_and_their_ends_are_pushed(ollama: Ollama) -> None:
    def work(cancel: CancelToken) -> Generator[Event, None, None]:
        yield Chunk("x")
        gate.wait(10)
        raise ValueError("no")

    gate = threading.Event()
    front = watching(ollama, "runs")
    run = ollama.runs.start(work, verb="create", model="peach")
    front.until(lambda: [one["state"] for one in front.latest("runs") or ()] == ["running"])
    gate.set()
    front.until(lambda: [one["state"] for one in front.latest("runs")] == ["failed"])

    (one,) = front.latest("runs")
    assert (one["run"], one["verb"], one["model"], one["origin"], one["failure"]) == (run.number, "create", "peach", "cell", "no")


def test_tokens_of_a_run_are_no_news_of_it(ollama: Ollama) -> None:
    def work(cancel: CancelToken) -> Generator[Event, None, None]:
        for _ in range(200):
            cancel.wait(0.002)
            yield Chunk("x")

    front = watching(ollama, "runs")
    front.until(lambda: front.pushes)
    ollama.runs.start(work, verb="chat").result(20)
    front.until(lambda: [one["state"] for one in front.latest("runs")] == ["finished"])

    assert [[one["state"] for one in push["runs"]] for push in front.pushes] == [[], ["running"], ["finished"]]


def test_a_model_that_is_loaded_and_unloaded_here_is_pushed(full: Ollama) -> None:
    front = watching(full, "loaded")
    full.chat("mario", "Hi", options={"num_predict": 2}).result(60)
    front.until(lambda: [one["name"] for one in front.latest("loaded") or ()] == ["mario:latest"])
    full.stop("mario")
    full.runs.start(lambda cancel: iter(()), verb="pass")  # type: ignore[arg-type, return-value]  # anything that happens here
    front.until(lambda: front.latest("loaded") == [])


def test_a_model_that_another_kernel_loads_is_pushed_and_so_is_its_next_expiry(full: Ollama, tmp_path: Path) -> None:
    settings = replace(full.settings, runtime=tmp_path / "run")
    with Ollama(settings=settings) as ollama:
        assert not (tmp_path / "run").exists()
        front = watching(ollama, "loaded")
        ask = (
            "from dataclasses import replace; from pathlib import Path; one = Ollama(sys.argv[1])\n"
            "with Ollama(settings=replace(one.settings, runtime=Path(sys.argv[2]))) as o: "
            "o.chat('mario', 'Hi', options={'num_predict': 2}, keep_alive=60).result(60)"
        )
        elsewhere(ask, full.store.root, tmp_path / "run")
        front.until(lambda: front.latest("loaded"))
        (first,) = front.latest("loaded")
        elsewhere(ask, full.store.root, tmp_path / "run")
        front.until(lambda: front.latest("loaded")[0]["expires"] > first["expires"])
        ollama.stop("mario")
        front.until(lambda: front.latest("loaded") == [])


def test_an_engine_elsewhere_is_asked_after_own_verbs(full: Ollama) -> None:
    server = full.serve(port=0)
    there = Ollama(host=server.url)
    try:
        front = watching(there)
        assert (front.hellos[0]["remote"], front.hellos[0]["store"]) == (True, server.url)
        assert front.answer("copy", source="mario", destination="luigi") is None
        front.until(lambda: "luigi:latest" in (front.models or {}))
        there.chat("mario", "Hi", options={"num_predict": 2}).result(60)
        front.until(lambda: [one["name"] for one in front.latest("loaded") or ()] == ["mario:latest"])
        front.there.close()
        assert [(one.verb, one.origin) for one in full.runs.states()] == [("chat", "server")]
    finally:
        full.stop_serving()


def test_another_ollama_says_hello_and_pushes_its_own_lists(full: Ollama, ollama: Ollama, tmp_path: Path) -> None:
    with Ollama(tmp_path / "other") as other:
        session.use(full)
        try:
            front = Near(default())
            front.answer("watch", topics=["models"])
            front.until(lambda: front.models)
            session.use(other)
            front.until(lambda: len(front.hellos) == 2 and front.models == {})
            session.use(full)
            front.until(lambda: len(front.hellos) == 3 and front.models)
            full.copy("mario", "luigi")
            front.until(lambda: "luigi:latest" in (front.models or {}))

            assert [Path(hello["store"]) for hello in front.hellos] == [full.store.root, other.store.root, full.store.root]
            front.there.close()
        finally:
            session.use(None)


def test_a_store_that_cannot_be_read_is_told_once_and_read_again_later(full: Ollama) -> None:
    folder = full.store.tags.folder
    held = folder.rename(folder.with_name("held"))
    folder.write_text("a file where a folder should be")
    front = Near(Hub(lambda: full))
    front.answer("watch", topics=["models"])
    front.until(lambda: front.models is not None or front.strays)
    folder.unlink()
    held.rename(folder)

    front.until(lambda: set(front.models or {}) == {"mario:latest", "pocket:latest"})
    assert len(front.strays) <= 1


def test_with_the_last_front_end_all_watching_ends(full: Ollama) -> None:
    before = set(threading.enumerate())
    hub = Hub(lambda: full)
    fronts = [Near(hub), Near(hub)]
    for front in fronts:
        front.answer("watch", topics=TOPICS)
    for front in fronts:
        front.there.close()

    front.until(lambda: not {one.name for one in set(threading.enumerate()) - before if one.is_alive()})
