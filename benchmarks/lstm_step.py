"""Milliseconds of a training step of imdb/lstm, beside the deck's code."""

from __future__ import annotations

import numpy as np

from benchmarks import experiments
from benchmarks.measuring.steps import Batches, train_steps
from benchmarks.measuring.table import show
from benchmarks.measuring.timing import Functions, Peer, in_turn
from benchmarks.peers import deck

NAME = "imdb/lstm"


def main(quick: bool) -> None:
    """Prints the milliseconds of a step."""
    steps = 1 if quick else 5
    flags = ["--jit-compile", "false", "--batch-size", "8", "--length", "20"] if quick else []
    config = experiments.settings(NAME, ["--source", "simulated", *flags])
    shape = (config.batch_size, config.length)
    rng = np.random.default_rng(0)
    batches = [
        (rng.integers(0, config.words, shape, np.int32), rng.integers(0, 2, (shape[0], 1)).astype(np.float32))
        for _ in range(steps)
    ]
    peers = {"ours": Peer(with_ours, (config, batches)), "the deck's": Peer(with_deck, (config.words, batches))}
    seconds = {name: times["step"] for name, times in in_turn(peers, quick).items()}
    show(
        f"A training step of {NAME}, {shape[0]} reviews of {shape[1]} words",
        [
            {"code": name, "ms": 1000 * took / steps, "time / ours": took / seconds["ours"]}
            for name, took in seconds.items()
        ],
    )


def with_ours(config: object, batches: Batches) -> Functions:
    """Returns the training steps that a run makes."""
    experiments.start_backend()
    model, _ = experiments.training(NAME, config, experiments.data(NAME, config))
    return {"step": train_steps(model, batches)}


def with_deck(words: int, batches: Batches) -> Functions:
    """Returns the training steps of the deck's network."""
    experiments.start_backend()
    return {"step": train_steps(deck.review_network(words), batches)}
