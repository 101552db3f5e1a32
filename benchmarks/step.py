"""One training step of GRU(32) on 128 windows of 120 × 14: ours, Keras's, plain PyTorch's; and the input's part."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable

import numpy as np

from benchmarks import deck
from benchmarks.timing import in_turn, table
from jena.windows import Windows

STEPS = 20


def main() -> None:
    """Prints milliseconds a step."""
    from lab import environment

    environment.prepare()
    environment.load_backend()
    import keras
    import tensorflow as tf

    from experiments.jena import forecaster
    from layers.cut_windows import CutWindows
    from layers.gru import GRU

    data = np.random.default_rng(0).normal(size=(420_551, 14)).astype(np.float32)
    windows = Windows(data, deck.LOOKBACK, deck.DELAY, 0, deck.TRAIN_END, shuffle=True)
    batches = [(tf.constant(rows), tf.constant(windows.targets(rows))) for rows in windows.batches(0, STEPS)]
    cut_already = [(tf.constant(windows.samples(rows.numpy())), targets) for rows, targets in batches]

    def network(layer: type) -> keras.Model:
        return keras.Sequential([keras.Input((120, 14)), layer(32), keras.layers.Dense(1)])

    def steps(model: keras.Model, examples: list, jit: bool) -> Callable[[], object]:
        model.compile("rmsprop", loss="mae", jit_compile=jit)
        train = model.make_train_function() or model.train_function
        return lambda: [train(iter([batch])) for batch in examples][-1]["loss"].numpy()

    cut = tf.function(CutWindows(data, windows.offsets).call, jit_compile=True)
    functions = {
        "ours, XLA, windows cut on the device": steps(forecaster(network(GRU), windows), batches, True),
        "ours, XLA, windows cut before": steps(network(GRU), cut_already, True),
        "Keras's GRU, XLA, windows cut before": steps(network(keras.layers.GRU), cut_already, True),
        "Keras's GRU, windows cut before (the deck's)": steps(network(keras.layers.GRU), cut_already, False),
        "cutting windows alone, XLA": lambda: [cut(rows) for rows, _ in batches][-1].numpy(),
    }
    if importlib.util.find_spec("torch"):
        functions["plain PyTorch nn.GRU, windows cut before"] = pytorch(
            [(x.numpy(), y.numpy()) for x, y in cut_already]
        )
    seconds = in_turn(functions)
    whole = seconds["ours, XLA, windows cut on the device"]
    table(
        f"A training step of GRU(32), 128 windows of 120 × 14, {environment.share()} cores",
        [{"step": name, "ms": 1000 * s / STEPS, "of ours": s / whole} for name, s in seconds.items()],
    )


def pytorch(batches: list[tuple[np.ndarray, np.ndarray]]) -> Callable[[], object]:
    """The same step in PyTorch alone."""
    import torch

    from lab import environment

    torch.set_num_threads(environment.share())

    class Network(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.gru, self.out = torch.nn.GRU(14, 32, batch_first=True), torch.nn.Linear(32, 1)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.out(self.gru(x)[0][:, -1])

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

    return steps
