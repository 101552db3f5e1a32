"""Compare a group's finished runs in tables and pictures."""

from __future__ import annotations

import argparse

from experiments import catalogue, loading


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the group."""
    parser.add_argument("group", nargs="?", default="jena", metavar="GROUP", help="which group (jena)")


def run(options: argparse.Namespace) -> None:
    """Prints the group's tables and draws its pictures."""
    name = catalogue.known_group(options.group)
    loading.group(name).compare(name, loading.config_of)
