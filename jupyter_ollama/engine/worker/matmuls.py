"""What the matrices of a model meet while it is evaluated: sums of squares of the inputs of every multiplication, column by column.

llama.cpp calls back before each node of its graph, to ask whether its values are wanted, and after those that are. The layout of a node
is not part of llama.cpp's interface: it is compared with what ggml's own functions say before anything is read.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import EngineError
from ...sentences import Sentence
from .llama import lib, native

MIN_ROWS = 16  # llama.cpp's tool leaves smaller ones out, too
_F32, _I32 = 0, 26  # ggml_type of ggml.h


class _Node(ctypes.Structure):
    """Source: struct ggml_tensor of ggml.h."""


_Node._fields_ = [
    ("type", ctypes.c_int), ("buffer", ctypes.c_void_p), ("ne", ctypes.c_int64 * 4), ("nb", ctypes.c_size_t * 4), ("op", ctypes.c_int),
    ("op_params", ctypes.c_int32 * 16), ("flags", ctypes.c_int32), ("src", ctypes.POINTER(_Node) * 10),
    ("view_src", ctypes.c_void_p), ("view_offs", ctypes.c_size_t), ("data", ctypes.c_void_p), ("name", ctypes.c_char * 64),
]  # fmt: skip


@dataclass
class Sums:
    """Of one matrix, or of all experts together.

    Shapes: squares (matrices, columns), counts (matrices,)
    """

    squares: NDArray[np.float64]
    counts: NDArray[np.float64]


@dataclass
class Matmuls:
    """Collects while a model is evaluated; ``callback`` is what llama.cpp calls.

    ``error`` is what went wrong meanwhile: an exception cannot pass through native code.
    """

    sums: dict[str, Sums] = field(default_factory=dict)
    error: Exception | None = None

    def __post_init__(self) -> None:
        self.callback = lib.ggml_backend_sched_eval_callback(self._called)
        self._operation = native("ggml_op_desc", ctypes.c_char_p, ctypes.c_void_p)
        self._name = native("ggml_get_name", ctypes.c_char_p, ctypes.c_void_p)
        self._size = native("ggml_nbytes", ctypes.c_size_t, ctypes.c_void_p)
        self._copy = native("ggml_backend_tensor_get", None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_size_t)
        self._known = False

    def _called(self, address: int, asks: bool, _: object) -> bool:
        if self.error is not None:
            return False
        try:
            operation = self._operation(address)
            if operation not in (b"MUL_MAT", b"MUL_MAT_ID"):
                return False
            node = self._node(address)
            if asks:
                return self._is_wanted(node, operation)
            self._add(node, operation)
        except Exception as error:  # noqa: BLE001 (raised by whoever evaluates)
            self.error = error
            return False
        return True

    def _node(self, address: int) -> _Node:
        node = ctypes.cast(address, ctypes.POINTER(_Node)).contents
        if not self._known:
            for one in (node, *(node.src[at].contents for at in range(2))):
                if self._name(ctypes.addressof(one)) != one.name or self._size(ctypes.addressof(one)) < one.ne[0]:
                    raise EngineError("The installed llama.cpp lays out its graph in another way than this version of the package knows.")
            self._known = True
        return node

    def _is_wanted(self, node: _Node, operation: bytes) -> bool:
        matrix, values = node.src[0].contents, node.src[1].contents
        many = operation == b"MUL_MAT_ID" or values.ne[1] >= MIN_ROWS
        return many and values.type == _F32 and _plain(matrix.name).startswith("blk.")

    def _add(self, node: _Node, operation: bytes) -> None:
        matrix, values = node.src[0].contents, self._values(node.src[1].contents, np.float32)
        n_matrices, columns = matrix.ne[2] * matrix.ne[3], values.shape[-1]
        name = _plain(matrix.name)
        if operation == b"MUL_MAT_ID":
            held = self._sums(name, matrix.ne[2], columns, matrix.ne[2])
            _add_experts(held, values[0], self._values(node.src[2].contents, np.int32)[0, 0])
            return
        held = self._sums(name, 1, columns * n_matrices, 1)
        squares = np.square(values).sum(axis=2, dtype=np.float64)  # (ne3, ne2, columns)
        into = held.squares.reshape(matrix.ne[3], matrix.ne[2], columns)
        for third in range(squares.shape[0]):
            for second in range(squares.shape[1]):
                into[third % matrix.ne[3], second % matrix.ne[2]] += squares[third, second]
        held.counts += values.size // columns // n_matrices

    def _sums(self, name: str, n_rows: int, columns: int, n_counts: int) -> Sums:
        held = self.sums.get(name)
        if held is None:
            held = self.sums[name] = Sums(np.zeros((n_rows, columns)), np.zeros(n_counts))
        if held.squares.shape != (n_rows, columns):
            raise EngineError(Sentence("%1 is multiplied in two ways, which cannot be added up.", name))
        return held

    def _values(self, node: _Node, kind: Any) -> NDArray[Any]:
        """Shapes: -> (ne3, ne2, ne1, ne0)"""
        address = ctypes.addressof(node)
        raw = np.empty(self._size(address), np.uint8)
        self._copy(address, raw.ctypes.data, 0, raw.nbytes)
        return np.ndarray(tuple(reversed(node.ne)), kind, raw, 0, tuple(reversed(node.nb)))


def _add_experts(held: Sums, values: NDArray[np.float32], chosen: NDArray[np.int32]) -> None:
    """Shapes: values (tokens, 1 or used, columns), chosen (tokens, used)"""
    if chosen.min() < 0 or chosen.max() >= len(held.counts):
        raise EngineError("The model chose an expert that it does not have.")
    for used in range(chosen.shape[1]):
        squares = np.square(values[:, used % values.shape[1]])
        for expert in np.unique(chosen[:, used]):
            rows = chosen[:, used] == expert
            held.squares[expert] += squares[rows].sum(axis=0, dtype=np.float64)
            held.counts[expert] += np.count_nonzero(rows)


def _plain(name: bytes) -> str:
    """Without what the scheduler adds: ``CUDA0#blk.0.attn_k.weight#0``."""
    parts = name.decode("utf-8", "replace").split("#")
    return parts[1] if len(parts) > 1 else parts[0]
