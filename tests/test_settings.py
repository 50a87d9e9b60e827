"""Environment variables, as Ollama reads them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from jupyter_ollama import Ollama
from jupyter_ollama.engine.setup import Setup
from jupyter_ollama.settings import Settings


def read(**environment: str) -> Settings:
    return Settings.from_environment({"OLLAMA_MODELS": "/models", **environment})


@pytest.mark.parametrize(
    ("text", "seconds"), [("", 300), (" ", 300), ("60", 60), ("10m", 600), ("1d", 300), ("-1", -1), ("-5m", -1), ("0", 0), ('"1h"', 3600), ("3.5", 300)]
)
def test_keep_alive_is_seconds_or_a_duration(text: str, seconds: float) -> None:
    assert read(OLLAMA_KEEP_ALIVE=text).keep_alive_s == seconds


@pytest.mark.parametrize(("text", "value"), [("", False), ("0", False), ("false", False), ("F", False), ("1", True), ("true", True), ("random", True), (" 1 ", True)])
def test_a_switch_is_on_for_whatever_is_not_no(text: str, value: bool) -> None:
    assert read(OLLAMA_NOPRUNE=text).keep_unused is value
    assert read(OLLAMA_DEBUG_LOG_REQUESTS=text).log_requests is value


@pytest.mark.parametrize(("text", "value"), [("", False), ("0", False), ("false", False), ("-4", False), ("1", True), ("2", True), ("true", True)])
def test_debugging_has_levels(text: str, value: bool) -> None:
    assert read(OLLAMA_DEBUG=text).debug is value


@pytest.mark.parametrize(("text", "value"), [("", None), ("true", True), ("0", False)])
def test_the_template_of_go_can_be_left_to_the_model(text: str, value: bool | None) -> None:
    assert read(OLLAMA_GO_TEMPLATE=text).go_template is value


@pytest.mark.parametrize(("text", "value"), [("8192", 8192), ("0x10", 0), ("-1", 0), ("", 0), ("many", 0)])
def test_a_context_length_is_a_plain_number(text: str, value: int) -> None:
    assert read(OLLAMA_CONTEXT_LENGTH=text).num_ctx == value


def test_folders_and_addresses_are_read() -> None:
    settings = read(OLLAMA_HOST="0.0.0.0:8000", OLLAMA_ORIGINS="https://a.example , app://b", JUPYTER_OLLAMA_TOKEN=" t ")

    assert settings.models == Path("/models")
    assert Settings.from_environment({"HOME": "/x"}).models.name == "models"
    assert (settings.address.host, settings.address.port) == ("0.0.0.0", 8000)
    assert settings.origins == ("https://a.example", "app://b")
    assert settings.token == "t"
    assert "t'" not in repr(settings).partition("token")[2]


@pytest.mark.parametrize(
    ("name", "field", "default"),
    [
        ("OLLAMA_NUM_PARALLEL", "num_parallel", 0), ("OLLAMA_MAX_LOADED_MODELS", "max_loaded", 3), ("OLLAMA_MAX_QUEUE", "max_queue", 512),
        ("OLLAMA_GPU_OVERHEAD", "gpu_overhead_bytes", 0), ("JUPYTER_OLLAMA_MEMORY", "memory_bytes", 0),
    ],
)  # fmt: skip
def test_counts_are_plain_numbers(name: str, field: str, default: int) -> None:
    for text, value in {"7": 7, "": default, "-1": default, "1.5": default, "0x7": default, "many": default, "9" * 30: default}.items():
        assert getattr(read(**{name: text}), field) == value


def test_no_limit_of_loaded_models_is_the_usual_one() -> None:
    assert read(OLLAMA_MAX_LOADED_MODELS="0").max_loaded == 3


@pytest.mark.parametrize(("text", "seconds"), [("", 300), ("10m", 600), ("60", 60), ("0", 0), ("-1", 0), ("soon", 300)])
def test_a_load_may_take_for_ever(text: str, seconds: float) -> None:
    assert read(OLLAMA_LOAD_TIMEOUT=text).load_timeout_s == seconds


def test_how_a_context_is_kept_is_read() -> None:
    assert (read().kv_cache_type, read().flash_attention) == ("f16", None)
    assert read(OLLAMA_KV_CACHE_TYPE="Q8_0").kv_cache_type == "q8_0"
    assert read(OLLAMA_FLASH_ATTENTION="1").flash_attention is True
    assert read(OLLAMA_FLASH_ATTENTION="false").flash_attention is False


def test_kernels_share_by_way_of_jupyters_runtime_folder_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))

    assert read().runtime == tmp_path / "jupyter_ollama"
    assert read(JUPYTER_OLLAMA_RUNTIME_DIR="/elsewhere").runtime == Path("/elsewhere")
    assert read(JUPYTER_OLLAMA_RUNTIME_DIR="").runtime is None


def test_engines_are_set_up_as_the_settings_say(tmp_path: Path) -> None:
    settings = read(
        OLLAMA_NUM_PARALLEL="2", OLLAMA_MAX_LOADED_MODELS="5", OLLAMA_MAX_QUEUE="9", OLLAMA_KV_CACHE_TYPE="q4_0", OLLAMA_FLASH_ATTENTION="1",
        OLLAMA_LOAD_TIMEOUT="7s", OLLAMA_GPU_OVERHEAD="8", JUPYTER_OLLAMA_MEMORY="1000", JUPYTER_OLLAMA_RUNTIME_DIR=str(tmp_path),
    )  # fmt: skip
    with Ollama(tmp_path / "models", settings=settings) as ollama:
        assert replace(ollama.engines.setup, snapshots=None) == Setup(tmp_path, 2, 5, 9, "q4_0", True, 7.0, 8, 1000)


@pytest.mark.parametrize(
    ("name", "field", "text", "value"),
    [
        ("OLLAMA_NUM_PARALLEL", "num_parallel", "4", 4),
        ("OLLAMA_NUM_PARALLEL", "num_parallel", "0x10", 0),
        ("OLLAMA_MAX_LOADED_MODELS", "max_loaded", "5", 5),
        ("OLLAMA_MAX_LOADED_MODELS", "max_loaded", "0", 3),
        ("OLLAMA_MAX_QUEUE", "max_queue", "7", 7),
        ("OLLAMA_MAX_QUEUE", "max_queue", "-1", 512),
        ("OLLAMA_MAX_TRANSFER_STREAMS", "transfer_streams", "2", 2),
        ("OLLAMA_MAX_TRANSFER_STREAMS", "transfer_streams", "many", 0),
        ("OLLAMA_KV_CACHE_TYPE", "kv_cache_type", "Q8_0", "q8_0"),
        ("OLLAMA_KV_CACHE_TYPE", "kv_cache_type", "", "f16"),
        ("OLLAMA_FLASH_ATTENTION", "flash_attention", "", None),
        ("OLLAMA_FLASH_ATTENTION", "flash_attention", "false", False),
        ("OLLAMA_LOAD_TIMEOUT", "load_timeout_s", "", 300.0),
        ("OLLAMA_LOAD_TIMEOUT", "load_timeout_s", "90s", 90.0),
        ("OLLAMA_EDITOR", "editor", "ed", "ed"),
    ],
)
def test_a_variable_has_its_meaning_or_the_default(name: str, field: str, text: str, value: object) -> None:
    assert getattr(read(**{name: text}), field) == value


def test_how_many_connections_a_download_has_reaches_the_registry(tmp_path: Path) -> None:
    from jupyter_ollama import Ollama

    with Ollama(settings=Settings(models=tmp_path / "models", transfer_streams=2)) as ollama:
        assert ollama.registry.limits.streams == 2


def test_nothing_typed_is_kept_if_that_is_wished() -> None:
    assert read(OLLAMA_NOHISTORY="1").history is None
    assert read().history is not None


def test_what_is_typed_in_a_terminal_is_kept_unless_that_is_unwanted_and_the_editor_is_the_user_s() -> None:
    assert Settings.from_environment({"HOME": "/x"}).history == Path.home() / ".ollama" / "history"
    assert Settings.from_environment({"OLLAMA_NOHISTORY": "1"}).history is None
    assert Settings.from_environment({"OLLAMA_NOHISTORY": "0"}).history is not None
    assert Settings.from_environment({"EDITOR": "ed", "VISUAL": "emacs"}).editor == "emacs"
    assert Settings.from_environment({"OLLAMA_EDITOR": "nano", "VISUAL": "emacs"}).editor == "nano"
    assert Settings.from_environment({"PATH": ""}).editor == "vi"


def test_the_hub_is_reached_as_its_own_programs_reach_it() -> None:
    here, none = read(HF_ENDPOINT="https://mirror.example/", HF_TOKEN=" hf_a ", HUGGING_FACE_HUB_TOKEN="hf_b", HF_HOME="/hf"), read(XDG_CACHE_HOME="/c")

    assert (here.hub, here.hub_token, here.hub_token_file) == ("https://mirror.example", "hf_a", Path("/hf/token"))
    assert (none.hub, none.hub_token, none.hub_token_file) == ("https://huggingface.co", "", Path("/c/huggingface/token"))
    assert read(HUGGING_FACE_HUB_TOKEN="hf_b").hub_token == "hf_b"
    assert read(HF_TOKEN_PATH="/t", HF_HOME="/hf").hub_token_file == Path("/t")
    assert read().hub_token_file == Path.home() / ".cache" / "huggingface" / "token"
    assert "hf_a" not in repr(here)
