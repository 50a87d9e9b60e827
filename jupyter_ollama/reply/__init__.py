"""The engine's raw output -> what it is: whole characters, up to a stop string; content, thinking and tool calls.

    splitter   bytes to text, stop strings
    reader     text to parts, while it comes
    speech     what is known beforehand about how a model answers
    thinking   thoughts before the content
    dialects/  how models write tool calls, one a file

    tape, parts, marks       what these are written with: reading on, putting out, looking for texts
    calls, json_text, pythonic   how calls are written: as JSON, as Python
"""

from .reader import Reader
from .speech import Speech
from .splitter import StopFinder, TextDecoder

__all__ = ["Reader", "Speech", "StopFinder", "TextDecoder"]
