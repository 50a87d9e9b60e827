"""Who we are: the signed token flow, as an independent implementation of ed25519 checks it, and who gets to see it."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from jupyter_ollama.errors import RegistryError, Unauthorized
from jupyter_ollama.manifest import MODEL
from jupyter_ollama.registry.challenge import Challenge
from jupyter_ollama.registry.tokens import explain, token_url

from .conftest import NewOllama
from .models import add, weights
from .scripted import Fault, Scripted


def test_the_registry_gets_a_signed_request_and_the_storage_no_token(new_ollama: NewOllama, scripted: Scripted) -> None:
    scripted.token, scripted.redirect = True, 307
    scripted.add("me/secret", "latest", [(MODEL, weights(70_000))])
    home = new_ollama()
    scripted.known_keys = {home.key().line.split(" ")[1]}
    home.pull(f"{scripted.host}/me/secret", insecure=True).result(60)

    (asked,) = scripted.asked("GET", "^/token")
    assert 1 == len([one for one in scripted.seen if one.headers.get("authorization", "").count(":") == 1])
    tokens = {one.headers["authorization"] for one in scripted.asked("GET", "/blobs/")}
    assert {f"Bearer {token}" for token in scripted.valid} == tokens
    assert [one for one in scripted.seen if one.place == "storage"]
    assert asked.headers["user-agent"].startswith("ollama/")


def test_a_token_url_is_the_realm_with_sorted_keys() -> None:
    challenge = Challenge.parse('Bearer realm="https://a.b/token?x=1",service="a,b",scope="repository:me/m:pull,push repository:o/m:pull"')
    urls = [token_url(challenge), token_url(challenge)]
    keys = [key for key, _ in parse_qsl(urlsplit(urls[0]).query)]

    assert ["nonce", "scope", "scope", "service", "ts", "x"] == keys
    assert "scope=repository%3Ame%2Fm%3Apull%2Cpush&scope=repository%3Ao%2Fm%3Apull&service=a%2Cb&" in urls[0]
    nonces = [dict(parse_qsl(urlsplit(url).query))["nonce"] for url in urls]
    assert nonces[0] != nonces[1]
    assert [16, 16] == [len(base64.urlsafe_b64decode(nonce + "==")) for nonce in nonces]
    assert "&scope=&" in token_url(Challenge.parse('Bearer realm="https://a/t",service="a"'))


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ('Bearer realm="https://a/t",service="s",scope="x"', Challenge("bearer", "https://a/t", "s", "x")),
        ('bearer service="s" , realm="https://a/t"', Challenge("bearer", "https://a/t", "s", "")),
        ('Bearer realm="https://a/"t",service="s"', Challenge("bearer", 'https://a/"t', "s", "")),
        ('Basic realm="x"', Challenge("basic", "x")),
        ("", Challenge("")),
    ],
)
def test_challenges_are_read_up_to_a_quote_before_a_comma(header: str, expected: Challenge) -> None:
    assert expected == Challenge.parse(header)


def test_a_realm_elsewhere_gets_neither_a_request_nor_a_signature(new_ollama: NewOllama, scripted: Scripted) -> None:
    scripted.token = True
    for realm in (f"http://{scripted.storage}/token", f"https://{scripted.host}/token"):
        scripted.realm = realm
        home = new_ollama()
        with pytest.raises(RegistryError) as caught:
            home.pull(f"{scripted.host}/me/secret", insecure=True).result(60)

        assert 'does not match original host "' in caught.value.text
    assert [] == scripted.asked("GET", "token")
    assert not home.registry.identity.path.exists()


def test_a_key_that_is_not_known_is_shown_to_be_pasted(new_ollama: NewOllama, scripted: Scripted) -> None:
    scripted.token, scripted.known_keys = True, set()
    home = new_ollama()
    with pytest.raises(Unauthorized) as caught:
        home.pull(f"{scripted.host}/me/secret", insecure=True).result(60)

    assert "unauthorized: access denied" == caught.value.text
    assert home.key().line == caught.value.key
    assert home.key().line in str(caught.value)
    assert ["signed", "nobody"] == ["signed" if "authorization" in one.headers else "nobody" for one in scripted.asked("GET", "^/token")]


def test_a_token_that_ends_in_the_middle_is_replaced(new_ollama: NewOllama, scripted: Scripted) -> None:
    scripted.token = True
    scripted.add("me/long", "latest", [(MODEL, weights(190_000))])
    scripted.faults = [Fault("none"), Fault("expire"), Fault("drop", 100), Fault("expire")]
    new_ollama().pull(f"{scripted.host}/me/long", insecure=True).result(60)

    assert 2 <= len(scripted.asked("GET", "^/token")) <= 4
    assert len(set(scripted.nonces)) == len(scripted.nonces)


def test_names_and_passwords_are_those_of_docker_for_exactly_that_host(new_ollama: NewOllama, scripted: Scripted) -> None:
    scripted.basic = "me:geheim"
    scripted.add("me/secret", "latest", [(MODEL, weights(100))])
    home = new_ollama()
    config: Path = home.registry.credentials.path or Path()
    config.parent.mkdir()
    word = base64.b64encode(b"me:geheim").decode()
    for place in (scripted.storage, "127.0.0.1", scripted.host):
        config.write_text(json.dumps({"auths": {place: {"auth": word}}}))
        if place == scripted.host:
            home.pull(f"{scripted.host}/me/secret", insecure=True).result(60)
        else:
            with pytest.raises(Unauthorized, match="docker login"):
                home.pull(f"{scripted.host}/me/secret", insecure=True).result(60)


def test_pushing_to_somebody_elses_namespace_says_what_to_do(new_ollama: NewOllama, scripted: Scripted) -> None:
    scripted.token, scripted.known_keys = True, set()
    home = new_ollama()
    add(home, f"{scripted.host}/library/mario", b"weights")
    with pytest.raises(Unauthorized) as caught:
        home.push(f"{scripted.host}/library/mario", insecure=True).result(60)

    assert "you are not authorized to push to this namespace, create the model under a namespace you own" == caught.value.text
    assert "%ollama cp" in str(caught.value)
    assert home.key().line in str(caught.value)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"errors":[{"code":"X","message":"manifest unknown"}]}', "404: manifest unknown"),
        (b'{"errors":[{"code":"DENIED"}]}', "404: DENIED"),
        (b'{"error":"no such thing."}', "404: no such thing"),
        (b"<html><body>nginx</body></html>", "404"),
        (b"plain\x1b[31m text\n", "404: plain [31m text"),
        (b"", "404"),
        (b"[" * 100_000, "404: " + "[" * 300),
    ],
)
def test_what_a_registry_says_is_told_short_and_clean(body: bytes, expected: str) -> None:
    assert expected == explain(404, body)
