"""Environment variables, as Ollama reads them."""

from __future__ import annotations

from pathlib import Path

import pytest

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
