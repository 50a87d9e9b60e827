"""Manifests and configs: bytes equal to Ollama's, anything else refused."""

from __future__ import annotations

import contextlib
import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_ollama.errors import CorruptManifest
from jupyter_ollama.manifest import CONFIG_TYPE, MODEL, Config, Draft, Layer, Manifest, human_count
from jupyter_ollama.names import Digest

KEYS = (
    *("config", "layers", "mediaType", "digest", "size", "from", "name", "schemaVersion"),
    *("model_format", "model_families", "file_type", "capabilities", "context_length", "draft", "renderer"),
)
ONE, TWO = Digest("1" * 64), Digest("2" * 64)


def test_the_config_of_a_bare_gguf_has_ollamas_known_digest() -> None:
    config = Config("gguf", "test", ("test",), "0", "unknown")

    assert hashlib.sha256(config.encode()).hexdigest().startswith("99759ad5b91e")


def test_keys_stand_in_ollamas_order() -> None:
    manifest = Manifest.build(Layer(CONFIG_TYPE, ONE, 5), [Layer(MODEL, TWO, 7, from_model="base:latest")])

    assert manifest.raw == (
        b'{"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json",'
        b'"config":{"mediaType":"application/vnd.docker.container.image.v1+json","digest":"sha256:' + b"1" * 64 + b'","size":5},'
        b'"layers":[{"mediaType":"application/vnd.ollama.image.model","digest":"sha256:' + b"2" * 64 + b'","size":7,'
        b'"from":"base:latest"}]}\n'
    )
    assert 12 == manifest.size


def test_no_layers_are_null() -> None:
    assert b'"layers":null}' in Manifest.build(Layer(CONFIG_TYPE, ONE, 5), []).raw


def test_a_manifest_keeps_the_bytes_it_was_read_from() -> None:
    raw = json.dumps({"config": {"digest": str(ONE), "size": 1}, "layers": None}, indent=3).encode()

    assert raw == Manifest.parse(raw).raw
    assert hashlib.sha256(raw).hexdigest() == Manifest.parse(raw).digest


SIZES = (b'"big"', b"true", b"-1", b"1.5", b"1" * 30)


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"[]", b"{}", b'{"config":{"digest":"x"}}', b'{"config":{"digest":7}}', b'{"config":"x","layers":3}', b"[" * 100_000,
     *(b'{"config":{"digest":"sha256:' + b"1" * 64 + b'","size":%s}}' % size for size in SIZES)],
)  # fmt: skip
def test_a_broken_manifest_is_one_clear_error(raw: bytes) -> None:
    with pytest.raises(CorruptManifest, match="Create or pull the model again"):
        Manifest.parse(raw)


@pytest.mark.parametrize("raw", [b"", b"[]", b'{"model_families":3}', b"[" * 100_000])
def test_a_broken_config_is_one_clear_error(raw: bytes) -> None:
    with pytest.raises(CorruptManifest, match="Create or pull it again"):
        Config.parse(raw)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just(str(ONE)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=3), inner, max_size=5),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(KEYS), JSON_VALUES, max_size=8))
def test_any_json_parses_or_is_refused(value: dict[str, object]) -> None:
    raw = json.dumps(value).encode()
    for parse in (Manifest.parse, Config.parse, lambda raw: Layer.from_json(json.loads(raw))):
        with contextlib.suppress(CorruptManifest, ValueError):
            held = parse(raw)
            assert repr(held)


@given(st.binary(max_size=200))
def test_any_bytes_parse_or_are_refused(raw: bytes) -> None:
    for parse in (Manifest.parse, Config.parse):
        try:
            parse(raw)
        except CorruptManifest:
            continue


FULL = Config(
    "safetensors", "qwen3", ("qwen3",), "8.0B", "nvfp4", renderer="r", parser="p", requires="0.14.0", remote_host="https://ollama.com:443",
    remote_model="gpt-oss:120b", capabilities=("tools", "thinking"), context_length=4096, embedding_length=512, base_name="base",
    draft=Draft("safetensors", "qwen3", "draft.", "draft/config.json"),
)  # fmt: skip


def test_config_keys_stand_in_ollamas_order_and_empty_ones_are_left_out() -> None:
    assert FULL.encode() == (
        b'{"model_format":"safetensors","model_family":"qwen3","model_families":["qwen3"],"model_type":"8.0B","file_type":"nvfp4",'
        b'"renderer":"r","parser":"p","requires":"0.14.0","remote_host":"https://ollama.com:443","remote_model":"gpt-oss:120b",'
        b'"capabilities":["tools","thinking"],"context_length":4096,"embedding_length":512,"base_name":"base",'
        b'"draft":{"model_format":"safetensors","architecture":"qwen3","tensor_prefix":"draft.","config":"draft/config.json"},'
        b'"architecture":"amd64","os":"linux"}\n'
    )
    assert Config().encode() == (
        b'{"model_format":"","model_family":"","model_families":null,"model_type":"","file_type":"","architecture":"amd64","os":"linux"}\n'
    )


def test_a_config_reads_what_it_writes() -> None:
    assert Config.parse(FULL.encode()) == FULL


def test_an_old_config_with_rootfs_reads_like_a_new_one() -> None:
    old = (
        b'{"model_format":"gguf","model_family":"llama","model_families":null,"model_type":"7B","file_type":"Q4_0","architecture":"amd64",'
        b'"os":"linux","rootfs":{"type":"layers","diff_ids":["sha256:1"]}}'
    )

    assert Config.parse(old) == Config("gguf", "llama", (), "7B", "Q4_0")


@pytest.mark.parametrize("value", ["true", "-1", '"4096"', "1e99", "1" + "0" * 30])
def test_a_length_that_is_no_count_is_as_if_it_were_not_there(value: str) -> None:
    assert Config.parse(b'{"context_length":%s}' % value.encode()).context_length == 0


@pytest.mark.parametrize(
    ("count", "text"),
    [(5_250_000, "5.25M"), (8_030_000_000, "8.0B"), (8_000_000_000, "8B"), (7_000_000, "7M"), (1500, "1K"), (999, "999")],
)
def test_counts_are_written_as_ollama_writes_them(count: int, text: str) -> None:
    assert text == human_count(count)
