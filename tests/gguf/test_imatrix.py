"""Reading importance matrices: both formats as llama.cpp's tool writes them, and whatever else a file may hold."""

from __future__ import annotations

import random
import struct
from pathlib import Path

import gguf
import numpy as np
import pytest

from jupyter_ollama.errors import SourceError
from jupyter_ollama.gguf.imatrix import imatrix_bytes, read_imatrix

SUMS = {
    "blk.0.attn_q.weight": (np.array([[2.0, 4.0, 8.0]], np.float32), np.array([2.0], np.float32)),
    "blk.0.ffn_up_exps.weight": (np.array([[3.0, 6.0], [9.0, 9.0]], np.float32), np.array([3.0, 0.0], np.float32)),
}


def older(entries: dict[str, tuple[int, list[float]]], end: bytes = b"") -> bytes:
    """The format before GGUF."""
    parts = [struct.pack("<i", len(entries))]
    for name, (calls, values) in entries.items():
        parts.append(struct.pack("<i", len(name)) + name.encode() + struct.pack(f"<ii{len(values)}f", calls, len(values), *values))
    return b"".join(parts) + end


def test_sums_are_divided_by_their_counts_and_an_expert_without_tokens_has_ones(tmp_path: Path) -> None:
    (tmp_path / "a.gguf").write_bytes(imatrix_bytes(SUMS, "wiki.txt", 7, 512))
    found = read_imatrix(tmp_path / "a.gguf")

    assert {name: means.tolist() for name, means in found.means.items()} == {
        "blk.0.attn_q.weight": [1.0, 2.0, 4.0], "blk.0.ffn_up_exps.weight": [1.0, 2.0, 1.0, 1.0],
    }  # fmt: skip
    assert (found.datasets, found.n_chunks) == (("wiki.txt",), 7)


def test_a_file_of_the_gguf_package_is_read(tmp_path: Path) -> None:
    writer = gguf.GGUFWriter(tmp_path / "a.gguf", "")
    writer.add_string("general.type", "imatrix")
    writer.add_array("imatrix.datasets", ["one", "two"])
    writer.add_uint32("imatrix.chunk_count", 3)
    writer.add_uint32("imatrix.chunk_size", 512)
    for name, (sums, counts) in SUMS.items():
        writer.add_tensor(f"{name}.in_sum2", sums)
        writer.add_tensor(f"{name}.counts", counts[:, None])
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()

    assert read_imatrix(tmp_path / "a.gguf").means["blk.0.attn_q.weight"].tolist() == [1.0, 2.0, 4.0]


def test_what_is_written_is_read_by_the_gguf_package(tmp_path: Path) -> None:
    (tmp_path / "a.gguf").write_bytes(imatrix_bytes(SUMS, "", 1, 512))
    held = {tensor.name: tensor for tensor in gguf.GGUFReader(tmp_path / "a.gguf").tensors}

    assert held["blk.0.ffn_up_exps.weight.in_sum2"].shape.tolist() == [2, 2]
    assert held["blk.0.ffn_up_exps.weight.counts"].shape.tolist() == [1, 2]
    assert held["blk.0.ffn_up_exps.weight.in_sum2"].data.tolist() == [[3.0, 6.0], [9.0, 9.0]]


@pytest.mark.parametrize("end", [b"", struct.pack("<i", 5), struct.pack("<ii", 5, 0), struct.pack("<ii", 5, 4) + b"text"])
def test_the_older_format_is_read_with_or_without_its_end(end: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.dat").write_bytes(older({"blk.0.attn_q.weight": (4, [4.0, 8.0]), "blk.1.attn_q.weight": (0, [1.0])}, end))
    found = read_imatrix(tmp_path / "a.dat")

    assert {name: means.tolist() for name, means in found.means.items()} == {"blk.0.attn_q.weight": [1.0, 2.0], "blk.1.attn_q.weight": [1.0]}
    assert found.n_chunks == (5 if end else 0)
    assert found.datasets == (("text",) if end.endswith(b"text") else ())


GOOD = imatrix_bytes(SUMS, "wiki.txt", 7, 512)
BROKEN = {
    "empty": b"",
    "a text": b"This is a text and no matrix at all.",
    "another GGUF": GOOD.replace(b"imatrix.chunk_count", b"imatrix.chunk_cound"),
    "sums without counts": GOOD.replace(b"attn_q.weight.counts", b"attn_q.weight.countz"),
    "no sums": GOOD.replace(b".in_sum2", b".in_sumx").replace(b".counts", b".countz"),
    "truncated": GOOD[:-40],
    "not a number": GOOD.replace(struct.pack("<f", 8.0), struct.pack("<f", float("nan"))),
    "infinite": GOOD.replace(struct.pack("<f", 8.0), struct.pack("<f", float("inf"))),
    "negative": GOOD.replace(struct.pack("<f", 8.0), struct.pack("<f", -8.0)),
    "counts that do not fit": imatrix_bytes({"a": (np.ones((3, 5), np.float32), np.ones(3, np.float32)[:2])}, "", 1, 1),
    "older: two billion entries": struct.pack("<i", (1 << 31) - 1) + bytes(64),
    "older: no entries": struct.pack("<i", 0) + bytes(64),
    "older: minus one": struct.pack("<i", -1) + bytes(64),
    "older: a name of a gigabyte": struct.pack("<ii", 1, 1 << 30) + bytes(64),
    "older: a name of minus one": struct.pack("<ii", 1, -1) + bytes(64),
    "older: more values than bytes": older({"a": (1, [1.0] * 20)})[:50],
    "older: negative calls": older({"a": (-1, [1.0] * 20)}),
    "older: not a number": older({"a": (1, [float("nan")] * 20)}),
    "older: a text name beyond its end": older({"a": (1, [1.0] * 20)}, struct.pack("<ii", 1, 99)),
    "older: half a number at its end": older({"a": (1, [1.0] * 20)}, b"\0\0"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_is_no_matrix_is_one_clear_error(what: str, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(BROKEN[what])

    with pytest.raises(SourceError) as caught:
        read_imatrix(tmp_path / "a")
    assert str(tmp_path / "a") in str(caught.value)


@pytest.mark.parametrize("whole", [GOOD, older({"blk.0.attn_q.weight": (4, [4.0, 8.0])}, struct.pack("<ii", 5, 4) + b"text")], ids=["GGUF", "older"])
def test_changed_bytes_are_read_or_refused(whole: bytes, tmp_path: Path) -> None:
    rng = random.Random(4)
    for _ in range(400):
        held = bytearray(whole)
        for _ in range(rng.randint(1, 3)):
            held[rng.randrange(len(held))] = rng.randrange(256)
        (tmp_path / "a").write_bytes(held[: rng.choice([len(held), rng.randrange(len(held))])])
        try:
            read_imatrix(tmp_path / "a")
        except SourceError:
            pass


def test_a_missing_file_names_itself(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="nowhere"):
        read_imatrix(tmp_path / "nowhere")
