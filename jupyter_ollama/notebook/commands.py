"""What ``%ollama`` can do, one entry a command: how its arguments are read, which method of ``Ollama`` is called."""

from __future__ import annotations

import importlib
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError
from IPython.core.magic_arguments import MagicArgumentParser

from .. import render
from ..models import (
    Deleted,
    DiskUse,
    ImatrixMade,
    LoadedList,
    ModelInfo,
    ModelList,
    ModelSummary,
    Pruned,
    Pushed,
    Saved,
    UserKey,
    Verification,
)
from .session import use

if TYPE_CHECKING:
    from jupyter_ollama import Ollama, Run

SECTIONS = ("license", "modelfile", "parameters", "system", "template")
ELSEWHERE = {
    "chat": "Write the model's name behind %%chat and the message below it.",
    "create": "Use %ollama_create.",
    "run": "Use %%chat: the model's name on its line, the message below.",
}
"""Commands of Ollama that are another magic here."""


class Text(str):
    """A text that is shown as it reads, not as a Python literal."""

    __slots__ = ()

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(render.visible(self))


@dataclass(frozen=True)
class Command:
    """One command of ``%ollama``. ``is_long``: what is called starts a ``Run``, whose progress is shown."""

    about: str
    parser: ArgumentParser
    call: Callable[[Ollama, Namespace], Any]
    is_long: bool = False


def overview() -> str:
    """The help of ``%ollama`` itself."""
    usages = [(" ".join(command.parser.format_usage().removeprefix("::").split()), command.about) for command in COMMANDS.values()]
    width = max(len(usage) for usage, _ in usages if len(usage) < 40)
    lines = [
        f"    {usage:<{width}}  {about}" if len(usage) <= width else f"    {usage}\n    {'':<{width}}  {about}" for usage, about in usages
    ]
    more = "Models are made with %ollama_create and asked with %%chat. Every command has its --help."
    return "\n".join(["Look after the models of this notebook.\n", *lines, f"\n{more}"])


def _list(ollama: Ollama, arguments: Namespace) -> ModelList:
    return ollama.list(arguments.prefix)


def _show(ollama: Ollama, arguments: Namespace) -> Any:
    asked = [section for section in SECTIONS if getattr(arguments, section)]
    if len(asked) > 1:
        raise UsageError("only one of '--license', '--modelfile', '--parameters', '--system', or '--template' can be specified")
    if arguments.anatomy:
        return importlib.import_module("jupyter_ollama.lab").anatomy(arguments.model, ollama=ollama)
    info = ollama.show(arguments.model)
    if asked:
        return Text(_section(info, asked[0]))
    return Text(render.plain(info, verbose=True)) if arguments.verbose else info


def _section(info: ModelInfo, section: str) -> str:
    match section:
        case "license":
            return "\n".join(info.licenses)
        case "parameters":
            return "\n".join(render.parameter_lines(info.parameters))
        case _:
            return str(getattr(info, section))


def _ps(ollama: Ollama, arguments: Namespace) -> LoadedList:
    return LoadedList(model for model in ollama.ps() if model.name.startswith(arguments.prefix))


def _stop(ollama: Ollama, arguments: Namespace) -> None:
    ollama.stop(arguments.model)


def _pull(ollama: Ollama, arguments: Namespace) -> Run[ModelSummary]:
    return ollama.pull(arguments.model, insecure=arguments.insecure)


def _push(ollama: Ollama, arguments: Namespace) -> Run[Pushed]:
    return ollama.push(arguments.model, insecure=arguments.insecure)


def _key(ollama: Ollama, arguments: Namespace) -> UserKey:
    return ollama.key()


def _tags(ollama: Ollama, arguments: Namespace) -> Text:
    return Text("\n".join(ollama.tags(arguments.model, insecure=arguments.insecure)))


def _copy(ollama: Ollama, arguments: Namespace) -> Text:
    ollama.copy(arguments.source, arguments.destination)
    return Text(f"copied '{arguments.source}' to '{arguments.destination}'")


