"""Every verb of the contract is answered, with the fields that the contract names, and whatever a page sends gets an answer or an error of
ours.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_ollama import Ollama
from jupyter_ollama.errors import OllamaError
from jupyter_ollama.notebook.desk import VERBS, Ask, Started

from ...weights import tiny_gguf_once  # noqa: F401 (a fixture)
from .conftest import Say, said_by

SOURCE = (Path(__file__).parents[3] / "labextension/src/protocol.ts").read_text(encoding="utf-8")
OF_THE_CHANNEL = {"watch", "resync", "leave", "cancel", "follow"}
ARGUMENTS = sorted(set(re.findall(r"(\w+)\??:", SOURCE[SOURCE.index("export interface Verbs") :])) - {"args", "result", "event"})
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats(allow_nan=False) | st.text(st.characters(), max_size=8)
    | st.sampled_from(["mario", "sha256:" + "0" * 64, "tokenizer.ggml.tokens", "/", "..", "FROM mario", "\ud800", "\0", "zh_CN", "user"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["role", "content", "top_k", "x"]), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


def fields(interface: str) -> tuple[set[str], set[str]]:
    """The fields that an interface must have, and those that it may have, its parents' included."""
    found = re.search(rf"export interface {interface}(?:<\w+>)?(?: extends (\w+))? {{\n(.*?)\n}}", SOURCE, re.DOTALL)
    assert found is not None, interface
    must, may = fields(found[1]) if found[1] else (set(), set())
    for name, optional in re.findall(r"^  readonly (\w+)(\??):", found[2], re.MULTILINE):
        (may if optional else must).add(name)
    return must, may


def check(interface: str, value: dict[str, Any]) -> None:
    must, may = fields(interface)

    assert must <= set(value) <= must | may, interface


@pytest.fixture(scope="module")
def mario(tmp_path_factory: pytest.TempPathFactory, tiny_gguf_once: Path) -> Iterator[Ollama]:  # noqa: F811 (the fixture)
    """An Ollama with one model that has everything."""
    with Ollama(tmp_path_factory.mktemp("protocol")) as ollama:
        text = f"FROM {tiny_gguf_once}\nSYSTEM Hi.\nTEMPLATE {{{{ .Prompt }}}}\nPARAMETER top_k 3\nMESSAGE user hi"
        ollama.create("mario", text).result(60)
        yield ollama


def test_every_verb_is_answered() -> None:
    named = re.findall(r"^  (\w+): {\s*args:", SOURCE, re.MULTILINE)

    assert len(named) > 25
    assert set(named) - OF_THE_CHANNEL == set(VERBS) - OF_THE_CHANNEL


def test_answers_have_the_fields_of_the_contract(mario: Ollama, tmp_path: Path) -> None:
    say, rest = said_by(mario), {"search": "", "offset": 0, "limit": 5}
    opened = say("open", name="mario")
    digests = {layer["kind"]: layer["digest"] for layer in opened["layers"]}
    weights = {"name": "mario", "digest": digests["model"], **rest}
    (tmp_path / "file").touch()

    check("IDetails", opened)
    check("ILayer", opened["layers"][0])
    content = say("content", name="mario", digest=digests["messages"])
    check("IContent", content)
    check("IMessage", content["messages"][0])
    for verb, interface in (("metadata", "IMetadata"), ("tensors", "ITensor")):
        page = say(verb, **weights)
        check("IPage", page)
        check(interface, page["rows"][0])
    check("IOption", say("options")[0])
    check("IQuantization", say("quantizations")[0])
    check("IMark", say("check", modelfile="BAD x")["marks"][0])
    check("ICompletions", say("complete", modelfile="FR", line=0, column=2))
    check("ISuggestion", say("suggestions")[0])
    check("IEntry", say("files", folder=str(tmp_path))["entries"][0])
    check("IRemoval", say("removal", names=["mario"]))


def test_a_finished_answer_has_the_fields_of_the_contract(say_to_pocket: Say) -> None:
    answer = say_to_pocket("chat", model="mario", messages=[{"role": "user", "content": "Hi"}], options={"num_predict": 2})

    check("IAnswer", answer)
    check("IMessage", answer["message"])


@given(st.sampled_from(sorted(set(VERBS) - OF_THE_CHANNEL - {"delete"})), st.dictionaries(st.sampled_from(ARGUMENTS), JSON, max_size=8))
@settings(max_examples=150, deadline=None)
def test_whatever_is_asked_gets_an_answer_or_an_error_of_ours(mario: Ollama, verb: str, args: dict[str, Any]) -> None:
    with contextlib.suppress(OllamaError):
        answer = VERBS[verb](Ask(mario, verb, args))
        if isinstance(answer, Started):
            answer.run.cancel()
