"""Milliseconds of a training step of GRU(32), beside the GRUs of Keras and PyTorch."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from benchmarks import experiments
from benchmarks.measuring.steps import Batches, train_steps
from benchmarks.measuring.table import show
from benchmarks.measuring.timing import Functions, Peer, in_turn
from benchmarks.peers import deck, pytorch

if TYPE_CHECKING:
    import keras

UNITS, TIMESTEPS = 32, deck.LOOKBACK // deck.STEP
WHOLE = "XLA, cuts its windows"


def main(quick: bool) -> None:
    """Prints the milliseconds of a step, of each layer with and without XLA."""
    steps = 1 if quick else 20
    windows = experiments.random_windows()
    rows = list(windows.batches(0, steps))
    samples = [(windows.samples(r), windows.answers(r)) for r in rows]
    peers = {
        "ours": Peer(with_ours, (rows, samples)),
        "Keras": Peer(with_keras, (samples,)),
        "PyTorch": Peer(pytorch.gru, (samples, UNITS), package="torch"),
    }
    seconds = in_turn(peers, quick)
    whole = seconds["ours"][WHOLE]
    show(
        f"A training step of GRU({UNITS}), {deck.BATCH} windows of {TIMESTEPS} × {deck.FEATURES}",
        [
            {"layer": peer, "step": step, "ms": 1000 * took / steps, "time / ours": took / whole}
            for peer, times in seconds.items()
            for step, took in times.items()
        ],
    )


def with_ours(rows: list[np.ndarray], samples: Batches) -> Functions:
    """Returns training steps of this project's GRU, and the cutting of its windows alone."""
    experiments.start_backend()
    import keras
    import tensorflow as tf

    from layers.cut_windows import CutWindows
    from layers.gru import GRU

    windows = experiments.random_windows()
    cut = CutWindows(windows.data, windows.offsets)
    inputs = keras.Input((), dtype="int32")
    cutting = keras.Model(inputs, network(GRU)(cut(inputs)))
    alone, tensors = tf.function(cut.call, jit_compile=True), [tf.constant(r) for r in rows]
    return {
        WHOLE: compiled_steps(cutting, [(r, y) for r, (_, y) in zip(rows, samples, strict=True)], jit=True),
        "XLA": compiled_steps(network(GRU), samples, jit=True),
        "XLA, only cuts windows": lambda: [alone(r) for r in tensors][-1].numpy(),
    }


def with_keras(samples: Batches) -> Functions:
    """Returns training steps of Keras's own GRU; the deck's code takes the one without XLA."""
    experiments.start_backend()
    import keras

    return {
        "XLA": compiled_steps(network(keras.layers.GRU), samples, jit=True),
        "no XLA, as the deck": compiled_steps(network(keras.layers.GRU), samples, jit=False),
    }


def network(layer: type[keras.Layer]) -> keras.Model:
    """Returns a forecaster with one recurrent layer."""
    import keras

    return keras.Sequential([keras.Input((TIMESTEPS, deck.FEATURES)), layer(UNITS), keras.layers.Dense(1)])


def compiled_steps(model: keras.Model, batches: Batches, jit: bool) -> Callable[[], object]:
    """Compiles a model as the deck does; returns its training steps."""
    model.compile("rmsprop", loss="mae", jit_compile=jit)
    return train_steps(model, batches)
