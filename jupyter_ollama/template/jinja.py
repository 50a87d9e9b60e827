"""Jinja chat templates, as Hugging Face writes them and GGUF files carry them, in a sandbox with limits.

Differences to Hugging Face's environment: filters that no chat template uses are absent, and work is bounded.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from types import TracebackType
from typing import Any

from ..errors import TemplateError
from ..sentences import Sentence
from .limits import Budget, check_source

_NAME = "<chat template>"
_LONGEST_LAYOUT = 200
_WIDE_DATE = re.compile(r"%[^a-zA-Z%]*\d\d")
_LONGEST_DETAIL = 1000


class JinjaTemplate:
    """A compiled Jinja template; rendering it again is cheap.

    >>> JinjaTemplate("Hello {{ name }}").render({"name": "Mario"})
    'Hello Mario'
    """

    def __init__(self, source: str) -> None:
        """Raises: TemplateError with the line."""
        check_source(source)
        self.source = source
        self._template = _compile(source)

    def render(self, variables: Mapping[str, Any], budget: Budget | None = None) -> str:
        """The text that the template makes of the variables: always valid Unicode.

        Raises: TemplateError, also when the template refuses the messages, would not end or makes too much text.
        """
        from .jinja_guard import BUDGET

        pieces = self._template.generate({**variables, BUDGET: budget or Budget()})
        try:
            made = "".join(pieces)
        except TemplateError:
            raise
        except Exception as exc:  # a template can raise whatever Python raises; all of it is its own fault
            raise translated(exc) from exc
        return made if made.isascii() else made.encode("utf-8", "replace").decode()


def _compile(source: str) -> Any:
    try:
        made = environment()
        return made.template_class.from_code(made, made.compile(source, _NAME, _NAME), made.make_globals(None))
    except TemplateError:
        raise
    except Exception as exc:  # Jinja's own errors, and Python's for code that is too deep or has too large numbers
        raise translated(exc) from exc


@cache
def environment() -> Any:
    """The one environment: it is never changed, what a rendering uses travels in its context."""
    from .jinja_guard import GuardedEnvironment

    environment = GuardedEnvironment()
    environment.filters["tojson"] = _tojson
    environment.globals["raise_exception"] = _raise_exception
    environment.globals["strftime_now"] = _strftime_now
    return environment.close_doors()


class _Refused(Exception):
    """The template called raise_exception."""


def _raise_exception(message: object = "") -> None:
    raise _Refused(str(message))


def _strftime_now(layout: str) -> str:
    if len(layout) > _LONGEST_LAYOUT or _WIDE_DATE.search(layout):
        raise ValueError("strftime_now takes a short layout without widths")
    return datetime.now().strftime(layout)


def _tojson(
    value: Any,
    ensure_ascii: bool = False,
    indent: int | str | None = None,
    separators: tuple[str, str] | None = None,
    sort_keys: bool = False,
) -> str:
    """JSON without HTML escapes, as Hugging Face's tojson; Jinja's own would escape < > & and '."""
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


def translated(error: Exception) -> TemplateError:
    """What Jinja or Python raised for a template, as an error of that template."""
    line = getattr(error, "lineno", None) or _line(error.__traceback__)
    if isinstance(error, _Refused):
        said = _sentence(str(error))
        message = Sentence("The chat template refuses these messages: %1", said)
        if line:
            message = Sentence("The chat template refuses these messages in line %1: %2", line, said)
        return TemplateError(message, line=line, column=0)
    if isinstance(error, RecursionError):
        detail = "it nests or calls itself too deeply"
    else:
        detail = (str(error) or type(error).__name__)[:_LONGEST_DETAIL].rstrip(".")
    message = Sentence("The Jinja template is wrong: %1.", Sentence.of(detail))
    if line:
        message = Sentence("The Jinja template is wrong in line %1: %2.", line, Sentence.of(detail))
    return TemplateError(message, line=line, column=0)


def _sentence(text: str) -> str:
    text = text[:_LONGEST_DETAIL]
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _line(trace: TracebackType | None) -> int:
    """The last line of the template in a traceback (Jinja maps its frames); 0 if there is none."""
    line = 0
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == _NAME:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
