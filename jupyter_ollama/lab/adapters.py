"""What an adapter changes: the same prompt with it at several strengths.

Answers alone show little: on their way from the plain answer to the adapted one they change at a few strengths, and by single tokens.
What changes steadily is how probable the model holds either of them, so that is measured at every strength:

    adapted, plain   the probability of a token of the answer at strength 1, and of that at strength 0: the geometric mean over its tokens
    divergence       KL of the prediction from the plain model's, in nats a token: the mean over the places of the adapted answer
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import NotSupported, OptionError
from ..events import Done
from .adapted import Strength, Strengths
from .opened import opened

STRENGTHS = (0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5)
PLAIN, TRAINED = 0.0, 1.0
PLACES = 32
"""At so many places of the adapted answer whole predictions are compared."""


def strengths(
    model: str, prompts: str | Iterable[str], at: Iterable[float] = STRENGTHS, *, ollama: Any = None, options: dict[str, Any] | None = None,
    **how: Any,
) -> Strengths:  # fmt: skip
    """Ask a model that has an adapter with the adapter at several strengths: 0 is the model without it, 1 as it was trained.

        found = lab.strengths("pirate", "Who are you?")
        found.plot(); found.frame()

    Args:
        prompts: one question or several.
        at: the strengths, as the parameter ``adapter_scale`` takes them.
        ollama: whose model it is; by default that of a new ``Ollama``.
        options: ``temperature`` is 0 unless they say otherwise.
        how: further arguments of ``Ollama.chat``.
    Units: probabilities from 0 to 1, divergence in nats a token.
    Raises: OptionError where nothing is asked, NotSupported for a model without an adapter, and what ``chat`` and ``score`` raise.
    """
    asked_prompts = [prompts] if isinstance(prompts, str) else list(prompts)
    wanted = [float(strength) for strength in at]
    if not asked_prompts or not wanted:
        raise OptionError("there is nothing to ask.", hint="Give at least one prompt and one strength.")
    with opened(ollama) as asked:
        _check(asked, model)
        bench = _Bench(asked, model, {"temperature": 0, "seed": 0, **(options or {})}, how)
        rows = [row for prompt in asked_prompts for row in bench.rows(prompt, wanted)]
    return Strengths(rows, f"{model}: its adapter at several strengths")


def _check(ollama: Any, model: str) -> None:
    """Raises: NotSupported if the model is known to have no adapter (an engine elsewhere may not tell)."""
    layers = getattr(ollama.show(model), "layers", ())
    if layers and not any(layer.kind == "adapter" for layer in layers):
        raise NotSupported(f"{model} has no adapter.", hint="Give one with ADAPTER in its Modelfile.", capabilities=())


class _Bench:
    """Asks and measures. ``options`` are those of every question but for the strength."""

    def __init__(self, ollama: Any, model: str, options: dict[str, Any], how: dict[str, Any]) -> None:
        self._ollama, self._model, self._options, self._how = ollama, model, options, how

    def rows(self, prompt: str, at: Sequence[float]) -> list[Strength]:
        answers = {strength: self._answer(prompt, strength) for strength in dict.fromkeys((*at, PLAIN, TRAINED))}
        read, plain, adapted = list(answers[PLAIN].prompt_tokens), answers[PLAIN].tokens, answers[TRAINED].tokens
        expected = self._predictions(read, adapted, PLAIN)
        return [self._row(prompt, strength, answers[strength], read, (adapted, plain), expected) for strength in at]

    def _row(
        self, prompt: str, strength: float, done: Done, read: list[int], answers: Sequence[Sequence[int]], expected: NDArray[np.float64]
    ) -> Strength:
        adapted, plain = self._probabilities(read, answers, strength)
        divergence = _divergence(self._predictions(read, answers[0], strength), expected)
        return Strength(
            prompt, strength, done.message.content, done.statistics.eval_count, done.logprobs.total, adapted, plain, divergence,
        )  # fmt: skip

    def _answer(self, prompt: str, strength: float) -> Done:
        done: Done = self._ollama.chat(self._model, prompt, options=self._at(strength), logprobs=True, **self._how).result()
        return done

    def _probabilities(self, read: list[int], answers: Sequence[Sequence[int]], strength: float) -> list[float | None]:
        """Of a token of each answer, on average (geometric mean); None for an answer without one."""
        known = [list(answer) for answer in answers if answer]
        scored = iter(self._ollama.score(self._model, known, after=read, options=self._at(strength)).result() if known else ())
        return [math.exp(one.total / len(one)) if answer and (one := next(scored)) else None for answer in answers]

    def _predictions(self, read: list[int], answer: Sequence[int], strength: float) -> NDArray[np.float64]:
        """Log-probabilities of the whole vocabulary at the first places of an answer.

        Shapes: (n_places, n_vocab); at least one place.
        """
        texts = [[*read, *answer[:end]] for end in range(min(max(len(answer), 1), PLACES))]
        found = self._ollama.next_tokens(self._model, texts, top=1, options=self._at(strength)).result()
        return np.asarray([np.asarray(one.logprobs) for one in found], np.float64)

    def _at(self, strength: float) -> dict[str, Any]:
        return {**self._options, "adapter_scale": strength}


def _divergence(seen: NDArray[np.float64], expected: NDArray[np.float64]) -> float:
    with np.errstate(invalid="ignore"):
        terms = np.where(np.isneginf(seen), 0.0, np.exp(seen) * (seen - expected))
    return max(0.0, round(float(terms.sum(axis=1).mean()), 6))  # of the same predictions, rounding leaves next to nothing
