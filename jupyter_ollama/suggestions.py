"""Models of Ollama's library that are good to begin with. Sizes are those of the day they were written down: what a registry has now may
differ a little.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, overload

from .shown import Fields, Shown

Fits = Literal["yes", "tight", "no", "unknown"]


@dataclass(frozen=True, slots=True)
class Suggestion(Fields):
    """A model to pull. ``memory_bytes`` is about what it takes with a context of 4,096 tokens; ``fits`` says whether this machine has so
    much; ``here``: the store has it already.
    """

    name: str
    about: str
    size_bytes: int
    memory_bytes: int = 0
    fits: Fits = "unknown"
    here: bool = False


class Suggestions(Shown, Sequence[Suggestion]):
    """Models to pull, the usual ones first."""

    __slots__ = ("_rows",)

    def __init__(self, rows: Iterable[Suggestion]) -> None:
        self._rows = tuple(rows)

    def __len__(self) -> int:
        return len(self._rows)

    def __repr__(self) -> str:
        return str(self)

    @overload
    def __getitem__(self, index: int) -> Suggestion: ...
    @overload
    def __getitem__(self, index: slice) -> Suggestions: ...
    def __getitem__(self, index: int | slice) -> Suggestion | Suggestions:
        return Suggestions(self._rows[index]) if isinstance(index, slice) else self._rows[index]


@dataclass(frozen=True, slots=True)
class Known:
    """A model of the library and the sizes that decide on the memory it takes: layers, widths of hidden state and feed-forward, tokens of
    the vocabulary, numbers that each layer keeps for a token of the context.

    Units: ``size_mb`` megabytes to fetch.
    """

    name: str
    about: str
    size_mb: int
    n_layer: int
    n_embd: int
    n_ff: int
    n_vocab: int
    n_kept: int


KNOWN = (
    Known("llama3.2", "a good first model: chat and tools, 3B", 2_020, 28, 3072, 8192, 128_256, 2048),
    Known("llama3.2:1b", "small and quick chat, 1B", 1_320, 16, 2048, 8192, 128_256, 1024),
    Known("llama3.1", "chat and tools, 8B", 4_920, 32, 4096, 14_336, 128_256, 2048),
    Known("llama3.3", "the largest Llama of one GPU or much memory, 70B", 42_520, 80, 8192, 28_672, 128_256, 2048),
    Known("qwen3:0.6b", "thinks and calls tools, tiny", 523, 28, 1024, 3072, 151_936, 2048),
    Known("qwen3:1.7b", "thinks and calls tools, small", 1_360, 28, 2048, 6144, 151_936, 2048),
    Known("qwen3:4b", "thinks and calls tools on a laptop", 2_500, 36, 2560, 9728, 151_936, 2048),
    Known("qwen3", "thinks and calls tools, 8B", 5_230, 36, 4096, 12_288, 151_936, 2048),
    Known("qwen3:14b", "thinks and calls tools, 14B", 9_280, 40, 5120, 17_408, 151_936, 2048),
    Known("qwen3:30b", "thinks and calls tools; many experts, quick for its size", 18_560, 48, 2048, 6144, 151_936, 1024),
    Known("qwen3:32b", "thinks and calls tools, 32B", 20_200, 64, 5120, 25_600, 151_936, 2048),
    Known("gemma3:270m", "the smallest that follows instructions", 292, 18, 640, 2048, 262_144, 512),
    Known("gemma3:1b", "140 languages, small", 815, 26, 1152, 6912, 262_144, 512),
    Known("gemma3", "140 languages, 4B", 3_340, 34, 2560, 10_240, 262_144, 2048),
    Known("gemma3:12b", "140 languages, 12B", 8_150, 48, 3840, 15_360, 262_144, 4096),
    Known("gemma3:27b", "140 languages, 27B", 17_400, 62, 5376, 21_504, 262_144, 4096),
    Known("phi4-mini", "reasoning and mathematics, 3.8B", 2_490, 32, 3072, 8192, 200_064, 2048),
    Known("phi4", "reasoning and mathematics, 14B", 9_050, 40, 5120, 17_920, 100_352, 2560),
    Known("mistral", "an old favourite for chat, 7B", 4_370, 32, 4096, 14_336, 32_768, 2048),
    Known("mistral-nemo", "chat with a long context, 12B", 7_070, 40, 5120, 14_336, 131_072, 2048),
    Known("mistral-small", "chat and tools, 24B", 14_330, 40, 5120, 32_768, 131_072, 2048),
    Known("gpt-oss", "thinks and calls tools; experts, 20B", 13_790, 24, 2880, 11_520, 201_088, 1024),
    Known("deepseek-r1:1.5b", "thinks before it answers, small", 1_120, 28, 1536, 8960, 151_936, 512),
    Known("deepseek-r1:7b", "thinks before it answers, 7B", 4_680, 28, 3584, 18_944, 152_064, 1024),
    Known("deepseek-r1", "thinks before it answers, 8B", 5_230, 36, 4096, 12_288, 151_936, 2048),
    Known("deepseek-r1:14b", "thinks before it answers, 14B", 8_990, 48, 5120, 13_824, 152_064, 2048),
    Known("deepseek-r1:32b", "thinks before it answers, 32B", 19_850, 64, 5120, 27_648, 152_064, 2048),
    Known("qwen2.5-coder:1.5b", "completes code, small", 986, 28, 1536, 8960, 151_936, 512),
    Known("qwen2.5-coder", "writes and completes code, 7B", 4_680, 28, 3584, 18_944, 152_064, 1024),
    Known("smollm2:135m", "tiny, for trying things out", 271, 30, 576, 1536, 49_152, 384),
    Known("smollm2:360m", "tiny, for trying things out", 726, 32, 960, 2560, 49_152, 640),
    Known("smollm2", "small and quick chat, 1.7B", 1_820, 24, 2048, 8192, 49_152, 4096),
    Known("nomic-embed-text", "embeddings for search, 8,192 tokens", 274, 12, 768, 3072, 30_522, 0),
    Known("all-minilm", "embeddings, smallest and quickest", 46, 6, 384, 1536, 30_522, 0),
    Known("mxbai-embed-large", "embeddings for search, precise", 670, 24, 1024, 4096, 30_522, 0),
    Known("bge-m3", "embeddings of many languages, 8,192 tokens", 1_160, 24, 1024, 4096, 250_002, 0),
)
