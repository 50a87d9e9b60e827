"""Layers of a model as a front end looks at them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from jupyter_ollama import Ollama
from jupyter_ollama.errors import BadRequest, BlobNotFound, InvalidName, NotSupported
from jupyter_ollama.gguf import TensorType, header_bytes
from jupyter_ollama.gguf.values import f32, f32s, flag, i32s, text, texts, u32, u64

from .conftest import Say

EVIL = "<img src=x onerror=alert(1)>\x1b[2J\u202e"
TEXTS = 'TEMPLATE {{ .Prompt }}\nSYSTEM """Hi.\n\u202eBye."""\nPARAMETER stop <b>\nMESSAGE user Hello!\nLICENSE MIT'


@pytest.fixture
def mario(say: Say, ollama: Ollama, tiny_gguf: Path) -> dict[str, str]:
    """A model with a layer of each kind; their digests."""
    ollama.create("mario", f"FROM {tiny_gguf}\n{TEXTS}").result(60)
    return {layer["kind"]: layer["digest"] for layer in say("open", name="mario")["layers"]}


def whole(content: dict[str, Any]) -> str:
    return "".join(part for _, part in content["pieces"])


def test_small_layers_have_their_text_and_its_parts(say: Say, mario: dict[str, str]) -> None:
    found = {kind: say("content", name="mario", digest=digest) for kind, digest in mario.items()}

    assert found["system"]["text"] == "Hi.\n\u202eBye."
    assert found["license"]["text"] == "MIT"
    assert found["template"]["pieces"] == [
        ["operator", "{{"], ["plain", " "], ["variable", ".Prompt"], ["plain", " "], ["operator", "}}"],
    ]  # fmt: skip
    assert found["params"]["text"] == '{\n  "stop": [\n    "<b>"\n  ]\n}'
    assert ["string", '"<b>"'] in found["params"]["pieces"]
    assert found["messages"]["messages"] == [{"role": "user", "content": "Hello!"}]
    assert found["config"]["text"].startswith('{\n  "model_format": "gguf"')
    for kind in ("template", "params", "messages", "config"):
        assert whole(found[kind]) == found[kind]["text"]
    assert not any(one["cut"] for one in found.values())


def test_weights_tell_the_chat_template_inside(say: Say, mario: dict[str, str]) -> None:
    content = say("content", name="mario", digest=mario["model"])

    assert (content["kind"], whole(content)) == ("template", content["text"])
    assert ["keyword", "for"] in content["pieces"]


def test_a_text_of_more_than_a_megabyte_is_cut(say: Say, ollama: Ollama, tiny_gguf: Path) -> None:
    ollama.create("long", f'FROM {tiny_gguf}\nSYSTEM """{"ä" * 700_000}"""').result(60)
    digest = next(layer["digest"] for layer in say("open", name="long")["layers"] if layer["kind"] == "system")

    content = say("content", name="long", digest=digest)

    assert content["cut"]
    assert content["text"] == "ä" * (len(content["text"]))
    assert len(content["text"].encode()) == 1 << 20
    assert len(say("open", name="long")["modelfile"]) <= 1_000_000


def test_a_digest_is_only_looked_up_among_the_models_own(say: Say, ollama: Ollama, mario: dict[str, str], tiny_gguf: Path) -> None:
    ollama.create("other", f"FROM {tiny_gguf}\nSYSTEM Other.").result(60)
    foreign = next(layer["digest"] for layer in say("open", name="other")["layers"] if layer["kind"] == "system")

    for verb in ("content", "metadata", "tensors"):
        with pytest.raises(BlobNotFound):
            say(verb, name="mario", digest=foreign)
        with pytest.raises(InvalidName):
            say(verb, name="mario", digest="../../../etc/passwd")
    with pytest.raises(NotSupported):
        say("metadata", name="mario", digest=mario["system"])


def craft(path: Path) -> Path:
    """A GGUF with a value of each kind, names that are no good, and more tensors than a page has."""
    metadata = {
        "general.architecture": text("llama"), "a.flag": flag(True), "a.real": f32(0.1), "a.large": u64((1 << 64) - 1), EVIL: text(EVIL),
        "a.tokens": texts([f"token {number}" for number in range(10_000)] + [EVIL, b"\xff"]), "a.reals": f32s([0.1, 2.0]),
        "a.numbers": i32s(range(20)), "a.long": text("x" * 1_000_000), "a.count": u32(7),
    }  # fmt: skip
    shapes = [(f"blk.{number}.weight", (32,), TensorType.F32) for number in range(300)] + [(EVIL, (32, 2, 1), TensorType.F16)]
    header, offsets = header_bytes(metadata, shapes)
    path.write_bytes(header.ljust(offsets[-1] + 128, b"\0"))
    return path


@pytest.fixture
def crafted(say: Say, ollama: Ollama, tmp_path: Path) -> str:
    """The digest of a layer of weights that were never meant to run."""
    from jupyter_ollama.manifest import CONFIG_TYPE, MODEL, Config, Manifest
    from jupyter_ollama.names import ModelName

    config, _ = ollama.store.put(Config("gguf", "llama").encode(), CONFIG_TYPE)
    weights, _ = ollama.store.put(craft(tmp_path / "crafted.gguf").read_bytes(), MODEL)
    ollama.store.tag(ModelName.valid("crafted"), Manifest.build(config, [weights]))
    return str(weights.digest)


def test_metadata_comes_in_pages_with_types_and_bounded_texts(say: Say, crafted: str) -> None:
    page = say("metadata", name="crafted", digest=crafted, search="", offset=0, limit=100)

    assert (page["total"], page["offset"], len(page["rows"])) == (10, 0, 10)
    rows = {row["key"]: row for row in page["rows"]}
    assert rows["a.flag"] == {"key": "a.flag", "type": "bool", "value": "true", "length": None}
    assert rows["a.real"]["value"] == "0.1"
    assert rows["a.large"]["value"] == "18446744073709551615"
    assert (rows["a.tokens"]["type"], rows["a.tokens"]["length"]) == ("array of string", 10_002)
    assert rows["a.tokens"]["value"].startswith("[token 0, token 1, ")
    assert rows["a.reals"]["value"] == "[0.1, 2.0]"
    assert rows[EVIL]["value"] == EVIL
    assert len(rows["a.long"]["value"]) == 4000
    second = say("metadata", name="crafted", digest=crafted, search="A.", offset=2, limit=2)
    assert (second["total"], second["offset"], [row["key"] for row in second["rows"]]) == (8, 2, ["a.large", "a.tokens"])


def test_elements_of_an_array_are_found_and_paged(say: Say, crafted: str) -> None:
    def elements(**more: Any) -> Any:
        return say("elements", **{"name": "crafted", "digest": crafted, "key": "a.tokens", "search": "", "offset": 0, "limit": 3, **more})

    assert elements(offset=9_999)["rows"] == [
        {"index": 9_999, "value": "token 9999"}, {"index": 10_000, "value": EVIL}, {"index": 10_001, "value": "\ufffd"},
    ]  # fmt: skip
    assert elements(search="TOKEN 77", offset=1) == {
        "total": 111, "offset": 1, "rows": [{"index": number, "value": f"token {number}"} for number in (770, 771, 772)],
    }  # fmt: skip
    assert elements(key="a.reals")["rows"] == [{"index": 0, "value": "0.1"}, {"index": 1, "value": "2.0"}]
    assert elements(key="a.numbers", search="1", offset=9)["rows"] == [{"index": 18, "value": "18"}, {"index": 19, "value": "19"}]
    for key in ("a.flag", "no such key", EVIL):
        with pytest.raises(BadRequest):
            elements(key=key)


def test_tensors_are_found_and_paged(say: Say, crafted: str) -> None:
    page = say("tensors", name="crafted", digest=crafted, search="", offset=299, limit=50)

    assert page["total"] == 301
    assert [(row["name"], row["type"], row["shape"], row["size"]) for row in page["rows"]] == [
        ("blk.299.weight", "F32", [32], 128), (EVIL, "F16", [32, 2, 1], 128),
    ]  # fmt: skip
    assert page["rows"][1]["offset"] > page["rows"][0]["offset"]
    assert say("tensors", name="crafted", digest=crafted, search="ONERROR", offset=0, limit=5)["total"] == 1
    assert say("tensors", name="crafted", digest=crafted, search="f16", offset=0, limit=5)["total"] == 1


@pytest.mark.parametrize(("offset", "limit"), [(-5, -5), (1 << 60, 10), (0, 1 << 60), (-1, 0)])
def test_places_beyond_the_end_give_less_never_an_error(say: Say, crafted: str, offset: int, limit: int) -> None:
    for verb, more in (("metadata", {}), ("tensors", {}), ("elements", {"key": "a.tokens"})):
        page = say(verb, name="crafted", digest=crafted, search="", offset=offset, limit=limit, **more)

        assert len(page["rows"]) <= 500
        assert page["total"] > 0


def test_a_layer_that_is_broken_says_so(say: Say, ollama: Ollama, crafted: str) -> None:
    from jupyter_ollama.errors import GGUFError

    path = ollama.store.blobs.folder / crafted.replace(":", "-")
    path.write_bytes(path.read_bytes()[:200])

    for verb in ("metadata", "tensors", "content"):
        with pytest.raises(GGUFError):
            say(verb, name="crafted", digest=crafted)
