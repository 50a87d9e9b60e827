"""Which lines belong to an unquoted text of several lines.

Ollama wants quotes around such a text. People write it without them, and mean that a line goes on with the text unless it begins
an instruction:

    SYSTEM You are Mario.
    From the start, you speak Italian.     text: not how a FROM looks
    # Rules                                text: more of it follows
    Be short.
    # how wild it may get                  a comment: an instruction follows
    PARAMETER temperature 1                an instruction

- A keyword in capitals begins an instruction. In another spelling it does if the line is well formed for that instruction. Any
  text behind ``system``, ``template`` and ``license`` is, as for Ollama, until the text has run over a line of prose.
- A word in capitals that is nearly a keyword is a slip, not text.
- Blank lines and lines with ``#`` are text when more text follows, else they are not part of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

from ..options import ALIASES, IGNORED, OPTIONS, QUANTIZE_KEYS, near
from .command import KEYWORDS, ROLES
from .spelling import is_ordinary, nearest

_LINE = re.compile(r"(\r\n?|\n)([^\r\n]*)")
_HEAD = re.compile(r"[^\S\r\n]*([A-Za-z]+)(.?)")
_PARAMETER = re.compile(r"(\w+)[ \t]+(\S.*)", re.ASCII)
_MESSAGE = re.compile(r"(\w+)([ \t]|\Z)")
_DRIVE = re.compile(r"[A-Za-z]:\\")


class _Kind(Enum):
    TEXT = auto()
    INSTRUCTION = auto()
    DOUBTFUL = auto()  # an instruction for Ollama, prose by its spelling
    SLIP = auto()


@dataclass(frozen=True, slots=True)
class Continuation:
    """The lines below an instruction that belong to its text.

    Args:
        text: those lines with newlines between and before them; empty if there are none.
        start, end: offsets of the first such line and behind the last one.
        doubtful: offset of a line that ended the text although it looks like prose.
        slip: offset of a line that begins with a misspelt keyword; the file is wrong there.
        prose: offsets of lines that begin with a keyword but were taken as text.
    """

    text: str
    start: int
    end: int
    doubtful: int | None = None
    slip: int | None = None
    prose: tuple[int, ...] = ()


def follow(text: str, offset: int, owner: str) -> Continuation:
    """Read on from the end of a line (``offset``) that holds an unquoted text; ``owner`` is its keyword as it is spelled."""
    end = start = offset
    doubtful = slip = None
    prose: list[int] = []
    for line in _LINE.finditer(text, offset):
        content = line[2]
        if not content or content.isspace() or content.lstrip().startswith("#"):
            continue
        kind = _kind(content, owner, continued=end > offset)
        if kind is not _Kind.TEXT:
            doubtful = line.start(2) if kind is _Kind.DOUBTFUL else None
            slip = line.start(2) if kind is _Kind.SLIP else None
            break
        if end == offset:
            start = line.start(2)
        if _keyword(content):
            prose.append(line.start(2))
        end = line.end()
    body = text[offset:end].replace("\r\n", "\n").replace("\r", "\n")
    return Continuation(body, start, end, doubtful, slip, tuple(prose))


def _keyword(line: str) -> str | None:
    head = _HEAD.match(line)
    return head[1].lower() if head and head[1].lower() in KEYWORDS else None


def _kind(line: str, owner: str, *, continued: bool) -> _Kind:
    head = _HEAD.match(line)
    if not head or len(head[1]) > 40:
        return _Kind.TEXT
    word, behind, rest = head[1], head[2], line[head.end(1) :].strip()
    if word.lower() not in KEYWORDS:
        return _Kind.SLIP if _is_slip(word, behind, rest, owner) else _Kind.TEXT
    if word.isupper():
        return _Kind.TEXT if behind and behind in "-_'’0123456789" else _Kind.INSTRUCTION
    if behind not in (" ", "\t"):
        return _Kind.TEXT
    if not _well_formed(word.lower(), rest, any_text=not (continued and owner.isupper())):
        return _Kind.TEXT
    return _Kind.DOUBTFUL if owner.isupper() else _Kind.INSTRUCTION


def _is_slip(word: str, behind: str, rest: str, owner: str) -> bool:
    if behind not in ("", " ", "\t", ":"):
        return False
    keyword = nearest(word)
    if keyword is None:
        return False
    if not is_ordinary(word, keyword) and (word.isupper() or not owner.isupper()):
        return True
    if keyword in ("from", "adapter", "draft") and not word.isupper():
        return _is_name(rest) and any(character.isdigit() or character in "/:~" for character in rest)
    return _well_formed(keyword, rest, any_text=False)


def _well_formed(keyword: str, rest: str, *, any_text: bool) -> bool:
    """Whether ``rest`` is what usually follows that keyword; any text does after SYSTEM, TEMPLATE, LICENSE if ``any_text``."""
    match keyword:
        case "system" | "template" | "license":
            return any_text and bool(rest)
        case "message":
            role = _MESSAGE.match(rest)
            return role is not None and role[1].lower() in (*ROLES, "tool")
        case "parameter":
            parameter = _PARAMETER.fullmatch(rest)
            return parameter is not None and _is_option(parameter[1])
        case "requires":
            return _is_name(rest) and rest.removeprefix("v")[:1].isdigit()
        case _:
            return _is_name(rest)


def _is_name(rest: str) -> bool:
    """One word that does not end a sentence, or a path, perhaps with what its author takes for a comment behind it."""
    if rest.startswith(('"', ".", "/", "~", "\\")) or _DRIVE.match(rest):
        return True
    first, *others = rest.split(maxsplit=1)
    return not first.endswith(tuple(".,;:!?")) and (not others or others[0].startswith("#"))


def _is_option(key: str) -> bool:
    return key in OPTIONS or key in ALIASES or key in IGNORED or key in QUANTIZE_KEYS or (len(key) < 40 and bool(near(key)))
