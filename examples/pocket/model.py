"""A Llama in plain torch with the parameter names of Hugging Face, so that its state is the file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn


@dataclass(frozen=True)
class Shape:
    """The sizes of the model; rows are multiples of 256, so every k-quant applies."""

    vocabulary: int = 2048
    width: int = 256
    layers: int = 6
    heads: int = 4
    kv_heads: int = 2
    head: int = 64
    inner: int = 768
    context: int = 2048
    theta: float = 10000.0
    epsilon: float = 1e-5


class _Normalize(torch.autograd.Function):
    """RMS norm that stays in the type of its input: half the memory traffic of the composed one."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, epsilon: float) -> Tensor:
        length = torch.linalg.vector_norm(x, dim=-1, keepdim=True, dtype=torch.float32)
        inverse = torch.rsqrt(length.square() / x.shape[-1] + epsilon).to(x.dtype)
        unit = x * inverse
        ctx.save_for_backward(unit, inverse, weight)
        return unit * weight.to(x.dtype)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor, None]:
        unit, inverse, weight = ctx.saved_tensors
        product = gradient * unit
        scaled = gradient * weight.to(gradient.dtype)
        along = (product @ weight.to(gradient.dtype).unsqueeze(-1)) / unit.shape[-1]
        return (scaled - unit * along) * inverse, product.flatten(0, -2).sum(0, dtype=torch.float32), None


class Norm(nn.Module):
    """RMS norm."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(shape.width))
        self.epsilon = shape.epsilon

    def forward(self, x: Tensor) -> Tensor:
        return _Normalize.apply(x, self.weight, self.epsilon)


def rotation(shape: Shape, length: int) -> tuple[Tensor, Tensor]:
    """Cosine and sine of the rotary angles in Hugging Face's layout (halves, not pairs).

    Shapes: both (length, head).
    """
    frequencies = shape.theta ** (-torch.arange(0, shape.head, 2).float() / shape.head)
    angles = torch.outer(torch.arange(length).float(), frequencies)
    angles = torch.cat([angles, angles], -1)
    return angles.cos(), angles.sin()


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Turn queries or keys by their position. Shapes: (rows, heads, length, head)."""
    left, right = x.chunk(2, -1)
    return x * cos + torch.cat([-right, left], -1) * sin


class Attention(nn.Module):
    """Grouped-query attention."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.q_proj = nn.Linear(shape.width, shape.heads * shape.head, bias=False)
        self.k_proj = nn.Linear(shape.width, shape.kv_heads * shape.head, bias=False)
        self.v_proj = nn.Linear(shape.width, shape.kv_heads * shape.head, bias=False)
        self.o_proj = nn.Linear(shape.heads * shape.head, shape.width, bias=False)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, bias: Tensor | None) -> Tensor:
        rows, length, _ = x.shape
        shape = self.shape
        q = self.q_proj(x).view(rows, length, shape.heads, shape.head).transpose(1, 2)
        k = self.k_proj(x).view(rows, length, shape.kv_heads, shape.head).transpose(1, 2)
        v = self.v_proj(x).view(rows, length, shape.kv_heads, shape.head).transpose(1, 2)
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        if bias is None:
            y = F.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True)
        else:
            # On CPUs the fused backward pass with a mask costs twice as much. The heads of a group are stacked: (.., group * length, head).
            stacked = (q * shape.head**-0.5).reshape(rows, shape.kv_heads, -1, shape.head)
            weights = ((stacked @ k.mT).view(rows, shape.heads, length, length) + bias).softmax(-1, dtype=bias.dtype)
            y = (weights.view(rows, shape.kv_heads, -1, length) @ v).view(rows, shape.heads, length, shape.head)
        return self.o_proj(y.transpose(1, 2).reshape(rows, length, -1))


class MLP(nn.Module):
    """SwiGLU."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.gate_proj = nn.Linear(shape.width, shape.inner, bias=False)
        self.up_proj = nn.Linear(shape.width, shape.inner, bias=False)
        self.down_proj = nn.Linear(shape.inner, shape.width, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class Layer(nn.Module):
    """One transformer block."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.input_layernorm = Norm(shape)
        self.self_attn = Attention(shape)
        self.post_attention_layernorm = Norm(shape)
        self.mlp = MLP(shape)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, bias: Tensor | None) -> Tensor:
        x = x + self.self_attn(self.input_layernorm(x), cos, sin, bias)
        return x + self.mlp(self.post_attention_layernorm(x))


class Backbone(nn.Module):
    """Embedding, blocks, last norm: what Hugging Face calls `model`."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.embed_tokens = nn.Embedding(shape.vocabulary, shape.width)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))
        self.norm = Norm(shape)


class Llama(nn.Module):
    """The language model; the output matrix is the embedding."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.model = Backbone(shape)
        cos, sin = rotation(shape, shape.context)
        self.register_buffer("cos", cos, persistent=False)
        self.register_buffer("sin", sin, persistent=False)
        for name, parameter in self.named_parameters():
            if parameter.ndim == 2:
                deep = name.endswith(("o_proj.weight", "down_proj.weight"))
                nn.init.normal_(parameter, std=0.02 / (2 * shape.layers) ** 0.5 if deep else 0.02)

    def forward(self, ids: Tensor, mask: Tensor | None = None, wanted: Tensor | None = None) -> Tensor:
        """Logits of the next token, of all positions or (flat) of the wanted ones.

        Shapes: ids and wanted (rows, length); mask (rows, 1, length, length), true where seen.
        """
        x = self.model.embed_tokens(ids)
        dtype = torch.bfloat16 if torch.is_autocast_enabled("cpu") else x.dtype
        cos, sin = self.cos[: ids.shape[1]].to(dtype), self.sin[: ids.shape[1]].to(dtype)
        x = x.to(dtype)
        bias = None if mask is None else torch.zeros(mask.shape, dtype=dtype).masked_fill(~mask, float("-inf"))
        for layer in self.model.layers:
            x = layer(x, cos, sin, bias)
        return F.linear(self.model.norm(x if wanted is None else x[wanted]), self.model.embed_tokens.weight)
