"""Tomorrow's temperature from the weather of the last days (deck: "Learning Parameters")."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from experiments.jena._config import GRUConfig, JenaConfig
from experiments.protocol import Experiment, Finished, Group
from lab.comparison.presentation import Presentation

if TYPE_CHECKING:
    import keras
    from matplotlib.figure import Figure

    from experiments.jena._problem import Weather
    from lab.export import Exported
    from lab.runs import Run
    from lab.training import Problem

__all__ = ["GROUP", "GRUConfig", "JenaConfig"]


def _published(figures: Mapping[str, Any], metric: str) -> str:
    """Returns the first edition's normalised error, or the third edition's errors in degrees."""
    splits = [split for split in ("validation", "test") if f"{split}_mae_celsius" in figures]
    degrees = ", ".join(f"{split} {figures[f'{split}_mae_celsius']} °C" for split in splits)
    return degrees or str(figures.get(f"validation_{metric}", ""))


def _conditions(recorded: str) -> str:
    """Returns the protocol as a sentence, given the words in a run's record."""
    words = re.fullmatch(r"(.*): ([\d.]+) days back, ([\d.]+) h ahead, rows every (\d+) min", recorded)
    if not words:
        return recorded
    source, back, ahead, spacing = words.groups()
    return f"The temperature {ahead} hours ahead from {back} days of weather, every {spacing} minutes (data: {source})"


def _week(conditions: str, models: list[tuple[str, Run]]) -> Figure | None:
    from experiments.jena._pictures import week

    return week(conditions, models)


def band_in_words(metrics: Mapping[str, Any]) -> str:
    """Returns how a run's band holds, or why it has none if that was recorded."""
    if "no_band" in metrics:
        return f"\nband        none, as {metrics['no_band']}"
    if "bands" not in metrics:
        return ""
    low, *_, high = metrics["bands"]["levels"]
    return f"\nband        {metrics['test']['coverage']:.0%} of the test is in the band for {high - low:.0%}"


class Jena(Group):
    """The weather station's experiments."""

    part = 2
    optional = ("inputs", "fit", "optimizer", "draw")
    loss = "mae"
    presentation: ClassVar[Presentation] = Presentation(
        baseline="jena/common_sense",
        headings={
            "mae_celsius": "°C",
            "coverage": "in band",
            "width_celsius": "band °C",
            "pinball_celsius": "pinball °C",
        },
        words={"mae_celsius": "mean absolute error in °C"},
        digits={"mae_celsius": 2, "coverage": 2, "width_celsius": 1, "pinball_celsius": 2},
        published=_published,
        published_on="rows every 10 minutes",
        unit="°C",
        conditions=_conditions,
        captions={
            "attention": "How much each hour of the last days counts for a forecast.",
            "receptive_field": "The timesteps that reach the last output, level by level.",
        },
        pictures={"week": _week},
    )

    def load(self, experiment: Experiment, config: JenaConfig) -> Weather:
        """Reads the series and cuts it into splits."""
        from experiments.jena._problem import Weather, cut, read

        series = read(config)
        return Weather(series, cut(experiment, config, series))

    def describe(self, data: Weather) -> str:
        """Returns where the series comes from, and its faults."""
        from jena.series import summary

        return summary(data.series)

    def problem(self, experiment: Experiment, config: JenaConfig, data: Weather) -> Problem:
        """Returns the forecasting problem."""
        from experiments.jena import _bands
        from experiments.jena._problem import problem

        _bands.check(config, len(data.splits.validation))
        return problem(config, data)

    def objective(self, config: JenaConfig, metric: str) -> tuple[Any, Any]:
        """Returns the absolute error, or for quantiles the pinball loss and the error of the median."""
        if not config.quantile_levels:
            return super().objective(config, metric)
        from experiments.jena import _quantiles

        return _quantiles.Pinball(config.quantile_levels), _quantiles.median_error(config.quantile_levels, metric)

    def model(self, network: keras.Model, data: Weather) -> keras.Model:
        """Adds a layer before the network that cuts windows from row numbers, which is faster inside the model."""
        from experiments.jena._problem import forecaster

        return forecaster(network, data.splits.training)

    def finish(
        self, config: JenaConfig, model: keras.Model, run: Run, data: Weather, metrics: dict[str, Any]
    ) -> dict[str, Any]:
        """Keeps forecasts of the test period in the run, and measures its band."""
        from experiments.jena import _bands, _forecast
        from lab.feeding import traced

        forecast = traced(model)
        _forecast.write(config, forecast, run, data)
        band, figures = _bands.measure(config, forecast, data)
        return {**metrics, "test": {**metrics["test"], **figures}, **band}

    def result(self, metrics: dict[str, Any]) -> str:
        """Returns the errors beside common sense, and how the band holds."""
        return super().result(metrics) + band_in_words(metrics)

    def forecast(self, experiment: Experiment, config: JenaConfig, run: Run, csv: str) -> str:
        """Returns the temperature that a run forecasts after the last row of a file."""
        from experiments.jena import _forecast

        return _forecast.forecast(experiment, config, run, csv)

    def backtest(self, asked: Finished, others: Sequence[Finished], csv: str) -> str:
        """Returns how good a run has been on a later file, beside persistence and the other runs."""
        from experiments.jena import _backtest_report

        return _backtest_report.backtest(asked, others, csv)

    def export(self, experiment: Experiment, config: JenaConfig, run: Run) -> Exported:
        """Returns a network from measurements in their own units to °C."""
        from experiments.jena import _export

        return _export.export(experiment, config, run)

    def show_data(self, config: JenaConfig) -> None:
        """Prints the columns' statistics, and draws the series to `results/jena/data/`."""
        from experiments.jena._problem import read
        from jena import pictures
        from jena.series import summary
        from lab.runs import RESULTS

        series = read(config)
        print(summary(series))
        if series.report.facts:
            print("\n".join(series.report.lines()))
        print(series.frame.describe().T[["mean", "std", "min", "max"]].round(2).to_string())
        for path in pictures.draw(series, RESULTS / "jena" / "data"):
            print(path)


GROUP = Jena()
