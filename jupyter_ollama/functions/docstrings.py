"""What docstrings say of a function and of each parameter, in the three styles that are common.

    Args:                        Parameters                      :param city: A name.
        city (str): A name.      ----------                      :type city: str
                                 city : str
                                     A name.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_GOOGLE = re.compile(r"(Args|Arguments|Params|Parameters|Keyword Args|Keyword Arguments|Other Parameters|Attributes)\s*:\s*\Z")
_OTHER_GOOGLE = re.compile(
    r"(Returns?|Yields?|Raises|Examples?|Notes?|See Also|Warnings?|Warns|References|Todo|Shapes|Units|Source)\s*:\s*\Z"
)
_NUMPY = ("parameters", "other parameters", "attributes")
_RULE = re.compile(r"-{3,}\s*\Z")
_REST = re.compile(r"\s*[:@](\w+)(?:\s+([^:]*?))?:\s*(.*)")
_REST_PARAMETERS = ("param", "parameter", "arg", "argument", "key", "keyword")
_GOOGLE_ENTRY = re.compile(r"\*{0,2}(\w+)\s*(?:\(([^)]*)\))?\s*:\s*(.*)")
_NUMPY_ENTRY = re.compile(r"\*{0,2}\w+(?:\s*,\s*\*{0,2}\w+)*\s*(?::.*)?\Z")


@dataclass(frozen=True)
class Docstring:
    """A docstring taken apart: what stands before the first section; a text for each parameter, and its type as it is written there."""

    description: str = ""
    parameters: dict[str, str] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)


Entry = tuple[str, str, str]
"""A parameter's name, its type if the line says one, and (a part of) its text."""


def read(text: str | None) -> Docstring:
    """Take a docstring apart. Texts of several lines become one, but for blank lines in the description."""
    lines = inspect.cleandoc(text or "").splitlines()
    if len(lines) > 1 and _GOOGLE.match(lines[0]) and not lines[1][:1].isspace():  # the first line has lost its indentation
        lines = [lines[0], *(f" {line}" for line in lines[1:])]
    end = next((place for place in range(len(lines)) if _begins_section(lines, place)), len(lines))
    found: dict[str, list[str]] = {}
    types: dict[str, str] = {}
    for name, kind, said in (*_google(lines), *_numpy(lines), *_rest(lines)):
        found.setdefault(name, []).append(said)
        types |= {name: kind} if kind else {}
    parameters = {name: " ".join(" ".join(said).split()) for name, said in found.items()}
    return Docstring(_paragraphs(lines[:end]), {name: said for name, said in parameters.items() if said}, types)


def _begins_section(lines: list[str], place: int) -> bool:
    line = lines[place]
    if _GOOGLE.match(line) or _OTHER_GOOGLE.match(line) or _is_rest(line):
        return True
    return place + 1 < len(lines) and bool(line.strip()) and not line[0].isspace() and _RULE.match(lines[place + 1]) is not None


def _is_rest(line: str) -> bool:
    found = _REST.match(line)
    words = (*_REST_PARAMETERS, "type", "return", "returns", "rtype", "raises", "raise", "except", "exception", "yields")
    return found is not None and found[1] in words


def _paragraphs(lines: list[str]) -> str:
    paragraphs = "\n".join(lines).strip().split("\n\n")
    return "\n\n".join(" ".join(one.split()) for one in paragraphs if one.strip())


def _google(lines: list[str]) -> Iterator[Entry]:
    """Names and texts below ``Args:``; a line that is indented further goes on with the one before."""
    inside, depth, name = False, 0, ""
    for line in lines:
        indent = len(line) - len(line.lstrip())
        if not line.strip():
            continue
        if indent == 0:
            inside, depth, name = _GOOGLE.match(line) is not None, 0, ""
            continue
        if not inside:
            continue
        depth = depth or indent
        entry = _GOOGLE_ENTRY.match(line.strip()) if indent <= depth else None
        if entry:
            name = entry[1]
            yield name, _kind(entry[2] or ""), entry[3]
        elif name:
            yield name, "", line.strip()


def _numpy(lines: list[str]) -> Iterator[Entry]:
    """Names at the margin, their texts indented, below ``Parameters`` with a rule under it. Two names may share one text."""
    inside = False
    names: list[str] = []
    for place, line in enumerate(lines):
        following = lines[place + 1] if place + 1 < len(lines) else ""
        if _RULE.match(following) and line.strip():
            inside, names = line.strip().lower() in _NUMPY, []
        elif not inside or _RULE.match(line) or not line.strip():
            continue
        elif not line[0].isspace():
            before, _, kind = line.partition(":")
            names = re.findall(r"\w+", before) if _NUMPY_ENTRY.match(line) else []
            yield from ((name, _kind(kind), "") for name in names)
        else:
            yield from ((name, "", line.strip()) for name in names)


def _rest(lines: list[str]) -> Iterator[Entry]:
    """``:param str city: text`` or ``@param city: text``; lines that are no field go on with it."""
    name = ""
    for line in lines:
        found = _REST.match(line) if _is_rest(line) else None
        if found:
            words = (found[2] or "").split() if found[1] in (*_REST_PARAMETERS, "type") else []
            name = words[-1].lstrip("*") if words and found[1] != "type" else ""
            if words:
                yield words[-1].lstrip("*"), _kind(" ".join(words[:-1]) if name else found[3]), found[3] if name else ""
        elif not line.strip():
            name = ""
        elif name:
            yield name, "", line.strip()


def _kind(text: str) -> str:
    """``int`` of ``int, optional``."""
    return text.partition(",")[0].removesuffix("optional").strip()
