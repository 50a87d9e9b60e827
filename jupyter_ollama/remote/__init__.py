"""The verbs of ``Ollama`` by an engine elsewhere: the notebook stays, the engine moves.

    connecting   which of the two a host is, found out by asking
    engine       what both have in common; a verb that a host lacks says so
    ollama_api   a host that speaks Ollama's API: Ollama itself, or another notebook
    openai_api   a host that speaks OpenAI's: vLLM, llama-server ...
    line         one connection: requests, streams that can be cancelled, errors
    files        files of this machine that a model on the host is made from
"""

from .connecting import connect
from .engine import Remote

__all__ = ["Remote", "connect"]
