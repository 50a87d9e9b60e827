"""``check``: what is wrong with a Modelfile, before anything is made of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ..editing import Checked
from ..errors import InvalidName, OllamaError, SourceError, TemplateError
from ..modelfile.highlight import highlight
from ..modelfile.lexer import Lexed
from ..modelfile.survey import Survey
from ..names import ModelName
from ..options import QUANTIZE_KEYS
from ..pieces import covering
from ..quantization import parse_quantization
from ..sentences import Sentence
from ..sources import HubName, detect, locate, pick_files
from ..template import chat
from ..template.pieces import go_pieces
from .places import looks_like_a_path
from .weights import an_adapter

MAX_CHARACTERS = 1 << 20
"""Longer texts are only said to be too long."""
Exists = Callable[[str], bool]


def check(text: str, base_dir: Path, exists: Exists) -> Checked:
    """Look through a Modelfile: every mistake of its grammar and its values, templates that do not parse, files and models that are not
    there. Nothing is pulled or opened but the beginnings of files.

    Args:
        base_dir: where relative paths start.
        exists: whether there is a model of that name.
    """
    if len(text) > MAX_CHARACTERS:
        survey = Survey("")
        survey.marks.clear()
        survey.mark(0, Sentence("A Modelfile has at most %1 characters. Use files for what is larger.", f"{MAX_CHARACTERS:,}"))
        return Checked(text, tuple(survey.marks), covering(text, ()))
    survey = Survey(text)
    for one in survey.commands:
        _check(survey, one, base_dir, exists)
    marks = sorted(survey.marks, key=lambda mark: (mark.line, mark.column, mark.severity))
    return Checked(text, tuple(dict.fromkeys(marks)), highlight(survey, go_pieces))


def _check(survey: Survey, one: Lexed, base_dir: Path, exists: Exists) -> None:
    name, args = one.command.name, one.command.args
    try:
        if name == "template":
            chat.validate(args)
        elif name in QUANTIZE_KEYS and args.strip():
            parse_quantization(args)
        elif name in ("model", "adapter", "draft"):
            _check_source(survey, one, base_dir, exists)
    except TemplateError as error:
        survey.mark_value(one, error, max(1, error.line), max(1, error.column))
    except OllamaError as error:
        survey.mark_value(one, error)


def _check_source(survey: Survey, one: Lexed, base_dir: Path, exists: Exists) -> None:
    """Raises: SourceError, InvalidName."""
    name, args = one.command.name, one.command.args
    path = locate(args, base_dir)
    if path is not None and not (name == "model" and path.is_dir() and exists(args)):
        _check_path(path, name)
    elif path is None and (name == "adapter" or not exists(args)):
        _check_name(survey, one, "FROM" if name == "model" else name.upper())


def _check_path(path: Path, name: str) -> None:
    """Raises: SourceError for what is neither a model nor, behind ADAPTER, an adapter."""
    if name == "adapter":
        pick_files(path, adapter=True)
    elif detect(path) == "adapter":
        raise an_adapter(path)


def _check_name(survey: Survey, one: Lexed, keyword: str) -> None:
    """What is no path that exists and no model that is here: a path that is wrong, or the name of a model elsewhere.

    Raises: SourceError, InvalidName.
    """
    args = one.command.args
    if keyword == "ADAPTER" or looks_like_a_path(args):
        hint = "Check the path; relative paths start at the Modelfile's folder."
        raise SourceError(Sentence("%1 %2: no such file or folder.", keyword, args), hint=hint, path=args)
    if HubName.of(args) is None and not ModelName.parse(args).is_valid:
        raise InvalidName(
            Sentence("%1 is neither a file nor the name of a model.", repr(args)), hint="Names are like llama3.2 or me/mario:v2.",
            name=args,
        )  # fmt: skip
    survey.mark(one.value_at, Sentence("%1 is not here yet: create brings it from where its name says.", args), "warning", line=True)
