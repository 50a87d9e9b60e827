"""WordPiece tokenizers (BERT and its kin), from tokenizer.json or from a vocab.txt with one token a line.

BERT marks the pieces inside a word with ``##``; llama.cpp marks those that begin one, with U+2581 in front. It always splits as BERT's
own pre-tokenizer does, so any other one is refused.

Source: BertModel.set_vocab in conversion/bert.py of llama.cpp.
"""

from __future__ import annotations

from ...gguf.values import Typed, flag, text
from ...sentences import Sentence
from .files import JSON, LINES, TokenizerFiles
from .vocabulary import CONTROL, USER_DEFINED, Vocabulary

MARK = "\u2581"
INSIDE = "##"
PRE = "jina-v2-en"
"""What llama.cpp's converter calls the pre-tokenizer of all of them; there is no choice."""


def wordpiece(files: TokenizerFiles, size: int) -> tuple[dict[str, Typed], Vocabulary]:
    """Keys of a WordPiece tokenizer, as llama.cpp's ``bert``.

    Raises: SourceError.
    """
    _check(files)
    vocabulary = Vocabulary.of(files, files.vocabulary() if files.json else _lines(files), size)
    inside = files.model.get("continuing_subword_prefix", INSIDE)
    inside = inside if isinstance(inside, str) and inside else INSIDE
    for number, token in vocabulary.texts.items():
        if vocabulary.types[number] not in (CONTROL, USER_DEFINED):
            vocabulary.texts[number] = token[len(inside) :] if token.startswith(inside) else f"{MARK}{token}"
    vocabulary.padding = f"{MARK}{vocabulary.padding}"
    keys = {"tokenizer.ggml.model": text("bert"), "tokenizer.ggml.pre": text(PRE), **vocabulary.keys(scored=False)}
    return {**keys, **({} if files.json else _letters(files))}, vocabulary


def _lines(files: TokenizerFiles) -> dict[str, int]:
    tokens = [token.removesuffix("\r") for token in (files.folder.text(LINES) or "").removesuffix("\n").split("\n")]
    found = {token: number for number, token in enumerate(tokens)}
    if len(found) != len(tokens):
        raise files.fail(LINES, "has a token twice")
    return found


def _check(files: TokenizerFiles) -> None:
    step = files.part("pre_tokenizer").get("type", "BertPreTokenizer")
    if step != "BertPreTokenizer":
        raise files.fail(JSON, Sentence("splits text with %1, which llama.cpp cannot do with WordPiece", step), "Use a GGUF of this model.")


def _letters(files: TokenizerFiles) -> dict[str, Typed]:
    """What becomes of capitals and accents, where there is no tokenizer.json to say it."""
    lower, strip = files.config.get("do_lower_case", True), files.config.get("strip_accents")
    keys = {"tokenizer.ggml.normalizer.lowercase": flag(lower is not False)}
    return {**keys, "tokenizer.ggml.normalizer.strip_accents": flag(strip)} if isinstance(strip, bool) else keys
