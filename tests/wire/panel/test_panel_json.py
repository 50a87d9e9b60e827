"""Events, errors, models and runs as the panel reads them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from jupyter_ollama.errors import ModelNotFound
from jupyter_ollama.events import Chunk, Done, Progress, Statistics, ToolResult
from jupyter_ollama.messages import Message, ToolCall
from jupyter_ollama.models import Details, LoadedModel, ModelSummary, Pushed
from jupyter_ollama.runs import RunState
from jupyter_ollama.wire.panel import answers, events, faults, library, results
from jupyter_ollama.wire.panel.plain import MAX_ITEMS, MAX_TEXT, plain

WHEN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
CALL = ToolCall("weather", {"city": "Rome"}, "c1")
SUMMARY = ModelSummary("mario:latest", "sha256:ab", 7, WHEN, Details(family="llama", parameter_size="8.0B", quantization_level="Q4_K_M"))


@pytest.mark.parametrize(
    ("event", "written"),
    [
        (Chunk("a", "b", (CALL,)), {"type": "chunk", "content": "a", "thinking": "b", "toolCalls": [{"name": "weather", "arguments": {"city": "Rome"}, "id": "c1"}]}),
        (
            Progress("pulling", "sha256:ab", 3, 9, {"short": "ab"}),
            {"type": "progress", "step": "pulling", "status": "pulling ab", "digest": "sha256:ab", "completed": 3, "total": 9, "facts": {"short": "ab"}},
        ),
        (ToolResult(CALL, "sunny", "late"), {"type": "tool", "call": {"name": "weather", "arguments": {"city": "Rome"}, "id": "c1"}, "result": "sunny", "outcome": "late"}),
        (Done(Message("assistant", "x"), "mario", "stop", Statistics()), None),
    ],
)
def test_events_are_written_with_kind_and_facts(event: Any, written: Any) -> None:
    assert events.event(event) == written


def test_an_answer_has_its_message_its_turns_and_what_it_cost() -> None:
    cost = Statistics(3_000_000_000, 1_000_000_000, 10, 500_000_000, 20, 1_500_000_000)
    turn = Message("tool", "sunny", tool_name="weather")
    done = Done(Message("assistant", "Fine.", "hm"), "mario", "stop", cost, "sha256:ab", 42, {"seed": 42}, turns=(turn,), left_out=1, cached_tokens=4)

    written = answers.answer(done)

    assert written["message"] == {"role": "assistant", "content": "Fine.", "thinking": "hm"}
    assert written["turns"] == [{"role": "tool", "content": "sunny", "toolName": "weather"}]
    assert written["seconds"] == {"total": 3.0, "load": 1.0, "prompt": 0.5, "answer": 1.5}
    assert [written[key] for key in ("reason", "digest", "seed", "leftOut", "promptTokens", "cachedTokens", "tokens")] == ["stop", "ab", 42, 1, 10, 4, 20]
    assert results.result(done) == written


def test_errors_of_ours_have_sentence_remedy_and_facts_others_their_class() -> None:
    ours = faults.fault(ModelNotFound("no model 'x'.", hint="Pull it.", name="x", path=Path("/a"), near=["y"], text="not found"))

    assert ours.pop("words") == [["no model 'x'."], ["Pull it."]]
    assert ours == {"kind": "ModelNotFound", "text": "no model 'x'.", "hint": "Pull it.", "facts": {"name": "x", "path": "/a", "near": ["y"]}}
    assert faults.fault(ZeroDivisionError("by zero")) == {"kind": "ZeroDivisionError", "text": "ZeroDivisionError: by zero", "hint": "", "facts": {}}
    assert faults.fault(KeyboardInterrupt())["text"] == "KeyboardInterrupt."


def test_facts_of_any_kind_and_size_become_json_of_moderate_size() -> None:
    deep: Any = {}
    deep["self"] = deep

    written = plain({"long": "x" * 10**6, "many": range(3), "list": list(range(1000)), "nan": float("nan"), "bytes": b"\xff", 3: deep})

    assert json.loads(json.dumps(written, allow_nan=False)) == written
    assert (len(written["long"]), len(written["list"]), written["nan"], written["many"]) == (MAX_TEXT + 1, MAX_ITEMS, "nan", "range(0, 3)")


def test_models_and_those_in_memory_are_written_as_the_list_shows_them() -> None:
    assert library.model(SUMMARY) == {
        "name": "mario:latest", "digest": "ab", "size": 7, "modified": "2026-01-02T03:04:05Z", "family": "llama", "parameters": "8.0B",
        "quantization": "Q4_K_M", "capabilities": [], "remote": "", "readonly": False,
    }  # fmt: skip
    assert library.loaded(LoadedModel("mario:latest", "sha256:ab", 9, "100% CPU", 4096, None)) == {
        "name": "mario:latest", "digest": "ab", "memory": 9, "gpu": 0, "processor": "100% CPU", "context": 4096, "expires": None,
    }  # fmt: skip


@pytest.mark.parametrize(("origin", "shown"), [("", "cell"), ("panel", "panel"), ("server", "other")])
def test_a_run_tells_what_started_it(origin: str, shown: str) -> None:
    written = library.run(RunState(3, "pull", "mario", origin, "running", Progress("success")))

    assert (written["run"], written["origin"], written["progress"]["step"], written["failure"]) == (3, shown, "success", "")


def test_the_result_of_a_run_depends_on_what_it_returns() -> None:
    assert results.result(SUMMARY) == {"name": "mario:latest", "digest": "ab"}
    assert results.result(Pushed("mario", "ab", 9, 4, "http://x")) == {"name": "mario", "sent": 4, "url": "http://x"}
    assert results.result([1.0]) is None
