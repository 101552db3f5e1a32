"""The deck's code as its readers type it: windows filled one by one, and `fit` on Python generators."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from jena.schema import TEMPERATURE

if TYPE_CHECKING:
    import keras

ROWS, FEATURES = 420_551, 14
LOOKBACK, STEP, DELAY, BATCH = 720, 6, 144, 128
TRAIN_END, VALIDATION_END = 200_000, 300_000
STEPS_PER_EPOCH = 500


def generator(
    data: np.ndarray, low: int, high: int, shuffle: bool, step: int = STEP
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yields endless batches of windows and targets (deck: "Timeseries Data Generator")."""
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


def fit(model: keras.Model, data: np.ndarray, step: int, share: float) -> None:
    """Trains for a share of an epoch, then validates on the same share of the validation windows."""
    model.fit(
        generator(data, 0, TRAIN_END, shuffle=True, step=step),
        steps_per_epoch=round(STEPS_PER_EPOCH * share),
        epochs=1,
        validation_data=generator(data, TRAIN_END + 1, VALIDATION_END, shuffle=False, step=step),
        validation_steps=round((VALIDATION_END - TRAIN_END - 1 - LOOKBACK) // BATCH * share),
        shuffle=False,  # the generators shuffle
        verbose=0,
    )


def review_network(words: int) -> keras.Model:
    """Returns the compiled LSTM on film reviews (deck: "Using LSTM in Keras")."""
    import keras

    model = keras.Sequential(
        [
            keras.layers.Embedding(words, 32),
            keras.layers.LSTM(32),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(optimizer="rmsprop", loss="binary_crossentropy", metrics=["acc"])
    return model
