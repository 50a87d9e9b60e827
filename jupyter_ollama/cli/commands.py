"""Every command of the command line: its arguments, and what it does. A new one is a function and its line in the table.

What is a matter of files (save, load, verify, du, prune, key, imatrix) is done here; all else by whoever OLLAMA_HOST names.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from jupyter_ollama import OllamaError

from .. import render
from ..errors import ModelNotFound
from ..models import LoadedList
from .host import Host
from .progress import follow
from .run import arguments as run_arguments
from .run import run
from .show import arguments as show_arguments
from .show import show


@dataclass(frozen=True)
class Command:
    """``arguments`` tells a parser what it takes; ``call`` does it."""

    about: str
    arguments: Callable[[ArgumentParser], None]
    call: Callable[[Host, Namespace], None]


def say(text: str) -> None:
    """A line on stdout."""
    sys.stdout.write(f"{text}\n")


def _takes(*names: str, optional: bool = False, insecure: bool = False) -> Callable[[ArgumentParser], None]:
    """Nothing but names; ``models`` are several."""

    def arguments(parser: ArgumentParser) -> None:
        for name in names:
            if name == "models":
                parser.add_argument("models", metavar="MODEL", nargs="*" if optional else "+")
            else:
                parser.add_argument(name, metavar=name.upper(), nargs="?" if optional else None, default="" if optional else None)
        if insecure:
            parser.add_argument("--insecure", action="store_true", help="speak plain http with the registry")

    return arguments


def _serve_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--host", help="the address, instead of OLLAMA_HOST's; 0.0.0.0 is for everybody who reaches this machine")
    parser.add_argument("--port", type=int, help="the port, instead of OLLAMA_HOST's; 0 takes any that is free")


def _serve(host: Host, chosen: Namespace) -> None:
    server = host.here.serve(chosen.host, chosen.port)
    sys.stderr.write(f"Ollama's API at {server.url} (Ctrl+C ends it); models in {host.here.settings.models}\n")
    try:
        server.join()
    except KeyboardInterrupt:
        server.stop()
        sys.stderr.write("\n")


def _create_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL")
    parser.add_argument("-f", "--file", default="Modelfile", help="the Modelfile (default: Modelfile)")
    parser.add_argument("-q", "--quantize", metavar="TYPE", help="quantize to this type, for example q4_K_M")
    parser.add_argument("--draft-quantize", metavar="TYPE", help="quantize the model that DRAFT names to this type")
    parser.add_argument("--imatrix", metavar="FILE", help="quantize with this importance matrix")
    parser.add_argument("--requantize", action="store_true", help="quantize again what is quantized already, and accept the loss")


def _create(host: Host, chosen: Namespace) -> None:
    more = {name: value for name in ("draft_quantize", "imatrix", "requantize") if (value := getattr(chosen, name))}
    follow(host.ollama.create_from_file(chosen.model, chosen.file, quantize=chosen.quantize, **more))


def _pull(host: Host, chosen: Namespace) -> None:
    follow(host.ollama.pull(chosen.model, insecure=chosen.insecure))


def _push(host: Host, chosen: Namespace) -> None:
    say(render.plain(follow(host.ollama.push(chosen.model, insecure=chosen.insecure))))


def _save_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("models", metavar="MODEL", nargs="+")
    parser.add_argument("file", metavar="FILE", help="the tar file to write")


def _save(host: Host, chosen: Namespace) -> None:
    say(render.plain(follow(host.here.save(chosen.models, chosen.file))))


def _load_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="a tar file that save made")
    parser.add_argument("name", metavar="NAME", nargs="?", help="another name for the model in it")


def _load(host: Host, chosen: Namespace) -> None:
    say(render.plain(follow(host.here.load(chosen.file, chosen.name))))


def _list(host: Host, chosen: Namespace) -> None:
    say(render.plain(host.ollama.list(chosen.prefix)))


def _ps(host: Host, chosen: Namespace) -> None:
    loaded = LoadedList(model for model in host.ollama.ps() if model.name.startswith(chosen.prefix))
    say(render.plain(loaded))
    sys.stderr.write(f"(of {host.place})\n")


def _copy(host: Host, chosen: Namespace) -> None:
    host.ollama.copy(chosen.source, chosen.destination)
    say(f"copied '{chosen.source}' to '{chosen.destination}'")


def _remove(host: Host, chosen: Namespace) -> None:
    for name in chosen.models:
        host.ollama.delete(name)
        say(f"deleted '{name}'")


def _stop(host: Host, chosen: Namespace) -> None:
    try:
        host.ollama.stop(chosen.model)
    except ModelNotFound as error:
        raise OllamaError(f'couldn\'t find model "{chosen.model}" to stop.', hint=error.hint) from None


def _verify(host: Host, chosen: Namespace) -> None:
    found = follow(host.here.verify(*chosen.models))
    say(render.plain(found))
    if not found.ok:
        raise OllamaError("the store is not as it should be.", hint="Create or pull the models named above again.")


def _du(host: Host, chosen: Namespace) -> None:
    say(render.plain(host.here.du()))


def _prune(host: Host, chosen: Namespace) -> None:
    say(render.plain(host.here.prune()))


def _key(host: Host, chosen: Namespace) -> None:
    say(render.plain(host.here.key()))


def _imatrix(host: Host, chosen: Namespace) -> None:
    say(render.plain(follow(host.here.imatrix(chosen.model, Path(chosen.text), chosen.file))))


COMMANDS: dict[str, Command] = {
    "serve": Command("serve Ollama's REST API, and OpenAI's and Anthropic's", _serve_arguments, _serve),
    "create": Command("make a model from a Modelfile", _create_arguments, _create),
    "show": Command("show what a model consists of", show_arguments, show),
    "run": Command("ask a model, or talk with it", run_arguments, run),
    "stop": Command("take a model out of memory", _takes("model"), _stop),
    "pull": Command("bring a model from a registry", _takes("model", insecure=True), _pull),
    "push": Command("bring a model to a registry", _takes("model", insecure=True), _push),
    "save": Command("write models into one file, for another machine", _save_arguments, _save),
    "load": Command("take models out of such a file", _load_arguments, _load),
    "list": Command("list the models", _takes("prefix", optional=True), _list),
    "ps": Command("list the models in memory", _takes("prefix", optional=True), _ps),
    "cp": Command("give a model a second name", _takes("source", "destination"), _copy),
    "rm": Command("delete models", _takes("models"), _remove),
    "verify": Command("check that no blob is damaged or missing", _takes("models", optional=True), _verify),
    "du": Command("tell what the models cost on the disk", _takes(), _du),
    "prune": Command("free what crashes left behind and no model needs", _takes(), _prune),
    "key": Command("show the public key by which registries know you", _takes(), _key),
    "imatrix": Command("measure over a text file what quantizing should keep", _takes("model", "text", "file"), _imatrix),
}
