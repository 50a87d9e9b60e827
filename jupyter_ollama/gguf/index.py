"""What stands in the header of a GGUF file: metadata and the list of tensors, without reading the weights.

`read_index` is safe on any bytes: it checks structure, sizes and places against the file and refuses the rest. Whether the
content makes a model that llama.cpp can run is the next question, and `validate` answers it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

from ..cards import Card, ShownAs
from ..errors import GGUFError
from ..pread import RangeReader
from ..sentences import Sentence
from .cursor import Cursor
from .metadata import Metadata
from .tensors import TensorInfo
from .types import TensorType, file_type_name, tensor_bytes
from .values import Array, Typed, ValueType
from .writer import ALIGNMENT, padded

MAX_NAME_BYTES = 64
MAX_KEY_BYTES = 65_535
MAX_DIMS = 4
MAX_ALIGNMENT = 1 << 16
MAX_ENTRIES = 100_000
MIN_KEY_BYTES = 8 + 4 + 1
MIN_TENSOR_BYTES = 8 + 4 + 4 + 8


@dataclass(frozen=True)
class GGUFIndex(ShownAs):
    """The header of one file. The properties read the keys that people ask for most."""

    path: Path
    version: int
    size_bytes: int
    metadata: Metadata
    tensors: tuple[TensorInfo, ...]
    alignment: int
    data_offset: int

    def _card(self) -> Card:
        return Card(
            self.name or self.path.name,
            f"GGUF version {self.version}",
            size_bytes=self.size_bytes,
            rows={
                "file": str(self.path),
                "architecture": self.architecture,
                "quantization": self.file_type,
                "parameters": self.parameter_count,
                "tensors": len(self.tensors),
                "context length": self.n_ctx_train,
                "embedding length": self.embedding_length,
            },
            folds={f"Metadata ({len(self.metadata)} keys)": self.summary(), "Chat template": self.chat_template or ""},
        )

    @property
    def architecture(self) -> str:
        """``general.architecture``: llama, qwen2, ...; empty when the file does not say."""
        return self.text("general.architecture") or ""

    @property
    def name(self) -> str | None:
        """``general.name``."""
        return self.text("general.name")

    @cached_property
    def parameter_count(self) -> int:
        """How many numbers the tensors hold together."""
        return sum(tensor.n_values for tensor in self.tensors)

    @property
    def file_type(self) -> str:
        """What the file is quantized to: ``F16``, ``Q4_K_M``; ``unknown`` when it does not say."""
        return file_type_name(self.integer("general.file_type"))

    @property
    def chat_template(self) -> str | None:
        """The Jinja template for chats."""
        return self.text("tokenizer.chat_template")

    @property
    def n_ctx_train(self) -> int | None:
        """The context length the model was trained for."""
        return self.of_architecture("context_length")

    @property
    def embedding_length(self) -> int | None:
        """The width of the model."""
        return self.of_architecture("embedding_length")

    @property
    def block_count(self) -> int | None:
        """The number of layers."""
        return self.of_architecture("block_count")

    @property
    def pooling_type(self) -> int | None:
        """How an embedding model pools; None for models that generate text."""
        return self.of_architecture("pooling_type")

    def of_architecture(self, key: str) -> int | None:
        """An integer under the architecture's own prefix."""
        return self.integer(f"{self.architecture}.{key}")

    def integer(self, key: str) -> int | None:
        """The value if it is an integer."""
        value = self.metadata.get(key)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def text(self, key: str) -> str | None:
        """The value if it is a string."""
        value = self.metadata.get(key)
        return value if isinstance(value, str) else None

    def tensor(self, name: str) -> TensorInfo | None:
        """The tensor of that name."""
        return self._by_name.get(name)

    @cached_property
    def _by_name(self) -> dict[str, TensorInfo]:
        return {tensor.name: tensor for tensor in self.tensors}

    def summary(self, longest: int = 64) -> dict[str, Any]:
        """The metadata as plain values for showing: short arrays as lists, long ones as None."""
        return {key: _plain(value, longest) for key, value in self.metadata.items()}


def _plain(value: Any, longest: int) -> Any:
    if not isinstance(value, Array):
        return value
    return list(value) if len(value) <= longest else None


def read_index(path: str | Path) -> GGUFIndex:
    """Read the header of a GGUF file.

    Raises: GGUFError for what is not GGUF, version 1, big-endian, truncated, or not well formed.
    """
    path = Path(path)
    with RangeReader(path, GGUFError) as reader:
        return _Parser(Cursor(reader)).index()


