"""The deck's way, as its readers type it: windows filled in one by one, Keras's own layers, plain `fit`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from jena.schema import TEMPERATURE

LOOKBACK, STEP, DELAY, BATCH = 720, 6, 144, 128
TRAIN_END, VALIDATION_END = 200_000, 300_000


def generator(
    data: np.ndarray, low: int, high: int, shuffle: bool, step: int = STEP
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Endless batches of windows and targets, one window after the other (deck: "Timeseries Data Generator")."""
    position = low + LOOKBACK
    while True:
        if shuffle:
            rows = np.random.randint(low + LOOKBACK, high, size=BATCH)  # noqa: NPY002
        else:
            if position + BATCH >= high:
                position = low + LOOKBACK
            rows = np.arange(position, position + BATCH)
            position += BATCH
        samples = np.zeros((BATCH, LOOKBACK // step, data.shape[1]))
        targets = np.zeros(BATCH)
        for i, row in enumerate(rows):
            samples[i] = data[range(row - LOOKBACK, row, step)]
            targets[i] = data[row + DELAY][TEMPERATURE]
        yield samples, targets


def model(name: str, config: Any) -> Any:
    """The experiment's model, with Keras's own GRU in place of ours."""
    from unittest import mock

    import keras

    from experiments import catalogue

    with mock.patch("layers.gru.GRU", keras.layers.GRU):
        return catalogue.module(name).build(config)


def fit(model: Any, data: np.ndarray, step: int, epochs: int, steps: int, share: float, callback: Any) -> None:
    """Trains with `fit` on the generators, with validation, or its share, after each epoch."""
    model.compile(optimizer="rmsprop", loss="mae")
    model.fit(
        generator(data, 0, TRAIN_END, shuffle=True, step=step),
        steps_per_epoch=steps,
        epochs=epochs,
        validation_data=generator(data, TRAIN_END + 1, VALIDATION_END, shuffle=False, step=step),
        validation_steps=round((VALIDATION_END - TRAIN_END - 1 - LOOKBACK) // BATCH * share),
        verbose=0,
        callbacks=[callback],
    )
