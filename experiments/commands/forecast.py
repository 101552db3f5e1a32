"""Forecast what follows the last row of a file."""

from __future__ import annotations

import argparse

from experiments import trained_run


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the run and the file."""
    trained_run.add_run(parser)
    parser.add_argument(
        "--csv", required=True, metavar="FILE", help="a table with the columns of the run's data, plain, .zip or .gz"
    )


def run(options: argparse.Namespace) -> None:
    """Prints the forecast."""
    run, group, experiment, config = trained_run.load(options.run)
    print(group.forecast(experiment, config, run, options.csv))
