"""How a process ended, as the error that its users get: from its exit code where that is known, else from its last words.

A runner that several kernels share is the child of one of them; the others read in its log what Python writes there when a signal
ends it, or what worker/boot.py does when an exception did.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..errors import EngineCrashed, EngineError
from ..sentences import Sentence

LOG_LINES = 200
LOG_LINE_BYTES = 2000

_SOURCE_FOLDER = re.compile(r"^/\S*/(?=[\w.-]+:\d+: )")  # of the machine where the library was compiled
LAST_WORDS = "Fatal Python error: "
_SIGNALS = {
    "Aborted": "SIGABRT", "Bus error": "SIGBUS", "Floating point exception": "SIGFPE", "Floating-point exception": "SIGFPE",
    "Illegal instruction": "SIGILL", "Segmentation fault": "SIGSEGV",
}  # fmt: skip


def stopped(what: str) -> EngineError:
    """It ended as it was told to."""
    return EngineError(Sentence("%1 was stopped.", Sentence.of(what).capitalized()), hint="It starts anew when it is needed.")


def death(what: str, signal: str | None, exit_code: int | None, log: Sequence[str]) -> EngineCrashed:
    """It ended otherwise. Without a signal and a code, what its log says counts, and a log without last words: it was killed."""
    lines, last_words = _before_last_words(log)
    if signal is None and exit_code is None:
        signal, exit_code = _read(last_words)
    how = Sentence("was ended by %1", signal) if signal else Sentence("ended with exit code %1", exit_code)
    last = next((_SOURCE_FOLDER.sub("", line.strip()) for line in reversed(lines) if line.strip()), "")
    hint = "The kernel is not affected; the next call starts anew."
    if signal == "SIGKILL":
        hint = "Often the memory was not enough: try a smaller model, quantization or num_ctx. The next call starts anew."
    who = Sentence.of(what).capitalized()
    message = Sentence("%1 %2: %3.", who, how, last.rstrip(".")) if last else Sentence("%1 %2.", who, how)
    return EngineCrashed(message, hint=hint, signal=signal, exit_code=None if signal else exit_code, log=lines)


def hung(what: str, why: str) -> EngineCrashed:
    """It was there, but did nothing any more."""
    hint = "It was ended; the kernel is not affected, and the next call starts anew."
    message = Sentence("%1 does not answer any more: %2.", Sentence.of(what).capitalized(), Sentence.of(why))
    return EngineCrashed(message, hint=hint, signal=None, exit_code=None, log=[])


def _before_last_words(log: Sequence[str]) -> tuple[list[str], str]:
    """The lines before it told how it ends, and how that is."""
    for number, line in enumerate(log):
        if line.startswith(LAST_WORDS):
            return list(log[:number]), line.removeprefix(LAST_WORDS).strip()
    return list(log), ""


def _read(last_words: str) -> tuple[str | None, int | None]:
    """Signal or exit code."""
    code = last_words.removeprefix("exit code ")
    if code != last_words and code.isdecimal():
        return None, int(code)
    return _SIGNALS.get(last_words, "SIGKILL"), None
