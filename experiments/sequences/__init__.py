"""The TCN paper's comparison of four models on its tasks: what they all share (deck: "Experimental Results").

After Bai, Kolter, Koltun 2018, arXiv 1803.01271.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import ModuleType
from typing import TYPE_CHECKING, Any, Literal

from jsonargparse.typing import PositiveFloat, PositiveInt

from experiments import catalogue
from foundation.user_error import UserError
from lab.training_config import DropoutRate, TrainingConfig

if TYPE_CHECKING:
    import keras

    from lab.report.sections import Section
    from lab.runs import Run
    from lab.training import Problem
    from sequences.task import Batch, Task

DECAY = 0.1


@dataclass(frozen=True)
class SequencesConfig(TrainingConfig):
    """The paper's protocol."""

    model: Literal["tcn", "lstm", "gru", "rnn"]
    """Which of the paper's four models; each has hyperparameters of its own in the YAML."""
    units: PositiveInt
    """Filters of each level of the TCN, or size of each recurrent layer's state."""
    layers: PositiveInt
    """Levels of the TCN, or recurrent layers on one another."""
    kernel_size: PositiveInt | None
    """Timesteps that each of the TCN's filters sees; recurrent models have none."""
    dropout: DropoutRate
    """Dropout within the TCN's blocks, or behind each recurrent layer."""
    spatial_dropout: bool
    """Drop whole features of the TCN's, as the paper says, and not single numbers, as its authors' code does."""
    forget_bias: float
    """Where the biases of the LSTM's forget gates start."""
    optimizer: Literal["adam", "rmsprop", "sgd"]
    """The optimizer."""
    clip_norm: PositiveFloat | None
    """The largest norm of all gradients together; a larger one is scaled down to it. Null: no clipping."""
    decay_every: PositiveInt | None
    """Epochs after which the learning rate falls to a tenth, again and again; null: never."""
    steps_per_epoch: PositiveInt | None
    """Batches in an epoch, after which there is a validation; null: every example once."""
    budget_steps: PositiveInt | None
    """End after the epoch in which so many batches are reached; the result is marked as budgeted."""
    budget_minutes: PositiveFloat | None
    """End after the epoch in which training has taken so long; the result is marked as budgeted."""
    evaluation_batch: PositiveInt = field(metadata={"result": False})
    """Examples in a batch of validation or test."""


def network(
    config: SequencesConfig, *, timesteps: int | None, inputs: int, outputs: int, every_step: bool
) -> keras.Model:
    """The chosen model under one dense layer, without activation.

    Args:
        config: Which model, and its sizes.
        timesteps: Length of the sequences; none where it varies.
        inputs: Size of what each timestep brings: sequences have shape (batch, timesteps, inputs).
        outputs: Size of an answer.
        every_step: Whether each timestep has an answer, shape (batch, timesteps, outputs), or the last alone, shape
            (batch, outputs).
    """
    import keras

    layers = [*body(config, every_step), keras.layers.Dense(outputs)]
    return with_forget_bias(keras.Sequential([keras.Input((timesteps, inputs)), *layers]), config.forget_bias)


def body(config: SequencesConfig, every_step: bool) -> list[keras.Layer]:
    """The layers of the chosen model: (batch, timesteps, inputs) to (batch, timesteps, units), or to (batch, units)."""
    import keras

    from layers.causal_conv import pytorch_uniform
    from layers.gru import GRU
    from layers.tcn import TCN

    if config.model == "tcn":
        if config.kernel_size is None:
            raise UserError("a TCN needs a kernel size: give a --kernel-size")
        return [
            TCN(
                config.units,
                config.kernel_size,
                config.layers,
                return_sequences=every_step,
                dropout=config.dropout,
                spatial_dropout=config.spatial_dropout,
                kernel_initializer=pytorch_uniform(),  # what the authors' code comes down to
                seed=config.seed,
            )
        ]
    kinds = {"lstm": keras.layers.LSTM, "gru": GRU, "rnn": keras.layers.SimpleRNN}
    layers = []
    for level in range(config.layers):
        last = level == config.layers - 1
        layers += [
            kinds[config.model](config.units, return_sequences=every_step or not last),
            keras.layers.Dropout(config.dropout),
        ]
    return layers


def with_forget_bias(model: keras.Model, forget_bias: float) -> keras.Model:
    """The model, its LSTMs' forget gates' biases set."""
    import keras

    for layer in model.layers:
        if isinstance(layer, keras.layers.LSTM):
            *kernels, bias = layer.get_weights()
            bias[layer.units : 2 * layer.units] = forget_bias
            layer.set_weights([*kernels, bias])
    return model


