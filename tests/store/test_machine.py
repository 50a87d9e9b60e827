"""The store against a dictionary: any sequence of operations, any of them interrupted by a crash, beside work that is not finished yet."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from jupyter_ollama.errors import ModelNotFound
from jupyter_ollama.manifest import MODEL, Layer
from jupyter_ollama.names import ModelName
from jupyter_ollama.store import Store

from ..quick_disk import quick_disk
from .crashes import dies_at
from .test_crashes import Texts, contents, copy, create, delete, derive, files, give_up, imported, is_tidy, needed, put, tag

NAMES = st.sampled_from(["a", "me/b:v2"])
WEIGHTS = st.sampled_from([b"weights", b"other weights"])
SYSTEMS = st.sampled_from(["Be one.", "weights"])  # one of them has the bytes of weights
MOMENTS = st.one_of(st.none(), st.integers(1, 90))
"""When the process dies; None: it does not."""


class StoreMachine(RuleBasedStateMachine):
    """``expected`` is the model: what each name means. ``work`` is a create of another kernel that takes its time."""

    def __init__(self) -> None:
        super().__init__()
        self.disk = contextlib.ExitStack()
        self.folder = self.disk.enter_context(quick_disk())
        self.store = Store(self.folder / "models")
        self.expected: Texts = {}
        self.work: Store | None = None
        self.relied_on: dict[bytes, Layer] = {}
        self.open_work = contextlib.ExitStack()

    def teardown(self) -> None:
        with self.disk:
            self.open_work.close()
            if self.store.blobs.folder.exists():
                is_tidy(self.store)

    def becomes(self, after: Texts, moment: int | None, operation: Callable[[], object]) -> None:
        """Do it, with a crash before; what is there after the crash is the old or the new, and never anything else."""
        if moment is not None:
            dies_at(moment, operation)
            survived = contents(self.store)
            assert survived in (self.expected, after)
            if survived == after:
                self.expected = after
                return
        operation()
        self.expected = after

    @rule(name=NAMES, weights=WEIGHTS, system=SYSTEMS, moment=MOMENTS, how=st.sampled_from([create, put]))
    def create(self, name: str, weights: bytes, system: str, moment: int | None, how: Callable[..., None]) -> None:
        self.becomes({**self.expected, name: (weights, system)}, moment, lambda: how(self.store, name, weights, system))

    @rule(name=NAMES, weights=WEIGHTS, system=SYSTEMS, moment=MOMENTS)
    def import_by_link(self, name: str, weights: bytes, system: str, moment: int | None) -> None:
        mine = self.folder / f"{weights.decode()}.gguf"
        if not mine.exists():
            mine.write_bytes(weights)
        self.becomes({**self.expected, name: (weights, system)}, moment, lambda: imported(self.store, name, mine, system))
        assert weights == mine.read_bytes()

    @precondition(lambda self: self.expected)
    @rule(name=NAMES, number=st.integers(0, 1), system=SYSTEMS, moment=MOMENTS)
    def derive(self, name: str, number: int, system: str, moment: int | None) -> None:
        parent = sorted(self.expected)[number % len(self.expected)]
        after = {**self.expected, name: (self.expected[parent][0], system)}
        self.becomes(after, moment, lambda: derive(self.store, name, parent, system))

    @rule(source=NAMES, destination=NAMES, moment=MOMENTS)
    def copy(self, source: str, destination: str, moment: int | None) -> None:
        if source in self.expected:
            after = {**self.expected, destination: self.expected[source]}
            self.becomes(after, moment, lambda: copy(self.store, source, destination))
        else:
            with pytest.raises(ModelNotFound):
                copy(self.store, source, destination)

    @rule(name=NAMES, moment=MOMENTS)
    def delete(self, name: str, moment: int | None) -> None:
        if name in self.expected:
            after = {key: value for key, value in self.expected.items() if key != name}
            self.becomes(after, moment, lambda: delete(self.store, name))
        else:
            with pytest.raises(ModelNotFound):
                delete(self.store, name)

    @rule(moment=MOMENTS, weights=WEIGHTS)
    def give_up(self, moment: int | None, weights: bytes) -> None:
        self.becomes(self.expected, moment, lambda: give_up(self.store, weights))

    @rule(moment=MOMENTS)
    def prune(self, moment: int | None) -> None:
        self.becomes(self.expected, moment, lambda: self.store.prune(grace_s=0))

    @rule()
    def another_kernel_opens_the_store(self) -> None:
        self.store = Store(self.store.root)

    def begun(self) -> Store:
        if self.work is None:
            self.work = self.open_work.enter_context(Store(self.store.root).begin())
        return self.work

    @rule(weights=WEIGHTS)
    def work_puts(self, weights: bytes) -> None:
        self.relied_on[weights] = self.begun().put(weights, MODEL)[0]

    @precondition(lambda self: self.expected)
    @rule(number=st.integers(0, 1))
    def work_opens(self, number: int) -> None:
        name = sorted(self.expected)[number % len(self.expected)]
        (layer,) = self.begun().open(ModelName.valid(name)).manifest.of(MODEL)
        self.relied_on[self.expected[name][0]] = layer

    @precondition(lambda self: self.relied_on)
    @rule(name=NAMES, system=SYSTEMS, number=st.integers(0, 2))
    def work_tags(self, name: str, system: str, number: int) -> None:
        """Whatever was deleted or pruned since: what the work relies on is there."""
        weights = sorted(self.relied_on)[number % len(self.relied_on)]
        tag(self.begun(), name, self.relied_on[weights], system)
        self.expected = {**self.expected, name: (weights, system)}

    @precondition(lambda self: self.work is not None)
    @rule()
    def work_ends(self) -> None:
        self.open_work.close()
        self.work, self.relied_on = None, {}

    @invariant()
    def it_holds_what_it_should(self) -> None:
        assert self.expected == contents(self.store)

    @invariant()
    def nothing_is_missing(self) -> None:
        if self.store.blobs.folder.exists():
            there = files(self.store)
            assert needed(self.store) <= there
            assert {layer.digest.file_name for layer in self.relied_on.values()} <= there


def run(examples: int, steps: int) -> None:
    run_state_machine_as_test(
        StoreMachine,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=list(HealthCheck), database=None
        ),
    )  # fmt: skip


def test_any_sequence_of_operations_and_crashes_leaves_what_it_should() -> None:
    run(examples=60, steps=15)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_many_long_sequences_of_operations_and_crashes_leave_what_they_should() -> None:
    run(examples=400, steps=50)
