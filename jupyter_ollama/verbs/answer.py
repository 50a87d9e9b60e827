"""From a prompt to an answer: the part that ``chat`` and ``generate`` share."""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ..cancelling import CancelToken
from ..engine.protocol import FREE, NOTHING, Form, GenerationEnd, Keep, ModelFiles
from ..engine.scheduler import Engines
from ..events import Chunk, Done, Event, Progress, Statistics
from ..gguf import read_index, read_shards
from ..messages import Message, Tool
from ..options import Options, check_options, known_options, merge
from ..reply import Speech
from ..scores import Logprobs
from ..settings import Settings
from ..store import StoredModel
from ..template.chat import ChatTemplate, choose
from .prompt import PromptMaker
from .snapshots import rules_of
from .speaking import Speaking


@dataclass(frozen=True, slots=True)
class Request:
    """One answer to be made: with which model, options and patience, whether it goes on when the context is full, whether its state is
    kept on the disk, and what its tokens have to follow. Without ``keeps`` nothing of it is kept, whatever is asked for.

    Units: ``keep_alive_s`` seconds, negative for ever.
    """

    model: StoredModel
    options: Options
    keep_alive_s: float
    shift: bool = True
    snapshot: bool = False
    form: Form = FREE
    keeps: bool = True

    def keep(self, n_fixed: int) -> Keep:
        """What may be kept of a prompt whose first tokens are the model's own."""
        return Keep(n_fixed, self.snapshot) if self.keeps else NOTHING

    @property
    def files(self) -> ModelFiles:
        model = self.model
        drafted = bool(model.drafts) and self.options.get("draft_num_predict") != 0
        return ModelFiles(
            str(model.name), model.digest, model.path, model.adapters, _shards_of(model.model_paths), model.drafts[0] if drafted else None
        )


def request(
    model: StoredModel, options: dict[str, object] | None, keep_alive_s: float | None, settings: Settings, *, shift: bool | None = None,
    snapshot: bool = False, form: Form = FREE,
) -> Request:  # fmt: skip
    """Put together what applies: the model's parameters, over them the request's options.

    The family deepseek2 cannot go on when the context is full, unless it is asked to.

    Raises: OptionError.
    """
    wanted = merge(
        {"num_ctx": settings.num_ctx} if settings.num_ctx else None,
        known_options(model.parameters or {}),
        check_options(options),
    )
    goes_on = model.config.model_family != "deepseek2" if shift is None else shift
    patience_s = settings.keep_alive_s if keep_alive_s is None else keep_alive_s
    return Request(model, wanted, patience_s, goes_on, snapshot, form, rules_of(settings) is not None)


def template_of(model: StoredModel, settings: Settings) -> ChatTemplate:
    """The template that applies to a model: its TEMPLATE or the one inside its GGUF.

    Raises: TemplateError, GGUFError.
    """
    return choose(
        model.template, _jinja_of(model.path), renderer=model.config.renderer or None, parser=model.config.parser or None,
        family=model.config.model_family, prefer_go=settings.go_template,
    )  # fmt: skip


@lru_cache(maxsize=64)
def _jinja_of(path: Path) -> str | None:
    """Blobs never change, so reading each once is enough."""
    return read_index(path).chat_template


@lru_cache(maxsize=64)
def _shards_of(paths: tuple[Path, ...]) -> tuple[Path, ...]:
    """The files of a model that is in several, in order. Ollama stored them so once."""
    return tuple(shard.path for shard in read_shards(*paths)) if len(paths) > 1 else ()


def speech_of(
    template: ChatTemplate, tools: Sequence[Tool] = (), think: bool | str | None = None, *, must_call: bool = False
) -> Speech:
    """What the template in use tells about the answers to a request."""
    return Speech(
        template.text, template.family, template.thinking_tags, template.tool_marker, tuple(tools), think, must_call=must_call
    )


def answer(
    engines: Engines, wanted: Request, make_prompt: PromptMaker, cancel: CancelToken, speech: Speech | None = None
) -> Generator[Event, None, Done]:
    """Run a prompt and stream the answer. A cancelled answer still returns what there is, with done_reason ``cancelled``.

    Args:
        speech: how the model answers; without it all is content.
    Raises: LoadError, ContextFull, EngineCrashed, TemplateError; Cancelled while the model is still loading.
    """
    started, model = time.perf_counter_ns(), wanted.model
    yield Progress("loading", facts={"what": str(model.name)})
    with engines.acquire(wanted.files, wanted.options, keep_alive=wanted.keep_alive_s, cancel=cancel) as engine:
        load_ns, draft_problem = time.perf_counter_ns() - started, engine.info.draft_problem
        prompt = make_prompt(engine)
        speaking = Speaking(engine, prompt, wanted.options, wanted.form, wanted.keep(prompt.fixed), cancel, shift=wanted.shift)
        message, end = yield from _kept(speaking.parts(speech))
    statistics = Statistics(
        total_duration=time.perf_counter_ns() - started,
        load_duration=load_ns,
        prompt_eval_count=end.prompt_eval_count,
        prompt_eval_duration=end.prompt_eval_duration,
        eval_count=end.eval_count,
        eval_duration=end.eval_duration,
        guessed_count=end.guessed_count,
        accepted_count=end.accepted_count,
    )
    return Done(
        message, str(model.name), end.reason, statistics,
        digest=model.digest, seed=end.seed, options=dict(wanted.options),
        prompt=prompt.text, left_out=prompt.left_out, cut_tokens=prompt.cut_tokens, context=(*prompt.tokens, *speaking.answered),
        prompt_tokens=tuple(prompt.tokens), tokens=tuple(speaking.answered), logprobs=Logprobs(speaking.logprobs),
        cached_tokens=end.prompt_cached_count, draft_problem=draft_problem,
    )  # fmt: skip


def _kept(chunks: Generator[Chunk, None, GenerationEnd]) -> Generator[Chunk, None, tuple[Message, GenerationEnd]]:
    """Pass the chunks on. Returns the message that they make."""
    kept: list[Chunk] = []
    try:
        while True:
            kept.append(next(chunks))
            yield kept[-1]
    except StopIteration as finished:
        end: GenerationEnd = finished.value
    finally:
        chunks.close()
    content, thinking = "".join(one.content for one in kept), "".join(one.thinking for one in kept)
    return Message("assistant", content, thinking, tool_calls=tuple(call for one in kept for call in one.tool_calls)), end
