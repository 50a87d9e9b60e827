"""The records that describe an architecture. An architecture is one file of these records in ``arch/`` and one line in its registry.

    Key     a config value that becomes a GGUF key
    Rule    what is done to the tensors whose Hugging Face name matches
    Tensor  a tensor the GGUF must have, with its shape
    Fixed   a config value that llama.cpp has built in
    Remark  a config value that llama.cpp does not follow to the letter
    Made    a tensor that is computed from the config
    Arch    all of it

Values are named as in config.json, or ``@name`` for a view: what `ConfigView` makes of the dialects of config.json.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from .config import ConfigView

Kind = Literal["u32", "f32", "bool", "text", "u32s", "i32s", "f32s", "bools"]


@dataclass(frozen=True, slots=True)
class Key:
    """One GGUF key. ``{arch}`` in its name stands for the architecture.

    Args:
        kind: its type in the file; those that end with s are arrays, mostly with one item for each block.
        sources: config names in order; the first that has a value gives it. None: ``default`` is a constant.
        default: what applies when none has; None leaves the key out.
        required: without a value the config is refused.
    """

    name: str
    sources: tuple[str, ...]
    kind: Kind = "u32"
    default: Any = None
    required: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """What to do with tensors whose whole name matches the regular expression.

    The first rule that matches counts, together with all others of the same pattern: each makes a tensor of its own, so a tensor can
    be taken apart. A tensor that gets another name is looked up again under it, so steps can follow one another.

    Args:
        op: a name in `ops.OPS` (``permute``), ``stack``, ``drop``, or nothing where only the name changes.
        argument: what the op needs, mostly the name of a config value. For ``stack``: of how many parts; which part a tensor is, says
            the group ``part`` of the pattern.
        name: what the tensor is called then, as in `re.Match.expand`; Hugging Face's way or GGUF's. Empty: as before.
    """

    pattern: str
    op: str = ""
    argument: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Tensor:
    """A tensor by its GGUF name (``{bid}``: one for each block) and shape in ggml order, as names of config values or numbers.

    Args:
        required: whether it must be there; or the name of a config value that says so.
        blocks: the name of a view with the numbers of the blocks that have it; all, where there is none.
    """

    name: str
    shape: tuple[str, ...]
    required: bool | str = True
    blocks: str = ""


@dataclass(frozen=True, slots=True)
class Fixed:
    """A config value for which llama.cpp has only some choices built in; a model with another one is refused, for it would run wrongly.

    Args:
        allowed: the choices; a value that is not written down is always fine.
        otherwise: how it is said what is wrong; for views, whose names mean nothing to a user.
    """

    source: str
    allowed: tuple[Any, ...]
    otherwise: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """What the user should know of a model for which the config value ``source`` is true: one sentence."""

    source: str
    text: str


@dataclass(frozen=True, slots=True)
class Made:
    """A float32 tensor computed from the config, or None where the model needs none."""

    name: str
    make: Callable[[ConfigView], NDArray[np.float32] | None]


@dataclass(frozen=True, slots=True)
class Arch:
    """One architecture.

    Args:
        name: GGUF's name for it.
        models: names in config.json's ``architectures``.
        views: computed config values of its own.
        drops_later_blocks: whether blocks after the last one, which guess at later tokens, are left out.
        packed: the quantization method in which its weights are published, and which llama.cpp has as well.
        defaults: what transformers takes for config values that are not written down.
        dense: whether the layers behind the pooling of sentence-transformers are among its tensors.
        add_space_prefix: whether ``add_prefix_space`` of the tokenizer is passed on.
    """

    name: str
    models: tuple[str, ...]
    keys: tuple[Key, ...]
    tensors: tuple[Tensor, ...]
    rules: tuple[Rule, ...] = ()
    made: tuple[Made, ...] = ()
    fixed: tuple[Fixed, ...] = ()
    remarks: tuple[Remark, ...] = ()
    views: Mapping[str, Callable[[ConfigView], Any]] = field(default_factory=dict)
    drops_later_blocks: bool = False
    packed: str = ""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    dense: bool = False
    add_space_prefix: bool = False


SILU = (Fixed("hidden_act", ("silu", "swish")),)
GELU_TANH = (Fixed("hidden_act", ("gelu_pytorch_tanh", "gelu_new", "gelu", "gelu_fast")),)
OTHER_WINDOWS = "layer_types or sliding_window_pattern puts windows into other blocks"
UNSCALED = (Fixed("@rope.rope_type", ("default",)),)
