"""A training step of the TCN paper's networks, beside PyTorch's, with one thread and with two."""

from __future__ import annotations

import itertools
from typing import Any

from benchmarks import experiments
from benchmarks.measuring.steps import Batches, train_steps
from benchmarks.measuring.table import show
from benchmarks.measuring.timing import Functions, Peer, in_turn
from benchmarks.peers import pytorch

TASKS = ("sequences/word_ptb", "sequences/char_ptb", "sequences/adding")
MODELS = ("lstm", "gru", "rnn", "tcn")
THREADS = (1, 2)
SMALL = ["--layers", "1", "--units", "8"]
Cells = dict[str, tuple[Any, Batches, int]]
"""Settings, batches and number of outputs of each task and model."""


def main(quick: bool) -> None:
    """Prints the milliseconds of a step of each task and model, and our time divided by PyTorch's."""
    steps = 1 if quick else 2
    for task in TASKS[-1:] if quick else TASKS:
        cells: Cells = {}
        for model in MODELS:
            config = experiments.settings(task, ["--model", model, *(SMALL if quick else [])])
            data = experiments.data(task, config)
            cells[model] = config, list(itertools.islice(data.training(0), steps)), data.outputs
        peers = {}
        for threads in THREADS:
            peers[f"ours, {threads}"] = Peer(with_ours, (task, cells, threads))
            peers[f"PyTorch, {threads}"] = Peer(pytorch.sequence_models, (cells, threads), package="torch")
        seconds = in_turn(peers, quick)
        rows: list[dict[str, object]] = []
        for model, threads in itertools.product(MODELS, THREADS):
            ours, theirs = seconds[f"ours, {threads}"][model], seconds.get(f"PyTorch, {threads}", {}).get(model)
            row: dict[str, object] = {"model": model, "threads": threads, "ours (ms)": 1000 * ours / steps}
            if theirs:
                row |= {"PyTorch (ms)": 1000 * theirs / steps, "ours / PyTorch": ours / theirs}
            rows.append(row)
        batch = cells["lstm"][1][0][0]
        show(f"A training step of {task}, batches of {batch.shape[0]} × {batch.shape[1]}", rows)


def with_ours(task: str, cells: Cells, threads: int) -> Functions:
    """Returns the training steps that a run makes."""
    experiments.start_backend(threads)
    functions: Functions = {}
    for model, (config, batches, _) in cells.items():
        network, _ = experiments.training(task, config, experiments.data(task, config))
        functions[model] = train_steps(network, batches)
    return functions