def _remove(ollama: Ollama, arguments: Namespace) -> Deleted:
    return ollama.delete(*arguments.models)


def _prune(ollama: Ollama, arguments: Namespace) -> Pruned:
    return ollama.prune(snapshots=arguments.snapshots)


def _verify(ollama: Ollama, arguments: Namespace) -> Run[Verification]:
    return ollama.verify(*arguments.models)


def _imatrix(ollama: Ollama, arguments: Namespace) -> Run[ImatrixMade]:
    return ollama.imatrix(arguments.model, Path(arguments.text).expanduser(), arguments.file)


def _save(ollama: Ollama, arguments: Namespace) -> Run[Saved]:
    return ollama.save(arguments.models, arguments.file)


def _load(ollama: Ollama, arguments: Namespace) -> Run[ModelList]:
    return ollama.load(arguments.file, arguments.name)


def _connect(ollama: Ollama, arguments: Namespace) -> Text:
    if arguments.here == bool(arguments.url):
        raise UsageError("connect takes the URL of a host, or --here for this machine.")
    if arguments.here:
        use(None)
        return Text("the engine of this notebook is used")
    made = importlib.import_module("jupyter_ollama").Ollama(host=arguments.url, token=arguments.token)
    use(made)
    return Text(f"the engine at {made.address} is used; it speaks {made.kind}")


def _du(ollama: Ollama, arguments: Namespace) -> DiskUse:
    return ollama.du()


def _serve(ollama: Ollama, arguments: Namespace) -> Any:
    if arguments.action == "stop":
        ollama.stop_serving()
        return Text("stopped")
    return ollama.serve(arguments.host, arguments.port, origins=arguments.origin, token=arguments.token)


def _parser(name: str, about: str) -> MagicArgumentParser:
    return MagicArgumentParser(f"ollama {name}", description=about)


def _show_parser(about: str) -> MagicArgumentParser:
    parser = _parser("show", about)
    parser.add_argument("model", help="the model to show")
    for section in SECTIONS:
        parser.add_argument(f"--{section}", action="store_true", help=f"only its {section}, as text")
    parser.add_argument("-v", "--verbose", action="store_true", help="as text, with the metadata of the GGUF file")
    parser.add_argument("--anatomy", action="store_true", help="its tensors: what each is, and where the bytes go")
    return parser


def _prune_parser(about: str) -> MagicArgumentParser:
    parser = _parser("prune", about)
    parser.add_argument("--snapshots", action="store_true", help="and the states of prompts that are kept so that answers begin at once")
    return parser


def _connect_parser(about: str) -> MagicArgumentParser:
    parser = _parser("connect", about)
    parser.add_argument("url", nargs="?", help="its address: http://gpu-box:11434, or https://example.com/v1 for OpenAI's API")
    parser.add_argument("--token", default="", help="what it wants as a bearer token")
    parser.add_argument("--here", action="store_true", help="use this notebook's own engine again")
    return parser


def _replay(ollama: Ollama, arguments: Namespace) -> Any:
    return importlib.import_module("jupyter_ollama.lab").replay(arguments.notebook, fresh=arguments.fresh, ollama=ollama)


def _replay_parser(about: str) -> MagicArgumentParser:
    parser = _parser("replay", about)
    parser.add_argument("notebook", help="a saved notebook with %%%%chat cells")
    parser.add_argument("--fresh", action="store_true", help="ask the models, though they have answered just this before")
    return parser


def _save_parser(about: str) -> MagicArgumentParser:
    parser = _parser("save", about)
    parser.add_argument("models", nargs="+", metavar="model", help="a model; what several share is in the file once")
    parser.add_argument("file", help="the tar file to write")
    return parser


def _load_parser(about: str) -> MagicArgumentParser:
    parser = _parser("load", about)
    parser.add_argument("file", help="a tar file that save made")
    parser.add_argument("name", nargs="?", help="another name for the model in it")
    return parser


