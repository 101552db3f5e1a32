"""The TCN's training step, ours and its authors' form in PyTorch; what it sees and needs as it grows."""

from __future__ import annotations

import importlib.util
import itertools
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.timing import in_turn, table

if TYPE_CHECKING:
    from experiments.sequences import SequencesConfig
    from sequences.task import Batch, Task

STEPS, BATCH, UNITS = 3, 32, 24


def main() -> None:
    """Prints milliseconds a step, receptive fields and memory."""
    growth()
    from lab import environment

    if not importlib.util.find_spec("torch"):
        sys.exit("error: this needs PyTorch beside the rest: pip install torch")
    environment.prepare()
    environment.load_backend()
    from experiments import catalogue

    rows: list[dict[str, object]] = []
    for name in ("sequences/adding", "sequences/copy_memory"):
        config, task, batches = read(name)
        model = catalogue.build(catalogue.module(name), config)
        with elsewhere(name) as theirs:
            seconds = in_turn({"ours": ours(model, config, task, batches), "PyTorch": theirs})
        columns = {f"{way}, ms": 1000 * s / STEPS for way, s in seconds.items()}
        rows.append({"task": name, **columns, "ratio": seconds["ours"] / seconds["PyTorch"]})
    table(f"A training step of the TCN, batches of 32, {environment.share()} cores", rows)


def growth() -> None:
    """Prints how far the network sees and the memory of a training step, by levels and timesteps."""
    rows: list[dict[str, object]] = []
    for levels, timesteps in ((4, 1000), (8, 1000), (8, 2000), (8, 4000), (8, 8000)):
        program = f"from benchmarks.tcn import train_once; train_once({levels}, {timesteps})"
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
        field, before, after = map(int, done.stdout.split()[-3:])
        grown = (after - before) * (1 if sys.platform == "darwin" else 1024)
        kept = 3 * 4 * BATCH * UNITS * levels * timesteps  # input, two convolutions' outputs, in a level
        rows.append(
            {
                "levels": levels,
                "timesteps": timesteps,
                "receptive field": field,
                "peak MB of a step": grown / 1e6,
                "of what the backward pass must keep": grown / kept,
            }
        )
    table(f"TCN of {UNITS} filters, kernel 8, batches of {BATCH}", rows)


def train_once(levels: int, timesteps: int) -> None:
    """Prints the receptive field, and the process's peak memory before a training step and after it."""
    import resource

    from lab import environment

    environment.prepare()
    environment.load_backend()
    import keras

    from layers.tcn import TCN

    tcn = TCN(UNITS, 8, levels)
    model = keras.Sequential([keras.Input((None, UNITS)), tcn, keras.layers.Dense(1)])
    model.compile("sgd", loss="mse", jit_compile=False)

    def train(count: int) -> int:
        x = np.zeros((BATCH, count, UNITS), np.float32)
        model.train_on_batch(x, x[..., :1])
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    print(tcn.receptive_field, train(8), train(timesteps))


def read(name: str) -> tuple[SequencesConfig, Task, list[Batch]]:
    """A task as its TCN is run, and its first batches."""
    from experiments import catalogue
    from lab.settings import resolve

    module = catalogue.module(name)
    config = resolve(name, module.Config, [], ["--model", "tcn"])
    task = module.load(config)
    return config, task, list(itertools.islice(task.training(0), STEPS))


@contextmanager
def elsewhere(name: str) -> Iterator[Callable[[], object]]:
    """PyTorch's steps in a process of its own, which waits while it isn't asked: TensorFlow clashes with it."""
    command = [sys.executable, "-c", f"from benchmarks.tcn import serve; serve({name!r})"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:

        def ask() -> None:
            assert process.stdin and process.stdout
            process.stdin.write("\n")
            process.stdin.flush()
            if not process.stdout.readline():
                sys.exit("error: PyTorch's process failed")

        yield ask
        process.communicate()


def serve(name: str) -> None:
    """Makes PyTorch's steps for each line of the input, and answers each with its loss."""
    config, _, batches = read(name)
    steps = pytorch(config, batches)
    for _ in sys.stdin:
        print(steps(), flush=True)


def ours(model: Any, config: SequencesConfig, task: Task, batches: list[Batch]) -> Callable[[], object]:
    """The step that a run makes."""
    import tensorflow as tf

    from experiments.sequences import _scores, optimizer

    model.compile(optimizer(config, STEPS), loss=_scores.Loss(task.loss), jit_compile=config.jit_compile)
    train = model.make_train_function() or model.train_function
    examples = [tuple(map(tf.constant, batch)) for batch in batches]
    return lambda: [train(iter([batch])) for batch in examples][-1]["loss"].numpy()


def pytorch(config: SequencesConfig, batches: list[Batch]) -> Callable[[], object]:
    """The same network as its authors wrote it: weight_norm, padding on both sides of which the right one is cut off.

    Bai, Kolter, Koltun 2018, arXiv 1803.01271, figure 1 and its code.
    """
    import torch
    from torch import nn
    from torch.nn.utils.parametrizations import weight_norm

    from lab import environment

    torch.set_num_threads(environment.share())
    (x, y), *_ = batches
    each_step, kernel, units = y.ndim == 2 and y.shape[1] == x.shape[1], config.kernel_size or 1, config.units

    class Causal(nn.Module):
        def __init__(self, inputs: int, dilation: int) -> None:
            super().__init__()
            self.padding = (kernel - 1) * dilation
            self.conv = weight_norm(nn.Conv1d(inputs, units, kernel, padding=self.padding, dilation=dilation))
            self.dropout = nn.Dropout(config.dropout)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.dropout(torch.relu(self.conv(x)[..., : -self.padding].contiguous()))

    class Block(nn.Module):
        def __init__(self, inputs: int, dilation: int) -> None:
            super().__init__()
            self.body = nn.Sequential(Causal(inputs, dilation), Causal(units, dilation))
            self.skip = nn.Conv1d(inputs, units, 1) if inputs != units else nn.Identity()

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return torch.relu(self.body(x) + self.skip(x))

    widths = [x.shape[2], *[units] * config.layers]
    tcn = nn.Sequential(*(Block(width, 2**i) for i, width in enumerate(widths[:-1])))
    out = nn.Linear(units, 10 if each_step else 1)
    parameters = [*tcn.parameters(), *out.parameters()]
    kinds = {"adam": torch.optim.Adam, "rmsprop": torch.optim.RMSprop}
    optimizer = kinds[config.optimizer](parameters, lr=config.learning_rate)
    tensors = [(torch.from_numpy(np.swapaxes(x, 1, 2).copy()), torch.from_numpy(y.copy())) for x, y in batches]

    def steps() -> float:
        for x, y in tensors:
            optimizer.zero_grad()
            features = tcn(x)
            if each_step:
                loss = nn.functional.cross_entropy(out(features.transpose(1, 2)).reshape(-1, 10), y.reshape(-1).long())
            else:
                loss = nn.functional.mse_loss(out(features[..., -1]), y)
            loss.backward()
            if config.clip_norm:
                nn.utils.clip_grad_norm_(parameters, config.clip_norm)
            optimizer.step()
        return float(loss.detach())

    return steps
