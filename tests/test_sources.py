"""Which files a FROM or ADAPTER means, and what is said when they make no model."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_ollama.errors import InvalidName, SourceError
from jupyter_ollama.sources import HubName, SourceFiles, detect, expand, locate, pick_files

SAFETENSORS = (2).to_bytes(8, "little") + b"{}"
GGUF = b"GGUF\x03\0\0\0"
ZIP = b"PK\x03\x04\0\0"
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 4\n"
CONTENT = {".safetensors": SAFETENSORS, ".gguf": GGUF, ".bin": ZIP, ".pth": ZIP, ".json": b"{}", ".jinja": b"x", ".model": b"\n\0\1"}

Make = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Make a folder with these files; contents follow from the endings unless they are given."""

    def folder(*names: str, **contents: bytes) -> Path:
        for name in names:
            path = tmp_path / "m" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(contents.get(path.stem, CONTENT.get(path.suffix, b"")))
        return tmp_path / "m"

    return folder


def names(files: SourceFiles) -> list[str]:
    return [path.relative_to(files.folder).as_posix() for path in files.files]


def refusal(path: Path, *, adapter: bool = False) -> SourceError:
    with pytest.raises(SourceError) as caught:
        pick_files(path, adapter=adapter)
    assert caught.value.hint
    assert caught.value.path
    return caught.value


# paths


@pytest.mark.parametrize(
    ("argument", "expected"),
    [
        ("x", "/base/x"),
        ("./x/../y", "/base/y"),
        ("../x", "/x"),
        ("/abs/./x/", "/abs/x"),
        ("", "/base"),
        (".", "/base"),
        ("a b", "/base/a b"),
        ("$HOME/*.gguf", "/base/$HOME/*.gguf"),
        ("m:latest", "/base/m:latest"),
    ],
)
def test_paths_count_from_the_base_folder(argument: str, expected: str) -> None:
    assert expand(argument, "/base") == Path(expected)


@pytest.mark.parametrize("argument", [r"C:\models\a.gguf", "D:/models/a.gguf"])
def test_drive_letters_are_absolute(argument: str) -> None:
    assert expand(argument, "/base") == Path(argument)


def test_home_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert expand("~", "/base") == tmp_path
    assert expand("~/x", "/base") == tmp_path / "x"
    assert expand("~root/x", "/base").name == "x"
    assert expand("a~/x", "/base") == Path("/base/a~/x")


def test_the_home_of_an_unknown_user_is_an_error() -> None:
    with pytest.raises(SourceError, match="failed to find user 'nobody-here'"):
        expand("~nobody-here", "/base")


def test_what_exists_is_a_path_even_if_a_model_is_called_so(tmp_path: Path) -> None:
    (tmp_path / "llama3").mkdir()
    assert locate("llama3", tmp_path) == tmp_path / "llama3"
    assert locate("llama4", tmp_path) is None


@pytest.mark.parametrize("argument", ["x" * 5000, "a\0b", "x/" * 3000])
def test_what_cannot_be_a_path_is_none(tmp_path: Path, argument: str) -> None:
    assert locate(argument, tmp_path) is None


# folders of models


def test_a_usual_model_folder(make: Make) -> None:
    folder = make("model.safetensors", "config.json", "tokenizer.json", "chat_template.jinja", "README.md", ".gitattributes", "x.py")
    files = pick_files(folder)
    assert files.kind == "safetensors"
    assert files.folder == folder
    assert names(files) == ["model.safetensors", "chat_template.jinja", "config.json", "tokenizer.json"]


def test_weights_one_folder_down_come_with_those_at_the_top(make: Make) -> None:
    folder = make("model.safetensors", "config.json", "2_Dense/model.safetensors", "2_Dense/config.json", "a/b/model.safetensors")
    assert names(pick_files(folder)) == ["2_Dense/model.safetensors", "model.safetensors", "2_Dense/config.json", "config.json"]


def test_weights_only_one_folder_down_are_no_model(make: Make) -> None:
    refusal(make("sub/model.safetensors", "config.json"))