def run(experiment: ModuleType, name: str, config: SequencesConfig, profiles: tuple[str, ...]) -> Run:
    """Trains the model that `experiment.build(config)` returns on `experiment.load(config)`, and writes the run.

    Raises:
        UserError: a part of the data can't be had.
    """
    from lab.runs import carry_out

    task = experiment.load(config)
    if not (task.steps_per_epoch and task.validation and task.test):
        raise UserError(f"{name} can't be run here, for want of {'; '.join(task.missing)}")

    def work(run: Run) -> dict[str, Any]:
        from experiments.sequences import _scores
        from lab.environment import jit_compile
        from lab.training import train

        model = catalogue.build(experiment, config)
        steps, epochs = schedule(config, task)
        model.compile(
            optimizer(config, steps),
            loss=_scores.Loss(task.loss),
            metrics=[_scores.metric(task)],
            jit_compile=jit_compile(config.jit_compile),
        )
        metrics = train(
            model,
            pose(config, task, steps),
            run,
            epochs,
            model,
            tensorboard=config.tensorboard,
            minutes=config.budget_minutes,
        )
        return {**metrics, "model": config.model, "steps": metrics["epochs"] * steps, **full(name, config, task)}

    about = "\n".join(task.describe())
    return carry_out(name, config, work, fingerprint=task.fingerprint, profiles=profiles, about=about)


def schedule(config: SequencesConfig, task: Task) -> tuple[int, int]:
    """Batches in an epoch, and epochs, within the budget."""
    steps = config.steps_per_epoch or task.steps_per_epoch
    if config.budget_steps is None:
        return steps, config.epochs
    steps = min(steps, config.budget_steps)
    return steps, min(config.epochs, math.ceil(config.budget_steps / steps))


def full(name: str, config: SequencesConfig, task: Task) -> dict[str, int]:
    """How many batches the whole training has, by the YAML."""
    from lab.settings import defaults

    usual = defaults(name, model=config.model)
    return {"steps_in_full": usual["epochs"] * (usual["steps_per_epoch"] or task.steps_per_epoch)}


def optimizer(config: SequencesConfig, steps: int) -> keras.Optimizer:
    """The optimizer that the settings name."""
    import keras

    rate: Any = float(config.learning_rate)  # Keras takes no whole number, as a YAML may have
    if config.decay_every is not None:
        rate = keras.optimizers.schedules.ExponentialDecay(rate, config.decay_every * steps, DECAY, staircase=True)
    kinds = {"adam": keras.optimizers.Adam, "rmsprop": keras.optimizers.RMSprop, "sgd": keras.optimizers.SGD}
    return kinds[config.optimizer](rate, global_clipnorm=config.clip_norm)


def pose(config: SequencesConfig, task: Task, steps: int) -> Problem:
    """The task as `lab.training` takes it; epochs of `steps` batches follow each other through pass after pass."""
    from experiments.sequences import _scores
    from lab.training import Problem

    def training(epoch: int) -> Iterator[Batch]:
        first, skipped = divmod(epoch * steps, task.steps_per_epoch)
        batches = (batch for number in itertools.count(first) for batch in task.training(number))
        return itertools.islice(batches, skipped, skipped + steps)

    lengths_vary = len(task.validation) > 1
    metric = _scores.metric(task).name
    figure = task.metric if task.metric in ("perplexity", "bpc") else metric
    return Problem(
        training=training,
        steps_per_epoch=steps,
        validation=list(task.validation) if lengths_vary else task.validation[0],
        test=list(task.test) if lengths_vary else task.test[0],
        evaluation_batch=config.evaluation_batch,
        metric=metric,
        label=LABELS[task.loss] if metric != "accuracy" else "accuracy",
        conditions=f"{task.name}, {config.model}",
        derive=lambda found: {**found, figure: task.score(found[metric])} if figure != metric else found,
        record={**task.record, "simulated": False, "conditions": task.name},
    )


LABELS = {
    "mse": "mean squared error",
    "cross_entropy": "cross entropy (nats)",
    "frame_nll": "negative log-likelihood of a frame (nats)",
}


def compare(group: str) -> None:
    """Prints the paper's table with ours in it, and draws the validation curves."""
    from experiments.sequences import _table

    _table.compare(group)


def section(group: str, about: str) -> Section:
    """The report's part: the paper's table with ours in it, and each task's curves."""
    from experiments.sequences import _table

    return _table.section(group, about)


def result(metrics: dict[str, Any]) -> str:
    """What a finished run reached, in a line."""
    key = list(metrics["test"])[-1]
    figures = f"validation {key} {metrics['validation'][key]:.4g} (epoch {metrics['best_epoch']})"
    budgeted = metrics["steps"] < metrics["steps_in_full"]
    cut = f"; BUDGETED: {metrics['steps']:,} of {metrics['steps_in_full']:,} steps" if budgeted else ""
    return f"{metrics['model']}, {metrics['parameters']:,} parameters: {figures}, test {metrics['test'][key]:.4g}{cut}"
