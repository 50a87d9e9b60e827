"""Muon: momentum whose matrices are made orthogonal, in batches of one shape. Source: Jordan et al., "Muon", 2024."""

from __future__ import annotations

from collections import defaultdict

import torch
from torch import Tensor


def orthogonal(stack: Tensor, steps: int = 4) -> Tensor:
    """Bring all singular values near one by Newton-Schulz steps. Shapes: (matrices, rows <= columns, columns)."""
    x = stack.bfloat16()
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(steps):
        gram = x @ x.mT
        x = torch.baddbmm(x, torch.baddbmm(gram, gram, gram, beta=-4.7750, alpha=2.0315), x, beta=3.4445)
    return x


class Muon:
    """The optimizer of all matrices but the embedding."""

    def __init__(self, parameters: list[Tensor], momentum: float = 0.95, decay: float = 0.0) -> None:
        self.groups: dict[tuple[int, int], list[Tensor]] = defaultdict(list)
        for parameter in parameters:
            self.groups[min(parameter.shape), max(parameter.shape)].append(parameter)
        self.momentum, self.decay = momentum, decay
        self.buffers = {shape: torch.zeros(len(group), *shape) for shape, group in self.groups.items()}

    @torch.no_grad()
    def step(self, rate: float) -> None:
        """Shrink every matrix by `rate` times the decay, move it by `rate` along its orthogonal momentum, and forget the gradients."""
        for shape, group in self.groups.items():
            gradient = torch.stack([p.grad if p.shape[0] <= p.shape[1] else p.grad.T for p in group])
            buffer = self.buffers[shape]
            buffer.lerp_(gradient, 1 - self.momentum)
            update = orthogonal(gradient.lerp_(buffer, self.momentum)).float()
            for parameter, delta in zip(group, update, strict=True):
                rows, columns = parameter.shape
                parameter.mul_(1 - rate * self.decay).add_(delta if rows <= columns else delta.T, alpha=-rate * max(1.0, rows / columns) ** 0.5)
                parameter.grad = None
