"""From logits to the next token, for one answer each.

    sampler      Sampler: what the loop asks for the next token and what it was worth
    chain        a chain of llama.cpp's samplers, in Ollama's order
    custom       samplers of our own within such a chain
    tail_free    tfs_z
    newline      penalize_newline
    constrained  a chain whose tokens have to fit a grammar
    grammar      what a format is as a grammar
    logprobs     log-probabilities of tokens
"""

from __future__ import annotations

from .sampler import Sampler as Sampler
