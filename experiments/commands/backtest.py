"""Forecast every window of a later file, beside persistence and the other runs."""

from __future__ import annotations

import argparse

from experiments import trained_run
from experiments.protocol import Finished


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the run and the file."""
    trained_run.add_run(parser)
    parser.add_argument(
        "--csv",
        required=True,
        metavar="FILE",
        help="a later table with the columns of the run's data, plain, .zip or .gz",
    )


def run(options: argparse.Namespace) -> None:
    """Prints how good the run has been."""
    trained = trained_run.load(options.run)
    asked = Finished(trained.experiment, trained.config, trained.run)
    print(trained.group.backtest(asked, trained_run.others(trained), options.csv))
