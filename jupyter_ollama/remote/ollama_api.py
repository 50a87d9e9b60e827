"""A host that speaks Ollama's own API."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..cancelling import CancelToken
from ..editing import Checked, Completions
from ..embeddings import Embeddings
from ..errors import SourceError
from ..events import Chunk, Done, Event, Statistics
from ..files import Folder
from ..messages import Message, MessageLike, Tool, ToolLike, as_messages, as_tools
from ..modelfile import Modelfile
from ..models import Deleted, LoadedList, ModelInfo, ModelList, ModelSummary, Pushed
from ..names import ModelName
from ..options import check_options
from ..run import Run
from ..schema import as_format
from ..sentences import Sentence
from ..settings import Settings
from ..sources import listing
from ..verbs.check import check
from ..verbs.complete import complete
from ..verbs.list import narrowed
from ..verbs.places import here
from ..verbs.recipe import of_model, of_path
from ..verbs.terms import ROUNDS, TIMEOUT_S, Terms
from ..verbs.tool_loop import with_functions
from ..wire import asking, reading
from ..wire.encoding import present
from .engine import Remote
from .files import send
from .line import Json, Line


class OllamaHost(Remote):
    """Ollama, or a notebook that serves its API."""

    kind = "Ollama's API"

    def __init__(self, line: Line, settings: Settings) -> None:
        super().__init__(line.address, settings)
        self._line = line

    @property
    def version(self) -> str:
        """Of the host."""
        return str(self._line.get("/api/version").get("version", ""))

    def list(self, prefix: str = "", *, first: int | None = None) -> ModelList:
        """The host's models, newest first."""
        return narrowed(reading.summaries(self._line.get("/api/tags")), prefix, first)

    def show(self, name: str, *, verbose: bool = False, system: str = "", options: Mapping[str, Any] | None = None) -> ModelInfo:
        """Everything the host tells about a model."""
        asked = {"model": name, "verbose": verbose, **present({"system": system, "options": dict(options or {})})}
        return reading.info(name, self._line.post("/api/show", asked))

    def ps(self) -> LoadedList:
        """The models in the host's memory."""
        return LoadedList(reading.loaded(self._line.get("/api/ps")))

    def copy(self, source: str, destination: str) -> str:
        """Give a model a second name."""
        self._line.post("/api/copy", {"source": source, "destination": destination})
        return destination

    def delete(self, *names: str) -> Deleted:
        """Remove models. What that freed the host does not tell."""
        for name in names:
            self._line.ask("DELETE", "/api/delete", {"model": name})
        return Deleted(names, 0)

    def stop(self, name: str) -> None:
        """Unload a model."""
        self._line.post("/api/generate", {"model": name, "keep_alive": 0, "stream": False})

    def pull(self, name: str, *, insecure: bool = False) -> Run[ModelSummary]:
        """Have the host bring a model from a registry."""

        def work(cancel: CancelToken) -> Generator[Event, None, ModelSummary]:
            yield from self._steps("/api/pull", {"model": name, "insecure": insecure}, cancel)
            return self._summary(name)

        return self._run(work, "pull", name)

    def push(self, name: str, *, insecure: bool = False) -> Run[Pushed]:
        """Have the host bring a model to a registry."""

        def work(cancel: CancelToken) -> Generator[Event, None, Pushed]:
            yield from self._steps("/api/push", {"model": name, "insecure": insecure}, cancel)
            model = self._summary(name)
            return Pushed(model.name, model.digest, model.size_bytes, 0)

        return self._run(work, "push", name)

    def create(
        self, name: str, modelfile: Modelfile | str, *, quantize: str | None = None, base_dir: str | Path | None = None,
        info: Mapping[str, Any] | None = None, remote_host: str | None = None, draft_quantize: str | None = None, **beyond: Any,
    ) -> Run[ModelSummary]:  # fmt: skip
        """Make a model on the host. Files that the Modelfile names on this machine are sent there.

        Raises: Unsupported for ``tensor_types``, ``imatrix`` and ``requantize``, which the API does not know.
        """
        self._refuse(beyond)
        parsed = Modelfile.parse(modelfile) if isinstance(modelfile, str) else modelfile
        base = Path(base_dir) if base_dir is not None else Path.cwd()

        def work(cancel: CancelToken) -> Generator[Event, None, ModelSummary]:
            body = yield from self._parts(parsed, base, cancel)
            extra = {
                "quantize": quantize or parsed.quantize, "info": dict(info) if info else None, "remote_host": remote_host,
                "draft_quantize": draft_quantize,
            }  # fmt: skip
            yield from self._steps("/api/create", {"model": name, **body, **_given(extra)}, cancel)
            return self._summary(name)

        return self._run(work, "create", name)

    def create_from_file(
        self, name: str, path: str | Path = "Modelfile", *, quantize: str | None = None, draft_quantize: str | None = None, **beyond: Any
    ) -> Run[ModelSummary]:
        """Make a model from a Modelfile on this machine.

        Raises: SourceError, ModelfileError; Unsupported as for ``create``.
        """
        self._refuse(beyond)
        file = Path(path).expanduser()
        try:
            content = file.read_bytes()
        except OSError as error:
            raise SourceError(
                Sentence("no Modelfile at %1: %2.", file, error.strerror), hint="Check the path given with -f.", path=file
            ) from error
        parsed = Modelfile.parse(content, path=file)
        return self.create(name, parsed, quantize=quantize, draft_quantize=draft_quantize, base_dir=file.absolute().parent)

    def check(self, modelfile: str, *, base_dir: str | Path | None = None) -> Checked:
        """See ``Ollama.check``. Models are the host's, files this machine's."""
        names = {ModelName.parse(one.name).folded for one in self.list()}
        return check(modelfile, here(base_dir), lambda name: ModelName.parse(name).folded in names)

    def complete(self, modelfile: str, line: int, column: int, *, base_dir: str | Path | None = None) -> Completions:
        """See ``Ollama.complete``."""
        return complete(modelfile, line, column, here(base_dir), self.list)

    def recipe(self, source: str, *, base_dir: str | Path | None = None) -> str:
        """See ``Ollama.recipe``."""
        return of_path(source, here(base_dir)) or of_model(self.show(source))

    def files(self, folder: str | Path | None = None) -> Folder:
        """See ``Ollama.files``: ``create`` sends what it needs to the host."""
        return listing(here(folder))

    def chat(
        self, model: str, messages: MessageLike | Iterable[MessageLike], *, tools: ToolLike | Iterable[ToolLike] | None = None,
        must_call: bool = False, approve: Any = None, max_rounds: int = ROUNDS, tool_timeout: float | None = TIMEOUT_S,
        think: bool | str | None = None,
        system: str | None = None, truncate: bool = True, shift: bool | None = None, options: dict[str, Any] | None = None,
        keep_alive: float | None = None, snapshot: bool = False, reuse: bool = False,
        format: Any = None, logprobs: bool = False, top_logprobs: int = 0,  # noqa: A002 (Ollama's name)
    ) -> Run[Done]:  # fmt: skip
        """See ``Ollama.chat``. Python functions are called here; what is kept and given again (``snapshot``, ``reuse``) is the host's
        matter.
        """
        if must_call:
            raise self.lacks("chat", "must_call")
        said, offered = as_messages(messages), as_tools(tools)
        said = (Message("system", system), *said) if system else said
        body = self._asked(model, options, keep_alive, think=think, format=format, truncate=truncate, shift=shift)
        body |= _given({"logprobs": logprobs or None, "top_logprobs": top_logprobs or None})

        def work(cancel: CancelToken) -> Generator[Event, None, Done]:
            def ask(messages: Sequence[Message]) -> Generator[Event, None, Done]:
                whole = {**body, "messages": [asking.message(one) for one in messages], **_tools(offered)}
                return self._answer("/api/chat", model, whole, options, cancel)

            return with_functions(ask, said, offered, Terms(approve, max_rounds, tool_timeout), cancel)

        return self._run(work, "chat", model)

    def generate(
        self, model: str, prompt: str, *, raw: bool = False, system: str | None = None, template: str | None = None,
        suffix: str | None = None, think: bool | str | None = None, context: Sequence[int] = (), truncate: bool = True,
        shift: bool | None = None, options: dict[str, Any] | None = None, keep_alive: float | None = None,
        format: Any = None, **more: Any,  # noqa: A002 (Ollama's name)
    ) -> Run[Done]:  # fmt: skip
        """See ``Ollama.generate``."""
        body = self._asked(model, options, keep_alive, think=think, format=format, truncate=truncate, shift=shift)
        own = {"raw": raw or None, "system": system, "template": template, "suffix": suffix, "context": list(context) or None}
        body |= {"prompt": prompt, **_given(own)}
        return self._run(lambda cancel: self._answer("/api/generate", model, body, options, cancel), "generate", model)

    def embed(
        self, model: str, input: str | Sequence[str], *, truncate: bool = True, dimensions: int | None = None,  # noqa: A002 (Ollama's name)
        options: dict[str, Any] | None = None, keep_alive: float | None = None,
    ) -> Run[Embeddings]:  # fmt: skip
        """See ``Ollama.embed``."""
        texts = [input] if isinstance(input, str) else list(input)
        body = {**self._asked(model, options, keep_alive), "input": texts, "truncate": truncate, **_given({"dimensions": dimensions})}

        def work(cancel: CancelToken) -> Generator[Event, None, Embeddings]:
            answer = self._line.post("/api/embed", body, cancel)
            return Embeddings(reading.vectors(answer.get("embeddings") or ()), model, "", reading.statistics(answer))
            yield  # the work of a Run is a generator

        return self._run(work, "embed", model)

    def has_blob(self, digest: str) -> bool:
        """Whether the host has a blob."""
        return self._line.status("HEAD", f"/api/blobs/{digest}") == 200

    def _refuse(self, beyond: Mapping[str, Any]) -> None:
        """Raises: Unsupported for options of ``create`` that are set, but have no place in the API."""
        asked = next((name for name, value in beyond.items() if value), None)
        if asked is not None:
            raise self.lacks("create", asked)

    def _parts(self, parsed: Modelfile, base: Path, cancel: CancelToken) -> Generator[Event, None, Json]:
        """A Modelfile as the fields of ``/api/create``; what it names on this machine is sent."""
        files: dict[str, str] = {}
        source = ""
        for argument in parsed.sources:
            sent = yield from send(self._line, argument, base, cancel)
            source = source or (argument if sent is None else "")
            files |= sent or {}
        adapters: dict[str, str] = {}
        for argument in parsed.adapters:
            adapters |= (yield from send(self._line, argument, base, cancel, adapter=True)) or {}
        drafts: dict[str, str] = {}
        for argument in parsed.drafts:
            drafted = yield from send(self._line, argument, base, cancel)
            if drafted is None:
                hint = "A host takes the files of a draft model, not its name: name a file on this machine."
                raise SourceError(Sentence("DRAFT %1: no such file or folder.", argument), hint=hint, path=argument)
            drafts |= drafted
        told = [asking.message(one) for one in parsed.messages]
        return _given({
            "from": source, "files": files, "adapters": adapters, "draft_files": drafts, "template": parsed.template,
            "system": parsed.system, "parameters": dict(parsed.parameters), "license": list(parsed.licenses), "messages": told,
            "renderer": parsed.renderer, "parser": parsed.parser, "requires": parsed.requires,
        })  # fmt: skip

    def _steps(self, path: str, body: Json, cancel: CancelToken) -> Iterator[Event]:
        for answer in self._line.stream(path, body, cancel):
            cancel.check()
            yield reading.progress(answer)

    def _summary(self, name: str) -> ModelSummary:
        found = self.list()
        wanted = name if ":" in name.rsplit("/", 1)[-1] else f"{name}:latest"
        return next((one for one in found if one.name.lower() == wanted.lower()), found[0])

    def _asked(self, model: str, options: dict[str, Any] | None, keep_alive: float | None, **more: Any) -> Json:
        wanted = {"options": dict(check_options(options)) or None, "keep_alive": asking.span(keep_alive)}
        if more.get("format") is not None:
            more["format"] = reading.as_json(as_format(more["format"]))
        if more.pop("truncate", True) is False:
            more["truncate"] = False
        return {"model": model, **_given({**wanted, **more})}

    def _answer(self, path: str, model: str, body: Json, options: Any, cancel: CancelToken) -> Generator[Event, None, Done]:
        started, kept, last = time.perf_counter_ns(), list[Chunk](), dict[str, Any]()
        for answer in self._line.stream(path, body, cancel):
            piece = reading.chunk(answer)
            if piece != Chunk():
                kept.append(piece)
                yield piece
            last = answer
        content, thinking = "".join(one.content for one in kept), "".join(one.thinking for one in kept)
        message = Message("assistant", content, thinking, tool_calls=tuple(call for one in kept for call in one.tool_calls))
        cost = reading.statistics(last)
        cost = cost if cost.total_duration else Statistics(total_duration=time.perf_counter_ns() - started)
        context = tuple(one for one in last.get("context") or () if isinstance(one, int))
        return Done(message, model, str(last.get("done_reason") or "stop"), cost, options=dict(options or {}), context=context)


def _given(fields: Mapping[str, Any]) -> Json:
    """What is neither None nor empty."""
    return {name: value for name, value in fields.items() if value is not None and value != "" and value != [] and value != {}}


def _tools(offered: Sequence[Tool]) -> Json:
    return {"tools": [asking.tool(one) for one in offered]} if offered else {}