def test_the_tokenizer_may_be_one_folder_down(make: Make) -> None:
    folder = make("model.safetensors", "config.json", "original/tokenizer.model")
    assert "original/tokenizer.model" in names(pick_files(folder))
    (folder / "tokenizer.model").write_bytes(b"\n\0")
    assert "original/tokenizer.model" not in names(pick_files(folder))


@pytest.mark.parametrize(
    ("present", "picked"),
    [
        (["model.safetensors", "consolidated.safetensors", "a.gguf"], ["model.safetensors"]),
        (["consolidated.00.safetensors", "a.gguf"], ["consolidated.00.safetensors"]),
        (["a.gguf", "b.gguf", "pytorch_model.bin"], ["a.gguf", "b.gguf"]),
        (["adapter_model.safetensors", "model.safetensors"], ["model.safetensors"]),
        (["._a.gguf", "a.gguf"], ["a.gguf"]),
    ],
)
def test_the_first_group_wins(make: Make, present: list[str], picked: list[str]) -> None:
    assert [path.name for path in pick_files(make(*present, "config.json")).weights] == picked


def test_a_bin_file_counts_if_it_is_a_gguf_inside(make: Make) -> None:
    files = pick_files(make("ggml-model.bin", "training_args.bin", **{"ggml-model": GGUF}))
    assert (files.kind, names(files)) == ("gguf", ["ggml-model.bin"])


def test_a_folder_is_never_a_file_whatever_it_is_called(make: Make) -> None:
    folder = make("model.safetensors/x", "a.gguf/x")
    assert "no Modelfile or safetensors files found" in str(refusal(folder))
    assert "no Modelfile or safetensors files found" in str(refusal(folder / "a.gguf"))


# adapters


def test_adapter_folders_of_peft_and_mlx(make: Make) -> None:
    folder = make("adapter_model.safetensors", "adapter_config.json", "tokenizer.json")
    files = pick_files(folder, adapter=True)
    assert (files.kind, names(files)) == ("adapter", ["adapter_model.safetensors", "adapter_config.json", "tokenizer.json"])
    (folder / "adapter_model.safetensors").rename(folder / "adapters.safetensors")
    assert pick_files(folder, adapter=True).weights == (folder / "adapters.safetensors",)
    assert detect(folder) == "adapter"
    assert pick_files(folder / "adapters.safetensors").kind == "adapter"


def test_an_adapter_may_lie_beside_its_model(make: Make) -> None:
    folder = make("model.safetensors", "config.json", "adapter_model.safetensors", "adapter_config.json")
    assert pick_files(folder).kind == detect(folder) == "safetensors"
    assert pick_files(folder, adapter=True).kind == "adapter"


def test_an_adapter_may_be_a_gguf(make: Make) -> None:
    assert pick_files(make("lora.gguf"), adapter=True).kind == "gguf"


def test_an_adapter_is_no_model_and_a_model_no_adapter(make: Make) -> None:
    assert "then ADAPTER and this folder" in refusal(make("adapter_model.safetensors", "adapter_config.json")).hint


def test_a_model_is_no_adapter(make: Make) -> None:
    assert "no adapter (LoRA) found" in str(refusal(make("model.safetensors", "config.json"), adapter=True))


def test_an_adapter_needs_its_config(make: Make) -> None:
    assert "has no adapter_config.json" in str(refusal(make("adapter_model.safetensors"), adapter=True))


# single files


def test_a_safetensors_file_means_itself_and_what_is_beside_it(make: Make) -> None:
    folder = make("model.safetensors", "other.safetensors", "config.json")
    files = pick_files(folder / "other.safetensors")
    assert (files.kind, names(files)) == ("safetensors", ["other.safetensors", "config.json"])


def test_one_part_of_a_split_model_means_all_of_them(make: Make) -> None:
    parts = [f"m-0000{part}-of-00002.safetensors" for part in (1, 2)]
    folder = make(*parts, "n-00001-of-00002.safetensors", "config.json")
    assert [path.name for path in pick_files(folder / parts[1]).weights] == parts


def test_a_missing_part_is_named(make: Make) -> None:
    folder = make("model-00001-of-00003.safetensors", "model-00003-of-00003.safetensors", "config.json")
    error = refusal(folder / "model-00001-of-00003.safetensors")
    assert "model-00002-of-00003.safetensors is missing" in str(error)


