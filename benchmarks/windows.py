"""Input: batches of 128 shuffled windows, 720 rows back at a step of 6, from 420,551 rows of 14 features."""

from __future__ import annotations

import numpy as np

from benchmarks import deck
from benchmarks.timing import in_turn, table
from jena.windows import Windows

BATCHES = 100


def main() -> None:
    """Prints windows a second: ours, the deck's generator, Keras's own."""
    import keras

    data = np.random.default_rng(0).normal(size=(420_551, 14)).astype(np.float32)
    windows = Windows(data, deck.LOOKBACK, deck.DELAY, 0, deck.TRAIN_END, shuffle=True)
    ours = (((windows.samples(rows), windows.targets(rows))) for e in range(10**6) for rows in windows.batches(e, 500))
    decks = deck.generator(data, 0, deck.TRAIN_END, shuffle=True)
    keras_ = iter(
        keras.utils.timeseries_dataset_from_array(
            data[: deck.TRAIN_END - deck.DELAY],
            data[deck.LOOKBACK + deck.DELAY :, 1],
            sequence_length=deck.LOOKBACK // deck.STEP,
            sampling_rate=deck.STEP,
            batch_size=deck.BATCH,
            shuffle=True,
            seed=0,
        ).repeat()
    )
    iterators = {
        "keras.utils.timeseries_dataset_from_array": keras_,
        "the deck's generator": decks,
        "jena.windows": ours,
    }

    def draw(iterator):  # type: ignore[no-untyped-def]
        return lambda: [np.asarray(next(iterator)[0]) for _ in range(BATCHES)]

    seconds = in_turn({name: draw(iterator) for name, iterator in iterators.items()})
    slowest = seconds["keras.utils.timeseries_dataset_from_array"]
    table(
        "Input: shuffled batches of 128 windows",
        [
            {
                "input": name,
                "ms a batch": 1000 * s / BATCHES,
                "windows/s": f"{BATCHES * deck.BATCH / s:,.0f}",
                "times Keras's": slowest / s,
                "times the deck's": seconds["the deck's generator"] / s,
            }
            for name, s in seconds.items()
        ],
    )


if __name__ == "__main__":
    main()
