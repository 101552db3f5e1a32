"""PyTorch's networks and training steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

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


def sequence_models(cells: dict[str, tuple[Any, Batches, int]], threads: int) -> Functions:
    """Returns training steps of the TCN paper's networks, from the settings, batches and outputs of each."""
    import torch

    torch.set_num_threads(threads)
    return {name: sequence_model(*cell) for name, cell in cells.items()}


def sequence_model(config: Any, batches: Batches, outputs: int) -> Callable[[], object]:
    """Returns training steps of one of the four models, on text with vectors of its symbols.

    Args:
        config: The model and its sizes.
        batches: Symbols (batch, timesteps) or features (batch, timesteps, features); targets of each timestep or of the
            last one.
        outputs: Size of an output.
    """
    import torch
    from torch import nn

    x, y = batches[0]
    symbols, every_step = x.ndim == 2, y.ndim == 2 and y.shape[1] > 1
    inputs = config.embedding if symbols else x.shape[2]

    class Network(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.vectors = nn.Embedding(outputs, inputs) if symbols else nn.Identity()
            self.dropout = nn.Dropout(config.embedding_dropout if symbols else 0)
            self.body = _tcn(config, inputs) if config.model == "tcn" else _recurrent(config, inputs)
            self.out = nn.Linear(config.units, outputs)
            if symbols and config.tied:
                self.out.weight = self.vectors.weight

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            states = self.body(self.dropout(self.vectors(x)))
            return self.out(states[:, -y.shape[1] :] if every_step else states[:, -1])

    network = Network()
    kinds = {"adam": torch.optim.Adam, "rmsprop": torch.optim.RMSprop, "sgd": torch.optim.SGD}
    optimizer = kinds[config.optimizer](network.parameters(), lr=config.learning_rate)
    tensors = [(torch.from_numpy(x.copy()), torch.from_numpy(y.copy())) for x, y in batches]

    def steps() -> float:
        for x, y in tensors:
            optimizer.zero_grad()
            answers = network(x)
            if y.is_floating_point():
                loss = nn.functional.mse_loss(answers, y)
            else:
                loss = nn.functional.cross_entropy(answers.reshape(-1, outputs), y.reshape(-1).long())
            loss.backward()
            if config.clip_norm:
                nn.utils.clip_grad_norm_(network.parameters(), config.clip_norm)
            optimizer.step()
        return float(loss.detach())

    return steps


def _recurrent(config: Any, inputs: int) -> torch.nn.Module:
    from torch import nn

    class Recurrent(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            kind = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}[config.model]
            between = config.dropout if config.layers > 1 else 0
            self.layers = kind(inputs, config.units, config.layers, batch_first=True, dropout=between)
            self.dropout = nn.Dropout(config.dropout)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.dropout(self.layers(x)[0])

    return Recurrent()


def _tcn(config: Any, inputs: int) -> torch.nn.Module:
    """Returns the TCN in the form of its authors (Bai, Kolter, Koltun 2018, arXiv 1803.01271).

    They normalise weights with `weight_norm`, pad both sides of a sequence, and cut the right side off again.
    """
    import torch
    from torch import nn
    from torch.nn.utils.parametrizations import weight_norm

    class Causal(nn.Module):
        def __init__(self, inputs: int, dilation: int) -> None:
            super().__init__()
            self.padding = (config.kernel_size - 1) * dilation
            conv = nn.Conv1d(inputs, config.units, config.kernel_size, padding=self.padding, dilation=dilation)
            self.conv, self.dropout = weight_norm(conv), nn.Dropout(config.dropout)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.dropout(torch.relu(self.conv(x)[..., : -self.padding].contiguous()))

    class Block(nn.Module):
        def __init__(self, inputs: int, dilation: int) -> None:
            super().__init__()
            self.body = nn.Sequential(Causal(inputs, dilation), Causal(config.units, dilation))
            self.skip = nn.Conv1d(inputs, config.units, 1) if inputs != config.units else nn.Identity()

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return torch.relu(self.body(x) + self.skip(x))

    class TCN(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            widths = [inputs, *[config.units] * config.layers]
            self.blocks = nn.Sequential(*(Block(width, 2**level) for level, width in enumerate(widths[:-1])))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.blocks(x.transpose(1, 2)).transpose(1, 2)

    return TCN()