def test_a_gguf_is_known_by_its_content(make: Make) -> None:
    folder = make("weights", weights=GGUF)
    assert detect(folder / "weights") == "gguf"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"GG", "has only 2 bytes"),
        (b"just some text, long enough to be no broken model file but really text", "is a text file"),
        (POINTER, "Git LFS pointer"),
        (b"  <!DOCTYPE html><html>", "web page"),
        (ZIP, "PyTorch checkpoint"),
        (b"\x80\x02}q\0", "PyTorch checkpoint"),
        (b"tjgg\x03\0\0\0", "old GGML format"),
        (bytes(100), "neither a GGUF nor a safetensors file"),
    ],
)
@pytest.mark.parametrize("name", ["a.gguf", "model.safetensors", "whatever"])
def test_other_files_are_called_what_they_are(make: Make, name: str, content: bytes, said: str) -> None:
    folder = make(name, "config.json", **{Path(name).stem: content})
    assert said in str(refusal(folder / name))
    assert refusal(folder / name).text == "unknown type"


@pytest.mark.parametrize(("name", "content"), [("a.gguf", POINTER), ("model.safetensors", POINTER), ("model.safetensors", b"")])
def test_such_files_in_a_folder_are_named_too(make: Make, name: str, content: bytes) -> None:
    assert refusal(make(name, "config.json", **{Path(name).stem: content})).path.name == name


# refusals


def test_an_empty_folder(make: Make) -> None:
    error = refusal(make("README.md"))
    assert "no Modelfile or safetensors files found in" in str(error)
    assert error.text == "no Modelfile or safetensors files found"


@pytest.mark.parametrize("name", ["pytorch_model.bin", "pytorch_model-00001-of-00002.bin", "consolidated.00.pth", "adapter_model.bin"])
def test_pytorch_checkpoints_have_to_be_converted(make: Make, name: str) -> None:
    error = refusal(make(name, "config.json"))
    assert name in str(error)
    assert "save_pretrained" in error.hint


def test_weights_by_another_name(make: Make) -> None:
    error = refusal(make("llama.safetensors", "config.json"))
    assert "llama.safetensors" in str(error)
    assert "Rename" in error.hint


def test_a_folder_without_config(make: Make) -> None:
    folder = make("model.safetensors")
    assert "has no config.json" in str(refusal(folder))
    assert refusal(folder).path == folder / "config.json"
    (folder / "params.json").write_text("{}")
    assert "transformers" in refusal(folder).hint


def test_a_configuration_that_is_no_text(make: Make) -> None:
    error = refusal(make("model.safetensors", "config.json", "tokenizer.json", tokenizer=bytes(10)))
    assert error.text.startswith("invalid content type: expected binary for ")
    assert "Git LFS" not in str(error)


def test_odd_files_one_folder_down_do_no_harm(make: Make) -> None:
    folder = make("model.safetensors", "config.json", "onnx/odd.json", odd=bytes(10))
    assert names(pick_files(folder)) == ["model.safetensors", "config.json"]


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    assert "cannot be read: No such file or directory" in str(refusal(tmp_path / "no"))


def test_a_pipe_does_not_block(make: Make) -> None:
    folder = make("config.json")
    os.mkfifo(folder / "model.safetensors")
    assert "is not a file" in str(refusal(folder))


# links


def test_a_link_may_not_lead_out_of_the_folder(make: Make, tmp_path: Path) -> None:
    folder = make("config.json")
    (tmp_path / "w").write_bytes(SAFETENSORS)
    (folder / "model.safetensors").symlink_to("../w")
    assert refusal(folder).text == "insecure path: model.safetensors"
    (tmp_path / ".cache").mkdir()
    (tmp_path / "w").rename(tmp_path / ".cache" / "w")
    (folder / "model.safetensors").unlink()
    (folder / "model.safetensors").symlink_to("../.cache/w")
    assert refusal(folder).hint == "Use --local-dir <dir> when downloading model to disable caching"


