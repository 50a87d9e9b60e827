"""A Llama whose matrices are FP8: with scales for blocks, for rows, and for the whole."""

from __future__ import annotations

from collections.abc import Callable

from ..tiny import Config, Shapes, Tiny
from . import llama

BLOCK = (48, 40)


def with_scales(suffix: str, shape: Callable[[int, int], tuple[int, ...]], *more: str) -> Callable[[Config], Shapes]:
    """Llama's tensors, with scales for each matrix of each block; ``more`` names single numbers beside them."""

    def shapes(config: Config) -> Shapes:
        for name, size in llama.shapes(config):
            yield name, size
            if ".layers." in name and len(size) == 2:
                yield f"{name}{suffix}", shape(*size)
                for one in more:
                    yield f"{name.removesuffix('.weight')}.{one}", ()

    return shapes


COMPRESSED = {"type": "float", "num_bits": 8, "strategy": "channel", "symmetric": True}

# transformers has no way to run these without a GPU, so there are no logits.
FOLDERS = {
    "fp8-blocks": Tiny(
        "qwen2", "F32", shapes=with_scales("_scale_inv", lambda rows, columns: (-(-rows // BLOCK[0]), -(-columns // BLOCK[1]))),
        config={"quantization_config": {"quant_method": "fp8", "fmt": "e4m3", "weight_block_size": list(BLOCK)}}, shards=2, logits=None,
    ),
    "fp8-rows": Tiny(
        "qwen2", "F32", shapes=with_scales("_scale", lambda rows, columns: (rows, 1)), logits=None,
        config={"quantization_config": {
            "quant_method": "compressed-tensors", "format": "float-quantized", "config_groups": {"group_0": {"weights": COMPRESSED}},
        }},
    ),
    "fp8-whole": Tiny(
        "qwen2", "F32", shapes=with_scales("_scale_inv", lambda rows, columns: (), "activation_scale"), logits=None,
        config={"quantization_config": {"quant_method": "fp8", "weight_block_size": None, "activation_scheme": "static"}},
    ),
}  # fmt: skip
