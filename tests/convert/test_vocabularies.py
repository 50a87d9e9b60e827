"""Tokenizer files to GGUF keys: tokens, their types and scores."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from gguf import TokenType

from jupyter_ollama.convert import plan_folder
from jupyter_ollama.convert.tokenizer.sentencepiece import BPE, model_type, read_pieces

from .edit import edit, put
from .folders import make_folder
from .tiny_tokenizers import fallback_pieces, sentencepiece_model
from .tokenizer_keys import keys


def test_missing_ids_become_unused_padding(tmp_path: Path) -> None:
    """The model has 400 embeddings, the tokenizer 380 tokens."""
    found = keys(make_folder(tmp_path, "llama-biases-f32"))

    assert len(found["tokens"]) == len(found["token_type"]) == 400
    assert found["tokens"][380:382] == ["[PAD380]", "[PAD381]"]
    assert set(found["token_type"][380:]) == {TokenType.UNUSED}


def test_added_tokens_are_control_or_user_defined(tmp_path: Path) -> None:
    folder = make_folder(tmp_path, "llama-biases-f32")
    edit(
        folder / "tokenizer.json",
        lambda held: held["added_tokens"].extend(
            [{"id": 380, "content": "<tool>", "special": False}, {"id": 381, "content": "<|looks|>", "special": False}]
        ),
    )
    edit(folder / "tokenizer_config.json", put(added_tokens_decoder={"382": {"content": "\u2581\u2581", "special": False}}))
    found = keys(folder)

    assert found["tokens"][380:383] == ["<tool>", "<|looks|>", "  "]
    assert found["token_type"][376:383] == [TokenType.CONTROL] * 4 + [TokenType.USER_DEFINED, TokenType.CONTROL, TokenType.USER_DEFINED]


def test_tokens_beyond_the_embeddings_are_left_out_with_a_note(tmp_path: Path) -> None:
    folder = make_folder(tmp_path, "llama-yarn")
    edit(folder / "tokenizer.json", lambda held: held["added_tokens"].append({"id": 380, "content": "[PAD]", "special": True}))

    plan = plan_folder(folder)

    assert len(plan.metadata["tokenizer.ggml.tokens"].value) == 380
    assert "'[PAD]'" in plan.notes[0]


def test_merges_are_the_same_as_pairs_and_as_texts(tmp_path: Path) -> None:
    folder = make_folder(tmp_path, "llama31-rope")
    before = keys(folder)["merges"]
    edit(folder / "tokenizer.json", lambda held: held["model"].update(merges=[" ".join(pair) for pair in held["model"]["merges"]]))

    assert keys(folder)["merges"] == before
    assert len(before) == 120


def test_spaces_inside_merges_are_written_as_byte_level_does(tmp_path: Path) -> None:
    folder = make_folder(tmp_path, "llama31-rope")
    edit(folder / "tokenizer.json", lambda held: held["model"]["merges"].append(["a b", " "]))

    assert keys(folder)["merges"][-1] == "aĠb Ġ"


def test_sentencepiece_pieces_are_read() -> None:
    raw = sentencepiece_model()
    pieces, _ = fallback_pieces()

    assert [piece for piece, _, _ in read_pieces(raw)] == pieces
    assert model_type(raw) == BPE


def test_sentencepiece_keys_have_scores_and_types(tmp_path: Path) -> None:
    found = keys(make_folder(tmp_path, "llama2-spm-f16"))

    assert found["model"] == "llama"
    assert found["token_type"][:4] == [TokenType.UNKNOWN, TokenType.CONTROL, TokenType.CONTROL, TokenType.BYTE]
    assert found["scores"][:4] == [0.0, 0.0, 0.0, 0.0]
    assert found["scores"][259] == 0.0
    assert found["scores"][260] == -1.0


def test_tokens_added_to_sentencepiece_replace_padding(tmp_path: Path) -> None:
    folder = make_folder(tmp_path, "llama2-spm-f16")
    (folder / "added_tokens.json").write_text(json.dumps({"<extra>": 426}))

    found = keys(folder)

    assert (found["tokens"][426], found["scores"][426], found["token_type"][426]) == ("<extra>", -1000.0, TokenType.USER_DEFINED)


def test_byte_fallback_without_a_leading_space_says_so(tmp_path: Path) -> None:
    folder = make_folder(tmp_path, "llama2-fallback")
    assert "add_space_prefix" not in keys(folder)

    edit(folder / "tokenizer.json", lambda held: held["normalizer"]["normalizers"].pop(0))
    assert keys(folder)["add_space_prefix"] is False

    edit(folder / "tokenizer.json", put(normalizer=None, pre_tokenizer={"type": "Metaspace", "prepend_scheme": "first"}))
    assert "add_space_prefix" not in keys(folder)

    edit(folder / "tokenizer.json", put(normalizer=None, pre_tokenizer={"type": "Metaspace", "prepend_scheme": "never"}))
    assert keys(folder)["add_space_prefix"] is False


def test_wordpiece_marks_the_beginnings_of_words_instead_of_their_insides(tmp_path: Path) -> None:
    found = keys(make_folder(tmp_path, "bert-cased-cls"))
    tokens = list(found["tokens"])

    assert tokens[:5] == ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    assert set(found["token_type"][:5]) == {TokenType.CONTROL}
    assert {"\u2581the", "\u2581a", "a", "ion"} <= set(tokens)
    assert not any(token.startswith("##") for token in tokens)
    assert (tokens[-1], found["token_type"][-1]) == ("\u2581[PAD219]", TokenType.UNUSED)


def test_tokens_added_to_wordpiece_are_found_as_they_are(tmp_path: Path) -> None:
    folder = make_folder(tmp_path, "bert-cased-cls")
    edit(folder / "tokenizer.json", lambda held: held["added_tokens"].append({"id": 219, "content": "<tag>", "special": False}))

    found = keys(folder)

    assert (found["tokens"][219], found["token_type"][219]) == ("<tag>", TokenType.USER_DEFINED)


@pytest.mark.parametrize(
    ("normalizer", "lowercase", "strip"),
    [
        ({"type": "BertNormalizer", "lowercase": True, "strip_accents": None}, True, None),
        ({"type": "BertNormalizer", "lowercase": False, "strip_accents": False}, False, False),
        ({"type": "Sequence", "normalizers": [{"type": "NFD"}, {"type": "StripAccents"}, {"type": "Lowercase"}]}, True, True),
        ({"type": "NFC"}, None, None),
        (None, None, None),
    ],
)
def test_what_becomes_of_capitals_and_accents(
    tmp_path: Path, normalizer: dict[str, Any] | None, lowercase: bool | None, strip: bool | None
) -> None:
    folder = make_folder(tmp_path, "bert-mean")
    edit(folder / "tokenizer.json", lambda held: held.update(normalizer=normalizer))

    found = keys(folder)

    assert (found.get("normalizer.lowercase"), found.get("normalizer.strip_accents")) == (lowercase, strip)


def test_a_vocabulary_with_one_token_a_line_has_the_special_tokens_of_bert(tmp_path: Path) -> None:
    folder = make_folder(tmp_path, "bert-older")
    found = keys(folder)
    assert [found[f"{kind}_token_id"] for kind in ("padding", "unknown", "bos", "eos", "seperator", "mask")] == [0, 1, 2, 3, 3, 4]
    assert found["normalizer.lowercase"] is True

    edit(folder / "tokenizer_config.json", put(do_lower_case=False, strip_accents=True, cls_token="the"))
    found = keys(folder)
    assert (found["normalizer.lowercase"], found["normalizer.strip_accents"]) == (False, True)
    assert found["tokens"][found["bos_token_id"]] == "the"


def test_unigram_has_scores_and_the_table_of_characters(tmp_path: Path) -> None:
    found = keys(make_folder(tmp_path, "xlm-roberta"))

    assert (found["model"], found["add_space_prefix"], found["remove_extra_whitespaces"]) == ("t5", True, True)
    assert list(found["token_type"][:5]) == [TokenType.CONTROL] * 3 + [TokenType.UNKNOWN, TokenType.NORMAL]
    assert found["scores"][0] == 0.0 > found["scores"][4] > found["scores"][-2]
    assert len(found["precompiled_charsmap"]) > 1000


def test_unigram_keeps_several_spaces_unless_a_step_joins_them(tmp_path: Path) -> None:
    folder = make_folder(tmp_path, "xlm-roberta")
    metaspace = {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "never", "split": True}
    edit(folder / "tokenizer.json", put(pre_tokenizer=metaspace, normalizer=None))
    found = keys(folder)
    assert (found["add_space_prefix"], found["remove_extra_whitespaces"]) == (False, False)
    assert "precompiled_charsmap" not in found

    edit(folder / "tokenizer.json", put(normalizer={"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}))
    assert keys(folder)["remove_extra_whitespaces"] is True


def test_sentencepiece_without_a_first_space_says_so(tmp_path: Path) -> None:
    assert keys(make_folder(tmp_path, "gemma"))["add_space_prefix"] is False
    assert "add_space_prefix" not in keys(make_folder(tmp_path, "llama2-spm-f16"))