def test_links_inside_the_folder_and_to_the_folder_are_good(make: Make, tmp_path: Path) -> None:
    folder = make("real.bin", "config.json", real=SAFETENSORS)
    (folder / "model.safetensors").symlink_to("real.bin")
    (tmp_path / "link").symlink_to("m")
    assert [path.name for path in pick_files(tmp_path / "link").weights] == ["model.safetensors"]


def test_a_file_that_is_named_may_be_a_link(make: Make, tmp_path: Path) -> None:
    folder = make("config.json")
    (tmp_path / "w").write_bytes(SAFETENSORS)
    (folder / "model.safetensors").symlink_to("../w")
    assert pick_files(folder / "model.safetensors").kind == "safetensors"


def test_a_configuration_may_not_be_a_link_to_elsewhere(make: Make, tmp_path: Path) -> None:
    folder = make("model.safetensors", "config.json")
    (tmp_path / "secret").write_text("x")
    (folder / "secret.json").symlink_to("../secret")
    assert refusal(folder).text == "insecure path: secret.json"


def test_a_snapshot_in_a_hugging_face_cache_is_a_model(tmp_path: Path) -> None:
    repository = tmp_path / ".cache" / "huggingface" / "hub" / "models--me--tiny"
    snapshot = repository / "snapshots" / "0123abc"
    snapshot.mkdir(parents=True)
    (repository / "blobs").mkdir()
    for blob, name, content in [("aa", "model.safetensors", SAFETENSORS), ("bb", "config.json", b"{}")]:
        (repository / "blobs" / blob).write_bytes(content)
        (snapshot / name).symlink_to(f"../../blobs/{blob}")
    assert names(pick_files(snapshot)) == ["model.safetensors", "config.json"]
    (repository / "elsewhere").write_text("{}")
    (snapshot / "x.json").symlink_to("../../elsewhere")
    assert refusal(snapshot).text == "insecure path: x.json"


def test_links_to_nowhere_and_in_a_circle(make: Make) -> None:
    folder = make("config.json")
    (folder / "model.safetensors").symlink_to("gone")
    assert "does not exist" in str(refusal(folder))
    (folder / "gone").symlink_to("model.safetensors")
    refusal(folder)
    refusal(folder / "gone")


@pytest.mark.parametrize(
    ("text", "place", "shown"),
    [
        ("hf.co/me/repo", ("me", "repo", ""), "hf.co/me/repo"),
        ("HF.co/Me/Repo-1.5_x", ("Me", "Repo-1.5_x", ""), "hf.co/Me/Repo-1.5_x"),
        ("huggingface.co/me/repo:latest", ("me", "repo", ""), "hf.co/me/repo"),
        ("https://huggingface.co/me/repo/", ("me", "repo", ""), "hf.co/me/repo"),
        ("hf.co/me/repo@main", ("me", "repo", "main"), "hf.co/me/repo@main"),
        ("hf.co/me/repo@refs/pr/1", ("me", "repo", "refs/pr/1"), "hf.co/me/repo@refs/pr/1"),
    ],
)
def test_a_repository_of_the_hub_is_known_by_its_name(text: str, place: tuple[str, str, str], shown: str) -> None:
    name = HubName.of(text)

    assert name is not None
    assert (name.owner, name.repository, name.revision) == place
    assert str(name) == shown
    assert HubName.of(shown) == name


@pytest.mark.parametrize(
    "text", ["hf.co/me/repo:Q4_K_M", "hf.co/repo", "hf.co/me/repo/file", "llama3.2", "example.com/me/repo", "hf.co/../repo", "xhf.co/me/repo", ""]
)
def test_everything_else_is_no_repository_of_the_hub(text: str) -> None:
    assert HubName.of(text) is None


@pytest.mark.parametrize("revision", ["", "a b", "../x", "a..b", "-x", "a?b", "x" * 300])
def test_a_revision_that_cannot_be_is_refused(revision: str) -> None:
    with pytest.raises(InvalidName) as caught:
        HubName.of(f"hf.co/me/repo@{revision}")
    assert "@" in str(caught.value)


def test_only_a_whole_commit_is_pinned() -> None:
    pinned = [HubName("me", "repo", revision).is_pinned for revision in ("a" * 40, "a" * 39, "main", "")]

    assert pinned == [True, False, False, False]
