"""Tokenizer files to GGUF keys: special tokens and chat templates."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from jupyter_ollama.convert import plan_folder
from jupyter_ollama.errors import SourceError

from .edit import edit, put
from .folders import make_folder
from .tokenizer_keys import keys


def test_special_tokens_may_be_named_in_an_older_file(tmp_path: Path) -> None:
    folder = make_folder(tmp_path, "llama31-rope")
    (folder / "special_tokens_map.json").write_text(json.dumps({"pad_token": {"content": "<|end_of_turn_too|>"}, "eos_token": "nobody"}))

    found = keys(folder)

    assert (found["padding_token_id"], found["eos_token_id"]) == (379, 377)  # tokenizer_config.json counts


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

    edit(folder / "tokenizer.json", put(post_processor={"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}))
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
