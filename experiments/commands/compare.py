"""Compare a group's finished runs in tables and pictures."""

from __future__ import annotations

import argparse

from experiments import catalogue, loading


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the group, and whether to compare with the project's runs."""
    parser.add_argument("group", nargs="?", default="jena", metavar="GROUP", help="which group (jena)")
    parser.add_argument(
        "--with-reference",
        action="store_true",
        help="put the runs that come with the project beside yours, where data and profiles are the same",
    )


def run(options: argparse.Namespace) -> None:
    """Prints the group's tables and draws its pictures."""
    from lab.runs import RESULTS
    from lab.trained_runs import REFERENCE

    name = catalogue.known_group(options.group)
    beside = options.with_reference and RESULTS.resolve() != REFERENCE.resolve()
    loading.group(name).compare(name, loading.config_of, REFERENCE if beside else None)
