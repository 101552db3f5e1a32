"""The group of a data set that the weather experiments serve."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from experiments.jena import Jena, JenaConfig, band_in_words
from experiments.jena._tables import table_config
from experiments.protocol import Experiment
from foundation.decimals import decimals_of
from lab.comparison.presentation import Presentation

if TYPE_CHECKING:
    import pandas as pd


class DataSet(Jena):
    """Forecasts of a table that a file in `configs/` describes."""

    part = 90

    def __init__(self, name: str) -> None:
        self._name = name
        self.presentation = Presentation(  # type: ignore[misc]
            baseline=f"{name}/repeat",
            headings={"mae_unit": "error", "coverage": "in band", "width_unit": "band", "pinball_unit": "pinball"},
            words={"mae_unit": "error in the unit of the target"},
            digits={"mae_unit": 3, "coverage": 2, "width_unit": 2, "width": 2},
            small=("mae_unit", "width_unit", "pinball_unit"),
            published=_published,
            captions=Jena.presentation.captions,
        )

    def lend(self, experiment: Experiment, name: str) -> Experiment:
        """Returns a weather experiment with the settings of the data set."""
        return dataclasses.replace(experiment, name=name, Config=table_config(experiment.Config, self._name))

    def objective(self, config: Any, metric: str) -> tuple[Any, Any]:
        """Returns what the settings say to minimize; both errors are measured, except with quantiles."""
        if config.quantile_levels:
            return super().objective(config, metric)
        return config.loss, ["mae", "mse"]

    def result(self, metrics: dict[str, Any]) -> str:
        """Returns the errors, standardised and in the unit of the target if there is one, and how the band holds."""
        epoch = f" (epoch {metrics['best_epoch']})" if metrics["best_epoch"] else ""
        validation, test = (_errors(metrics[split]) for split in ("validation", "test"))
        lines = [f"validation  {validation}{epoch}", f"test        {test}{band_in_words(metrics)}"]
        if baseline := metrics.get("baseline"):
            lines.append(f"{baseline['name']}: {_errors(baseline['test'])} on test")
        return "\n".join(lines)

    def show_data(self, config: JenaConfig) -> None:
        """Prints what was found in the files, and the columns' statistics."""
        table = config.table()
        print("\n".join(table.report.lines()))
        print(_statistics(table.frame).to_string())


def _statistics(frame: pd.DataFrame) -> pd.DataFrame:
    """Returns a row for each column of measurements, as text with the decimals that they need."""

    def text(row: pd.Series) -> pd.Series:
        return row.map(f"{{:.{decimals_of(row['std'], least=2)}f}}".format)

    return frame.describe().T[["mean", "std", "min", "max"]].apply(text, axis=1)


def _published(figures: Mapping[str, Any], metric: str) -> str:
    """Returns the published errors on the test set."""
    return ", ".join(
        f"{key.removeprefix('test_')} {figures[key]}" for key in ("test_mae", "test_mse") if key in figures
    )


def _errors(figures: dict[str, float]) -> str:
    unit = f" = {figures['mae_unit']:.4g} in its unit" if "mae_unit" in figures else ""
    squared = f", MSE {figures['mse']:.4f}" if "mse" in figures else ""
    return f"MAE {figures['mae']:.4f}{unit}{squared}"
