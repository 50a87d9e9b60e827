"""The grammar of model names and digests. Rows: what Ollama's own name tests require."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_ollama.errors import InvalidName
from jupyter_ollama.names import Digest, ModelName

DEFAULT = "registry.ollama.ai"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("m", (DEFAULT, "library", "m", "latest")),
        ("m:t", (DEFAULT, "library", "m", "t")),
        ("ns/m:t", (DEFAULT, "ns", "m", "t")),
        ("h:5000/ns/m", ("h:5000", "ns", "m", "latest")),
        ("http://h:5000/ns/m:t", ("h:5000", "ns", "m", "t")),
        ("hf.co/user/repo:Q4_K_M", ("hf.co", "user", "repo", "Q4_K_M")),
        ("x" * 80, (DEFAULT, "library", "x" * 80, "latest")),
        ("h" * 350 + "/n/m", ("h" * 350, "n", "m", "latest")),
    ],
)
def test_a_name_is_read_from_the_right(text: str, parts: tuple[str, ...]) -> None:
    name = ModelName.parse(text)

    assert parts == (name.host, name.namespace, name.model, name.tag)
    assert name.is_valid


@pytest.mark.parametrize(
    "text",
    ["", "m:", ":t", "/m", "ns/", "//", ".", "..", "-m", "m@sha256:" + "0" * 64, "m@sha256-" + "0" * 64, "m t", "ns.x/m", "a/b/c/d:t",
     "//model", "x:", "日本/m", "ns./m", "x" * 81, "h" * 351 + "/n/m", "m:t\n", "!MISSING!", "-h/n/m", "h/-n/m", "m:-t", "m::t",
     "h/n/", "h//m", "/n/m", "é", "m:é"],
)  # fmt: skip
def test_impossible_names_parse_but_are_not_valid(text: str) -> None:
    assert not ModelName.parse(text).is_valid

    with pytest.raises(InvalidName) as caught:
        ModelName.valid(text)
    assert text == caught.value.name


@pytest.mark.parametrize(
    ("text", "short"),
    [("m:local", "m:latest"), ("m:20b:LOCAL", "m:20b"), ("h:5000/n/m:local", "h:5000/n/m:latest"), ("m:cloud", "m:cloud"),
     ("m:20b:cloud", "m:20b-cloud"), ("m:20b-cloud", "m:20b-cloud"), ("h:5000/n/m:q:cloud", "h:5000/n/m:q-cloud")],
)  # fmt: skip
def test_local_at_the_end_of_a_name_is_no_tag_and_cloud_becomes_part_of_it(text: str, short: str) -> None:
    assert str(ModelName.valid(text)) == short


@pytest.mark.parametrize("text", ["m:cloud:local", "m:local:cloud", "m:20b-cloud:local", "m:local:local", "m" + ":local" * 5000])
def test_a_name_cannot_live_in_two_places(text: str) -> None:
    with pytest.raises(InvalidName, match="use either :local or :cloud, not both"):
        ModelName.valid(text)


def test_no_name_at_all_is_asked_for() -> None:
    with pytest.raises(InvalidName, match="model is required"):
        ModelName.valid("")


@pytest.mark.parametrize(
    ("part", "longest"), [("{}/n/m", 350), ("{}/m", 80), ("{}", 80), ("m:{}", 80), ("h/{}/m:t", 80), ("h/n/{}:t", 80), ("h/n/m:{}", 80)]
)  # fmt: skip
def test_each_part_has_a_longest_length_in_bytes(part: str, longest: int) -> None:
    assert ModelName.parse(part.format("x" * longest)).is_valid
    assert not ModelName.parse(part.format("x" * (longest + 1))).is_valid
    assert not ModelName.parse(part.format("é" * (longest // 2 + 1))).is_valid


@pytest.mark.parametrize("character", "_-.:/@ \t\0!+~é漢")
def test_which_characters_a_part_may_have_and_begin_with(character: str) -> None:
    """Host: letters, digits, ``_ - . :``; namespace: no dot; model and tag: no colon. None begins with ``-`` or ``.``."""
    inside = {"host": "h{}h/n/m:t", "namespace": "h/n{}n/m:t", "model": "h/n/m{}m:t", "tag": "h/n/m:t{}t"}
    begins = {"host": "{}h/n/m:t", "namespace": "h/{}n/m:t", "model": "h/n/{}m:t", "tag": "h/n/m:{}t"}
    may, may_begin = ({place for place, text in texts.items() if ModelName.parse(text.format(character)).is_valid} for texts in (inside, begins))

    everywhere = set(inside)
    assert may == {"_": everywhere, "-": everywhere, ".": everywhere - {"namespace"}, ":": {"host"}}.get(character, set())
    assert may_begin == (everywhere if character == "_" else set())


@given(st.text(alphabet="ab:/.-_!@\u212a ", max_size=12))
def test_any_text_parses_and_a_valid_name_reads_back_from_its_short_and_full_form(text: str) -> None:
    name = ModelName.parse(text)
    if name.is_valid:
        assert ModelName.parse(name.full) == ModelName.parse(str(name))
        assert len(name.path.parts) == 4


def test_the_scheme_is_kept_but_never_shown() -> None:
    name = ModelName.parse("http://h:5000/ns/m")

    assert "http" == name.scheme
    assert "h:5000/ns/m:latest" == str(name)


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("registry.ollama.ai/library/xx", "xx:latest"),
        ("Registry.Ollama.AI/LIBRARY/xx", "xx:latest"),
        ("registry.ollama.ai/me/xx:v1", "me/xx:v1"),
        ("hf.co/library/xx", "hf.co/library/xx:latest"),
    ],
)
def test_the_shortest_form_drops_defaults_and_keeps_the_tag(text: str, short: str) -> None:
    assert short == str(ModelName.parse(text))


def test_the_path_of_a_manifest_has_all_four_parts_in_their_own_case() -> None:
    assert PurePosixPath("hf.co/user/Repo/Q4") == ModelName.valid("hf.co/user/Repo:Q4").path
    assert PurePosixPath("registry.ollama.ai/library/Foo/latest") == ModelName.valid("Foo").path


def test_each_part_takes_the_spelling_that_exists_in_whatever_model() -> None:
    existing = [ModelName.valid(text) for text in ("foo:latest", "x:Bar", "HF.co/Me/y:1")]

    assert ModelName.valid("foo:Bar") == ModelName.valid("FOO:bar").spelled_like(existing)
    assert ModelName.valid("HF.co/Me/foo:Bar") == ModelName.valid("hf.CO/ME/FOO:BAR").spelled_like(existing)


def test_a_part_that_exists_in_the_same_spelling_keeps_it() -> None:
    existing = [ModelName.valid("Foo:a"), ModelName.valid("FOO:b"), ModelName.valid("foo:c")]

    assert ModelName.valid("FOO:x") == ModelName.valid("FOO:x").spelled_like(existing)
    assert ModelName.valid("FOO:x") == ModelName.valid("fOO:x").spelled_like(existing)


@pytest.mark.parametrize("text", ["sha256:" + "a" * 64, "sha256-" + "A" * 64])
def test_a_digest_has_two_spellings(text: str) -> None:
    digest = Digest.parse(text)

    assert "sha256:" + text[7:] == str(digest)
    assert "sha256-" + text[7:] == digest.file_name


@pytest.mark.parametrize("text", ["", "sha256:" + "a" * 63, "sha1:" + "a" * 64, "sha256:" + "g" * 64, "sha256:" + "a" * 64 + "\n", "../../etc"])
def test_anything_else_is_no_digest(text: str) -> None:
    with pytest.raises(InvalidName):
        Digest.parse(text)


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("mario", None),
        ("a b", "Names have no blanks."),
        ("mario:", "The tag behind the colon is missing."),
        ("me/", "The name is missing."),
        ("/mario", "The namespace is missing."),
        ("x" * 81, "The name is longer than 80 characters."),
        ("-x", "The name cannot begin with '-'."),
        ("a:b:c", "The name cannot contain ':'."),
        ("my.self/mario", "The namespace cannot contain '.'."),
        ("h!/me/mario", "The host cannot contain '!'."),
        ("mario\n", "Names have no blanks."),
    ],
)
def test_a_name_that_is_none_says_what_is_wrong_with_it(text: str, mistake: str | None) -> None:
    assert ModelName.parse(text).mistake == mistake

    if mistake is not None:
        with pytest.raises(InvalidName) as caught:
            ModelName.valid(text)
        assert str(caught.value.hint).startswith(mistake)
