"""Frames: what is written is read, and what is no frame is refused."""

from __future__ import annotations

import io
import json
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_ollama.engine import frames
from jupyter_ollama.engine.frames import Frame, encode, pack_ids, pack_pieces, read_frame, unpack_ids, unpack_pieces
from jupyter_ollama.errors import ContextFull, EngineError, LoadError


class Drops(io.RawIOBase):
    """A stream that gives one byte at a time, as a socket may."""

    def __init__(self, data: bytes) -> None:
        self._data = io.BytesIO(data)

    def read(self, size: int = -1, /) -> bytes:
        return self._data.read(min(size, 1))


def test_a_frame_is_read_as_it_was_written() -> None:
    frame = Frame("generate", 7, {"options": {"temperature": 0.5, "stop": ["你好"]}}, b"\x00\xff" * 1000)
    assert read_frame(io.BytesIO(encode(frame))) == frame


def test_frames_follow_each_other_on_one_stream() -> None:
    stream = io.BytesIO()
    for number in range(3):
        frames.write_frame(stream, Frame("tick", number))
    stream.seek(0)
    assert [frame.id for frame in iter(lambda: read_frame(stream), None)] == [0, 1, 2]


def test_a_stream_may_give_byte_by_byte() -> None:
    frame = Frame("text", 1, {"a": 1}, b"payload")
    assert read_frame(Drops(encode(frame))) == frame


def test_the_end_of_a_stream_is_none() -> None:
    assert read_frame(io.BytesIO()) is None


@pytest.mark.parametrize("size", [1, 11, 12, 20, 40])
def test_a_stream_that_ends_within_a_frame_is_an_error(size: int) -> None:
    with pytest.raises(EngineError, match="middle of a message"):
        read_frame(io.BytesIO(encode(Frame("text", 1, {"a": 1}, b"payload"))[:size]))


def test_a_frame_of_another_version_says_so() -> None:
    data = bytearray(encode(Frame("text")))
    data[3] = 9
    with pytest.raises(EngineError) as caught:
        read_frame(io.BytesIO(bytes(data)))
    assert (caught.value.version, caught.value.expected) == (9, frames.VERSION)
    assert "version 9" in str(caught.value)
    assert "Restart the kernel" in str(caught.value)


def test_bytes_that_are_no_frame_are_refused() -> None:
    with pytest.raises(EngineError, match="no message"):
        read_frame(io.BytesIO(b"Traceback (most recent call last)"))


@pytest.mark.parametrize(("header", "payload"), [(frames.MAX_HEADER + 1, 0), (10, frames.MAX_PAYLOAD + 1), (1 << 31, 1 << 31)])
def test_a_size_out_of_bounds_is_refused_before_it_is_read(header: int, payload: int) -> None:
    with pytest.raises(EngineError, match="too large"):
        read_frame(io.BytesIO(struct.pack("<3sBII", b"JOE", frames.VERSION, header, payload)))


def test_a_frame_that_is_too_large_is_not_written() -> None:
    with pytest.raises(EngineError, match="too large"):
        encode(Frame("text", payload=bytes(frames.MAX_PAYLOAD + 1)))


@pytest.mark.parametrize("header", [b"{", b"[]", b'{"kind": 1, "id": 2, "fields": {}}', b'{"kind": "a", "fields": {}}', b"\xff"])
def test_a_header_that_is_not_one_is_refused(header: bytes) -> None:
    data = struct.pack("<3sBII", b"JOE", frames.VERSION, len(header), 0) + header
    with pytest.raises(EngineError, match="broken header"):
        read_frame(io.BytesIO(data))


@given(st.binary(max_size=200))
def test_any_bytes_give_a_frame_or_one_kind_of_error(data: bytes) -> None:
    prefix = struct.pack("<3sBII", b"JOE", frames.VERSION, len(data) // 2, len(data) - len(data) // 2)
    for stream in (data, prefix + data):
        try:
            read_frame(io.BytesIO(stream))
        except EngineError:
            pass


def test_an_error_crosses_with_its_facts() -> None:
    error = LoadError("It is broken.", hint="Mend it.", path=Path("/a/b"), log=["x"])
    frame = read_frame(io.BytesIO(encode(Frame.of_error(error, 3))))
    assert frame is not None
    assert frame.id == 3
    with pytest.raises(LoadError) as caught:
        frame.raise_error()
    assert str(caught.value) == "It is broken. Mend it."
    assert (caught.value.path, caught.value.log) == ("/a/b", ["x"])


def test_numbers_of_an_error_stay_numbers() -> None:
    frame = read_frame(io.BytesIO(encode(Frame.of_error(ContextFull("Full.", n_tokens=5, n_ctx=4)))))
    with pytest.raises(ContextFull) as caught:
        frame.raise_error()  # type: ignore[union-attr]
    assert (caught.value.n_tokens, caught.value.n_ctx) == (5, 4)


def test_a_frame_that_is_no_error_raises_nothing() -> None:
    Frame("text").raise_error()


@given(st.lists(st.integers(-(1 << 31), (1 << 31) - 1)))
def test_ids_are_read_as_they_were_packed(tokens: list[int]) -> None:
    assert unpack_ids(pack_ids(tokens)) == tokens
    assert len(pack_ids(tokens)) == 4 * len(tokens)


@given(st.lists(st.tuples(st.integers(0, (1 << 31) - 1), st.binary(max_size=100))))
def test_pieces_are_read_as_they_were_packed(tokens: list[tuple[int, bytes]]) -> None:
    assert unpack_pieces(pack_pieces(tokens)) == tokens


@pytest.mark.parametrize(
    "payload", [b"", b"\x01\x00\x00\x00", b"\xff\xff\xff\xff", pack_pieces([(1, b"abc")])[:-1], pack_ids([1, 5, 9]) + b"ab"]
)
def test_pieces_that_do_not_add_up_are_refused(payload: bytes) -> None:
    with pytest.raises(EngineError, match="broken list"):
        unpack_pieces(payload)


def test_ids_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(EngineError, match="broken list"):
        unpack_ids(b"abc")


def test_facts_may_be_paths_and_sets() -> None:
    data = encode(Frame("facts", fields={"path": Path("/a"), "names": {"b", "a"}}))
    assert json.loads(data[12:])["fields"] == {"path": "/a", "names": ["a", "b"]}
