"""Sentences that can be said in another language: they keep their pattern and what fills it, wherever they go."""

from __future__ import annotations

import copy
import io
import pickle

import pytest

from jupyter_ollama.engine.frames import Frame, read_frame, write_frame
from jupyter_ollama.errors import ModelNotFound, OllamaError
from jupyter_ollama.modelfile.survey import Survey
from jupyter_ollama.sentences import Sentence, as_json, from_json, replaced, together
from jupyter_ollama.wire.panel.plain import MAX_DEPTH, said

from .sentences import chinese, collect

EVIL = "100%1 {0} %%\n"


def test_a_sentence_is_a_text_and_knows_its_pattern_and_values() -> None:
    made = Sentence("no model %1 in %2, at 100%%: %1.", repr("x"), 3)

    assert made == "no model 'x' in 3, at 100%: 'x'."
    assert (made.pattern, made.values) == ("no model %1 in %2, at 100%%: %1.", ("'x'", "3"))


def test_what_fills_a_sentence_is_never_read_as_a_pattern() -> None:
    assert Sentence("%1|%2", EVIL, "x") == f"{EVIL}|x"
    assert Sentence.of(EVIL) == EVIL
    assert said(EVIL) == [EVIL.replace("%", "%%")]


def test_a_place_that_nothing_fills_is_a_mistake() -> None:
    with pytest.raises(IndexError):
        Sentence("%1 and %2", "x")


def test_sentences_survive_copies_pickles_and_json() -> None:
    made = together("Try again.", Sentence("%1 is there: %2", EVIL, Sentence("a whole number")))

    for again in (copy.copy(made), pickle.loads(pickle.dumps(made)), from_json(as_json(made))):
        assert (again, as_json(again)) == (made, as_json(made))


def test_an_error_of_a_child_process_can_be_said_in_another_language() -> None:
    stream = io.BytesIO()
    write_frame(stream, Frame.of_error(ModelNotFound(Sentence("no model %1.", "x"), hint="Pull it.", name="x")))
    stream.seek(0)
    frame = read_frame(stream)
    assert frame is not None

    with pytest.raises(ModelNotFound) as caught:
        frame.raise_error()

    assert said(caught.value.message) == ["no model %1.", "x"]
    assert (caught.value.hint, caught.value.name) == ("Pull it.", "x")


def test_a_name_takes_the_place_of_a_path_within_a_sentence() -> None:
    assert said(replaced(Sentence("%1 %2", "/tmp/x/a", Sentence("of %1", "/tmp/x")), "/tmp/x", "hf.co/x")) == ["%1 %2", "hf.co/x/a", ["of %1", "hf.co/x"]]
    assert replaced("in /tmp/x.", "/tmp/x", "y") == "in y."


def test_together_leaves_out_what_is_empty() -> None:
    assert (together("a.", None, "", "b."), together(None, ""), together("a.")) == ("a. b.", "", "a.")


def test_what_is_sent_is_bounded() -> None:
    made = Sentence("%1", "x" * 100_000)
    for _ in range(100):
        made = Sentence("%1", made)

    sent = said(made)
    for depth in range(MAX_DEPTH + 1):
        assert sent[0] == "%1", depth
        sent = sent[1]
    assert isinstance(sent, str)
    assert len(sent) < 5000


def test_marks_of_a_modelfile_are_sentences_without_their_places() -> None:
    marks = [said(mark.text) for mark in Survey("FORM x\nPARAMETER temperature hot\n").marks]

    assert ["%1 %2", ["%1 is not an instruction.", "FORM"], ["Did you mean %1?", "FROM"]] in marks
    assert ["%1 %2", ["%1 needs %2, not %3.", "temperature", ["a number"], "'hot'"], ["0 takes the most probable token, higher is more varied."]] in marks


def test_nothing_is_said_by_an_f_string() -> None:
    assert collect().mistakes == set()


def test_everything_that_the_kernel_says_has_its_chinese_and_no_chinese_is_left_over() -> None:
    said_now, known = collect().patterns, chinese()

    assert {text: place for text, place in said_now.items() if text not in known} == {}
    assert [text for text in known if text not in said_now] == []


def test_an_error_without_places_is_known_by_its_text() -> None:
    assert said(OllamaError("At 5 %.").message) == ["At 5 %%."]
