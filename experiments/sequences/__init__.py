"""The TCN paper's comparison of four models on its tasks (deck: "Experimental Results").

After Bai, Kolter, Koltun 2018, arXiv 1803.01271.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from experiments.protocol import Experiment, Group
from experiments.sequences._config import SequencesConfig
from experiments.sequences._networks import network
from foundation.user_error import UserError

if TYPE_CHECKING:
    from pathlib import Path

    import keras

    from lab.export import Exported
    from lab.identity import ConfigOf
    from lab.report.sections import Section
    from lab.runs import Run
    from lab.training import Problem
    from sequences.task import Task

__all__ = ["GROUP", "SequencesConfig", "network"]


class Sequences(Group):
    """The paper's tasks; each experiment is one task, and its setting `model` chooses among four models."""

    part = 4
    required = ("load", "build")
    optional = ()

    def load(self, experiment: Experiment, config: SequencesConfig) -> Task:
        """Returns the experiment's task.

        Raises:
            UserError: a part of the data is not available.
        """
        assert experiment.load, f"{experiment.name} has no load"
        task: Task = experiment.load(config)
        if not (task.steps_per_epoch and task.validation and task.test):
            raise UserError(f"{experiment.name} needs data that are missing: {'; '.join(task.missing)}")
        return task

    def describe(self, data: Task) -> str:
        """Returns what the task is, and where its data come from."""
        return "\n".join(data.describe())

    def problem(self, experiment: Experiment, config: SequencesConfig, data: Task) -> Problem:
        """Returns the task as batches, with the metric."""
        from experiments.sequences._problem import problem, schedule

        return problem(config, data, schedule(config, data)[0])

    def compile(
        self, experiment: Experiment, config: SequencesConfig, model: keras.Model, problem: Problem, data: Task
    ) -> None:
        """Compiles the model with the paper's optimizer, and a loss that counts only what the task scores."""
        from experiments.sequences import _scores
        from experiments.sequences._problem import optimizer
        from lab.environment import jit_compile

        model.compile(
            optimizer(config, problem.steps_per_epoch),
            loss=_scores.Loss(data.loss),
            metrics=[_scores.metric(data)],
            jit_compile=jit_compile(config.jit_compile),
        )

    def limits(self, config: SequencesConfig, data: Task) -> dict[str, Any]:
        """Returns the epochs and the minutes of the budget."""
        from experiments.sequences._problem import schedule

        return {"epochs": schedule(config, data)[1], "minutes": config.budget_minutes}

    def finish(
        self, config: SequencesConfig, model: keras.Model, run: Run, data: Task, metrics: dict[str, Any]
    ) -> dict[str, Any]:
        """Adds the model, and how many of the training's steps were made."""
        from experiments.sequences._problem import schedule, steps_in_full

        steps = metrics["epochs"] * schedule(config, data)[0]
        in_full = steps_in_full(run.name, config, data, run.settings()["profiles"])
        return {**metrics, "model": config.model, "steps": steps, "steps_in_full": in_full}

    def result(self, metrics: dict[str, Any]) -> str:
        """Returns the task's figure, and whether the training was cut short."""
        from lab.comparison.presentation import Presentation
        from lab.comparison.result import in_words

        figure = list(metrics["test"])[-1]
        presentation = Presentation(headings={figure: figure} if figure != metrics["metric"] else {})
        steps, in_full = metrics["steps"], metrics["steps_in_full"]
        budget = f"; BUDGETED: {steps:,} of {in_full:,} steps" if steps < in_full else ""
        model = f"{metrics['model']}, {metrics['parameters']:,} parameters"
        return f"{model}{budget}\n{in_words(metrics, presentation)}"

    def export(self, experiment: Experiment, config: SequencesConfig, run: Run) -> Exported:
        """Returns a finished run's network, asked with sequences that are longer than a text's context."""
        from lab.export import TIMESTEPS, as_it_is

        return as_it_is(experiment.network(config), run, getattr(config, "context", 0) + TIMESTEPS)

    def compare(self, name: str, config_of: ConfigOf, reference: Path | None = None) -> None:
        """Prints the paper's table with ours in it, and draws the validation curves."""
        from experiments.sequences import _table

        _table.compare(name, config_of, reference=reference)

    def section(self, name: str, about: str, config_of: ConfigOf) -> Section:
        """Returns the report's part: the paper's table with ours in it, and the curves of each task."""
        from experiments.sequences import _table

        return _table.section(name, about, config_of)


GROUP = Sequences()
