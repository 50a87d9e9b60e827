"""``Ollama``: one object that owns a model store and the engines, with one short method for each verb."""

from __future__ import annotations

import importlib
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from .cards import Card, ShownAs
from .editing import Checked, Completions
from .embeddings import Embeddings
from .engine.scheduler import Engines
from .engine.setup import Setup
from .errors import SourceError
from .events import Done, Event
from .files import Folder
from .gguf import Metadata, Tensors
from .messages import Message, MessageLike, ToolLike, as_messages, as_tools
from .modelfile import Modelfile
from .models import (
    Content,
    Deleted,
    DiskUse,
    ImatrixMade,
    LoadedList,
    ModelInfo,
    ModelList,
    ModelSummary,
    Pruned,
    Pushed,
    Removal,
    Saved,
    UserKey,
    Verification,
)
from .names import Digest, ModelName
from .needs import MemoryNeeds
from .prompts import RenderedPrompt
from .registry import HubAccess, Limits, Proxies, Registry
from .run import CancelToken, Run, Work
from .runs import Runs
from .scores import Distributions, Scores
from .settings import Settings
from .sources import listing
from .store import Store
from .suggestions import Suggestions
from .uploads import Uploads
from .verbs.approval import Approve
from .verbs.chat import chat
from .verbs.check import check
from .verbs.complete import complete
from .verbs.copy import copy
from .verbs.create import create
from .verbs.delete import delete, removal
from .verbs.du import du
from .verbs.embed import embed
from .verbs.form import form_of
from .verbs.generate import generate
from .verbs.imatrix import imatrix
from .verbs.layers import content, header, numbers_of
from .verbs.list import list_models
from .verbs.load_saved import load_saved
from .verbs.needs import CONTEXTS, TYPES, needs
from .verbs.places import OwnFiles, here, uploaded
from .verbs.prune import prune
from .verbs.ps import ps, stop
from .verbs.pull import pull
from .verbs.push import push
from .verbs.recipe import of_model, of_path
from .verbs.resolve import exists, while_it_means_the_same
from .verbs.save import save
from .verbs.score import Text, next_tokens, score, texts_of
from .verbs.see_prompt import see_prompt
from .verbs.show import show
from .verbs.snapshots import rules_of
from .verbs.suggest import suggestions
from .verbs.tool_loop import ROUNDS, TIMEOUT_S, Terms, with_functions
from .verbs.upload import Upload, has_blob
from .verbs.verify import verify

if TYPE_CHECKING:
    from .gguf.numbers import Numbers
    from .lab.mapping import Answers
    from .server import Server

T = TypeVar("T")


