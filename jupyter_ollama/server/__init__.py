"""The face on the network: Ollama's REST API, OpenAI's and Anthropic's, from a thread of the kernel.

    serving       the server: its thread, its address, its end
    application   which handler answers which path
    handler       what all handlers have in common: the body, errors, answers in pieces
    compressed    bodies that are unpacked
    guard         who may ask: Host, Origin, token
    native/       Ollama's own routes
    openai/       /v1, as OpenAI's clients expect it
    anthropic     /v1/messages, as Anthropic's clients expect it

A handler reads a request (``wire``), calls one verb of ``Ollama`` and writes what comes of it (``wire``); it decides nothing.
"""

from .serving import Server, serve

__all__ = ["Server", "serve"]
