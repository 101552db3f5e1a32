"""The film reviews: reading 50,000 of them, and a training step of imdb/lstm beside the deck's code."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.timing import in_turn, table

STEPS = 5
READ = """
import re, resource, time
from pathlib import Path
started = time.perf_counter()
from imdb import corpus
found = corpus.load(source="real")
codes = [part.padded(10_000, 500) for part in (found.training, found.test)]
seconds = time.perf_counter() - started
status = Path("/proc/self/status")  # on Linux a child's ru_maxrss starts at its parent's
peak = 1024 * int(re.search(r"VmHWM:\\s+(\\d+)", status.read_text())[1]) if status.exists() else \\
    resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(seconds, peak)
"""


def main() -> None:
    """Prints seconds and memory of the reading, and milliseconds a step."""
    reading()
    step()


def reading() -> None:
    """Reads and pads all reviews, in a process of its own."""
    done = subprocess.run([sys.executable, "-c", READ], capture_output=True, text=True)
    if done.returncode:
        print(f"\nreading left out: {done.stderr.strip().splitlines()[-1]}")
        return
    seconds, peak = map(float, done.stdout.split())
    row: dict[str, object] = {"reviews": 50_000, "seconds": seconds, "peak GB": peak / 1e9}
    table("Reading and padding the reviews", [row])


def step() -> None:
    """Trains on batches of 128 reviews of 500 words."""
    from lab import environment

    environment.prepare()
    environment.load_backend()
    import keras
    import tensorflow as tf

    from experiments import catalogue
    from lab.settings import resolve

    experiment = catalogue.module("imdb/lstm")
    config = resolve("imdb/lstm", experiment.Config)
    rng = np.random.default_rng(0)
    batches = [
        (
            tf.constant(rng.integers(0, config.words, (128, config.length)), tf.int32),
            tf.constant(rng.integers(0, 2, (128, 1)), tf.float32),
        )
        for _ in range(STEPS)
    ]
    deck = keras.Sequential(
        [
            keras.layers.Embedding(config.words, 32),
            keras.layers.LSTM(32),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    deck.compile(optimizer="rmsprop", loss="binary_crossentropy", metrics=["acc"])
    ours = experiment.build(config)
    ours.compile(
        "rmsprop",
        loss="binary_crossentropy",
        metrics=["accuracy"],
        jit_compile=environment.jit_compile(config.jit_compile),
    )

    def steps(model: Any) -> Callable[[], object]:
        train = model.make_train_function() or model.train_function
        return lambda: [train(iter([batch])) for batch in batches][-1]["loss"].numpy()

    seconds = in_turn({"ours": steps(ours), "the deck's": steps(deck)})
    table(
        f"A training step of imdb/lstm, 128 reviews of {config.length} words, {environment.share()} cores",
        [{"step": name, "ms": 1000 * s / STEPS, "of ours": s / seconds["ours"]} for name, s in seconds.items()],
    )


if __name__ == "__main__":
    main()
