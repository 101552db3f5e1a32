"""Milliseconds of a training step of the TCN, beside its authors' form in PyTorch."""

from __future__ import annotations

import itertools

from benchmarks import experiments
from benchmarks.measuring.steps import Batches, train_steps
from benchmarks.measuring.table import show
from benchmarks.measuring.timing import Functions, Peer, in_turn
from benchmarks.peers import pytorch

TASKS = ("sequences/adding", "sequences/copy_memory")


def main(quick: bool) -> None:
    """Prints the milliseconds of a step of each task."""
    steps = 1 if quick else 3
    flags = ["--layers", "2", "--length", "50"] if quick else []
    settings = {name: experiments.settings(name, ["--model", "tcn", *flags]) for name in TASKS}
    data = {name: experiments.data(name, config) for name, config in settings.items()}
    batches = {name: list(itertools.islice(data[name].training(0), steps)) for name in TASKS}
    tasks = {name: (settings[name], batches[name], data[name].outputs) for name in TASKS}
    theirs = Peer(pytorch.sequence_models, (tasks, experiments.cores()), package="torch")
    peers = {"ours": Peer(with_ours, (tasks,)), "PyTorch": theirs}
    seconds = in_turn(peers, quick)
    rows = [
        {
            "task": name,
            "framework": peer,
            "ms": 1000 * times[name] / steps,
            "time / ours": times[name] / seconds["ours"][name],
        }
        for name in TASKS
        for peer, times in seconds.items()
    ]
    show(f"A training step of the TCN, batches of {settings[TASKS[0]].batch_size}", rows)


def with_ours(tasks: dict[str, tuple[object, Batches, int]]) -> Functions:
    """Returns the training steps that a run makes."""
    experiments.start_backend()
    functions: Functions = {}
    for name, (config, batches, _) in tasks.items():
        model, _ = experiments.training(name, config, experiments.data(name, config))
        functions[name] = train_steps(model, batches)
    return functions
