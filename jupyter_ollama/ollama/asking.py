"""The verbs that ask a model."""

from __future__ import annotations

import importlib
from collections.abc import Generator, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from .. import verbs
from ..cancelling import CancelToken
from ..embeddings import Embeddings
from ..events import Done, Event
from ..messages import Message, MessageLike, ToolLike, as_messages, as_tools
from ..prompts import RenderedPrompt
from ..run import Run
from ..scores import Distributions, Scores
from ..verbs.terms import ROUNDS, TIMEOUT_S, Terms
from .held import Held

if TYPE_CHECKING:
    from ..lab.mapping import Answers
    from ..verbs.approval import Approve
    from ..verbs.score import Text


class Asking(Held):
    """Questions to models."""

    def chat(
        self, model: str, messages: MessageLike | Iterable[MessageLike], *,
        tools: ToolLike | Iterable[ToolLike] | None = None, must_call: bool = False, approve: Approve = None, max_rounds: int = ROUNDS,
        tool_timeout: float | None = TIMEOUT_S, think: bool | str | None = None, system: str | None = None,
        truncate: bool = True, shift: bool | None = None, options: dict[str, Any] | None = None, keep_alive: float | None = None,
        snapshot: bool = False, reuse: bool = False,
        format: Any = None, logprobs: bool = False, top_logprobs: int = 0,  # noqa: A002 (Ollama's name)
    ) -> Run[Done]:  # fmt: skip
        """Answer a conversation: a text, a message, or a list of messages. An empty list only loads the model.

        Args:
            tools: functions the model may ask to be called, as ``Tool``, as in Ollama's and OpenAI's API, or Python functions. These are
                called, on a thread of their own, and the model is told what they return until it answers.
            must_call: the model has to ask for exactly one of them: its first answer follows a grammar, thoughts apart. Give one tool
                to have that one called.
            approve: who decides on each call of a Python function: by default whoever waits for the answer is asked with ``input()``; True
                allows all; a function is given the ``ToolCall`` and returns True, False, or a text with the reason why not; with False
                nothing is called, and the calls are in the answer.
            max_rounds: how often the model may ask for calls before its answer is returned as it is.
            tool_timeout: seconds that one call may take; None for no limit.
            think: whether the model shall think before it answers, or how much (``low``, ``medium``, ``high``, ``max``);
                by default it does if it can.
            system: used instead of the model's SYSTEM.
            truncate: leave out the oldest messages when the context is too small for all; without it that is an error.
            shift: False ends the answer when the context is full; else the oldest tokens make room and it goes on.
            options: parameters for this answer, such as ``{"temperature": 0}``.
            keep_alive: seconds the model stays loaded afterwards; 0 unloads at once, negative keeps it for ever.
            snapshot: keep what the model has evaluated of this conversation on the disk: its next turn then begins at once, also when
                the model has been unloaded meanwhile. The model's own SYSTEM and MESSAGEs are kept without being asked, if they are long.
            reuse: give the very answer that was given to this before (same model by its digest, prompt, options and seed) without asking
                the model again. Only where the seed is set or the temperature is 0, and without tools.
            format: what the answer has to be: ``"json"``, a JSON Schema, or a type that has one: a dataclass, ``list[int]``,
                ``Literal["yes", "no"]``, a model of pydantic. Thoughts are free.
            logprobs: whether ``logprobs`` of the result and of its chunks tell how probable each token was.
            top_logprobs: as many of the most probable tokens (at most 20) come along with each.
        """
        conversation, offered = as_messages(messages), as_tools(tools)
        form = verbs.form.form_of(format, logprobs, top_logprobs)
        terms = Terms(approve, max_rounds, tool_timeout)

        def work(cancel: CancelToken) -> Generator[Event, None, Done]:
            def ask(messages: Sequence[Message]) -> Generator[Event, None, Done]:
                return verbs.resolve.while_it_means_the_same(self.store, model, lambda: verbs.chat.chat(
                    self.store, self.engines, self.settings, model, messages,
                    tools=offered, must_call=must_call and len(messages) == len(conversation), think=think, system=system,
                    truncate=truncate, shift=shift, options=options, keep_alive_s=keep_alive, snapshot=snapshot, reuse=reuse,
                    form=form, cancel=cancel,
                ))  # fmt: skip

            return verbs.tool_loop.with_functions(ask, conversation, offered, terms, cancel)

        return self.runs.start(work, verb="chat", model=model)

    def generate(
        self, model: str, prompt: str, *, raw: bool = False, system: str | None = None, template: str | None = None,
        suffix: str | None = None, think: bool | str | None = None, context: Sequence[int] = (), truncate: bool = True,
        shift: bool | None = None, images: Sequence[bytes] = (), options: dict[str, Any] | None = None, keep_alive: float | None = None,
        snapshot: bool = False, format: Any = None, logprobs: bool = False, top_logprobs: int = 0,  # noqa: A002 (Ollama's name)
    ) -> Run[Done]:  # fmt: skip
        """Complete one prompt; ``raw`` hands it to the model without any template. An empty one only loads the model.

        Args:
            system: used instead of the model's SYSTEM.
            template: a Go template used instead of the model's own.
            suffix: what comes after the text that is to be made, for models that fill in.
            images: pictures that belong to the prompt; this version refuses them.
            think, shift, snapshot, format, logprobs, top_logprobs: as for ``chat``.
            context: that of an earlier answer, to go on from there.
            truncate: shorten what does not fit the context; without it that is an error.
        """
        form = verbs.form.form_of(format, logprobs, top_logprobs)

        def work(cancel: CancelToken) -> Generator[Event, None, Done]:
            return verbs.resolve.while_it_means_the_same(self.store, model, lambda: verbs.generate.generate(
                self.store, self.engines, self.settings, model, prompt, raw=raw, system=system, template=template,
                suffix=suffix, think=think, context=context, truncate=truncate, shift=shift, images=images, options=options,
                keep_alive_s=keep_alive, snapshot=snapshot, form=form, cancel=cancel,
            ))  # fmt: skip

        return self.runs.start(work, verb="generate", model=model)

    def map(self, rows: Any, prompt: str, *, model: str, **how: Any) -> Answers:
        """Ask one question (``prompt``) of every one of the ``rows``, many at once:
        ``ollama.map(df["text"], "Classify: {{x}}", model="llama3.2", schema=Label)``.

        It waits for the answers and shows how far it is. The arguments are those of ``lab.map``.
        """
        answers: Answers = importlib.import_module("..lab.mapping", __package__).map_rows(self, rows, prompt, model=model, **how)
        return answers

    def prompt(
        self, model: str, messages: MessageLike | Iterable[MessageLike], *,
        tools: ToolLike | Iterable[ToolLike] | None = None, think: bool | str | None = None, system: str | None = None,
        truncate: bool = True, options: dict[str, Any] | None = None, keep_alive: float | None = None,
    ) -> Run[RenderedPrompt]:  # fmt: skip
        """What the model would be given for a conversation: the text with the origin of each piece, its tokens, what did not fit, what ends
        the answer. Nothing is answered.

        Args:
            messages, tools, think, system, truncate: as for ``chat``.
        """
        asked, offered = as_messages(messages), as_tools(tools)

        def work(cancel: CancelToken) -> Generator[Event, None, RenderedPrompt]:
            return verbs.resolve.while_it_means_the_same(self.store, model, lambda: verbs.see_prompt.see_prompt(
                self.store, self.engines, self.settings, model, asked, tools=offered, think=think, system=system, truncate=truncate,
                options=options, keep_alive_s=keep_alive, cancel=cancel,
            ))  # fmt: skip

        return self.runs.start(work, verb="prompt", model=model)

    def score(
        self, model: str, texts: Text | Iterable[Text], *, after: Text = "", top_logprobs: int = 0,
        options: dict[str, Any] | None = None, keep_alive: float | None = None,
    ) -> Run[Scores]:  # fmt: skip
        """How probable a model holds each token of some texts, given those before it. Several texts are evaluated together.

            >>> ollama.score("pocket", ["Paris.", "London."], after="The capital of France is ").result()

        Args:
            texts: one or several; each is a text or the tokens of one. The first token of a text has nothing before it, unless the
                model begins every text with a token of its own; it is left out then.
            after: what stands before each text, and is not scored.
            top_logprobs: as many of the most probable tokens (at most 20) come along with each.
        """
        read = verbs.score.texts_of(texts)

        def work(cancel: CancelToken) -> Generator[Event, None, Scores]:
            return verbs.resolve.while_it_means_the_same(self.store, model, lambda: verbs.score.score(
                self.store, self.engines, self.settings, model, read,
                after=after, top_logprobs=top_logprobs, options=options, keep_alive_s=keep_alive, cancel=cancel,
            ))  # fmt: skip

        return self.runs.start(work, verb="score", model=model)

    def next_tokens(
        self, model: str, texts: Text | Iterable[Text], *, top: int = 20,
        options: dict[str, Any] | None = None, keep_alive: float | None = None,
    ) -> Run[Distributions]:  # fmt: skip
        """What a model holds for probable after each text: the log-probability of every token of its vocabulary, before any option has an
        effect, and the ``top`` most probable ones with their texts.

        Args:
            texts: one or several; each is a text or the tokens of one. Those that begin alike are evaluated together.
        """
        read = verbs.score.texts_of(texts)

        def work(cancel: CancelToken) -> Generator[Event, None, Distributions]:
            return verbs.resolve.while_it_means_the_same(self.store, model, lambda: verbs.score.next_tokens(
                self.store, self.engines, self.settings, model, read, n_top=top, options=options, keep_alive_s=keep_alive, cancel=cancel
            ))  # fmt: skip

        return self.runs.start(work, verb="next_tokens", model=model)

    def embed(
        self, model: str, input: str | Sequence[str], *, truncate: bool = True, dimensions: int | None = None,  # noqa: A002
        normalize: bool = True, options: dict[str, Any] | None = None, keep_alive: float | None = None,
    ) -> Run[Embeddings]:  # fmt: skip
        """Make a vector of each text. Give many texts at once: they are evaluated together.

        Args:
            input: a text or several; without any, the model is only loaded.
            truncate: cut off the end of a text that is longer than the context; without it that is an error.
            dimensions: keep only the first numbers of each vector, for models that were trained for that.
            normalize: bring every vector to length 1, so that the product of two is their cosine.
            options, keep_alive: as for ``chat``.
        """
        texts = [input] if isinstance(input, str) else list(input)

        def work(cancel: CancelToken) -> Generator[Event, None, Embeddings]:
            return verbs.resolve.while_it_means_the_same(self.store, model, lambda: verbs.embed.embed(
                self.store, self.engines, self.settings, model, texts, truncate=truncate, dimensions=dimensions or 0, normalized=normalize,
                options=options, keep_alive_s=keep_alive, cancel=cancel,
            ))  # fmt: skip

        return self.runs.start(work, verb="embed", model=model)
