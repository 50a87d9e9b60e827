"""``show``: what a model consists of, as a table or one part of it as text."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace

from jupyter_ollama import OllamaError

from .. import render
from ..models import ModelInfo
from .host import Host

SECTIONS = ("license", "modelfile", "parameters", "system", "template")


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL")
    for section in SECTIONS:
        parser.add_argument(f"--{section}", action="store_true", help=f"only its {section}")
    parser.add_argument("-v", "--verbose", action="store_true", help="with the metadata of the weights")


def show(host: Host, chosen: Namespace) -> None:
    asked = [section for section in SECTIONS if getattr(chosen, section)]
    if len(asked) > 1:
        raise OllamaError("only one of '--license', '--modelfile', '--parameters', '--system', or '--template' can be specified")
    info = host.ollama.show(chosen.model)
    if asked:
        sys.stdout.write(part(info, asked[0]))
    else:
        sys.stdout.write(f"{render.plain(info, verbose=chosen.verbose)}\n")


def part(info: ModelInfo, section: str) -> str:
    """One part as it is; a system text and a template end as they do, the others with a line."""
    match section:
        case "license":
            return "\n".join(info.licenses) + "\n"
        case "parameters":
            return "\n".join(render.parameter_lines(info.parameters)) + "\n"
        case "modelfile":
            return info.modelfile.rstrip("\n") + "\n"
    return str(getattr(info, section))
