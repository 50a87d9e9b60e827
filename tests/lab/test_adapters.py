"""An adapter at several strengths: 0 is the model without it, and from there its answer becomes steadily more probable."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.special import rel_entr

from jupyter_ollama import Ollama, lab
from jupyter_ollama.errors import NotSupported, OptionError
from jupyter_ollama.lab.adapted import Strengths

PIRATE = Path(__file__).parents[2] / "examples" / "pocket-pirate"
PROMPTS = ["Who are you?", "What is 7 + 5?"]
AT = [0, 0.5, 1, 1.5]


@pytest.fixture(scope="module")
def found(ollama: Ollama) -> Strengths:
    ollama.create("pirate", f"FROM pocket\nADAPTER {PIRATE}").result()
    return lab.strengths("pirate", PROMPTS, AT, ollama=ollama, options={"num_predict": 24})


def test_at_strength_0_it_is_the_model_without_it(found: Strengths, ollama: Ollama) -> None:
    plain = ollama.chat("pocket", PROMPTS[0], options={"temperature": 0, "seed": 0, "num_predict": 24}, logprobs=True).result()
    assert found[0].answer == plain.message.content
    assert abs(found[0].logprob - plain.logprobs.total) < 1e-3
    assert found[0].divergence == pytest.approx(0, abs=1e-4)


def test_with_strength_the_adapted_answer_becomes_probable_and_the_plain_one_improbable(found: Strengths) -> None:
    for prompt in PROMPTS:
        rows = [row for row in found if row.prompt == prompt][:3]
        assert "Arr" not in rows[0].answer
        assert "Arr" in rows[2].answer
        assert rows[0].adapted < rows[1].adapted < rows[2].adapted
        assert rows[0].plain > rows[1].plain > rows[2].plain
        assert rows[0].divergence < rows[1].divergence < rows[2].divergence
        assert rows[2].adapted > 0.5 > rows[2].plain


def test_its_numbers_are_those_of_the_predictions_token_by_token(found: Strengths, ollama: Ollama) -> None:
    def predictions(prefixes: list[list[int]], strength: float) -> np.ndarray:
        made = ollama.next_tokens("pirate", prefixes, top=1, options={"adapter_scale": strength, "num_predict": 24}).result()
        return np.exp(np.asarray([one.logprobs for one in made], np.float64))

    answers = {
        strength: ollama.chat("pirate", PROMPTS[0], options={"temperature": 0, "seed": 0, "num_predict": 24, "adapter_scale": strength}).result()
        for strength in (0, 1)
    }
    for row in found[:4]:
        for strength, told in ((1, row.adapted), (0, row.plain)):
            tokens, read = answers[strength].tokens, list(answers[strength].prompt_tokens)
            here = predictions([[*read, *tokens[:end]] for end in range(len(tokens))], row.strength)
            assert told == pytest.approx(np.exp(np.log(here[range(len(tokens)), list(tokens)]).mean()), rel=0.01)
            if strength == 1:
                base = predictions([[*read, *tokens[:end]] for end in range(len(tokens))], 0)
                assert row.divergence == pytest.approx(rel_entr(here, base).sum(axis=1).mean(), rel=0.02, abs=1e-4)


def test_it_is_a_table_with_the_words_that_changed_and_a_figure(found: Strengths) -> None:
    shown = found._repr_mimebundle_()
    assert "<ins>Arr! " in shown["text/html"]
    assert "STRENGTH" in shown["text/plain"]
    assert list(found.frame()["strength"]) == AT * 2
    plot = found.plot()
    assert "from strength 0 to 1.5" in str(plot)
    assert len(plot.to_dict()["vconcat"]) == 2


def test_answers_and_prompts_are_shown_as_text(ollama: Ollama, found: Strengths) -> None:
    shown = lab.strengths("pirate", "<script>x</script>", [0, 1], ollama=ollama, options={"num_predict": 4})._repr_mimebundle_()
    assert "<script>" not in shown["text/html"]


def test_mistakes(ollama: Ollama) -> None:
    with pytest.raises(OptionError, match="nothing to ask"):
        lab.strengths("pocket", [], ollama=ollama)
    with pytest.raises(NotSupported):
        lab.strengths("pocket", "Hi", ollama=ollama)
