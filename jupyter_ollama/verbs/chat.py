"""``chat``: the next turn of a conversation."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace

from ..cancelling import CancelToken
from ..engine.protocol import FREE, Engine, Form
from ..engine.scheduler import Engines
from ..events import Chunk, Done, Event
from ..messages import Message, Tool
from ..schema import as_call
from ..settings import Settings
from ..store import Store, StoredModel
from ..template.conversation import for_chat, without_old_thoughts
from ..template.results import linked
from .answer import answer, request, speech_of, template_of
from .capabilities import check, thinking
from .fixed import with_fixed
from .load import load, unload
from .prompt import Prompt, of_messages
from .replies import Replies, key_of
from .resolve import resolve


def chat(
    store: Store, engines: Engines, settings: Settings, model: str, messages: Sequence[Message], *,
    tools: Sequence[Tool] = (), must_call: bool = False, think: bool | str | None = None, system: str | None = None,
    truncate: bool = True, shift: bool | None = None, snapshot: bool = False, reuse: bool = False,
    form: Form = FREE,
    options: dict[str, object] | None = None, keep_alive_s: float | None = None, cancel: CancelToken,
) -> Generator[Event, None, Done]:  # fmt: skip
    """Answer a conversation; without messages, only load the model. ``system`` takes the place of the model's own SYSTEM.

    Args:
        tools: what the model may ask to be called.
        must_call: it asks for one of them, whatever it would say; ``form`` says nothing about that.
        think: whether or how much the model shall think before it answers; by default it does if it can.
        truncate: leave out the oldest messages if not all fit the context; without it that is an error.
        shift: go on when the context is full, by dropping the oldest tokens; without it the answer ends there.
        snapshot: keep the state of the conversation on the disk.
        reuse: give the answer that was given to exactly this before, where it would come out the same again.
        form: what the tokens of the answer have to follow (thoughts are free), and whether their log-probabilities come along.
    Raises: ModelNotFound, NotSupported, OptionError, TemplateError, EngineError and its kin, Cancelled.
    """
    stored = yield from resolve(store, model, cancel)
    if not messages and keep_alive_s == 0:
        return unload(engines, stored)
    form = replace(form, format=as_call(tools)) if must_call else form
    wanted = request(stored, options, keep_alive_s, settings, shift=shift, snapshot=snapshot, form=form)
    template = template_of(stored, settings)
    how = thinking(stored, template, think, model)
    check(stored, template, "chat", asked=model, tools=tools, messages=messages)
    if not messages:
        return (yield from load(engines, wanted, cancel))
    conversation = conversation_of(stored, messages, system)
    has_own = bool(stored.system or stored.messages or tools) and system is None and messages[0].role != "system"

    replies = Replies(settings.replies) if reuse and settings.replies is not None and not tools else None
    key = key_of(wanted, conversation, think=how, truncate=truncate, system=system) if replies is not None else None
    if replies is not None and key is not None and (known := replies.find(key)) is not None:
        yield Chunk(known.message.content, known.message.thinking)
        return replace(known, model=str(stored.name))

    def make_prompt(engine: Engine) -> Prompt:
        def render(messages: Sequence[Message]) -> str:
            return template.render(messages, tools=tools, think=how, bos_token=engine.info.bos_text, eos_token=engine.info.eos_text)

        prompt = of_messages(engine, conversation, render, wanted.options, truncate=truncate, shift=wanted.shift)
        if not has_own:
            return prompt
        return with_fixed(engine, prompt, messages[0].content, lambda other: render(conversation_of(stored, [other], None)))

    done = yield from answer(engines, wanted, make_prompt, cancel, speech_of(template, tools, how, must_call=must_call))
    done = replace(done, context=())  # a chat goes on with messages
    if replies is not None and key is not None:
        replies.keep(key, done)
    return done


def conversation_of(model: StoredModel, messages: Sequence[Message], system: str | None) -> list[Message]:
    """All that a prompt is made of: the model's own messages, then those of the caller."""
    whole = linked(for_chat(model.system if system is None else system, model.messages, messages))
    drops_thoughts = model.config.model_family.startswith("qwen3") or model.name.model.lower() == "deepseek-r1"
    return without_old_thoughts(whole) if drops_thoughts else whole
