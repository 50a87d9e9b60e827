"""What the loop asks for the next token, and what the model thought of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from ....errors import OllamaError
from ....options import Options
from ...ranked import Row
from ..llama import lib
from ..vocabulary import Vocabulary
from .chain import Chain

if TYPE_CHECKING:
    from .constrained import Constrained

Draw = Callable[[Any, int], int]
"""Context and index in the batch -> token. The token counts as said from then on."""


class Sampler:
    """Draws the tokens of one answer. ``seed`` is the seed in force.

    Args:
        prompt: the tokens before the answer, which penalties count.
        grammar: what the answer has to follow, as GBNF.
        n_top: with each token, as many of the most probable ones are looked up; None: no log-probabilities are wanted.
    Raises: OptionError for options or a grammar that native code would die of.
    """

    def __init__(
        self, options: Options, vocabulary: Vocabulary, n_ctx: int, prompt: Sequence[int], *, grammar: str = "", n_top: int | None = None
    ) -> None:
        self._vocabulary, self._n_top = vocabulary, n_top
        self._chain = Chain(options, vocabulary, n_ctx, prompt)
        self.seed = self._chain.seed
        self.draw: Draw = partial(lib.llama_sampler_sample, self._chain.handle)
        self._constrained = self._constrain(grammar) if grammar else None

    def _constrain(self, grammar: str) -> Constrained:
        from .constrained import Constrained  # numpy is imported for those who need it

        try:
            constrained = Constrained(self._chain.handle, self._vocabulary, grammar, remembers=self._chain.remembers)
        except OllamaError:
            self._chain.close()
            raise
        self.draw = constrained.draw
        return constrained

    def ranked(self, context: Any, index: int, token: int) -> Row | None:
        """The token that was drawn with its log-probability, then the most probable ones with theirs; None if nobody asked."""
        if self._n_top is None:
            return None
        from .logprobs import log_softmax, logits_of, ranked

        return ranked(self._vocabulary, log_softmax(logits_of(context, index, self._vocabulary.size)), token, self._n_top)

    def close(self) -> None:
        """Give the native memory back."""
        self._chain.close()
        if self._constrained is not None:
            self._constrained.close()
