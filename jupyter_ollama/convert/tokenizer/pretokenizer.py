"""Which of llama.cpp's pre-tokenizers splits text as a tokenizer.json does.

A byte-level BPE tokenizer first cuts text into words. tokenizer.json writes the regular expressions down; llama.cpp has them built in
under names (``tokenizer.ggml.pre``). In this order:

1.  the steps as they are written, if they are exactly those of the table;
2.  the ids that the tokenizer gives to a certain text, by which llama.cpp's own converter knows published vocabularies;
3.  what the steps do, if it is what some in the table do (behaviour.py).

Everything else is refused, because a wrong name gives a model that reads text in pieces it has never seen.

llama.cpp's converter has only the ids. Here they are not asked first: that takes a package which may not be installed, and one folder must
not become two models; they know nothing but published vocabularies; and they do not tell all of these apart. Of the ten real ones that the
tests rebuild (tests/convert/test_real_vocabularies.py) they name two wrongly: Qwen 3.5 becomes Qwen 2, which splits at combining marks, and
Llama 3, when no token is put in front, becomes Smaug, which does not take words whole.

Source of the names: llama_vocab::impl::load in src/llama-vocab.cpp of llama.cpp.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from ...errors import SourceError
from ...sentences import Sentence, together
from .behaviour import BYTES, DIGIT_GROUPS, DIGITS, PUNCTUATION, same
from .files import JSON, TokenizerFiles
from .known_ids import TEXT, name_of
from .original import ids_of, is_installed
from .steps import inner_steps

Steps = tuple[str, ...]

_CONTRACTIONS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|"
_TAIL = r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
_CASED = (
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+{0}|"
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*{0}|"
)
_CASED_TAIL = r"| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
_DEEPSEEK_3 = (
    r"[!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+"
    r"| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
).replace('\\"', '"')

LLAMA3 = _CONTRACTIONS + r"[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}" + _TAIL
QWEN2 = _CONTRACTIONS + r"[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}" + _TAIL
QWEN35 = _CONTRACTIONS + r"[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
GPT4O = _CASED.replace("{0}", r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?") + r"\p{N}{1,3}" + _CASED_TAIL
TEKKEN = _CASED.replace("{0}", "") + r"\p{N}" + _CASED_TAIL

# Steps -> name where merges count, name where a word that is in the vocabulary is taken whole (ignore_merges). None: llama.cpp has none.
KNOWN: dict[Steps, tuple[str | None, str | None]] = {
    (LLAMA3,): ("smaug-bpe", "llama-bpe"),
    (QWEN2,): ("qwen2", None),
    (QWEN35,): ("qwen35", None),
    (GPT4O,): ("gpt-4o", None),
    (TEKKEN,): (None, "tekken"),
    (BYTES,): ("gpt-2", None),
    (DIGITS, BYTES): ("starcoder", None),
    (PUNCTUATION, BYTES, DIGIT_GROUPS, "[0-9][0-9][0-9]"): ("falcon", None),
    (r"\p{N}{1,3}", "[一-龥぀-ゟ゠-ヿ]+", _DEEPSEEK_3): ("deepseek-v3", None),
    (r"[\r\n]", r"\s?\p{L}+", r"\s?\p{P}+", "[一-龥ࠀ-一가-퟿]+", DIGITS): ("deepseek-coder", None),
}


def pre_type(files: TokenizerFiles) -> str:
    """The name for ``tokenizer.ggml.pre``.

    Raises: SourceError when llama.cpp has no pre-tokenizer that is known to do the same.
    """
    steps = tuple(_steps(files.json.get("pre_tokenizer")))
    found = _named(steps, files) or _by_ids(files) or _named(same(files.json.get("pre_tokenizer"), KNOWN), files)
    if found is None:
        raise _unknown(files, steps)
    return found


def _named(steps: Steps | None, files: TokenizerFiles) -> str | None:
    normal, whole_words = KNOWN.get(steps or (), (None, None))
    return whole_words if files.model.get("ignore_merges") is True else normal


def _by_ids(files: TokenizerFiles) -> str | None:
    found = ids_of(files.folder.path, [TEXT], special=True)
    return name_of(found[0]) if found else None


def _steps(step: Any) -> Iterator[str]:
    """What splits text, in order."""
    for part in inner_steps(step):
        kind = part.get("type")
        if kind == "Split":
            yield _split(part)
        elif kind == "Digits":
            yield DIGITS if part.get("individual_digits") else DIGIT_GROUPS
        elif kind == "Punctuation":
            yield f"punctuation ({part.get('behavior', 'Isolated')})"
        elif kind == "ByteLevel":
            if part.get("use_regex", True):
                yield BYTES
            if part.get("add_prefix_space"):
                yield "a space in front"
        else:
            yield str(kind)


def _split(step: dict[str, Any]) -> str:
    held = step.get("pattern")
    pattern = held.get("Regex", held.get("String")) if isinstance(held, dict) else held
    usual = step.get("behavior") == "Isolated" and not step.get("invert")
    usual = usual or (step.get("behavior") == "Removed" and step.get("invert") is True)  # keeps what matches: the same cuts
    text = _escaped(str(pattern))
    return text if usual else f"{text} ({step.get('behavior')})"


def _escaped(pattern: str) -> str:
    """Files write line breaks in a pattern as themselves or as escapes; both mean the same."""
    return pattern.replace("\r", r"\r").replace("\n", r"\n")


def _unknown(files: TokenizerFiles, steps: Steps) -> SourceError:
    digest = hashlib.sha256("\n".join(steps).encode("utf-8", "replace")).hexdigest()
    path = files.folder.path / JSON
    more = "" if is_installed() else "With `pip install tokenizers`, more tokenizers are known."
    return SourceError(
        Sentence("%1 splits text in a way that llama.cpp is not known to have (digest %2).", path, digest[:12]),
        hint=together("Use a GGUF of this model if there is one. A wrong guess would make a model that answers badly.", more),
        path=path, digest=digest, steps=steps,
    )  # fmt: skip
