"""``generate``: complete one prompt, through the model's template or raw."""

from __future__ import annotations

from collections.abc import Generator, Sequence

from ..engine.protocol import Engine
from ..engine.scheduler import Engines
from ..errors import OllamaError
from ..events import Done, Event
from ..messages import Message
from ..run import CancelToken
from ..settings import Settings
from ..store import Store
from ..template.chat import choose
from ..template.conversation import for_generate
from .answer import answer, request, speech_of, template_of
from .capabilities import check, thinking
from .prompt import Prompt, of_messages, of_text
from .resolve import resolve


def generate(
    store: Store, engines: Engines, settings: Settings, model: str, prompt: str, *,
    raw: bool = False, system: str | None = None, template: str | None = None, suffix: str | None = None,
    think: bool | str | None = None, truncate: bool = True,
    options: dict[str, object] | None = None, keep_alive_s: float | None = None, cancel: CancelToken,
) -> Generator[Event, None, Done]:  # fmt: skip
    """Complete a prompt.

    Args:
        raw: hand the prompt to the model as it is, without any template; thoughts are told apart only if ``think`` asks for them.
        template: a Go template to use instead of the model's own.
        suffix: the text after the gap, for models that fill in.
        think: whether or how much the model shall think before it answers; by default it does if it can.
        truncate: shorten what does not fit the context; without it that is an error.
    Raises: ModelNotFound, NotSupported, OptionError, TemplateError, EngineError and its kin, Cancelled.
    """
    if raw and (system or template or suffix):
        raise OllamaError("raw takes the prompt as it is: it cannot be combined with system, template or suffix.", hint="Leave them out.")
    stored = yield from resolve(store, model, cancel)
    wanted = request(stored, options, keep_alive_s, settings)
    own = choose(None, None) if raw and not think else template_of(stored, settings)
    chosen = choose(template, None, family=stored.config.model_family) if template else own
    check(stored, chosen, "generate", suffix=suffix)
    how = thinking(stored, own, think)
    if raw:
        speech = speech_of(own, think=how) if think else None
        return (
            yield from answer(engines, wanted, lambda engine: of_text(engine, prompt, wanted.options, truncate=truncate), cancel, speech)
        )
    conversation = for_generate(stored.system, stored.messages, prompt, system=system)

    def make_prompt(engine: Engine) -> Prompt:
        def render(messages: Sequence[Message]) -> str:
            info = engine.info
            return chosen.render(messages, think=how, suffix=suffix or None, bos_token=info.bos_text, eos_token=info.eos_text)

        if template or suffix:
            return of_text(engine, render(conversation), wanted.options, truncate=truncate)
        return of_messages(engine, conversation, render, wanted.options, truncate=truncate)

    return (yield from answer(engines, wanted, make_prompt, cancel, None if suffix else speech_of(chosen, think=how)))
