"""Seconds of an epoch of jena/gru beside the deck's code: alone on all cores, and two runs side by side."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from benchmarks import experiments
from benchmarks.measuring.table import show
from benchmarks.measuring.timing import Functions, Peer, in_turn
from benchmarks.peers import deck

NAME = "jena/gru"
OURS, DECK = "ours", "the deck's"


def main(quick: bool) -> None:
    """Prints the seconds of an epoch, training and validation."""
    share, runs, flags = (0.004, [1], ["--jit-compile", "false"]) if quick else (1.0, [1, 2], [])
    rows: list[dict[str, object]] = []
    for copies in runs:
        peers = {
            DECK: Peer(with_deck, (NAME, share, flags), copies=copies),
            OURS: Peer(with_ours, (NAME, share, flags), copies=copies),
        }
        seconds = {name: times["epoch"] for name, times in in_turn(peers, quick, rounds=2).items()}
        rows += [
            {"code": name, "runs at once": copies, "s": took, "time / the deck's": took / seconds[DECK]}
            for name, took in seconds.items()
        ]
    show(f"An epoch of {NAME}{title(share)}", rows)


def title(share: float) -> str:
    """Returns the size of a share of an epoch in words."""
    steps, rows = round(deck.STEPS_PER_EPOCH * share), round((deck.VALIDATION_END - deck.TRAIN_END) * share)
    return f": {steps} batches of {deck.BATCH}, then validation on {rows:,} rows"


def with_ours(name: str, share: float, flags: Sequence[str]) -> Functions:
    """Returns an epoch as a run of an experiment makes it, or a share of it."""
    experiments.start_backend()
    steps = round(deck.STEPS_PER_EPOCH * share)
    config = experiments.settings(name, ["--source", "simulated", "--steps-per-epoch", str(steps), *flags])
    model, problem = experiments.training(name, config, experiments.data(name, config))
    numbers = itertools.count()
    inputs, targets = problem.validation
    windows = round(len(inputs) * share)
    validation = experiments.whole((inputs[:windows], targets[:windows]), problem.evaluation_batch)

    def epoch() -> None:
        model.fit(
            experiments.stream(problem.training(next(numbers))),
            steps_per_epoch=steps,
            validation_data=validation,
            shuffle=False,
            verbose=0,
        )

    return {"epoch": epoch}


def with_deck(name: str, share: float, flags: Sequence[str]) -> Functions:
    """Returns an epoch as the deck's code makes it, or a share of it."""
    experiments.start_backend()
    config = experiments.settings(name, ["--source", "simulated", *flags])
    series = experiments.data(name, config).splits.training.data.astype("float64")
    model = experiments.with_keras_gru(name, config)
    model.compile(optimizer="rmsprop", loss="mae")
    return {"epoch": lambda: deck.fit(model, series, config.step, share)}
