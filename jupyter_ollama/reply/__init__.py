"""The engine's raw output -> what it is: whole characters, up to a stop string; content, thinking and tool calls.

    splitter   bytes to text, stop strings
    reader     text to parts, while it comes
    speech     what is known beforehand about how a model answers
    thinking   thoughts before the content
    dialects/  how models write tool calls, one a file

What dialects are written with:

    tape, marks, parts          reading on, texts to look for, putting out
    json_text, calls, tagged    calls as JSON, alone and behind tags
    elements, typed             calls as elements, and the types of what stands in them
    pythonic, bare_python       calls as Python
"""

from .reader import Reader
from .speech import Speech
from .splitter import StopFinder, TextDecoder

__all__ = ["Reader", "Speech", "StopFinder", "TextDecoder"]