class _Parser:
    """Reads the parts of one header in order."""

    def __init__(self, cursor: Cursor) -> None:
        self.cursor = cursor

    def index(self) -> GGUFIndex:
        cursor = self.cursor
        version = self._version()
        n_tensors = cursor.number(ValueType.UINT64, "the tensor count")
        n_keys = cursor.number(ValueType.UINT64, "the key count")
        needed = n_keys * MIN_KEY_BYTES + n_tensors * MIN_TENSOR_BYTES
        if needed > cursor.left_bytes or max(n_keys, n_tensors) > MAX_ENTRIES:
            raise cursor.fail(Sentence("it claims %1 keys and %2 tensors, more than a file can hold", f"{n_keys:,}", f"{n_tensors:,}"))
        metadata = self._metadata(n_keys)
        alignment = self._alignment(metadata)
        relative = [self._tensor() for _ in range(n_tensors)]
        start = padded(cursor.position, alignment)
        tensors = tuple(self._placed(tensor, start, alignment) for tensor in relative)
        self._check_places(tensors)
        return GGUFIndex(cursor.path, version, cursor.size_bytes, Metadata(metadata), tensors, alignment, start)

    def _version(self) -> int:
        cursor = self.cursor
        if cursor.size_bytes < 8 or cursor.take(4, "its first bytes") != b"GGUF":
            raise cursor.fail("it does not begin with GGUF", "FROM takes GGUF files and folders of safetensors.")
        version = cursor.number(ValueType.UINT32, "the version")
        if version in (2, 3):
            return version
        if version == 1:
            raise cursor.fail("version 1 of the format is too old", "Convert the original model again.")
        if version & 0xFFFF == 0:
            raise cursor.fail("it is big-endian", "Get the little-endian file of this model.")
        raise cursor.fail(Sentence("version %1 of the format is unknown", version), "Versions 2 and 3 can be read.")

    def _metadata(self, count: int) -> dict[str, Typed]:
        held: dict[str, Typed] = {}
        for _ in range(count):
            key = self.cursor.text("a key", MAX_KEY_BYTES)
            if key in held:
                raise self.cursor.fail(Sentence("the key %1 is there twice", repr(key)))
            held[key] = self._value(Sentence("the value of %1", repr(key)))
        return held

    def _value(self, what: str) -> Typed:
        cursor = self.cursor
        kind = cursor.value_type(cursor.number(ValueType.UINT32, what), what)
        if kind is ValueType.ARRAY:
            return Typed(kind, cursor.array(what))
        if kind is ValueType.STRING:
            return Typed(kind, cursor.text(what))
        return Typed(kind, cursor.scalar(kind, what))

    def _alignment(self, metadata: Mapping[str, Typed]) -> int:
        held = metadata.get("general.alignment")
        if held is None:
            return ALIGNMENT
        value = held.value
        if held.type is not ValueType.UINT32 or value % ALIGNMENT or value & (value - 1) or not 0 < value <= MAX_ALIGNMENT:
            raise self.cursor.fail(
                Sentence("general.alignment is %1", repr(value)), Sentence("It must be a power of two from %1 on.", ALIGNMENT)
            )
        return int(value)

    def _tensor(self) -> TensorInfo:
        cursor = self.cursor
        name = cursor.text("the name of a tensor", MAX_NAME_BYTES - 1)
        what = Sentence("the tensor %1", repr(name))
        n_dims = cursor.number(ValueType.UINT32, what)
        if not 1 <= n_dims <= MAX_DIMS:
            raise cursor.fail(Sentence("%1 has %2 dimensions", Sentence.of(what), n_dims), Sentence("1 to %1 are possible.", MAX_DIMS))
        shape = tuple(cursor.number(ValueType.UINT64, what) for _ in range(n_dims))
        kind = self._type(cursor.number(ValueType.UINT32, what), what)
        offset = cursor.number(ValueType.UINT64, what)
        if 0 in shape:
            raise cursor.fail(Sentence("%1 is empty: its shape is %2", Sentence.of(what), shape))
        try:
            nbytes = tensor_bytes(kind, shape)
        except ValueError as cause:
            raise cursor.fail(Sentence("%1 is impossible: %2", Sentence.of(what), cause)) from None
        return TensorInfo(name, shape, kind, offset, nbytes)

    def _type(self, number: int, what: str) -> TensorType:
        try:
            return TensorType(number)
        except ValueError:
            raise self.cursor.fail(
                Sentence("%1 has the unknown type %2", Sentence.of(what), number),
                "It is corrupt, or newer than this version: update jupyter_ollama.",
            ) from None  # fmt: skip

    def _placed(self, tensor: TensorInfo, start: int, alignment: int) -> TensorInfo:
        cursor, what = self.cursor, Sentence("the tensor %1", repr(tensor.name))
        if tensor.offset % alignment:
            raise cursor.fail(
                Sentence("%1 lies at byte %2, which is not aligned to %3", Sentence.of(what), f"{tensor.offset:,}", alignment)
            )
        begin = start + tensor.offset
        if begin + tensor.nbytes > cursor.size_bytes:
            raise cursor.fail(
                Sentence("%1 ends at byte %2, the file at %3", Sentence.of(what), f"{begin + tensor.nbytes:,}", f"{cursor.size_bytes:,}")
            )
        return TensorInfo(tensor.name, tensor.shape, tensor.type, begin, tensor.nbytes)

    def _check_places(self, tensors: tuple[TensorInfo, ...]) -> None:
        names: set[str] = set()
        for tensor in tensors:
            if tensor.name in names:
                raise self.cursor.fail(Sentence("the tensor %1 is there twice", repr(tensor.name)))
            names.add(tensor.name)
        by_place = sorted(tensors, key=lambda tensor: tensor.offset)
        for one, next_one in pairwise(by_place):
            if one.offset + one.nbytes > next_one.offset:
                raise self.cursor.fail(Sentence("the tensors %1 and %2 overlap", repr(one.name), repr(next_one.name)))
