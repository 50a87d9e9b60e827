"""``generate``: complete one prompt, through the model's template or raw."""

from __future__ import annotations

from collections.abc import Generator

from ..engine.protocol import EngineInfo
from ..engine.scheduler import Engines
from ..errors import OllamaError
from ..events import Done, Event
from ..run import CancelToken
from ..settings import Settings
from ..store import Store, StoredModel
from ..template.chat import ChatTemplate, choose
from ..template.conversation import for_generate
from .answer import answer, request, template_of
from .resolve import resolve


def generate(
    store: Store, engines: Engines, settings: Settings, model: str, prompt: str, *,
    raw: bool = False, system: str | None = None, template: str | None = None, suffix: str | None = None,
    options: dict[str, object] | None = None, keep_alive_s: float | None = None, cancel: CancelToken,
) -> Generator[Event, None, Done]:  # fmt: skip
    """Complete a prompt.

    Args:
        raw: hand the prompt to the model as it is, without any template.
        template: a Go template to use instead of the model's own.
        suffix: the text after the gap, for models that fill in.
    Raises: ModelNotFound, OptionError, TemplateError, EngineError and its kin, Cancelled.
    """
    if raw and (system or template or suffix):
        raise OllamaError("raw takes the prompt as it is: it cannot be combined with system, template or suffix.", hint="Leave them out.")
    stored = yield from resolve(store, model, cancel)
    wanted = request(stored, options, keep_alive_s, settings)
    if raw:
        return (yield from answer(engines, wanted, lambda info: prompt, cancel))
    chosen = choose(template, None) if template else template_of(stored, settings)
    if suffix and "insert" not in chosen.capabilities:
        raise OllamaError(f"{stored.name} does not support insert.", hint="Use a model whose template has .Suffix.", name=str(stored.name))

    def make(info: EngineInfo) -> str:
        return _render(chosen, stored, prompt, system, suffix, info)

    return (yield from answer(engines, wanted, make, cancel))


def _render(
    template: ChatTemplate, model: StoredModel, prompt: str, system: str | None, suffix: str | None, info: EngineInfo
) -> str:
    messages = for_generate(model.system, model.messages, prompt, system=system)
    return template.render(messages, suffix=suffix or None, bos_token=info.bos_text, eos_token=info.eos_text)
