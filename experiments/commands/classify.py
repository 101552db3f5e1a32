"""Say whether a film review is positive."""

from __future__ import annotations

import argparse

from experiments import trained_run


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the run and the text."""
    trained_run.add_run(parser)
    parser.add_argument("--text", required=True, metavar="TEXT", help="the review, in English")


def run(options: argparse.Namespace) -> None:
    """Prints the run's verdict on the text."""
    run, group, experiment, config = trained_run.load(options.run)
    print(group.classify(experiment, config, run, options.text))
