"""``create`` against a simple model of its rules: whatever is made of what, in any order, inherits, replaces, merges and adds up by them."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from jupyter_ollama import Modelfile, Ollama
from jupyter_ollama.names import ModelName

from ..engine import tiny

NAMES = st.sampled_from(["a", "B", "me/c:v1"])
TEXTS = st.none() | st.sampled_from(["", "one", "two\nlines", "日本 <&>"])
PARAMETERS = st.dictionaries(
    st.sampled_from(["temperature", "top_k", "stop"]), st.integers(0, 5), max_size=3
).map(lambda held: {key: [f"s{value}"] if key == "stop" else value for key, value in held.items()})  # fmt: skip
MESSAGES = st.lists(st.tuples(st.sampled_from(["user", "assistant"]), st.sampled_from(["hi", "yo"])), max_size=2)


@dataclass(frozen=True)
class Expected:
    """What a model should be: its layers in order as (kind, content), and what its config says."""

    layers: tuple[tuple[str, Any], ...]
    config: dict[str, str] = field(default_factory=dict)

    def held(self, kind: str) -> list[Any]:
        return [content for one, content in self.layers if one == kind]

    def with_layer(self, kind: str, content: Any, *, instead: bool) -> Expected:
        kept = tuple(layer for layer in self.layers if not instead or layer[0] != kind)
        return replace(self, layers=(*kept, (kind, content)))


@st.composite
def modelfiles(draw: st.DrawFn) -> dict[str, Any]:
    """What a Modelfile says besides FROM."""
    return {
        "template": draw(TEXTS), "system": draw(TEXTS), "license": draw(st.lists(st.sampled_from(["", "MIT", "BSD"]), max_size=2)),
        "parameters": draw(PARAMETERS), "messages": draw(MESSAGES), "adapter": draw(st.none() | st.sampled_from([0, 1])),
        "draft": draw(st.none() | st.sampled_from([0, 1])), "renderer": draw(st.none() | st.just("r1") | st.just("r2")),
        "parser": draw(st.none() | st.just("p1")), "requires": draw(st.none() | st.just("0.14.0")),
    }  # fmt: skip


class Creating(RuleBasedStateMachine):
    """A store, and what should be in it."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        root = Path(self.folder.name)
        self.base = tiny.markov(root / "base.gguf", {})
        self.loras = [tiny.adapter(root / f"lora{one}.gguf", {97: {98: 1.0 + one}}) for one in (0, 1)]
        self.drafts = [tiny.markov(root / f"draft{one}.gguf", {97: {98: 1.0 + one}}) for one in (0, 1)]
        self.ollama = Ollama(root / "models")
        self.expected: dict[str, Expected] = {}

    def teardown(self) -> None:
        self.ollama.close()
        self.folder.cleanup()

    @rule(name=NAMES, said=modelfiles())
    def from_a_file(self, name: str, said: dict[str, Any]) -> None:
        self.make(name, self.base, Expected((("model", "base"),)), said)

    @rule(name=NAMES, parent=NAMES, said=modelfiles())
    def from_a_model(self, name: str, parent: str, said: dict[str, Any]) -> None:
        if parent in self.expected:
            self.make(name, parent.upper() if "/" not in parent else parent, self.expected[parent], said)

    @rule(source=NAMES, name=NAMES)
    def copy(self, source: str, name: str) -> None:
        if source in self.expected:
            self.ollama.copy(source, name)
            self.expected[name] = self.expected[source]

    @rule(name=NAMES)
    def delete(self, name: str) -> None:
        if self.expected.pop(name, None):
            self.ollama.delete(name.lower())

    def make(self, name: str, source: Path | str, base: Expected, said: dict[str, Any]) -> None:
        files = {"adapter": self.loras, "draft": self.drafts}
        paths = {key: files[key][said[key]] for key in files if said[key] is not None}
        given = {key: value for key, value in said.items() if key not in files} | paths
        given["messages"] = [{"role": role, "content": content} for role, content in said["messages"]]
        self.ollama.create(name, Modelfile.build(source, **given)).result(60)
        self.expected[name] = expected(base, said)

    @invariant()
    def every_model_is_as_expected(self) -> None:
        assert len(self.ollama.list()) == len(self.expected)
        for name, wanted in self.expected.items():
            model = self.ollama.store.open(ModelName.valid(name))
            assert [kind for kind, _ in wanted.layers] == [layer.kind for layer in model.manifest.layers]
            assert (wanted.held("template") or [None]) == [model.template]
            assert (wanted.held("system") or [None]) == [model.system]
            assert wanted.held("license") == list(model.licenses)
            assert (wanted.held("params") or [None]) == [model.parameters]
            assert (wanted.held("messages") or [[]]) == [[(one.role, one.content) for one in model.messages]]
            assert [self.loras[one].read_bytes() for one in wanted.held("adapter")] == [path.read_bytes() for path in model.adapters]
            assert [self.drafts[one].read_bytes() for one in wanted.held("draft")] == [path.read_bytes() for path in model.drafts]
            config = {key: held for key in ("renderer", "parser", "requires") if (held := getattr(model.config, key))}
            assert wanted.config == config

    @invariant()
    def nothing_is_damaged_missing_or_left_over(self) -> None:
        found = self.ollama.verify().result(60)
        assert found.ok
        assert not found.unreferenced
        use = self.ollama.du()
        assert (use.unfinished.count, use.others.count) == (0, 0)


def expected(base: Expected, said: dict[str, Any]) -> Expected:
    """The rules."""
    made = base
    if said["adapter"] is not None:
        made = made.with_layer("adapter", said["adapter"], instead=False)
    if said["draft"] is not None:
        made = made.with_layer("draft", said["draft"], instead=True)
    for kind in ("template", "system"):
        if said[kind]:
            made = made.with_layer(kind, said[kind], instead=True)
    for text in said["license"]:
        made = made.with_layer("license", text, instead=False) if text else made
    if parameters := {**(base.held("params") or [{}])[0], **said["parameters"]}:
        made = made.with_layer("params", parameters, instead=True)
    if said["messages"]:
        made = made.with_layer("messages", said["messages"], instead=True)
    named = {key: said[key] for key in ("renderer", "parser", "requires") if said[key]}
    return replace(made, config={**base.config, **named})


TestCreating = Creating.TestCase
TestCreating.settings = settings(max_examples=6, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck))
