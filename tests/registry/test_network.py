"""The way to a registry: certificates, proxies, redirects, addresses."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_ollama.errors import Cancelled, RegistryError, Unreachable
from jupyter_ollama.events import Progress
from jupyter_ollama.manifest import MODEL, SYSTEM
from jupyter_ollama.registry import Proxies, Registry
from jupyter_ollama.registry.address import Origin, step, target_of
from jupyter_ollama.registry.proxies import Proxy
from jupyter_ollama.settings import Settings

from ..weights import tiny_folder_once, tiny_gguf_once  # noqa: F401 (fixtures)
from .conftest import QUICK, NewOllama
from .models import CONFIG, files, weights
from .scripted import Scripted
from .tls import NAME, ConnectProxy, certificate, server_side


@pytest.fixture
def certified(tmp_path: Path) -> Path:
    return certificate(tmp_path)


@pytest.fixture
def encrypted(certified: Path) -> Iterator[Scripted]:
    with Scripted(server_side(certified)).running() as script:
        yield script
    assert [] == script.problems


def trusting(certified: Path, key: Path, proxies: Proxies | None = None) -> Registry:
    return Registry(key, proxies=proxies, limits=QUICK, context=ssl.create_default_context(cafile=certified))


def test_https_is_spoken_and_from_pulls_what_is_not_there(
    new_ollama: NewOllama, encrypted: Scripted, certified: Path, tiny_gguf_once: Path  # noqa: F811 (the fixture)
) -> None:
    encrypted.add("me/m", "latest", [(MODEL, tiny_gguf_once.read_bytes()), (SYSTEM, b"You are Mario.")], CONFIG)
    home = new_ollama()
    home.registry = trusting(certified, home.registry.identity.path)
    run = home.create("luigi", f"FROM {encrypted.host}/me/m\nSYSTEM You are Luigi.")
    statuses = [event.status for event in run if isinstance(event, Progress)]

    assert "pulling manifest" == statuses[0]
    assert ["success"] == [status for status in statuses if status == "success"] == statuses[-1:]
    assert {"luigi:latest", f"{encrypted.host}/me/m:latest"} == {model.name for model in home.list()}
    assert "You are Luigi." == home.show("luigi").system


def test_a_certificate_that_is_not_trusted_is_told(new_ollama: NewOllama, encrypted: Scripted) -> None:
    with pytest.raises(Unreachable, match=r"certificate is not trusted.*SSL_CERT_FILE") as caught:
        new_ollama().pull(f"{encrypted.host}/me/m").result(60)

    assert caught.value.final


def test_a_redirect_to_plain_http_is_refused(new_ollama: NewOllama, encrypted: Scripted, certified: Path) -> None:
    encrypted.redirect = 307
    encrypted.add("me/m", "latest", [(MODEL, weights(9000))])
    home = new_ollama()
    home.registry = trusting(certified, home.registry.identity.path)
    with pytest.raises(RegistryError, match="redirects to plain http"):
        home.pull(f"{encrypted.host}/me/m").result(60)

    assert [] == [one for one in encrypted.seen if one.place == "storage"]


def test_https_goes_through_a_proxy_that_sees_nothing(new_ollama: NewOllama, encrypted: Scripted, certified: Path) -> None:
    encrypted.add("me/m", "latest", [(MODEL, weights(50_000))])
    home = new_ollama()
    with ConnectProxy(encrypted.host).running() as proxy:
        home.registry = trusting(certified, home.registry.identity.path, Proxies(https=proxy.url))
        home.pull(f"{NAME}/me/m").result(60)

    assert weights(50_000) in files(home).values()
    assert all(head.startswith(f"CONNECT {NAME}:443 HTTP/1.1\r\nHost: {NAME}:443\r\nProxy-Authorization: Basic ") for head in proxy.asked)
    assert {NAME} == {one.headers["host"] for one in encrypted.seen}
    assert not any("proxy-authorization" in one.headers for one in encrypted.seen)


def test_a_proxy_that_refuses_is_told(new_ollama: NewOllama, encrypted: Scripted, certified: Path) -> None:
    home = new_ollama()
    with ConnectProxy(encrypted.host, refuses="407 Proxy Authentication Required").running() as proxy:
        home.registry = trusting(certified, home.registry.identity.path, Proxies(https=proxy.url))
        with pytest.raises(Unreachable, match=r"through the proxy 127.0.0.1:\d+: the proxy answered 407"):
            home.pull(f"{NAME}/me/m").result(60)


def test_plain_http_names_the_whole_url_to_a_proxy(new_ollama: NewOllama, scripted: Scripted) -> None:
    scripted.add("me/m", "latest", [(MODEL, weights(50_000))])
    home = new_ollama()
    home.registry = Registry(home.registry.identity.path, limits=QUICK, proxies=Proxies(http=f"http://{scripted.host}"))
    home.pull(f"{NAME}/me/m", insecure=True).result(60)

    assert f"http://{NAME}/v2/me/m/manifests/latest" in scripted.proxied
    assert {NAME} == {one.headers["host"] for one in scripted.seen}


def test_hugging_face_is_a_registry_like_any_other(new_ollama: NewOllama, scripted: Scripted) -> None:
    """Its names, its redirects to a storage elsewhere; no digest is announced."""
    scripted.add("bartowski/Llama-3.2-1B-Instruct-GGUF", "Q4_K_M", [(MODEL, weights(50_000))])
    scripted.redirect, scripted.announced = 302, lambda body: ""
    home = new_ollama()
    home.registry = Registry(home.registry.identity.path, limits=QUICK, proxies=Proxies(http=f"http://{scripted.host}"))
    name = "hf.co/bartowski/Llama-3.2-1B-Instruct-GGUF:Q4_K_M"
    assert name == home.pull(name, insecure=True).result(60).name

    assert "http://hf.co/v2/bartowski/Llama-3.2-1B-Instruct-GGUF/manifests/Q4_K_M" in scripted.proxied
    manifest, *_ = scripted.asked("GET", "/manifests/")
    assert "application/vnd.docker.distribution.manifest.v2+json" == manifest.headers["accept"].split(",")[0]
    assert "identity" == manifest.headers["accept-encoding"]


@pytest.mark.parametrize(
    ("url", "proxied"),
    [
        ("https://a.example.com", True), ("http://a.example.com", False), ("https://b.internal", False), ("https://internal", False),
        ("https://internal.com", True), ("https://exact.org:8443", False), ("https://127.0.0.1:5000", False), ("https://localhost", False),
    ],
)  # fmt: skip
def test_which_hosts_are_reached_through_a_proxy(url: str, proxied: bool) -> None:
    proxies = Proxies(https="proxy:3128", no_proxy=".internal,internal, exact.org:8443")

    assert (Proxy("proxy", 3128) if proxied else None) == proxies.for_origin(Origin.of(url))


@pytest.mark.parametrize("url", ["socks5://proxy:1080", "https://proxy", "http://", "http://proxy:port"])
def test_a_proxy_of_another_kind_is_told(url: str) -> None:
    with pytest.raises(RegistryError, match="HTTPS_PROXY"):
        Proxies(https=url).for_origin(Origin.of("https://a.example.com"))


def test_settings_read_proxies_in_either_case() -> None:
    read = Settings.from_environment({"https_proxy": "a", "HTTPS_PROXY": "b", "ALL_PROXY": "c", "NO_PROXY": "x", "DOCKER_CONFIG": "/d"})

    assert ("c", "a", "x", Path("/d/config.json")) == (read.http_proxy, read.https_proxy, read.no_proxy, read.docker_config)
    assert Path.home() / ".ollama" / "id_ed25519" == read.key


def test_a_host_that_does_not_answer_can_be_given_up(new_ollama: NewOllama) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as silent:
        run = new_ollama().pull(f"127.0.0.1:{silent.getsockname()[1]}/me/m", insecure=True)
        next(iter(run))
        run.cancel()
        with pytest.raises(Cancelled):
            run.result(20)


def test_nobody_at_that_port_is_told_at_once(new_ollama: NewOllama) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with pytest.raises(Unreachable, match=f"127.0.0.1:{port} cannot be reached: nobody answers there"):
        new_ollama().pull(f"127.0.0.1:{port}/me/m", insecure=True).result(60)


@pytest.mark.parametrize(
    ("url", "location", "expected"),
    [
        ("https://a/v2/x/blobs/1", "/elsewhere?x=1", "https://a/elsewhere?x=1"),
        ("https://a/v2/x/blobs/1", "../2", "https://a/v2/x/2"),
        ("https://a/v2/x", "//b/y", "https://b/y"),
        ("http://a/v2/x", "http://b/y", "http://b/y"),
        ("http://a/v2/x", "https://b/y", "https://b/y"),
    ],
)
def test_where_a_location_leads(url: str, location: str, expected: str) -> None:
    assert expected == step(url, location)


@pytest.mark.parametrize("location", ["http://b/y", "ftp://b/y", "file:///etc/passwd", "https://me:geheim@b/", "https://b:port/", "https://[b/"])
def test_where_it_must_not_lead(location: str) -> None:
    with pytest.raises(RegistryError):
        step("https://a/v2/x", location)


def test_addresses_cannot_carry_a_second_request() -> None:
    assert "/a%0D%0Ab?c%20%E2%82%AC=%41" == target_of("https://h/a\x0d\x0ab?c €=%41".replace("\r", "%0D").replace("\n", "%0A"))
    assert ("[::1]:5000", "h", "h:443") == tuple(Origin.of(url).authority for url in ("http://[::1]:5000/", "https://H:443", "http://h:443"))
