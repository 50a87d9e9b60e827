"""Processes that share a store, as the kernels of several notebooks do. Run by test_kernels.py, in a process without threads: it forks.

    kernels.py killed STORE SECONDS ROUNDS SEED GGUF ...     four create; all are killed at a random moment; look at what is left; again
    kernels.py busy STORE SECONDS KERNELS SEED GGUF ...      create, derive, copy, delete, prune, list and show at once, for a while

It ends with code 0 and one line of JSON if all is as it should be, otherwise with what is wrong.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from jupyter_ollama import Ollama, verbs
from jupyter_ollama.errors import ModelNotFound
from jupyter_ollama.names import ModelName
from jupyter_ollama.store import Store

WAIT_S = 60.0
IMPORTED = [getattr(verbs, name) for name in verbs.__all__]
"""Before the forks: those that are killed soon would else be killed while they import."""


def fork(work: Callable[[], None]) -> int:
    """A process that does this and ends, with code 1 and a traceback if it fails."""
    if child := os.fork():
        return child
    try:
        work()
        os._exit(0)
    except BaseException:  # noqa: BLE001 (it must not go back into the parent's code)
        traceback.print_exc()
        os._exit(1)


def wait(children: list[int]) -> list[int]:
    """Exit codes; negative for the signal that ended one."""
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


def contents(store: Store) -> dict[str, tuple[str, str]]:
    """Name -> digest of the weights, system. Every blob is checked against its digest."""
    held = {}
    for summary in store.models():
        model = store.open(ModelName.valid(summary.name))
        for layer in model.manifest.blobs:
            store.blobs.verify(layer.digest)
        held[summary.name.removesuffix(":latest")] = (model.manifest.layers[0].digest.hex, model.system or "")
    return held


def check_tidy(store: Store) -> None:
    """Nothing is left but what models hold, once the next work has begun."""
    with store.begin():
        pass
    needed = {layer.digest.file_name for _, manifest in store.tags.manifests(strict=True) for layer in manifest.blobs}
    there = {path.name for path in store.blobs.folder.iterdir()}
    assert there == needed, f"missing {needed - there}, left over {there - needed}"


def create(root: Path, name: str, text: str) -> None:
    with Ollama(root) as ollama:
        ollama.create(name, text).result(WAIT_S)


# ------------------------------------------------------------------ killed


def recipes(kernel: int, sources: list[str]) -> list[tuple[str, str]]:
    """What one kernel creates: of its own and what others create, too; from files that are linked or copied, and from models."""
    own = f"kernel{kernel}"
    return [
        (own, f"FROM {sources[kernel % len(sources)]}\nSYSTEM I am {own}.\nPARAMETER top_k {kernel + 1}"),
        ("shared", f"FROM {sources[kernel // 2 % len(sources)]}\nSYSTEM I am shared.\nLICENSE {own}"),
        (f"{own}:derived", f"FROM {own}\nSYSTEM I am derived.\nMESSAGE user hi"),
    ]


def create_for_ever(root: Path, kernel: int, sources: list[str]) -> None:
    while True:
        for name, text in recipes(kernel, sources):
            create(root, name, text)


def killed(root: Path, seconds: float, rounds: int, chance: random.Random, sources: list[str]) -> dict[str, int]:
    store, found, leftovers = Store(root), 0, 0
    every = [recipe for kernel in range(4) for recipe in recipes(kernel, sources)]
    for number in range(rounds):
        if number % 10 == 0:
            shutil.rmtree(root, ignore_errors=True)
        before = set(contents(store))
        children = [fork(lambda kernel=kernel: create_for_ever(root, kernel, sources)) for kernel in range(4)]
        time.sleep(chance.uniform(0, seconds))
        for child in children:
            os.kill(child, signal.SIGKILL)
        assert wait(children) == [-signal.SIGKILL] * 4, "one ended before it was killed"
        after = contents(store)
        assert before <= set(after) <= {name for name, _ in every}, f"round {number}: {before - set(after)} are lost"
        found += len(after)
        leftovers += len(list((root / ".jupyter_ollama" / "leases").glob("*")))
        assert wait([fork(lambda: [create(root, *recipe) for recipe in every] and None)]) == [0], f"round {number}: it cannot be repeated"
        assert set(contents(store)) == {name for name, _ in every}
        check_tidy(store)
    return {"rounds": rounds, "models found": found, "leases of the dead": leftovers}


# ------------------------------------------------------------------ busy


class Kernel:
    """One that works at random. Of its own models it knows what they must be; of the shared ones only that they are whole."""

    def __init__(self, root: Path, number: int, chance: random.Random, sources: list[str]) -> None:
        self.ollama = Ollama(root)
        self.store = self.ollama.store
        self.number, self.chance, self.sources = number, chance, sources
        self.own: dict[str, str] = {}
        self.done = 0

    def step(self) -> None:
        actions = [self.create, self.create, self.derive, self.copy, self.delete, self.delete, self.prune, self.look]
        self.chance.choice(actions)()
        self.done += 1
        missing = set(self.own) - {summary.name.removesuffix(":latest") for summary in self.store.models()}
        assert not missing, f"{missing} are not listed"
        for name in self.chance.sample(sorted(self.own), min(2, len(self.own))):
            model = self.store.open(ModelName.valid(name))
            assert model.system == self.own[name], f"{name} says {model.system!r} instead of {self.own[name]!r}"
            assert model.path.is_file()

    def name(self) -> str:
        own = f"kernel{self.number}:v{self.chance.randrange(4)}"
        return own if self.chance.random() < 0.6 else f"shared/model:v{self.chance.randrange(3)}"

    def existing(self) -> str:
        names = [summary.name.removesuffix(":latest") for summary in self.store.models()]
        mine = [name for name in names if name in self.own or name.startswith("shared/")]
        return self.chance.choice(mine or ["shared/model:v0"])

    def becomes(self, name: str, system: str | None) -> None:
        if name.startswith("kernel"):
            self.own.pop(name, None) if system is None else self.own.update({name: system})

    def create(self) -> None:
        name, system = self.name(), f"Text {self.chance.randrange(5)}."
        self.ollama.create(name, f"FROM {self.chance.choice(self.sources)}\nSYSTEM {system}").result(WAIT_S)
        self.becomes(name, system)

    def derive(self) -> None:
        name, system = self.name(), f"Derived {self.chance.randrange(5)}."
        self.ollama.create(name, f"FROM {self.existing()}\nSYSTEM {system}").result(WAIT_S)
        self.becomes(name, system)

    def copy(self) -> None:
        source = self.existing() if not self.own else self.chance.choice(sorted(self.own))
        name = self.name()
        self.ollama.copy(source, name)
        self.becomes(name, self.own.get(source, ""))
        if source not in self.own and name in self.own:  # what a shared one said is known only now
            self.own[name] = self.store.open(ModelName.valid(name)).system or ""

    def delete(self) -> None:
        name = self.existing()
        self.ollama.delete(name)
        self.becomes(name, None)

    def prune(self) -> None:
        self.store.prune(grace_s=0)

    def look(self) -> None:
        self.ollama.show(self.existing())


def be_busy(root: Path, number: int, until: float, seed: int, sources: list[str]) -> None:
    """Work until the time is over, then write down what must be there."""
    kernel, missed = Kernel(root, number, random.Random(seed), sources), 0
    while time.monotonic() < until:
        try:
            kernel.step()
        except ModelNotFound:  # somebody else deleted it meanwhile
            missed += 1
    root.parent.joinpath(f"kernel{number}.json").write_text(json.dumps({"own": kernel.own, "done": kernel.done, "missed": missed}))


def busy(root: Path, seconds: float, kernels: int, chance: random.Random, sources: list[str]) -> dict[str, int]:
    until = time.monotonic() + seconds
    seeds = [chance.randrange(1 << 30) for _ in range(kernels)]
    children = [fork(lambda n=n, seed=seed: be_busy(root, n, until, seed, sources)) for n, seed in enumerate(seeds)]
    codes = wait(children)
    assert codes == [0] * kernels, f"exit codes {codes}"
    store = Store(root)
    held = contents(store)
    told = [json.loads(root.parent.joinpath(f"kernel{number}.json").read_text()) for number in range(kernels)]
    for one in told:
        for name, system in one["own"].items():
            assert name in held, f"{name} is lost"
            assert held[name][1] == system, f"{name} says {held[name][1]!r} instead of {system!r}"
    private, known = {name for name in held if name.startswith("kernel")}, {name for one in told for name in one["own"]}
    assert private == known, f"{private - known} should not be there"
    check_tidy(store)
    return {"operations": sum(one["done"] for one in told), "names gone meanwhile": sum(one["missed"] for one in told), "models": len(held)}


if __name__ == "__main__":
    mode, root, seconds, count, seed, *sources = sys.argv[1:]
    run = {"killed": killed, "busy": busy}[mode]
    print(json.dumps(run(Path(root), float(seconds), int(count), random.Random(int(seed)), sources)))
