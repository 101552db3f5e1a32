"""The deck's way of doing things, as its readers type it: windows filled in one by one, plain Keras layers, plain fit."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from jena.schema import TEMPERATURE

LOOKBACK, STEP, DELAY, BATCH = 720, 6, 144, 128
TRAIN_END, VALIDATION_END = 200_000, 300_000


def generator(data: np.ndarray, low: int, high: int, shuffle: bool, step: int = STEP) -> Iterator:
    """Endless batches of windows and targets, a Python loop over a batch's windows, as on "Timeseries Data Generator"."""
    position = low + LOOKBACK
    while True:
        if shuffle:
            rows = np.random.randint(low + LOOKBACK, high, size=BATCH)
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


def fit(model, data: np.ndarray, epochs: int, callbacks: list, step: int = STEP) -> None:
    """Trains with `fit` on the generators, with full validation after each epoch."""
    model.compile(optimizer="rmsprop", loss="mae")
    model.fit(
        generator(data, 0, TRAIN_END, shuffle=True, step=step),
        steps_per_epoch=500,
        epochs=epochs,
        validation_data=generator(data, TRAIN_END + 1, VALIDATION_END, shuffle=False, step=step),
        validation_steps=(VALIDATION_END - TRAIN_END - 1 - LOOKBACK) // BATCH,
        verbose=0,
        callbacks=callbacks,
    )
