"""Go's literals: quoted strings, raw strings, characters and numbers -> Python values, and back to quoted text.

Source: The Go Programming Language Specification, "Lexical elements" (Go 1.27).
"""

from __future__ import annotations

import re

from .trouble import Trouble

_SIMPLE = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\"}
_NAMED = {value: f"\\{key}" for key, value in _SIMPLE.items()}
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|([0-7]{3})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", re.DOTALL)
_INTEGER = re.compile(r"([+-]?)(?:0[xX](_?[0-9a-fA-F])+|0[bB](_?[01])+|0[oO]?(_?[0-7])+|0|[1-9](_?[0-9])*)")
_FLOAT = re.compile(r"[+-]?(?:[0-9](_?[0-9])*)?(\.([0-9](_?[0-9])*)?)?([eE][+-]?[0-9](_?[0-9])*)?")
_HEX_FLOAT = re.compile(r"[+-]?0[xX]_?[0-9a-fA-F_]*(\.[0-9a-fA-F_]*)?[pP][+-]?[0-9_]+")
_LONGEST_NUMBER = 400


def unquote(text: str, at: int) -> str:
    """The value of a string token in double quotes; bytes beyond UTF-8 become surrogate escapes. Raises: Trouble."""
    inner = text[1:-1]
    if "\\" not in inner:
        return inner
    value = _ESCAPE.sub(lambda found: _unescape(found, '"', at), inner)
    # \x and octal escapes name bytes: neighbours may form one character together
    return value.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")


def character(text: str, at: int) -> int:
    """The code point of a character constant. Raises: Trouble."""
    inner = text[1:-1]
    found = _ESCAPE.fullmatch(inner)
    if found is not None:
        code = found.group(1) or found.group(2)
        if code is not None:
            return int(code, 16 if found.group(1) else 8)
        inner = _unescape(found, "'", at)
    if len(inner) != 1:
        raise Trouble(f"malformed character constant: {text[:40]}", at, "Text stands in double quotes.")
    return ord(inner)


def _unescape(found: re.Match[str], quote: str, at: int) -> str:
    hexadecimal, octal, short, long, simple = found.groups()
    if hexadecimal or octal:
        byte = int(hexadecimal, 16) if hexadecimal else int(octal, 8)
        if byte > 255:
            raise Trouble(f"invalid escape {found.group()}", at, "Octal escapes end at \\377.")
        return bytes([byte]).decode("utf-8", "surrogateescape")
    if short or long:
        code = int(short or long, 16)
        if code > 0x10FFFF or 0xD800 <= code < 0xE000:
            raise Trouble(f"invalid escape {found.group()}", at, "That is no Unicode character.")
        return chr(code)
    if simple == quote:
        return quote
    if simple not in _SIMPLE:
        raise Trouble(f"invalid escape {found.group()}", at, "Write \\\\ for a backslash.")
    return _SIMPLE[simple]


def number(text: str, at: int) -> int | float:
    """The value of a number token: int, or float if it is written like one. Raises: Trouble."""
    if len(text) > _LONGEST_NUMBER:
        raise Trouble("number too long", at)
    if found := _INTEGER.fullmatch(text):
        digits = text.replace("_", "").lower()
        octal = re.fullmatch(r"[+-]?0[0-7]+", digits) is not None
        value = int(digits, 8) if octal else int(digits, 0)
        if not -(2**63) <= value < 2**64:
            raise Trouble(f"integer overflow: {text[:40]}", at)
        return -abs(value) if found.group(1) == "-" else value
    if _HEX_FLOAT.fullmatch(text):
        return _as_float(text, float.fromhex, at)
    if _FLOAT.fullmatch(text):
        return _as_float(text, float, at)
    if text.endswith("i"):
        raise Trouble(f"complex numbers are not supported: {text[:40]}", at, "Ollama's data hold none: leave it out.")
    raise Trouble(f"bad number syntax: {text[:40]}", at)


def _as_float(text: str, convert: object, at: int) -> float:
    try:
        value = float(convert(text.replace("_", "")))  # type: ignore[operator]
    except (ValueError, OverflowError) as exc:
        raise Trouble(f"bad number syntax: {text[:40]}", at) from exc
    if value in (float("inf"), float("-inf")):
        raise Trouble(f"number out of range: {text[:40]}", at)
    return value


def shows(one: str) -> bool:
    """Whether Go counts a character among the printable ones."""
    return one.isprintable() and (one == " " or not one.isspace())


def quote(text: str, mark: str = '"', *, ascii_only: bool = False) -> str:
    """A Go literal with this value, as %q prints it."""
    return mark + "".join(_quoted(one, mark, ascii_only) for one in text) + mark


def _quoted(one: str, mark: str, ascii_only: bool) -> str:
    if one == mark:
        return "\\" + mark
    if one in _NAMED:
        return _NAMED[one]
    code = ord(one)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    if shows(one) and not (ascii_only and code > 126):
        return one
    if code < 0x20 or code == 0x7F:
        return f"\\x{code:02x}"
    if 0xD800 <= code <= 0xDFFF:
        return "\\ufffd"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
