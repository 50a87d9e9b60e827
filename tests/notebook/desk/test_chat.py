"""A front end's conversation."""

from __future__ import annotations

import pytest

from jupyter_ollama import Ollama
from jupyter_ollama.errors import BadRequest, ModelNotFound, OptionError
from jupyter_ollama.notebook.desk import VERBS, Ask, Started
from jupyter_ollama.options import OPTIONS

from .conftest import Say

QUESTION = {"role": "user", "content": "Who are you?"}
QUICK = {"temperature": 0, "num_predict": 8, "seed": 1}


def test_an_answer_says_all_there_is_to_know_of_it(say_to_pocket: Say, pocket_ollama: Ollama) -> None:
    answer = say_to_pocket("chat", model="mario", messages=[QUESTION], options=QUICK)

    assert answer["message"]["role"] == "assistant"
    assert answer["message"]["content"]
    assert answer["reason"] in ("stop", "length")
    assert answer["digest"] == pocket_ollama.show("mario").digest
    assert answer["options"]["num_predict"] == 8
    assert 0 < answer["tokens"] <= 8
    assert answer["promptTokens"] > 0
    assert answer["seconds"]["total"] >= answer["seconds"]["answer"] > 0


def test_a_conversation_goes_on_with_its_turns_and_another_system(say_to_pocket: Say) -> None:
    first = say_to_pocket("chat", model="mario", messages=[QUESTION], options=QUICK)
    turns = [QUESTION, {**first["message"], "thinking": "hm"}, {"role": "user", "content": "And now?"}]
    called = {"role": "assistant", "content": "", "toolCalls": [{"name": "add", "arguments": {"a": 1}, "id": "x"}]}

    longer = say_to_pocket("chat", model="mario", messages=turns, options=QUICK)
    other = say_to_pocket("chat", model="mario", messages=[QUESTION], options=QUICK, system="You are Luigi and talk a lot more than Mario.")
    with_calls = say_to_pocket(
        "chat", model="mario", messages=[QUESTION, called, {"role": "tool", "content": "1", "toolName": "add"}], options=QUICK
    )

    assert longer["promptTokens"] > first["promptTokens"]
    assert other["promptTokens"] != first["promptTokens"]
    assert with_calls["message"]["role"] == "assistant"


def test_an_answer_can_have_a_form(say_to_pocket: Say) -> None:
    answer = say_to_pocket("chat", model="mario", messages=[QUESTION], options=QUICK, format={"enum": ["yes", "no"]})

    assert answer["message"]["content"].strip('" ') in ("yes", "no")


def test_an_answer_ends_when_its_page_is_gone(pocket_ollama: Ollama) -> None:
    started = VERBS["chat"](Ask(pocket_ollama, "chat", {"model": "mario", "messages": [QUESTION], "options": {"num_predict": 2000}}))

    assert isinstance(started, Started)
    assert not started.stays
    next(event for event in started.run if event.content)
    started.run.cancel()
    assert started.finish(started.run.result(60))["reason"] == "cancelled"


@pytest.mark.parametrize(
    "args",
    [
        {"messages": []}, {"messages": "Hi"}, {"messages": [7]}, {"messages": [{"role": "wizard", "content": "x"}]},
        {"messages": [{"role": "user", "content": ["x"]}]}, {"messages": [{"role": "user", "toolCalls": 7}]},
        {"messages": [{"role": "user", "toolCalls": [{"name": 7}]}]}, {"messages": [QUESTION], "options": [1]},
        {"messages": [QUESTION], "system": 7},
    ],
)  # fmt: skip
def test_what_is_no_conversation_is_refused(say_to_pocket: Say, args: dict[str, object]) -> None:
    with pytest.raises(BadRequest):
        say_to_pocket("chat", model="mario", **args)


def test_unknown_models_and_options_are_errors(say_to_pocket: Say) -> None:
    with pytest.raises(ModelNotFound):
        say_to_pocket("chat", model="nobody", messages=[QUESTION])
    for options in ({"temprature": 1}, {"top_k": "many"}, {"top_p": 7}):
        with pytest.raises(OptionError):
            say_to_pocket("chat", model="mario", messages=[QUESTION], options=options)
    with pytest.raises(OptionError):
        say_to_pocket("chat", model="mario", messages=[QUESTION], think={"a": 1})


def test_every_option_is_told_with_its_range_and_sentence(say: Say) -> None:
    told = {one["name"]: one for one in say("options")}

    assert list(told) == list(OPTIONS)
    assert told["temperature"] == {
        "name": "temperature", "type": "float", "default": 0.8, "minimum": 0, "maximum": 2,
        "text": OPTIONS["temperature"].doc, "group": "sampling",
    }  # fmt: skip
    assert (told["stop"]["type"], told["stop"]["group"]) == ("strings", "length")
    assert (told["num_ctx"]["group"], told["use_mmap"]["type"]) == ("runner", "bool")
    assert all(one["text"].endswith(".") for one in told.values())
