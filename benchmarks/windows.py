"""Windows per second: shuffled batches of 128 windows, without training."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from benchmarks import experiments
from benchmarks.measuring.table import show
from benchmarks.measuring.timing import Functions, Peer, in_turn
from benchmarks.peers import deck

OURS, DECK, KERAS = "tables.windows", "the deck's generator", "keras.utils.timeseries_dataset_from_array"


def main(quick: bool) -> None:
    """Prints the windows per second of this project, of the deck's generator, and of Keras's own function."""
    batches = 2 if quick else 100
    peers = {KERAS: Peer(with_keras, (batches,)), DECK: Peer(with_deck, (batches,)), OURS: Peer(with_ours, (batches,))}
    seconds = {name: times["batches"] for name, times in in_turn(peers, quick).items()}
    rows = [
        {
            "input": name,
            "ms per batch": 1000 * took / batches,
            "windows per s": f"{batches * deck.BATCH / took:,.0f}",
            "speed / Keras's": seconds[KERAS] / took,
            "speed / the deck's": seconds[DECK] / took,
        }
        for name, took in seconds.items()
    ]
    show(f"Input: shuffled windows of {deck.LOOKBACK // deck.STEP} × {deck.FEATURES}", rows)


def drawing(batches: Iterator[tuple[np.ndarray, np.ndarray]], count: int) -> Functions:
    """Returns the function that draws the next batches."""
    return {"batches": lambda: [np.asarray(next(batches)[0]) for _ in range(count)]}


def with_ours(count: int) -> Functions:
    """Returns the drawing of batches from the windows of this project."""
    windows = experiments.random_windows()
    rows = (rows for epoch in itertools.count() for rows in windows.batches(epoch, deck.STEPS_PER_EPOCH))
    return drawing(((windows.samples(r), windows.answers(r)) for r in rows), count)


def with_deck(count: int) -> Functions:
    """Returns the drawing of batches from the deck's generator."""
    return drawing(deck.generator(experiments.random_windows().data, 0, deck.TRAIN_END, shuffle=True), count)


def with_keras(count: int) -> Functions:
    """Returns the drawing of batches from Keras's own data set of windows."""
    experiments.start_backend()
    import keras

    series = experiments.random_windows().data
    dataset = keras.utils.timeseries_dataset_from_array(
        series[: deck.TRAIN_END - deck.DELAY],
        series[deck.LOOKBACK + deck.DELAY :, 1],
        sequence_length=deck.LOOKBACK // deck.STEP,
        sampling_rate=deck.STEP,
        batch_size=deck.BATCH,
        shuffle=True,
        seed=0,
    )
    return drawing(iter(dataset.repeat()), count)
