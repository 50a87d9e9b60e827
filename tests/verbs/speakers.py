"""Tiny models that speak a dialect of tool calls: after the token that asks they call, after the one that tells a result they answer."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gguf

from ..engine.tiny import EOS, WORDS, Metadata, Shape, Weights, byte_letters, markov

ASK, TOLD = "<|ask|>", "<|told|>"
ANSWER = "It rains in Rome."
SHAPE = Shape(n_vocab=320, n_embd=320, n_ctx=4096)
LETTERS = byte_letters()

CONVERSATION = (
    "{{ tools | tojson }}{% for m in messages %}[{{ m.role }}]{{ m.content }}"
    "{% for call in m.tool_calls or [] %}(SIGN){{ call.function.name }}{{ call.function.arguments | tojson }}{% endfor %}{% endfor %}"
    f"{{% if messages[-1].role == 'tool' %}}{TOLD}{{% else %}}{ASK}{{% endif %}}"
)


@dataclass(frozen=True)
class Dialect:
    """How a model calls: what its template shows of it, and the tokens it says. Those in ``control`` are control tokens."""

    sign: str
    says: tuple[str, ...]
    control: tuple[str, ...] = ()

    @property
    def template(self) -> str:
        return CONVERSATION.replace("(SIGN)", self.sign)


GIVEN = '{"city": "Rome"}'
DIALECTS = {
    "hermes": Dialect("<tool_call>", ("<tool_call>", f'{{"name": "get_weather", "arguments": {GIVEN}}}', "</tool_call>"), ("<tool_call>", "</tool_call>")),
    "thinking": Dialect(
        "<think></think><tool_call>", ("<think>", "Rome, ", "then.", "</think>", "I look. ", "<tool_call>", f'{{"name": "get_weather", "arguments": {GIVEN}}}', "</tool_call>")
    ),
    "mistral": Dialect("[TOOL_CALLS][ARGS]", ("[TOOL_CALLS]", "get_weather", "[ARGS]", GIVEN), ("[TOOL_CALLS]", "[ARGS]")),
    "llama": Dialect("<|start_header_id|>ipython", ('{"name": "get_weather", ', f'"parameters": {GIVEN}}}')),
    "lfm": Dialect("<|tool_call_start|>", ("<|tool_call_start|>", "[get_weather(", 'city="Rome")]', "<|tool_call_end|>"), ("<|tool_call_start|>", "<|tool_call_end|>")),
    "qwen_coder": Dialect("<function=<parameter=", ("<function=get_weather>", "<parameter=city>", "Rome", "</parameter>", "</function>")),
    "harmony": Dialect(
        "<|channel|><|message|>", ("<|channel|>", "commentary to=functions.get_weather ", "<|message|>", GIVEN, "<|call|>"),
        ("<|channel|>", "<|message|>", "<|call|>"),
    ),
}  # fmt: skip


def speaker(path: Path, dialect: Dialect) -> Path:
    """A GGUF with such a model and its template. What comes next follows from the last token alone, so nothing is said twice."""
    texts = [ASK, TOLD, ANSWER, *dialect.says]
    assert len(set(texts)) == len(texts)
    ids = {place: WORDS + 1 + place for place in range(len(texts))}
    call = [ids[3 + place] for place in range(len(dialect.says))]
    chains: list[Sequence[int]] = [[ids[0], *call, EOS], [ids[1], ids[2], EOS]]
    logits = {before: {after: 20.0} for chain in chains for before, after in itertools.pairwise(chain)}

    def edit(metadata: Metadata, weights: Weights) -> None:
        tokens: list[Any] = metadata["tokenizer.ggml.tokens"]
        kinds: list[Any] = metadata["tokenizer.ggml.token_type"]
        for place, text in enumerate(texts):
            special = place < 2 or text in dialect.control
            tokens[ids[place]] = text if special else "".join(LETTERS[byte] for byte in text.encode())
            kinds[ids[place]] = int(gguf.TokenType.CONTROL if special else gguf.TokenType.NORMAL)
        metadata["tokenizer.chat_template"] = dialect.template

    return markov(path, logits, SHAPE, edit=edit)
