"""``generate``: complete one prompt, through the model's template or raw."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace

from ..cancelling import CancelToken
from ..engine.protocol import FREE, Engine, Form
from ..engine.scheduler import Engines
from ..errors import OptionError
from ..events import Done, Event
from ..messages import Message
from ..settings import Settings
from ..store import Store
from ..template.chat import choose
from ..template.conversation import for_generate
from .answer import answer, request, speech_of, template_of
from .capabilities import check, thinking
from .fixed import with_fixed
from .load import load, unload
from .prompt import Prompt, of_messages, of_text
from .resolve import resolve


def generate(
    store: Store, engines: Engines, settings: Settings, model: str, prompt: str, *,
    raw: bool = False, system: str | None = None, template: str | None = None, suffix: str | None = None, images: Sequence[bytes] = (),
    think: bool | str | None = None, context: Sequence[int] = (), truncate: bool = True, shift: bool | None = None,
    snapshot: bool = False, form: Form = FREE,
    options: dict[str, object] | None = None, keep_alive_s: float | None = None, cancel: CancelToken,
) -> Generator[Event, None, Done]:  # fmt: skip
    """Complete a prompt; without one, only load the model (a raw one may be empty).

    Args:
        raw: hand the prompt to the model as it is, without any template; thoughts are told apart only if ``think`` asks for them.
        template: a Go template to use instead of the model's own.
        suffix: the text after the gap, for models that fill in.
        images: pictures that belong to the prompt, for models that see.
        think: whether or how much the model shall think before it answers; by default it does if it can.
        context: of an earlier answer, to go on from there; the model's own messages are not repeated then.
        truncate: shorten what does not fit the context; without it that is an error.
        shift: go on when the context is full, by dropping the oldest tokens; without it the answer ends there.
        snapshot: keep the state of prompt and answer on the disk.
        form: as for ``chat``.
    Raises: ModelNotFound, NotSupported, OptionError, TemplateError, EngineError and its kin, Cancelled.
    """
    stored = yield from resolve(store, model, cancel)
    if not (prompt or raw) and keep_alive_s == 0:
        return unload(engines, stored)
    if raw and (system or template or suffix or context):
        raise OptionError(
            "raw takes the prompt as it is: it cannot be combined with system, template, suffix or context.", hint="Leave them out.",
            option="raw", value=True, text="raw mode does not support template, system, or context",
        )  # fmt: skip
    wanted = request(stored, options, keep_alive_s, settings, shift=shift, snapshot=snapshot, form=form)
    own = choose(None, None) if raw and not think else template_of(stored, settings)
    chosen = choose(template, None, family=stored.config.model_family) if template else own
    how = thinking(stored, own, think, model)
    check(stored, chosen, "generate", asked=model, suffix=suffix, messages=[Message("user", prompt, images=tuple(images))])
    if not prompt and not raw:
        return (yield from load(engines, wanted, cancel))
    conversation = for_generate(stored.system, stored.messages, prompt, system=system, continued=bool(context))

    def make_prompt(engine: Engine) -> Prompt:
        if raw:
            return of_text(engine, prompt, wanted.options, truncate=truncate, shift=wanted.shift)
        earlier, info = engine.detokenize(context).decode("utf-8", "replace") if context else "", engine.info

        def render(messages: Sequence[Message]) -> str:
            made = chosen.render(messages, think=how, suffix=suffix or None, bos_token=info.bos_text, eos_token=info.eos_text)
            return earlier + made

        if template or suffix:
            return of_text(engine, render(conversation), wanted.options, truncate=truncate, shift=wanted.shift)
        fitted = of_messages(engine, conversation, render, wanted.options, truncate=truncate, shift=wanted.shift)
        if system or context or not (stored.system or stored.messages):
            return fitted
        return with_fixed(
            engine, fitted, prompt, lambda other: render(for_generate(stored.system, stored.messages, other.content))
        )

    unread = suffix or (raw and not think)
    done = yield from answer(engines, wanted, make_prompt, cancel, None if unread else speech_of(chosen, think=how))
    return replace(done, context=()) if raw else done
