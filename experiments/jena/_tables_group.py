"""The group of a data set that the weather experiments serve."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from experiments.jena import Jena, JenaConfig
from experiments.jena._tables import table_config
from experiments.protocol import Experiment
from lab.comparison.presentation import Presentation

if TYPE_CHECKING:
    import keras

    from experiments.jena._problem import Weather
    from lab.training import Problem


class DataSet(Jena):
    """Forecasts of a table that a file in `configs/` describes."""

    part = 90

    def __init__(self, name: str) -> None:
        self._name = name
        self.presentation = Presentation(  # type: ignore[misc]
            baseline=f"{name}/repeat",
            headings={"mae_unit": "error"},
            words={"mae_unit": "mean absolute error in the unit of the target"},
            captions=Jena.presentation.captions,
        )

    def lend(self, experiment: Experiment, name: str) -> Experiment:
        """Returns a weather experiment with the settings of the data set."""
        return dataclasses.replace(experiment, name=name, Config=table_config(experiment.Config, self._name))

    def compile(self, experiment: Experiment, config: Any, model: keras.Model, problem: Problem, data: Weather) -> None:
        """Compiles the model; both errors are measured, whichever is trained."""
        import keras

        from lab.environment import jit_compile

        rate = float(config.learning_rate)
        optimizer = (
            experiment.optimizer(config, problem.steps_per_epoch)
            if experiment.optimizer
            else keras.optimizers.RMSprop(rate)
        )
        model.compile(optimizer, config.loss, metrics=["mae", "mse"], jit_compile=jit_compile(config.jit_compile))

    def result(self, metrics: dict[str, Any]) -> str:
        """Returns the errors, standardised and in the unit of the target if there is one."""
        epoch = f" (epoch {metrics['best_epoch']})" if metrics["best_epoch"] else ""
        validation, test = (_errors(metrics[split]) for split in ("validation", "test"))
        return f"validation {validation}{epoch}, test {test}"

    def show_data(self, config: JenaConfig) -> None:
        """Prints what was found in the files, and the columns' statistics."""
        table = config.table()
        print("\n".join(table.report.lines()))
        print(table.frame.describe().T[["mean", "std", "min", "max"]].round(2).to_string())


def _errors(figures: dict[str, float]) -> str:
    unit = f" = {figures['mae_unit']:.4g} in its unit" if "mae_unit" in figures else ""
    return f"MAE {figures['mae']:.4f}{unit}, MSE {figures['mse']:.4f}"
