"""The prompt of a request, made to fit the context of the model that is loaded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..engine.protocol import Engine
from ..messages import Message
from ..options import Options
from ..template.truncation import Fitted, Render, cut, fit
from .shifting import n_keep


@dataclass(frozen=True, slots=True)
class Prompt:
    """What the model is given, and what it is not: ``left_out`` earlier messages, ``cut_tokens`` tokens out of what remained.

    The first ``fixed`` tokens are the model's own, if they are many: other prompts begin with them, too.
    """

    text: str
    tokens: list[int]
    left_out: int = 0
    cut_tokens: int = 0
    fixed: int = 0


PromptMaker = Callable[[Engine], Prompt]


def of_text(engine: Engine, text: str, options: Options, *, truncate: bool = True, shift: bool = True) -> Prompt:
    """A text as it is; if it is too long, its beginning and its end. Without ``truncate`` or ``shift`` the engine refuses it."""
    return _cut(engine, Fitted(text, engine.tokenize(text)), options, cuts=truncate and shift)


def of_messages(
    engine: Engine, messages: Sequence[Message], render: Render, options: Options, *, truncate: bool = True, shift: bool = True
) -> Prompt:
    """A conversation; if it is too long, without its oldest messages, and if that is not enough, without tokens in its middle.

    Without ``truncate`` it stays whole, without ``shift`` what is left of it does; the engine refuses what does not fit.
    """
    if not truncate:
        return of_text(engine, render(messages), options, truncate=False)
    return _cut(engine, fit(messages, render, engine.tokenize, engine.info.n_ctx), options, cuts=shift)


def _cut(engine: Engine, fitted: Fitted, options: Options, *, cuts: bool) -> Prompt:
    if not cuts or len(fitted.tokens) <= engine.info.n_ctx:
        return Prompt(fitted.prompt, fitted.tokens, fitted.left_out)
    tokens = cut(fitted.tokens, engine.info.n_ctx, n_keep(engine, options))
    text = engine.detokenize(tokens).decode("utf-8", "replace")
    return Prompt(text, tokens, fitted.left_out, len(fitted.tokens) - len(tokens))