class Ollama(ShownAs):
    """A model store with engines to run what is in it. Safe to use from several threads.

    Long verbs return a ``Run``: iterate it to watch, or ask for its ``result()``. Quick verbs return plain values. ``runs`` knows what goes
    on, whoever started it.

        ollama = Ollama()
        for event in ollama.create("mario", "FROM pocket\\nSYSTEM You are Mario."):
            print(event.status)
        print(ollama.chat("mario", "Who are you?").result())

    Args:
        models: the store's folder; without it ``OLLAMA_MODELS``, else ``~/.ollama/models``, which Ollama itself uses too.
        host: the address of an engine elsewhere, which does the work: an Ollama or another notebook (``http://gpu-box:11434``), or what
            speaks OpenAI's API (``http://gpu-box:8000/v1``). It has the same methods; what the host lacks raises ``Unsupported``.
        token: what that host wants as a bearer token.
        settings: all settings at once, instead of the environment.
    """

    def __new__(
        cls, models: str | Path | None = None, *, host: str | None = None, token: str = "", settings: Settings | None = None
    ) -> Any:
        if host is None:
            return super().__new__(cls)
        return importlib.import_module(".remote", __package__).connect(host, settings or Settings.from_environment(), token)

    def __init__(
        self, models: str | Path | None = None, *, host: str | None = None, token: str = "", settings: Settings | None = None
    ) -> None:
        self.settings = settings or Settings.from_environment()
        if models is not None:
            self.settings = replace(self.settings, models=Path(models).expanduser())
        self.store = Store(self.settings.models, self.settings.service_models, keep_unused=self.settings.keep_unused)
        self.registry = _registry(self.settings)
        self.server: Server | None = None
        self.runs = Runs()
        self.engines = Engines(_setup(self.settings))

    def __repr__(self) -> str:
        return f"Ollama({str(self.settings.models)!r})"

    def _card(self) -> Card:
        loaded = ", ".join(one.name for one in self.ps())
        return Card("Ollama", rows={**self.store.facts(), "in memory": loaded or "no model"})

    def __enter__(self) -> Ollama:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """End the server, and let go of the models in memory: those that kernels share stay for as long as they are to be kept, others are
        unloaded.
        """
        self.stop_serving()
        self.engines.close()
        self.runs.close()

    def create(
        self, name: str, modelfile: Modelfile | str, *, quantize: str | None = None, tensor_types: Mapping[str, str] | None = None,
        imatrix: str | Path | None = None, requantize: bool = False, base_dir: str | Path | None = None,
        info: Mapping[str, Any] | None = None, remote_host: str | None = None, draft_quantize: str | None = None,
        uploads: Uploads | None = None,
    ) -> Run[ModelSummary]:  # fmt: skip
        """Make a model from a Modelfile (or its text). A model that FROM or DRAFT names is pulled if it is not there.

        Args:
            quantize: target type such as ``q4_K_M``.
            tensor_types: other types for some tensors, by regular expressions that are looked for in their names; the first that is found
                counts: ``{"attn_v": "q8_0"}``.
            imatrix: an importance matrix, in a file of llama.cpp's or made by ``imatrix``.
            requantize: quantize again what is quantized already, and accept the loss.
            base_dir: where relative paths start; the working directory by default.
            info: what the model's config is to say: ``capabilities`` (added), ``model_family``, ``base_name``, ``quantization_level``,
                ``parameter_size``, ``context_length``, ``embedding_length``.
            remote_host: the Ollama server that has the model which FROM names; only that is written down, nothing is fetched.
            draft_quantize: target type of the model that DRAFT names.
            uploads: for a Modelfile of somebody else: no path of this machine is opened, only what was uploaded to the store.
        Raises: ModelfileError for a text that does not parse; the Run raises what goes wrong later.
        """
        parsed = Modelfile.parse(modelfile) if isinstance(modelfile, str) else modelfile
        base = Path(base_dir) if base_dir is not None else Path.cwd()

        def work(cancel: CancelToken) -> Generator[Event, None, ModelSummary]:
            with nullcontext(OwnFiles(base)) if uploads is None else uploaded(self.store, uploads, name) as places:
                return (yield from create(
                    self.store, name, parsed, quantize=quantize, tensor_types=tensor_types, imatrix=imatrix, requantize=requantize,
                    places=places, info=info, remote_host=remote_host, draft_quantize=draft_quantize, registry=self.registry, cancel=cancel,
                ))  # fmt: skip

        return self.runs.start(work, verb="create", model=name)

    def create_from_file(
        self, name: str, path: str | Path = "Modelfile", *, quantize: str | None = None, tensor_types: Mapping[str, str] | None = None,
        imatrix: str | Path | None = None, requantize: bool = False, draft_quantize: str | None = None,
    ) -> Run[ModelSummary]:  # fmt: skip
        """Make a model from a Modelfile on the disk; relative paths in it start at its folder. The rest is as for ``create``.

        Raises: SourceError when the file cannot be read, ModelfileError.
        """
        file = Path(path).expanduser()
        try:
            content = file.read_bytes()
        except OSError as error:
            raise SourceError(f"no Modelfile at {file}: {error.strerror}.", hint="Check the path given with -f.", path=file) from error
        return self.create(
            name, Modelfile.parse(content, path=file), quantize=quantize, tensor_types=tensor_types, imatrix=imatrix, requantize=requantize,
            draft_quantize=draft_quantize, base_dir=file.absolute().parent,
        )  # fmt: skip

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
        form = form_of(format, logprobs, top_logprobs)
        terms = Terms(approve, max_rounds, tool_timeout)

        def work(cancel: CancelToken) -> Generator[Event, None, Done]:
            def ask(messages: Sequence[Message]) -> Generator[Event, None, Done]:
                return while_it_means_the_same(self.store, model, lambda: chat(
                    self.store, self.engines, self.settings, model, messages,
                    tools=offered, must_call=must_call and len(messages) == len(conversation), think=think, system=system,
                    truncate=truncate, shift=shift, options=options, keep_alive_s=keep_alive, snapshot=snapshot, reuse=reuse,
                    form=form, cancel=cancel,
                ))  # fmt: skip

            return with_functions(ask, conversation, offered, terms, cancel)

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
        form = form_of(format, logprobs, top_logprobs)

        def work(cancel: CancelToken) -> Generator[Event, None, Done]:
            return while_it_means_the_same(self.store, model, lambda: generate(
                self.store, self.engines, self.settings, model, prompt, raw=raw, system=system, template=template,
                suffix=suffix, think=think, context=context, truncate=truncate, shift=shift, images=images, options=options,
                keep_alive_s=keep_alive, snapshot=snapshot, form=form, cancel=cancel,
            ))  # fmt: skip

        return self.runs.start(work, verb="generate", model=model)

    def map(self, rows: Any, prompt: str, *, model: str, **how: Any) -> Answers:
        """Ask one question of every row, many at once: ``ollama.map(df["text"], "Classify: {{x}}", model="llama3.2", schema=Label)``.

        It waits for the answers and shows how far it is. The arguments are those of ``lab.map``.
        """
        answers: Answers = importlib.import_module(".lab.mapping", __package__).map_rows(self, rows, prompt, model=model, **how)
        return answers

    def prompt(
        self, model: str, messages: MessageLike | Iterable[MessageLike], *,
        tools: ToolLike | Iterable[ToolLike] | None = None, think: bool | str | None = None, system: str | None = None,
        truncate: bool = True, options: dict[str, Any] | None = None, keep_alive: float | None = None,
    ) -> Run[RenderedPrompt]:  # fmt: skip
        """What the model would be given for a conversation: the text with the origin of each piece, its tokens, what did not fit, what ends
        the answer. The arguments are those of ``chat``; nothing is answered.
        """
        asked, offered = as_messages(messages), as_tools(tools)

        def work(cancel: CancelToken) -> Generator[Event, None, RenderedPrompt]:
            return while_it_means_the_same(self.store, model, lambda: see_prompt(
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
        read = texts_of(texts)

        def work(cancel: CancelToken) -> Generator[Event, None, Scores]:
            return while_it_means_the_same(self.store, model, lambda: score(
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
        """
        read = texts_of(texts)

        def work(cancel: CancelToken) -> Generator[Event, None, Distributions]:
            return while_it_means_the_same(self.store, model, lambda: next_tokens(
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
            return while_it_means_the_same(self.store, model, lambda: embed(
                self.store, self.engines, self.settings, model, texts, truncate=truncate, dimensions=dimensions or 0, normalized=normalize,
                options=options, keep_alive_s=keep_alive, cancel=cancel,
            ))  # fmt: skip

        return self.runs.start(work, verb="embed", model=model)

    def imatrix(self, model: str, text: str | Path, path: str | Path) -> Run[ImatrixMade]:
        """Make an importance matrix, which lets ``create(..., imatrix=path)`` lose less: the model reads a text, and for every column of
        its matrices the mean square of what came in is written down.

        Args:
            model: best one that is not quantized.
            text: what it is to read, 512 tokens or more, as a text or as the ``Path`` of a file; a few hundred kilobytes are enough.
            path: the GGUF file to write, in llama.cpp's format.
        """

        def work(cancel: CancelToken) -> Generator[Event, None, ImatrixMade]:
            return imatrix(self.store, model, text, Path(path).expanduser(), cancel=cancel)

        return self.runs.start(work, verb="imatrix", model=model)

    def save(self, models: str | Sequence[str], path: str | Path) -> Run[Saved]:
        """Write models into one file, which ``load`` reads: for machines without a network, or a class.

        Args:
            models: a name, or several; what they share is in the file once.
            path: the file, an OCI image layout in a tar; one that is there is replaced.
        """
        names = [models] if isinstance(models, str) else list(models)

        def work(cancel: CancelToken) -> Generator[Event, None, Saved]:
            return save(self.store, names, Path(path).expanduser(), cancel=cancel)

        return self.runs.start(work, verb="save", model=", ".join(names))

    def load(self, path: str | Path, name: str | None = None) -> Run[ModelList]:
        """Take the models out of a file that ``save`` made. Every layer is verified; what the store has already is not read again.

        Args:
            name: another name for the model, when there is one in the file.
        """

        def work(cancel: CancelToken) -> Generator[Event, None, ModelList]:
            return load_saved(self.store, Path(path).expanduser(), name, cancel=cancel)

        return self.runs.start(work, verb="load", model=name or "")

    def pull(self, name: str, *, insecure: bool = False) -> Run[ModelSummary]:
        """Bring a model from a registry: ``llama3.2``, ``me/peach``, ``hf.co/user/repo:Q4_K_M``, ``registry.example.com/course/mario``.

        What arrives before it is cancelled, or before the network or the kernel goes down, need not come again.

        Args:
            insecure: speak plain http with the registry.
        """

        def work(cancel: CancelToken) -> Generator[Event, None, ModelSummary]:
            return pull(self.store, self.registry, name, insecure=insecure, cancel=cancel)

        return self.runs.start(work, verb="pull", model=name)

    def push(self, name: str, *, insecure: bool = False) -> Run[Pushed]:
        """Bring a model to the registry that its name says; what is there already is not sent. Give it such a name with ``copy``.

        Args:
            insecure: speak plain http with the registry.
        """

        def work(cancel: CancelToken) -> Generator[Event, None, Pushed]:
            return push(self.store, self.registry, name, insecure=insecure, cancel=cancel)

        return self.runs.start(work, verb="push", model=name)

    def key(self) -> UserKey:
        """The public key by which registries know the user; made when there is none."""
        return UserKey(self.registry.identity.public_line, str(self.registry.identity.path))

    def tags(self, name: str, *, insecure: bool = False) -> Sequence[str]:
        """The tags that a model has in its registry, where the registry tells."""
        with self.registry.open(ModelName.valid(name), CancelToken(), insecure=insecure) as remote:
            return remote.tags()

    def list(self, prefix: str = "") -> ModelList:
        """The models of the store whose name begins with ``prefix``, newest first."""
        return list_models(self.store, prefix)

    def show(self, name: str, *, verbose: bool = False, system: str = "", options: Mapping[str, Any] | None = None) -> ModelInfo:
        """Everything there is to know about a model; ``verbose`` with the long arrays of its metadata.

        Args:
            system, options: what the Modelfile in the result shall say instead of, or besides, what the model has.
        """
        return _now(lambda cancel: while_it_means_the_same(self.store, name, lambda: show(
            self.store, self.settings, name, verbose=verbose, system=system, options=options, cancel=cancel,
        )))  # fmt: skip

    def memory(self, name: str, types: Sequence[str] = TYPES, contexts: Sequence[int] = CONTEXTS) -> MemoryNeeds:
        """Will it fit? What running a model takes, part by part: as it is and, about, in other types, with several context lengths."""
        return _now(lambda cancel: needs(self.store, self.engines, self.settings, name, types, contexts, cancel))

    def metadata(self, name: str, digest: str = "") -> Metadata:
        """The metadata in the header of a model's weights, or of another GGUF layer that ``show`` lists. The weights are not read, and of
        long arrays only what is asked for.
        """
        return _now(lambda cancel: header(self.store, name, digest, cancel)).metadata

    def tensors(self, name: str, digest: str = "") -> Tensors:
        """The tensors of a model's weights, or of another GGUF layer: types, shapes, places."""
        return Tensors(_now(lambda cancel: header(self.store, name, digest, cancel)).tensors)

    def numbers(self, name: str, tensor: str, *, digest: str = "", start: int = 0, stop: int | None = None) -> Numbers:
        """The numbers of a tensor, or of its rows from ``start`` to ``stop``, as float32 whatever they are stored as.

        Shapes: (rows, row length).
        """
        return _now(lambda cancel: numbers_of(self.store, name, tensor, digest, start, stop, cancel))

    def content(self, name: str, digest: str) -> Content:
        """One of the layers that ``show`` lists, as a text: the first megabyte, JSON indented, templates with their parts named. Of weights
        it is the chat template inside.
        """
        return _now(lambda cancel: content(self.store, name, digest, cancel=cancel))

    def check(self, modelfile: str, *, base_dir: str | Path | None = None) -> Checked:
        """Everything that is wrong with the text of a Modelfile, and what may not be meant, each with its place; files and models that it
        names and that are not there, too. Nothing is made or fetched.

        Args:
            base_dir: where relative paths start; the working directory by default.
        """
        return check(modelfile, here(base_dir), lambda name: exists(self.store, name))

    def complete(self, modelfile: str, line: int, column: int, *, base_dir: str | Path | None = None) -> Completions:
        """What could stand at a place of a Modelfile: instructions, parameters, values, models, files.

        Args:
            line, column: both from 0.
            base_dir: where relative paths start; the working directory by default.
        """
        return complete(modelfile, line, column, here(base_dir), self.list)

    def recipe(self, source: str, *, base_dir: str | Path | None = None) -> str:
        """The text of a Modelfile to begin with, for a model, a file or a folder (which wins). Of a model it says what that says of itself,
        so that it can be changed.

        Raises: SourceError for a file or folder of which no model can be made; InvalidName, ModelNotFound.
        """
        return of_path(source, here(base_dir)) or of_model(self.show(source))

    def files(self, folder: str | Path | None = None) -> Folder:
        """What lies in a folder of this machine, with what can be made of it; the working directory by default. Hidden entries are left
        out.

        Raises: SourceError.
        """
        return listing(here(folder))

    def suggestions(self) -> Suggestions:
        """Models that are good to begin with: how much there is to fetch, the memory they take, and whether this machine has it."""
        return suggestions(self.store, self.engines)

    def copy(self, source: str, destination: str) -> str:
        """Give a model a second name. Returns it as the store spells it."""
        return _now(lambda cancel: copy(self.store, source, destination, cancel=cancel))

    def delete(self, *names: str) -> Deleted:
        """Unload and remove models, and every blob that no other model needs. Says what that freed and what others still hold."""
        for name in names:
            self.stop(name)
        return delete(self.store, names)

    def removal(self, *names: str) -> Removal:
        """What deleting these models together would free, and what would stay because other models hold it. Nothing is removed."""
        return removal(self.store, names)

    def prune(self, *, snapshots: bool = False) -> Pruned:
        """Remove blobs that no model holds (leftovers of crashes, mostly) and say what that freed. Downloads that can go on stay.

        Args:
            snapshots: the states of prompts that are kept on the disk go as well.
        """
        return prune(self.store, self.settings.snapshots if snapshots else None)

    def verify(self, *names: str) -> Run[Verification]:
        """Hash every blob of the store again, or those of some models; the result says which are damaged, missing or of no use."""

        def work(cancel: CancelToken) -> Generator[Event, None, Verification]:
            return verify(self.store, names, cancel=cancel)

        return self.runs.start(work, verb="verify", model=", ".join(names))

    def du(self) -> DiskUse:
        """What each model costs on the disk, alone and shared with others, and what else lies in the store and the cache."""
        return du(self.store, self.settings.snapshots)

    def ps(self) -> LoadedList:
        """The models in memory, those that other kernels of the same user have loaded included."""
        return ps(self.store, self.engines)

    def stop(self, name: str) -> None:
        """Unload a model, whoever has loaded it. What it is answering is finished first."""
        stop(self.store, self.engines, name)

    def has_blob(self, digest: str) -> bool:
        """Whether the store has a blob.

        Raises: InvalidName.
        """
        return has_blob(self.store, Digest.parse(digest))

    def upload(self, digest: str, size_bytes: int = 0) -> Upload:
        """Begin to put a blob into the store, piece by piece: for files that models are created from elsewhere.

        Raises: InvalidName, StoreError, DiskFull.
        """
        return Upload(self.store, Digest.parse(digest), size_bytes)

    def serve(
        self, host: str | None = None, port: int | None = None, *, origins: Iterable[str] = (), token: str | None = None
    ) -> Server:  # fmt: skip
        """Serve Ollama's REST API (and OpenAI's and Anthropic's) from a thread, by default where OLLAMA_HOST says: 127.0.0.1:11434.

        If it serves already, that server is given.

        Args:
            host: ``0.0.0.0`` opens it to everybody who reaches this machine.
            port: 0 takes any that is free.
            origins: web pages that may ask, besides those of this machine.
            token: what every request has to bring, as ``Authorization: Bearer ...``.
        Raises: ServeError.
        """
        if self.server is None or not self.server.running:
            self.server = importlib.import_module(".server", __package__).serve(self, host, port, origins=origins, token=token)
        return self.server

    def stop_serving(self) -> None:
        """End the server, if there is one."""
        if self.server is not None:
            self.server.stop()
            self.server = None


def _registry(settings: Settings) -> Registry:
    """The door to registries, as the settings have it. A store that lies elsewhere has its key beside it, unless that was said, too."""
    return Registry(
        settings.key or settings.models.parent / "id_ed25519",
        proxies=Proxies(settings.http_proxy, settings.https_proxy, settings.no_proxy),
        docker_config=settings.docker_config,
        hub=HubAccess(settings.hub, settings.hub_token, settings.hub_token_file),
        limits=Limits(streams=settings.transfer_streams) if settings.transfer_streams else Limits(),
    )  # fmt: skip


def _setup(settings: Settings) -> Setup:
    return Setup(
        runtime=settings.runtime, num_parallel=settings.num_parallel, max_loaded=settings.max_loaded, max_queue=settings.max_queue,
        kv_cache_type=settings.kv_cache_type, flash_attention=settings.flash_attention, load_timeout_s=settings.load_timeout_s,
        gpu_overhead_bytes=settings.gpu_overhead_bytes, memory_bytes=settings.memory_bytes,
        snapshots=rules_of(settings),
    )  # fmt: skip


def _now(work: Work[T]) -> T:
    """Wait for a verb that is quick as a rule (the first use of ``pocket`` is not)."""
    return Run.start(work).result()
