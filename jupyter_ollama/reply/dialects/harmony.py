"""gpt-oss: messages in channels.

    <|channel|>analysis<|message|>...<|end|>                                                    thinking
    <|start|>assistant<|channel|>commentary to=functions.get_weather <|constrain|>json<|message|>{...}<|call|>
    <|start|>assistant<|channel|>commentary<|message|>...<|end|>                                content: what it is about to do
    <|start|>assistant<|channel|>final<|message|>...<|return|>                                  content

The prompt ends with ``<|start|>assistant``, or within a message that goes on.
Source: OpenAI's description of the harmony response format.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ...messages import ToolCall
from ..calls import arguments_of
from ..dialect import Dialect
from ..json_text import nested_first
from ..marks import Marks
from ..parts import Parts
from ..speech import Speech
from ..tape import Reading, Tape

START, CHANNEL, MESSAGE, CONSTRAIN = "<|start|>", "<|channel|>", "<|message|>", "<|constrain|>"
END, CALL, RETURN = "<|end|>", "<|call|>", "<|return|>"
INTERPRETER = "python"

_HEADERS = (CHANNEL, MESSAGE, START, CONSTRAIN, "to=")
_HEADER_ENDS = Marks([MESSAGE, START, END, CALL, RETURN])
_MESSAGE_ENDS = Marks([START, CHANNEL, END, CALL, RETURN])
_CHANNEL = re.compile(r"<\|channel\|>\s*(\w+)")
_RECIPIENT = re.compile(r"to=([^\s<]+)")
_WORDS = re.compile(r"\s*(assistant)?\s*(to=\S*)?\s*(<\|channel\|>\s*\w*)?\s*(to=[^\s<]*)?\s*(<\|constrain\|>\s*\w*)?\s*")
_MOST = 256  # characters of a header


def read(tape: Tape, parts: Parts, speech: Speech) -> Reading[None]:
    _, started, header = speech.prompt.rpartition(START)
    header, opened, _ = header.partition(MESSAGE) if started else ("", "", "")
    mark = MESSAGE if opened else (yield from _begins(tape, parts))
    while True:
        if mark == MESSAGE:
            mark = yield from _message(tape, parts, header)
            header = ""
        elif mark in (START, CHANNEL):
            header, mark = yield from _header(tape, parts, header + mark)
        else:
            header, mark = "", (yield from tape.until(_MESSAGE_ENDS, parts.say))
        if not (mark or (yield from tape.peek())):
            return


def _begins(tape: Tape, parts: Parts) -> Reading[str]:
    """Whether the answer goes on with a header, as it should. If not, it is content from its beginning."""
    before = yield from tape.blanks()
    mark = yield from tape.take(*_HEADERS)
    tape.back(mark)
    if not mark:
        parts.say(before)
    return START if mark else ""


def _header(tape: Tape, parts: Parts, begun: str) -> Reading[tuple[str, str]]:
    """The rest of a header, and the mark behind it. If no message follows, the words of a header are dropped and the rest is content."""
    text = ""
    while True:
        more, mark = yield from tape.gather(_HEADER_ENDS, _MOST)
        text += more
        if mark == MESSAGE:
            return begun + text, mark
        if mark != START:
            break
        begun, text = "", ""
    parts.say(_WORDS.sub("", text, count=1))
    return "", mark


def _message(tape: Tape, parts: Parts, header: str) -> Reading[str]:
    """A message of the kind that its header tells. Returns the mark behind it."""
    found = _CHANNEL.search(header)
    channel = found[1] if found else "final"
    recipient = next((one for one in _RECIPIENT.findall(header) if one not in ("assistant", "user")), "")
    if recipient and channel != "final":
        return (yield from _call(tape, parts, recipient.removeprefix("functions.")))
    put: Callable[[str], None] = parts.think if channel == "analysis" else parts.say
    return (yield from tape.until(_MESSAGE_ENDS, put))


def _call(tape: Tape, parts: Parts, name: str) -> Reading[str]:
    """The arguments of a call; what stands behind them is content."""
    text, mark = yield from tape.gather(_MESSAGE_ENDS)
    given, rest = nested_first(text.strip()) if name != INTERPRETER else ("", "")
    rest = rest if given else ""
    arguments = arguments_of(given or text.strip() or None)
    if not mark and (yield from tape.peek()):  # longer than any call
        arguments = None
    elif arguments is None and name == INTERPRETER:
        arguments = {"code": text}
    if arguments is None:
        parts.say(text)
    else:
        parts.call(ToolCall(name, arguments))
        parts.say(rest)
    return mark


def _spoken(speech: Speech) -> bool:
    return (CHANNEL in speech.template and MESSAGE in speech.template) or (
        speech.family in ("gptoss", "gpt-oss") and START in speech.template
    )


DIALECT = Dialect("harmony", _spoken, read, (START, CHANNEL, MESSAGE, CONSTRAIN, END, CALL), channels=True)
