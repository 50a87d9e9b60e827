"""``save`` and ``load``: what leaves one store arrives in another, byte for byte, and nothing else gets in."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from jupyter_ollama import Ollama, Progress
from jupyter_ollama.errors import ArchiveError, Cancelled, DigestMismatch, DiskFull, InvalidName, ModelNotFound, OllamaError, SourceError

from .conftest import Create, snapshot


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Ollama]:
    """The store of somebody else."""
    with Ollama(tmp_path / "other") as other:
        yield other


@pytest.fixture
def saved(ollama: Ollama, create: Create, tmp_path: Path) -> Path:
    create("mario", "SYSTEM You are Mario.\nLICENSE MIT")
    create("me/luigi:small", "SYSTEM You are Luigi.")
    ollama.save(["mario", "me/luigi:small"], tmp_path / "course.tar").result(60)
    return tmp_path / "course.tar"


def entries(path: Path) -> dict[str, bytes]:
    with tarfile.open(path) as tar:
        return {member.name: tar.extractfile(member).read() for member in tar}  # type: ignore[union-attr]  # all are files


def pack(path: Path, content: dict[str, bytes], mode: str = "w") -> Path:
    with tarfile.open(path, mode) as tar:  # type: ignore[call-overload]  # one of its modes
        for name, data in content.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return path


def test_models_arrive_byte_for_byte(ollama: Ollama, other: Ollama, saved: Path) -> None:
    loaded = other.load(saved).result(60)
    assert {model.name for model in loaded} == {"mario:latest", "me/luigi:small"}
    assert snapshot(other) == snapshot(ollama)
    assert [one.digest for one in other.list("mario")] == [one.digest for one in ollama.list("mario")]
    assert other.verify().result(60).ok


def test_other_tools_read_the_file_as_an_image_layout(saved: Path) -> None:
    content = entries(saved)
    assert json.loads(content["oci-layout"]) == {"imageLayoutVersion": "1.0.0"}
    index = json.loads(content["index.json"])
    assert [one["annotations"]["io.containerd.image.name"] for one in index["manifests"]] == [
        "registry.ollama.ai/library/mario:latest", "registry.ollama.ai/me/luigi:small",
    ]  # fmt: skip
    for one in index["manifests"]:
        raw = content["blobs/sha256/" + one["digest"].removeprefix("sha256:")]
        assert len(raw) == one["size"]
        layers = json.loads(raw)["layers"]
        assert all(len(content[f"blobs/{layer['digest'].replace(':', '/')}"]) == layer["size"] for layer in layers)
    blobs = {name: data for name, data in content.items() if name.startswith("blobs/")}
    assert all(hashlib.sha256(data).hexdigest() == name.removeprefix("blobs/sha256/") for name, data in blobs.items())
    assert subprocess.run(["tar", "-tf", saved], capture_output=True, check=True).stdout.decode().split() == list(content)


def test_what_models_share_is_in_the_file_once_and_equal_models_give_equal_files(ollama: Ollama, saved: Path, tmp_path: Path) -> None:
    alone = ollama.save("mario", tmp_path / "mario.tar").result(60)
    assert saved.stat().st_size < 1.2 * alone.size_bytes
    again = ollama.save(["mario", "me/luigi:small"], tmp_path / "again.tar").result(60)
    assert (tmp_path / "again.tar").read_bytes() == saved.read_bytes()
    assert again.size_bytes == saved.stat().st_size


def test_pocket_can_be_saved_without_having_been_used(ollama: Ollama, other: Ollama, tmp_path: Path) -> None:
    ollama.save("pocket", tmp_path / "pocket.tar").result(60)
    other.load(tmp_path / "pocket.tar", "small").result(60)
    assert str(other.chat("small", "Hello!", options={"temperature": 0}).result(60))


def test_the_order_of_entries_does_not_matter(other: Ollama, saved: Path, tmp_path: Path) -> None:
    content = entries(saved)
    Random(1).shuffle(order := list(content))
    other.load(pack(tmp_path / "shuffled.tar", {f"./{name}": content[name] for name in order})).result(60)
    assert len(other.list()) == 2


def test_a_layer_that_the_store_has_is_not_read(ollama: Ollama, other: Ollama, saved: Path) -> None:
    other.load(saved).result(60)
    other.delete("mario")
    kinds = [event.kind for event in other.load(saved) if isinstance(event, Progress)]
    digests = {event.digest for event in other.load(saved) if isinstance(event, Progress) and event.kind == "taking_out"}
    assert "taking_out" in kinds
    assert not digests, "the second time everything is there"


def test_one_model_can_be_given_another_name(ollama: Ollama, other: Ollama, saved: Path, tmp_path: Path) -> None:
    ollama.save("mario", tmp_path / "mario.tar").result(60)
    assert [one.name for one in other.load(tmp_path / "mario.tar", "peach").result(60)] == ["peach:latest"]
    with pytest.raises(ArchiveError, match="holds several models, which cannot all be called peach"):
        other.load(saved, "peach").result(60)
    with pytest.raises(InvalidName):
        other.load(tmp_path / "mario.tar", "a b").result(60)


def test_a_name_that_is_there_comes_to_mean_the_model_of_the_file(other: Ollama, saved: Path, tiny_gguf: Path) -> None:
    other.create("mario", f"FROM {tiny_gguf}\nSYSTEM Another.").result(60)
    other.load(saved).result(60)
    assert other.show("mario").system == "You are Mario."
    assert not other.store.prune(grace_s=0).files, "what only the old meaning needed is gone"


@pytest.mark.parametrize("place", ["weights", "system", "manifest"])
def test_a_damaged_file_brings_nothing_into_the_store(other: Ollama, saved: Path, tmp_path: Path, place: str) -> None:
    content = entries(saved)
    sizes = sorted((len(data), name) for name, data in content.items() if name.startswith("blobs/"))
    manifest = next(name for name in content if json.loads(content["index.json"])["manifests"][0]["digest"].removeprefix("sha256:") in name)
    name = {"weights": sizes[-1][1], "system": sizes[0][1], "manifest": manifest}[place]
    content[name] = bytes([content[name][0] ^ 1]) + content[name][1:]
    with pytest.raises((DigestMismatch, ArchiveError), match="damaged"):
        other.load(pack(tmp_path / "damaged.tar", content)).result(60)
    assert not other.list()
    assert not [path for path in other.store.blobs.folder.glob("*") if path.is_file()]


def test_a_file_that_was_cut_short_says_so(other: Ollama, saved: Path, tmp_path: Path) -> None:
    whole = saved.read_bytes()
    for size in sorted(Random(2).sample(range(len(whole)), 40)):
        (tmp_path / "cut.tar").write_bytes(whole[:size])
        with pytest.raises(OllamaError, match=r"cut short|too early|incomplete|no models|lacks"):
            other.load(tmp_path / "cut.tar").result(60)
    assert not other.list()


def test_files_that_are_something_else_are_refused(other: Ollama, saved: Path, tmp_path: Path) -> None:
    def refusal(data: bytes | dict[str, bytes]) -> str:
        path = tmp_path / "other.tar"
        if isinstance(data, dict):
            pack(path, data)
        else:
            path.write_bytes(data)
        with pytest.raises(ArchiveError) as caught:
            other.load(path).result(60)
        return str(caught.value)

    def index(**descriptor: object) -> dict[str, bytes]:
        return {**entries(saved), "index.json": json.dumps({"manifests": [descriptor]}).encode()}

    good = json.loads(entries(saved)["index.json"])["manifests"][0]
    image = json.dumps({"config": {"digest": good["digest"], "size": 1}, "layers": [
        {"mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip", "digest": good["digest"], "size": 1}]}).encode()
    container = "sha256:" + hashlib.sha256(image).hexdigest()
    assert "no tar file" in refusal(b"GGUF" + bytes(5000))
    assert "no tar file" in refusal(b"")
    assert "is compressed" in refusal(gzip.compress(saved.read_bytes()[:10_000]))
    assert "no index.json" in refusal({"a": b""})
    assert "lists none" in refusal({"index.json": b"{}"})
    assert "lists none" in refusal({"index.json": b'{"manifests": []}'})
    assert "broken index.json" in refusal({"index.json": b"[" * 100_000})
    assert "too large" in refusal({"index.json": bytes(5 << 20)})
    assert "cannot be read" in refusal(index(digest="sha256:../../x", annotations=good["annotations"]))
    assert "lacks blobs/sha256" in refusal(index(digest="sha256:" + "0" * 64))
    assert "does not say what its model is called" in refusal(index(digest=good["digest"]))
    assert "no valid name" in refusal(index(digest=good["digest"], annotations={"io.containerd.image.name": "../../etc/passwd"}))
    assert "container image" in refusal({**index(digest=container), f"blobs/sha256/{container[7:]}": image})
    assert not other.list()


def test_hostile_headers_are_refused_before_they_fill_the_memory(other: Ollama, tmp_path: Path) -> None:
    header = tarfile.TarInfo("x")
    header.type, header.size = tarfile.XHDTYPE, 1 << 34
    path = tmp_path / "hostile.tar"
    with path.open("wb") as file:
        file.write(header.tobuf(tarfile.GNU_FORMAT))
        file.truncate(1 << 35)
    with pytest.raises(ArchiveError, match="no tar file"):
        other.load(path).result(60)
    chain = tarfile.TarInfo("x")
    chain.type, chain.size = tarfile.XHDTYPE, 0
    path.write_bytes(chain.tobuf(tarfile.GNU_FORMAT) * 5000)
    with pytest.raises(ArchiveError):
        other.load(path).result(60)


def test_links_and_devices_in_the_file_are_passed_over(other: Ollama, saved: Path, tmp_path: Path) -> None:
    path = tmp_path / "links.tar"
    shutil.copy(saved, path)
    weights = max((len(data), name) for name, data in entries(saved).items())[1]
    with tarfile.open(path, "a") as tar:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE):
            entry = tarfile.TarInfo(weights)
            entry.type, entry.linkname = kind, "/etc/passwd"
            tar.addfile(entry)
    other.load(path).result(60)
    assert other.verify().result(60).ok


def test_mutations_never_bring_in_what_is_not_what_it_says(other: Ollama, saved: Path, tmp_path: Path) -> None:
    whole, rng = saved.read_bytes(), Random(3)
    path = tmp_path / "mutated.tar"
    for _ in range(30):
        mutated = bytearray(whole)
        for _ in range(rng.choice((1, 4, 40))):
            mutated[rng.randrange(8192 if rng.random() < 0.7 else len(mutated))] = rng.randrange(256)
        path.write_bytes(mutated)
        try:
            other.load(path).result(60)
        except OllamaError:
            pass
    assert other.verify().result(60).damaged == ()


def test_nothing_is_left_of_a_save_that_is_cancelled_or_fails(ollama: Ollama, saved: Path, tmp_path: Path) -> None:
    before = saved.read_bytes()
    run = ollama.save("mario", saved)
    run.cancel()
    try:
        run.result(60)
    except Cancelled:
        assert saved.read_bytes() == before
    with pytest.raises(SourceError, match="cannot be written: No such file or directory"):
        ollama.save("mario", tmp_path / "nowhere" / "x.tar").result(60)
    with pytest.raises(ModelNotFound):
        ollama.save(["mario", "nobody"], tmp_path / "x.tar").result(60)
    with pytest.raises(SourceError, match="no model to save"):
        ollama.save([], tmp_path / "x.tar").result(60)
    assert not list(tmp_path.glob(".*.part"))
    assert not (tmp_path / "x.tar").exists()


def test_a_damaged_blob_is_not_saved(ollama: Ollama, create: Create, tmp_path: Path) -> None:
    model = create("mario", "SYSTEM You are Mario.")
    system = ollama.store.blobs.path(model.manifest.of("application/vnd.ollama.image.system")[0].digest)
    system.chmod(0o644)
    with system.open("ab") as file:
        file.write(b"!")
    with pytest.raises(DigestMismatch, match="is damaged: it has 15 bytes instead of 14"):
        ollama.save("mario", tmp_path / "mario.tar").result(60)
    assert not (tmp_path / "mario.tar").exists()


def test_a_disk_without_room_is_noticed_before_anything_is_written(other: Ollama, saved: Path, tmp_path: Path) -> None:
    content = entries(saved)
    manifest = json.loads(content["blobs/sha256/" + json.loads(content["index.json"])["manifests"][0]["digest"][7:]])
    weights = max(manifest["layers"], key=lambda layer: layer["size"])
    weights["size"] = 1 << 60
    weights["digest"] = "sha256:" + "1" * 64
    raw = json.dumps(manifest).encode()
    digest = hashlib.sha256(raw).hexdigest()
    index = {"manifests": [{"digest": f"sha256:{digest}", "annotations": {"io.containerd.image.name": "huge"}}]}
    pack(tmp_path / "huge.tar", {"index.json": json.dumps(index).encode(), f"blobs/sha256/{digest}": raw, f"blobs/sha256/{'1' * 64}": b"x"})
    with pytest.raises(DiskFull):
        other.load(tmp_path / "huge.tar").result(60)
