"""``prompt``: what a model would be given for a conversation, without an answer."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from functools import partial

from ..cancelling import CancelToken
from ..engine.protocol import Engine
from ..engine.scheduler import Engines
from ..events import Event, Progress
from ..messages import Message, Tool
from ..prompts import PromptPart, PromptToken, RenderedPrompt
from ..settings import Settings
from ..store import Store, StoredModel
from ..template.chat import ChatTemplate
from ..template.pieces import go_pieces, jinja_pieces
from ..template.tracing import trace
from ..template.truncation import beginnings
from .answer import request, template_of
from .capabilities import check, thinking
from .chat import conversation_of
from .prompt import of_messages
from .resolve import resolve

_MOST_ENDS = 16


def see_prompt(
    store: Store, engines: Engines, settings: Settings, model: str, messages: Sequence[Message], *,
    tools: Sequence[Tool] = (), think: bool | str | None = None, system: str | None = None, truncate: bool = True,
    options: dict[str, object] | None = None, keep_alive_s: float | None = None, cancel: CancelToken,
) -> Generator[Event, None, RenderedPrompt]:  # fmt: skip
    """Make the prompt that ``chat`` would make, and say where each piece comes from. The arguments are those of ``chat``.

    Raises: ModelNotFound, NotSupported, OptionError, TemplateError, EngineError and its kin, Cancelled.
    """
    stored = yield from resolve(store, model, cancel)
    wanted = request(stored, options, keep_alive_s, settings)
    template = template_of(stored, settings)
    how = thinking(stored, template, think, model)
    check(stored, template, "chat", asked=model, tools=tools, messages=messages)
    whole = conversation_of(stored, messages, system)
    yield Progress("loading", facts={"what": str(stored.name)})
    with engines.acquire(wanted.files, wanted.options, keep_alive=wanted.keep_alive_s, cancel=cancel) as engine:

        def render(template: ChatTemplate, messages: Sequence[Message], tools: Sequence[Tool] = tools) -> str:
            return template.render(messages, tools=tools, think=how, bos_token=engine.info.bos_text, eos_token=engine.info.eos_text)

        prompt = of_messages(engine, whole, partial(render, template), wanted.options, truncate=truncate, shift=wanted.shift)
        kept = beginnings(whole)(prompt.left_out)
        origins = _origins(whole, len(messages), kept, stored)
        traced = trace(render(template, kept), kept, origins, template, render, partial(render, tools=()) if tools else None)
        tokens = _tokens(engine, prompt.tokens, traced.parts)
        ends = tuple(engine.detokenize([token]).decode("utf-8", "replace") for token in engine.info.eos_ids[:_MOST_ENDS])
    stops = wanted.options.get("stop", [])
    return RenderedPrompt(
        str(stored.name), template.kind, template.text, traced.parts, tokens,
        tuple(one for one in whole if not any(one is other for other in kept)), prompt.cut_tokens,
        tuple(stops) if isinstance(stops, list) else (), engine.info.n_ctx, traced.sure, ends,
        go_pieces(template.text) if template.kind == "go" else jinja_pieces(template.text), traced.places,
    )  # fmt: skip


def _origins(whole: Sequence[Message], n_asked: int, kept: Sequence[Message], stored: StoredModel) -> list[str]:
    """Of each message that is kept: the model's own come first, then those of the caller, of which the last is the turn."""
    first_asked = len(whole) - n_asked
    names = {}
    for number, message in enumerate(whole):
        if number == len(whole) - 1:
            origin = "turn"
        elif message.role == "system":
            origin = "system"
        else:
            origin = "history" if number >= first_asked else "message"
        names[id(message)] = origin
    return [names[id(message)] for message in kept]


def _tokens(engine: Engine, ids: Sequence[int], parts: Sequence[PromptPart]) -> tuple[PromptToken, ...]:
    """Each token with its bytes and the part that it begins in, as far as the bytes are those of the prompt."""
    names = {token: engine.detokenize([token]) for token in set(ids)}
    starts, place = [], 0
    for part in parts:
        starts.append(place)
        place += len(part.text.encode("utf-8", "replace"))
    text = "".join(part.text for part in parts).encode("utf-8", "replace")
    tokens, at, number, known = [], 0, 0, True
    for token in ids:
        piece = names[token]
        known = known and (text.startswith(piece, at) or at == 0)
        while known and number + 1 < len(starts) and starts[number + 1] <= at:
            number += 1
        tokens.append(PromptToken(token, piece, number if known else None))
        at += len(piece) if text.startswith(piece, at) else 0  # a BOS that the text does not have, a blank that the tokenizer adds
    return tuple(tokens)
