"""PyTorch's networks and training steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks import experiments
from benchmarks.measuring.steps import Batches
from benchmarks.measuring.timing import Functions

if TYPE_CHECKING:
    import torch


def gru(batches: Batches, units: int) -> Functions:
    """Returns training steps of PyTorch's own GRU."""
    import torch

    class Network(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.gru = torch.nn.GRU(batches[0][0].shape[2], units, batch_first=True)
            self.out = torch.nn.Linear(units, 1)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.out(self.gru(x)[0][:, -1])

    torch.set_num_threads(experiments.cores())
    network = Network()
    optimizer = torch.optim.RMSprop(network.parameters(), lr=0.001)
    tensors = [(torch.from_numpy(x.copy()), torch.from_numpy(y.copy())) for x, y in batches]

    def steps() -> float:
        for x, y in tensors:
            optimizer.zero_grad()
            loss = torch.nn.functional.l1_loss(network(x), y)
            loss.backward()
            optimizer.step()
        return float(loss.detach())

    return {"nn.GRU": steps}


def tcns(tasks: dict[str, tuple[Any, Batches]]) -> Functions:
    """Returns training steps of the TCN for each task, from its settings and its batches."""
    return {name: tcn(config, batches) for name, (config, batches) in tasks.items()}


def tcn(config: Any, batches: Batches) -> Callable[[], object]:
    """Returns training steps of the TCN in the form of its authors (Bai, Kolter, Koltun 2018, arXiv 1803.01271).

    They normalise weights with `weight_norm`, pad both sides of a sequence, and cut the right side off again.
    """
    import torch
    from torch import nn
    from torch.nn.utils.parametrizations import weight_norm

    torch.set_num_threads(experiments.cores())
    x, y = batches[0]
    every_step, kernel, units = y.ndim == 2 and y.shape[1] == x.shape[1], config.kernel_size, config.units
    outputs = 10 if every_step else 1

    class Causal(nn.Module):
        def __init__(self, inputs: int, dilation: int) -> None:
            super().__init__()
            self.padding = (kernel - 1) * dilation
            self.conv = weight_norm(nn.Conv1d(inputs, units, kernel, padding=self.padding, dilation=dilation))
            self.dropout = nn.Dropout(config.dropout)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.dropout(torch.relu(self.conv(x)[..., : -self.padding].contiguous()))

    class Block(nn.Module):
        def __init__(self, inputs: int, dilation: int) -> None:
            super().__init__()
            self.body = nn.Sequential(Causal(inputs, dilation), Causal(units, dilation))
            self.skip = nn.Conv1d(inputs, units, 1) if inputs != units else nn.Identity()

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return torch.relu(self.body(x) + self.skip(x))

    widths = [x.shape[2], *[units] * config.layers]
    blocks = nn.Sequential(*(Block(width, 2**level) for level, width in enumerate(widths[:-1])))
    out = nn.Linear(units, outputs)
    parameters = [*blocks.parameters(), *out.parameters()]
    kinds = {"adam": torch.optim.Adam, "rmsprop": torch.optim.RMSprop}
    optimizer = kinds[config.optimizer](parameters, lr=config.learning_rate)
    tensors = [(torch.from_numpy(np.swapaxes(x, 1, 2).copy()), torch.from_numpy(y.copy())) for x, y in batches]

    def steps() -> float:
        for x, y in tensors:
            optimizer.zero_grad()
            features = blocks(x)
            if every_step:
                answers = out(features.transpose(1, 2)).reshape(-1, outputs)
                loss = nn.functional.cross_entropy(answers, y.reshape(-1).long())
            else:
                loss = nn.functional.mse_loss(out(features[..., -1]), y)
            loss.backward()
            if config.clip_norm:
                nn.utils.clip_grad_norm_(parameters, config.clip_norm)
            optimizer.step()
        return float(loss.detach())

    return steps
