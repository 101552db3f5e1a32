"""What a full run on the largest texts would cost here: steps, seconds per step, days, and peak memory."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from benchmarks import experiments
from benchmarks.measuring import memory
from benchmarks.measuring.processes import fresh
from benchmarks.measuring.table import show
from foundation.user_error import UserError
from sequences.streams import Streams
from sequences.task import Task

# symbols of the training parts, as sequences/ counts them; the novels' as Paperno et al. 2016, arXiv 1606.06031, do
TRAINING = {"wikitext103": 103_227_021, "lambada": 203_000_000, "text8": 90_000_000}
MODELS = ("tcn", "lstm", "gru", "rnn")
STEPS = 2
SECONDS_PER_DAY = 86_400


def main(quick: bool) -> None:
    """Prints one row for each task and model."""
    cells = [(task, model) for task in TRAINING for model in MODELS]
    flags: Sequence[str] = ()
    if quick:
        cells, flags = [("text8", "lstm")], ("--units", "16", "--batch-size", "2")
    show("A full run", [{"task": task, "model": model, **cell(task, model, flags)} for task, model in cells])


def cell(task: str, model: str, flags: Sequence[str]) -> dict[str, object]:
    """Returns what `measure` returns in a fresh process, or that it failed; shows progress on the way."""
    try:
        figures = fresh(measure, task, model, flags)
    except UserError as error:  # most likely there is not enough memory
        figures = {"s per step": "failed"}
        print(f"{task}, {model}: {error}", file=sys.stderr, flush=True)
    else:
        print(f"{task}, {model}: {figures['s per step']:.3g} s per step", file=sys.stderr, flush=True)
    return figures


def measure(name: str, model: str, flags: Sequence[str]) -> dict[str, object]:
    """Returns what one full run costs, from a few steps on symbols drawn at random."""
    device = experiments.start_backend()
    import keras

    config = experiments.settings(f"sequences/{name}", ["--model", model, *flags])
    network, problem = experiments.training(f"sequences/{name}", config, random_text(config, TRAINING[name]))
    x, y = problem.validation
    network.train_on_batch(x, y)
    started = time.perf_counter()
    for _ in range(STEPS):
        network.train_on_batch(x, y)
    seconds = (time.perf_counter() - started) / STEPS
    steps = problem.steps_per_epoch
    return {
        "parameters": f"{network.count_params():,}",
        "backend": keras.backend.backend(),
        "device": device,
        "steps per epoch": f"{steps:,}",
        "epochs": config.epochs,
        "s per step": seconds,
        "days": config.epochs * steps * seconds / SECONDS_PER_DAY,
        "peak GB": memory.peak() / 1e9,
    }


def random_text(config: Any, symbols: int) -> Task:
    """Returns the task of a text of this many symbols; its only batch is random."""
    streams = Streams(np.broadcast_to(np.uint8(0), symbols), config.batch_size, config.context, config.targets)
    shape = (config.batch_size, config.context + config.targets)
    x = np.random.default_rng(0).integers(0, config.symbols, shape, np.int32)
    batch = (x, x[:, -config.targets :].copy())
    return Task(
        name="random symbols",
        training=lambda epoch: iter([batch]),
        steps_per_epoch=len(streams),
        validation=(batch,),
        test=(batch,),
        inputs=config.symbols,
        outputs=config.symbols,
        loss="cross_entropy",
        metric="perplexity",
        counts={},
        fingerprint="",
        ids=True,
    )
