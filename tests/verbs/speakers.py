"""Tiny models that speak a dialect of tool calls: after the token that begins their turn they call, after another one they answer."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gguf

from ..engine.tiny import EOS, WORDS, Metadata, Shape, Weights, byte_letters, markov

TOLD = "<|told|>"
ANSWER = "It rains in Rome."
SHAPE = Shape(n_vocab=320, n_embd=320, n_ctx=4096)
LETTERS = byte_letters()

CONVERSATION = (
    "{% if tools %}(SIGN){{ tools | tojson }}{% endif %}{% for m in messages %}"
    "{% if m.role == 'assistant' %}[assistant]{% if m.reasoning_content and (THINKS) %}<think>{{ m.reasoning_content }}</think>{% endif %}{{ m.content }}"
    "{% for call in m.tool_calls or [] %}{% set name, given = call.function.name, call.function.arguments %}(CALL){% endfor %}[end]"
    "{% else %}[{{ m.role }}]{{ m.content }}[end]{% endif %}{% endfor %}"
    f"{{% if add_generation_prompt %}}{{% if messages[-1].role == 'tool' %}}{TOLD}{{% else %}}(ASK){{% endif %}}{{% endif %}}"
)
JSON_CALL = """{"name": "{{ name }}", "arguments": {{ given | tojson }}}"""


@dataclass(frozen=True)
class Dialect:
    """How a model calls.

    Args:
        call: how its template writes a call, from ``name`` and ``given``.
        says: the tokens it says; those in ``control`` are control tokens.
        sign: other words of its template.
        ask: the token that begins its turn.
    """

    call: str
    says: tuple[str, ...]
    control: tuple[str, ...] = ()
    sign: str = ""
    thinks: bool = False
    ask: str = "<|ask|>"

    @property
    def template(self) -> str:
        places = {"(SIGN)": self.sign, "(CALL)": self.call, "(THINKS)": str(self.thinks), "(ASK)": self.ask}
        made = CONVERSATION
        for place, text in places.items():
            made = made.replace(place, text)
        return made


GIVEN = '{"city": "Rome"}'
NAMED = f'{{"name": "get_weather", "arguments": {GIVEN}}}'
DIALECTS = {
    "hermes": Dialect(f"<tool_call>{JSON_CALL}</tool_call>", ("<tool_call>", NAMED, "</tool_call>"), ("<tool_call>", "</tool_call>")),
    "thinking": Dialect(
        f"<tool_call>{JSON_CALL}</tool_call>", ("<think>", "Rome, ", "then.", "</think>", "I look. ", "<tool_call>", NAMED, "</tool_call>"),
        thinks=True,
    ),
    "mistral": Dialect(
        "[TOOL_CALLS]{{ name }}[ARGS]{{ given | tojson }}", ("[TOOL_CALLS]", "get_weather", "[ARGS]", GIVEN), ("[TOOL_CALLS]", "[ARGS]")
    ),
    "llama": Dialect(
        """{"name": "{{ name }}", "parameters": {{ given | tojson }}}""", ('{"name": "get_weather", ', f'"parameters": {GIVEN}}}'),
        sign="<|start_header_id|>ipython",
    ),
    "lfm": Dialect(
        "<|tool_call_start|>[{{ name }}({% for key, value in given.items() %}{{ key }}={{ value | tojson }}{% endfor %})]<|tool_call_end|>",
        ("<|tool_call_start|>", "[get_weather(", 'city="Rome")]', "<|tool_call_end|>"), ("<|tool_call_start|>", "<|tool_call_end|>"),
        sign="List of tools: [", ask="<|im_start|>assistant\n",
    ),
    "qwen_coder": Dialect(
        "<tool_call>\n<function={{ name }}>\n{% for key, value in given.items() %}<parameter={{ key }}>\n{{ value }}\n</parameter>\n{% endfor %}</function>\n</tool_call>",
        ("<tool_call>", "\n<function=get_weather>\n", "<parameter=city>\n", "Rome", "\n</parameter>\n", "</function>\n", "</tool_call>"),
        ask="<|im_start|>assistant\n",
    ),
    "harmony": Dialect(
        " to=functions.{{ name }}<|channel|>commentary json<|message|>{{ given | tojson }}",
        (" to=functions.get_weather", "<|channel|>", "commentary json", "<|message|>", GIVEN), ("<|channel|>", "<|message|>"),
        ask="<|start|>assistant",
    ),
}  # fmt: skip


def speaker(path: Path, dialect: Dialect) -> Path:
    """A GGUF with such a model and its template. What comes next follows from the last token alone, so nothing is said twice."""
    texts = [dialect.ask, TOLD, ANSWER, *dialect.says]
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
