"""Tokenizer files to GGUF keys: which kind of tokenizer a folder has, then its vocabulary, special tokens and chat template.

SentencePiece's own file counts where there is one, else tokenizer.json, else BERT's vocab.txt. A kind that llama.cpp has no equal for is
refused.

files.py, steps.py       what the files say
bpe.py, sentencepiece.py, wordpiece.py, unigram.py    one kind each
pretokenizer.py          which of llama.cpp's ways to split is the file's, by its steps; known_ids.py: or by its ids
special.py, chat_template.py    what stands around a text
original.py              what the file's own tokenizer says, for comparison
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ...errors import SourceError
from ...gguf.tokens import first_double
from ...gguf.values import Array, Typed, flag
from ...sentences import Sentence
from ..config import ConfigView
from ..folder import Folder
from ..records import Arch
from .bpe import byte_fallback, byte_level
from .chat_template import template_keys
from .files import JSON, LINES, MAX_TOKENS, TokenizerFiles
from .sentencepiece import BPE, FILE, is_sentencepiece, model_type, sentencepiece
from .special import special_keys
from .steps import letter_keys
from .unigram import unigram
from .vocabulary import Vocabulary
from .wordpiece import wordpiece

_UNIGRAM = "Its SentencePiece model is of the Unigram kind: llama.cpp may split rare words otherwise."

Reader = Callable[[TokenizerFiles, int], tuple[dict[str, Typed], Vocabulary]]
READERS: Mapping[str, Reader] = {"WordPiece": wordpiece, "Unigram": unigram}
"""By what tokenizer.json calls them. BPE is two kinds."""


@dataclass(frozen=True, slots=True)
class Tokenizer:
    """The ``tokenizer.*`` keys, and what the user should know."""

    keys: dict[str, Typed]
    notes: tuple[str, ...]


def read_tokenizer(folder: Folder, config: ConfigView, arch: Arch) -> Tokenizer:
    """Read the tokenizer of a folder.

    Raises: SourceError when there is none, it is broken, or llama.cpp has no equal for it.
    """
    files = TokenizerFiles(folder)
    size = config.integer("@vocab")
    if not 1 <= size <= MAX_TOKENS:
        raise config.fail(Sentence("vocab_size is %1", f"{size:,}"))
    reader, notes = _reader(files)
    keys, vocabulary = reader(files, size)
    prefix = files.config.get("add_prefix_space")
    if arch.add_space_prefix and isinstance(prefix, bool):
        keys["tokenizer.ggml.add_space_prefix"] = flag(prefix)
    keys |= special_keys(files, config, vocabulary.ids(), size) | letter_keys(files) | template_keys(files)
    tokens: Array = keys["tokenizer.ggml.tokens"].value
    double = first_double(tokens.strings())
    if double is not None:
        raise files.fail(
            files.name if reader is not sentencepiece else FILE, Sentence("has the token %1 under two ids", repr(tokens[double]))
        )
    if vocabulary.beyond:
        notes.append(
            Sentence("%1 tokens without an embedding were left out (such as %2).", len(vocabulary.beyond), repr(vocabulary.beyond[0]))
        )
    return Tokenizer(keys, tuple(notes))


def _reader(files: TokenizerFiles) -> tuple[Reader, list[str]]:
    raw = files.folder.optional(FILE)
    if raw is not None and (is_sentencepiece(raw) or not files.json):
        return sentencepiece, [_UNIGRAM] if is_sentencepiece(raw) and model_type(raw) != BPE else []
    if not files.json and files.folder.has(LINES):
        return wordpiece, []
    if not files.json:
        path = files.folder.path
        raise SourceError(
            Sentence("%1 has no tokenizer.", path), hint="Add tokenizer.json or tokenizer.model from the original model.", path=path
        )
    kind = files.model.get("type", "BPE")
    if kind == "BPE":
        return (byte_fallback if files.model.get("byte_fallback") is True else byte_level), []
    reader = READERS.get(str(kind))
    if reader is None:
        raise files.fail(JSON, Sentence("is a %1 tokenizer, which llama.cpp has not", kind), "Use a GGUF of this model.")
    return reader, []
