"""Tokenizer files to GGUF keys: pre-tokenizers, special tokens, added tokens, chat templates."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from gguf import TokenType

from jupyter_ollama.convert import plan_folder
from jupyter_ollama.convert.folder import Folder
from jupyter_ollama.convert.tokenizer.files import TokenizerFiles
from jupyter_ollama.convert.tokenizer.pretokenizer import GPT4O, LLAMA3, QWEN2, QWEN35, TEKKEN, pre_type
from jupyter_ollama.convert.tokenizer.sentencepiece import BPE, model_type, read_pieces
from jupyter_ollama.errors import SourceError

from .edit import edit, put
from .folders import make_folder
from .tiny_tokenizers import LLAMA3_SPLIT, QWEN2_SPLIT, fallback_pieces, sentencepiece_model

PREFIX = "tokenizer.ggml."


def keys(folder: Path) -> dict[str, Any]:
    return {key.removeprefix(PREFIX): value.value for key, value in plan_folder(folder).metadata.items() if key.startswith("tokenizer.")}


# ---------------------------------------------------------------- pre-tokenizers


def split(pattern: str, behavior: str = "Isolated", invert: bool = False) -> dict[str, Any]:
    return {"type": "Split", "pattern": {"Regex": pattern}, "behavior": behavior, "invert": invert}


def byte_level(use_regex: bool = False, add_prefix_space: bool = False) -> dict[str, Any]:
    return {"type": "ByteLevel", "add_prefix_space": add_prefix_space, "trim_offsets": True, "use_regex": use_regex}


def sequence(*steps: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Sequence", "pretokenizers": list(steps)}


DIGITS = {"type": "Digits", "individual_digits": True}
DEEPSEEK_3 = (
    "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\r\n]*"
    "|\\s*[\r\n]+|\\s+(?!\\S)|\\s+"
)


@pytest.mark.parametrize(
    ("step", "ignore_merges", "name"),
    [
        (sequence(split(LLAMA3), byte_level()), True, "llama-bpe"),
        (sequence(split(LLAMA3), byte_level()), False, "smaug-bpe"),
        (sequence(split(QWEN2), byte_level()), False, "qwen2"),
        (sequence(split(QWEN2, "Removed", True), byte_level()), False, "qwen2"),
        (sequence(split(QWEN2.replace(r"\r", "\r").replace(r"\n", "\n")), byte_level()), False, "qwen2"),
        (sequence(sequence(split(QWEN2)), byte_level()), False, "qwen2"),
        (sequence(split(QWEN35), byte_level()), False, "qwen35"),
        (sequence(split(GPT4O), byte_level()), False, "gpt-4o"),
        (sequence(split(TEKKEN), byte_level()), True, "tekken"),
        (byte_level(use_regex=True), False, "gpt-2"),
        (
            sequence(
                {"type": "Punctuation", "behavior": "Contiguous"}, byte_level(use_regex=True), {"type": "Digits", "individual_digits": False},
                split("[0-9][0-9][0-9]"),
            ),
            False, "falcon",
        ),
        (sequence(DIGITS, byte_level(use_regex=True)), False, "starcoder"),
        (sequence(split(r"\p{N}{1,3}"), split("[一-龥\u3040-ゟ゠-ヿ]+"), split(DEEPSEEK_3), byte_level()), False, "deepseek-v3"),
    ],
)
def test_known_splits_have_names(tmp_path: Path, step: dict[str, Any], ignore_merges: bool, name: str) -> None:
    (tmp_path / "tokenizer.json").write_text(json.dumps({"pre_tokenizer": step, "model": {"ignore_merges": ignore_merges}}))

    assert pre_type(TokenizerFiles(Folder(tmp_path))) == name


@pytest.mark.parametrize(
    "step",
    [
        sequence(split(QWEN2.replace(r"\p{N}", r"\p{N}{1,2}")), byte_level()),
        sequence(split(QWEN2), byte_level(use_regex=True)),
        sequence(split(QWEN2), byte_level(add_prefix_space=True)),
        sequence(split(r"\p{N}", "MergedWithNext"), split(QWEN2), byte_level()),
        sequence(split(QWEN2, "Removed"), byte_level()),
        sequence(DIGITS, split(QWEN2), byte_level()),
        {"type": "Metaspace"},
        sequence(),
    ],
)
def test_a_split_that_differs_a_little_is_refused_not_guessed(tmp_path: Path, step: dict[str, Any]) -> None:
    (tmp_path / "tokenizer.json").write_text(json.dumps({"pre_tokenizer": step, "model": {}}))

    with pytest.raises(SourceError, match="splits text in a way") as caught:
        pre_type(TokenizerFiles(Folder(tmp_path)))

    assert len(caught.value.digest) == 64


OTHER_WORDS = (
    r"(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])|[^\r\n\p{L}\p{N}]?\p{L}+|{0}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
"""The pattern of Llama 3 and Qwen 2 with contractions spelled out; what it does with numbers is left open."""


@pytest.mark.parametrize(
    ("step", "ignore_merges", "name"),
    [
        (sequence(split(OTHER_WORDS.replace("{0}", r"\p{N}{1,3}")), byte_level()), True, "llama-bpe"),
        (sequence(split(OTHER_WORDS.replace("{0}", r"\p{N}\p{N}?\p{N}?")), byte_level()), False, "smaug-bpe"),
        (sequence(split(OTHER_WORDS.replace("{0}", r"\p{N}")), byte_level()), False, "qwen2"),
        (sequence(split(QWEN2 + " "), byte_level()), False, "qwen2"),  # a single space is left, which is a word all the same
        (sequence(split(QWEN2, invert=True), byte_level()), False, "qwen2"),  # nothing lies between the words
        (sequence(split(r"\p{N}"), byte_level(use_regex=True)), False, "starcoder"),
    ],
)
def test_the_same_split_in_other_words_is_known_by_what_it_does(tmp_path: Path, step: dict[str, Any], ignore_merges: bool, name: str) -> None:
    (tmp_path / "tokenizer.json").write_text(json.dumps({"pre_tokenizer": step, "model": {"ignore_merges": ignore_merges}}))

    assert pre_type(TokenizerFiles(Folder(tmp_path))) == name


@pytest.mark.parametrize("number", [r"[0-9]{1,3}", r"\p{Nd}{1,3}", r"\p{N}{1,4}", r"\p{N}+"])
def test_other_words_that_mean_something_else_are_refused(tmp_path: Path, number: str) -> None:
    step = sequence(split(OTHER_WORDS.replace("{0}", number)), byte_level())
    (tmp_path / "tokenizer.json").write_text(json.dumps({"pre_tokenizer": step, "model": {"ignore_merges": True}}))

    with pytest.raises(SourceError, match="splits text in a way"):
        pre_type(TokenizerFiles(Folder(tmp_path)))


def test_the_patterns_are_those_of_the_tiny_tokenizers() -> None:
    assert (LLAMA3, QWEN2) == (LLAMA3_SPLIT, QWEN2_SPLIT)


# ---------------------------------------------------------------- vocabulary


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

    assert len(plan.metadata[f"{PREFIX}tokens"].value) == 380
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


def test_special_tokens_may_be_named_in_an_older_file(tmp_path: Path) -> None:
    folder = make_folder(tmp_path, "llama31-rope")
    (folder / "special_tokens_map.json").write_text(json.dumps({"pad_token": {"content": "<|end_of_turn_too|>"}, "eos_token": "nobody"}))

    found = keys(folder)

    assert (found["padding_token_id"], found["eos_token_id"]) == (379, 377)  # tokenizer_config.json counts


# ---------------------------------------------------------------- special tokens


def test_several_eos_ids_all_end_an_answer(tmp_path: Path) -> None:
    """llama.cpp reads one id for each of EOS, EOT and EOM, and stops at all of them."""
    folder = make_folder(tmp_path, "llama31-rope")
    (folder / "generation_config.json").write_text(json.dumps({"eos_token_id": [378, 377, 379]}))

    found = keys(folder)

    assert (found["eos_token_id"], found["eot_token_id"], found["eom_token_id"]) == (377, 378, 379)
    assert list(found["eos_token_ids"]) == [377, 378, 379]


def test_special_ids_come_from_names_then_from_numbers(tmp_path: Path) -> None:
    folder = make_folder(tmp_path, "llama31-rope")
    (folder / "generation_config.json").write_text(json.dumps({"pad_token_id": 379, "eos_token_id": 377}))
    edit(folder / "config.json", put(bos_token_id=0, eos_token_id=[5, 6]))
    edit(folder / "tokenizer_config.json", put(eos_token=None, unk_token={"content": "<|eot_id|>"}))

    found = keys(folder)

    assert found["bos_token_id"] == 376  # tokenizer_config.json names it
    assert found["eos_token_id"] == 5  # config.json
    assert found["padding_token_id"] == 379  # generation_config.json
    assert found["unknown_token_id"] == 377


def test_ids_that_are_no_tokens_are_not_written(tmp_path: Path) -> None:
    folder = make_folder(tmp_path, "llama-yarn")
    edit(folder / "config.json", put(pad_token_id=-1, mask_token_id=380, sep_token_id="x"))

    assert not {"padding_token_id", "mask_token_id", "seperator_token_id"} & set(keys(folder))


def test_the_post_processor_decides_whether_bos_is_added(tmp_path: Path) -> None:
    folder = make_folder(tmp_path, "llama31-rope")
    edit(folder / "tokenizer_config.json", put(add_bos_token=False))
    assert keys(folder)["add_bos_token"] is True

    edit(folder / "tokenizer.json", put(post_processor=byte_level()))
    assert keys(folder)["add_bos_token"] is False

    edit(folder / "tokenizer.json", put(post_processor=None))
    edit(folder / "tokenizer_config.json", put(add_bos_token=True))
    assert keys(folder)["add_bos_token"] is True


def test_a_token_behind_every_text_is_the_end_and_the_named_one_ends_turns(tmp_path: Path) -> None:
    folder = make_folder(tmp_path, "llama31-rope")
    single = [{"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "<|end_of_turn_too|>", "type_id": 0}}]
    edit(folder / "tokenizer.json", put(post_processor={"type": "TemplateProcessing", "single": single, "pair": []}))
    (folder / "generation_config.json").unlink()

    found = keys(folder)

    assert (found["add_eos_token"], found["eos_token_id"], found["eot_token_id"]) == (True, 379, 377)


def test_add_prefix_space_is_passed_on(tmp_path: Path) -> None:
    folder = make_folder(tmp_path, "llama2-spm-f16")
    edit(folder / "tokenizer_config.json", put(add_prefix_space=False))

    assert keys(folder)["add_space_prefix"] is False


# ---------------------------------------------------------------- chat templates


def templates(folder: Path) -> dict[str, Any]:
    return {key.removeprefix("tokenizer."): value for key, value in keys(folder).items() if key.startswith("tokenizer.chat_template")}


def test_a_template_is_found_in_each_of_its_places(tmp_path: Path) -> None:
    folder = make_folder(tmp_path, "llama31-rope")
    assert templates(folder) == {}

    (folder / "chat_template.json").write_text(json.dumps({"chat_template": "from json"}))
    assert templates(folder) == {"chat_template": "from json"}

    (folder / "chat_template.jinja").write_text("from jinja {{ '你好' }}", encoding="utf-8")
    assert templates(folder) == {"chat_template": "from jinja {{ '你好' }}"}

    edit(folder / "tokenizer_config.json", put(chat_template="from config"))
    assert templates(folder) == {"chat_template": "from config"}


def test_named_templates_are_all_written(tmp_path: Path) -> None:
    folder = make_folder(tmp_path, "llama31-rope")
    (folder / "chat_template.jinja").write_text("usual")
    (folder / "additional_chat_templates").mkdir()
    (folder / "additional_chat_templates" / "rag.jinja").write_text("with documents")

    found = templates(folder)

    assert list(found.pop("chat_templates")) == ["rag"]
    assert found == {"chat_template": "usual", "chat_template.rag": "with documents"}


def test_a_template_that_is_no_text_is_refused_or_left_out(tmp_path: Path) -> None:
    folder = make_folder(tmp_path, "llama31-rope")
    edit(folder / "tokenizer_config.json", put(chat_template=[{"name": "default", "template": 5}, "x", {"name": ["y"], "template": "z"}]))
    assert templates(folder) == {}

    (folder / "chat_template.jinja").write_bytes(b"\xff\xfe")
    with pytest.raises(SourceError, match="is not UTF-8"):
        plan_folder(folder)