def _remote(about: str, call: Callable[[Ollama, Namespace], Any], name: str, *, is_long: bool) -> Command:
    """A command that speaks with a model's registry."""
    parser = _parser(name, about)
    parser.add_argument("model")
    parser.add_argument("--insecure", action="store_true", help="speak plain http with the registry")
    return Command(about, parser, call, is_long)


def _serve_parser(about: str) -> MagicArgumentParser:
    parser = _parser("serve", about)
    parser.add_argument("action", nargs="?", choices=["start", "stop"], default="start", help="stop ends it")
    parser.add_argument("--host", help="an address of this machine; 0.0.0.0 is for everybody who reaches it (OLLAMA_HOST, 127.0.0.1)")
    parser.add_argument("--port", type=int, help="where; 0 takes any that is free (OLLAMA_HOST, 11434)")
    parser.add_argument("--origin", action="append", default=[], help="a web page that may ask; more than one is possible (OLLAMA_ORIGINS)")
    parser.add_argument("--token", help="what every request has to bring, as Authorization: Bearer TOKEN")
    return parser


def _command(
    name: str, about: str, call: Callable[[Ollama, Namespace], Any], *arguments: str, optional: bool = False, is_long: bool = False
) -> Command:
    """A command that takes nothing but names; the last one may be a list (``models``)."""
    parser = _parser(name, about)
    for argument in arguments:
        if argument == "models":
            parser.add_argument(argument, nargs="*" if optional else "+", metavar="model")
        else:
            parser.add_argument(argument, nargs="?" if optional else None, default="" if optional else None)
    return Command(about, parser, call, is_long)


_SERVE = "open Ollama's REST API, and OpenAI's and Anthropic's, from this kernel; serve stop ends it"
_SHOW, _SAVE, _LOAD = "what a model consists of", "write models into one file, for another machine", "take models out of such a file"
_CONNECT = "let an engine elsewhere do the work"
_REPLAY = "ask the questions of a saved notebook again, and see which answers drifted"
_PRUNE = "free what crashes left behind and no model needs"

COMMANDS: dict[str, Command] = {
    "list": _command("list", "the models you have, newest first", _list, "prefix", optional=True),
    "ls": _command("ls", "the same as list", _list, "prefix", optional=True),
    "show": Command(_SHOW, _show_parser(_SHOW), _show),
    "serve": Command(_SERVE, _serve_parser(_SERVE), _serve),
    "ps": _command("ps", "the models in memory", _ps, "prefix", optional=True),
    "stop": _command("stop", "take a model out of memory", _stop, "model"),
    "pull": _remote("bring a model from a registry", _pull, "pull", is_long=True),
    "push": _remote("bring a model to a registry", _push, "push", is_long=True),
    "tags": _remote("the tags that a model has in its registry", _tags, "tags", is_long=False),
    "key": _command("key", "the public key by which registries know you", _key),
    "cp": _command("cp", "give a model a second name", _copy, "source", "destination"),
    "rm": _command("rm", "delete models", _remove, "models"),
    "connect": Command(_CONNECT, _connect_parser(_CONNECT), _connect),
    "replay": Command(_REPLAY, _replay_parser(_REPLAY), _replay),
    "save": Command(_SAVE, _save_parser(_SAVE), _save, is_long=True),
    "load": Command(_LOAD, _load_parser(_LOAD), _load, is_long=True),
    "prune": Command(_PRUNE, _prune_parser(_PRUNE), _prune),
    "du": _command("du", "what the models cost on the disk", _du),
    "imatrix": _command(
        "imatrix", "measure over a text file what quantizing (%ollama_create --imatrix) should keep", _imatrix, "model", "text", "file",
        is_long=True,
    ),
    "verify": _command(
        "verify", "check that no blob is damaged or missing, of some models or of all", _verify, "models", optional=True, is_long=True
    ),
}
