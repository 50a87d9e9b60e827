"""Going on when the context is full: the engine is told how many of the first tokens stay, half of the others make room."""

from __future__ import annotations

from collections.abc import Generator, Sequence

from ..cancelling import CancelToken
from ..engine.protocol import FREE, NOTHING, Engine, Form, GenerationEnd, Keep
from ..events import Token
from ..options import OPTIONS, Options

UNTIL_FULL = -2
"""The num_predict that asks for no shift."""


def n_keep(engine: Engine, options: Options) -> int:
    """How many of the first tokens stay when others make room: num_keep, and the BOS token that the tokenizer adds."""
    wanted = options.get("num_keep", OPTIONS["num_keep"].default)
    assert isinstance(wanted, int)
    return wanted + engine.info.add_bos if wanted >= 0 else wanted


class Shifting:
    """Generates with an engine. ``answered`` is what came, as tokens, up to where the answer was cancelled."""

    def __init__(self, engine: Engine, *, shift: bool = True) -> None:
        self.answered: list[int] = []
        self._engine = engine
        self._shift = shift

    def generate(
        self, tokens: Sequence[int], options: Options, cancel: CancelToken, *, shown: Sequence[str] = (), keep: Keep = NOTHING,
        form: Form = FREE,
    ) -> Generator[Token, None, GenerationEnd]:  # fmt: skip
        """See ``Engine.generate``."""
        shifts = self._shift and options.get("num_predict") != UNTIL_FULL
        head = n_keep(self._engine, options) if shifts else None
        generation = self._engine.generate(tokens, options, cancel, shown=shown, keep=keep, n_keep=head, form=form)
        try:
            while True:
                token = next(generation)
                if not cancel.cancelled:
                    self.answered.append(token.id)
                yield token
        except StopIteration as finished:
            end: GenerationEnd = finished.value
            return end
        finally:
            generation.close()
