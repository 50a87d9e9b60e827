"""Going on when the context is full: the first tokens stay, half of the others make room.

Ollama shifts the memory of its engine; here the shortened text is evaluated again, which any engine can.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace

from ..engine.protocol import NOTHING, Engine, GenerationEnd, Keep
from ..events import Token
from ..options import OPTIONS, Options
from ..run import CancelToken
from ..template.truncation import cut

MAX_ANSWER_CONTEXTS = 10
"""An answer without a limit of its own ends after as many contexts."""

UNTIL_FULL = -2
"""The num_predict that asks for no shift."""


def n_keep(engine: Engine, options: Options) -> int:
    """How many of the first tokens stay when others make room: num_keep, and the BOS token that the tokenizer adds."""
    wanted = options.get("num_keep", OPTIONS["num_keep"].default)
    assert isinstance(wanted, int)
    return wanted + engine.info.add_bos if wanted >= 0 else wanted


class Shifting:
    """Generates with an engine as often as it takes. ``answered`` is what came, as tokens, up to where the answer was cancelled."""

    def __init__(self, engine: Engine, *, shift: bool = True) -> None:
        self.answered: list[int] = []
        self._engine = engine
        self._shift = shift

    def generate(
        self, tokens: Sequence[int], options: Options, cancel: CancelToken, *, shown: Sequence[str] = (), keep: Keep = NOTHING
    ) -> Generator[Token, None, GenerationEnd]:
        """See ``Engine.generate``. The numbers are those of the whole answer."""
        n_ctx, limit = self._engine.info.n_ctx, _limit(options, self._engine.info.n_ctx)
        shifts = self._shift and options.get("num_predict") != UNTIL_FULL
        held, total = list(tokens), GenerationEnd("", prompt_eval_count=len(tokens))
        while True:
            wanted: Options = options if not total.reason else {**options, "num_predict": limit - len(self.answered), "seed": total.seed}
            before = len(held)
            end = yield from self._one(held, wanted, cancel, shown, keep)
            total = _sum(total, end) if total.reason else end
            full = end.reason == "length" and len(held) > n_ctx
            if not (full and shifts and len(held) > before and len(self.answered) < limit):
                return total
            held = cut(held, n_ctx, n_keep(self._engine, options))

    def _one(
        self, held: list[int], options: Options, cancel: CancelToken, shown: Sequence[str], keep: Keep
    ) -> Generator[Token, None, GenerationEnd]:
        """One generation. What comes is added to ``held``."""
        generation = self._engine.generate(list(held), options, cancel, shown=shown, keep=keep)
        try:
            while True:
                token = next(generation)
                if not cancel.cancelled:
                    held.append(token.id)
                    self.answered.append(token.id)
                yield token
        except StopIteration as finished:
            end: GenerationEnd = finished.value
            return end
        finally:
            generation.close()


def _limit(options: Options, n_ctx: int) -> int:
    wanted = options.get("num_predict", -1)
    assert isinstance(wanted, int)
    most = MAX_ANSWER_CONTEXTS * n_ctx
    return most if wanted < 0 else min(wanted, most)


def _sum(first: GenerationEnd, then: GenerationEnd) -> GenerationEnd:
    """Two parts of one answer: evaluating the text again is part of what the answer took."""
    return replace(
        first, reason=then.reason, eval_count=first.eval_count + then.eval_count,
        eval_duration=first.eval_duration + then.prompt_eval_duration + then.eval_duration,
    )  # fmt: skip
