"""List every experiment with its state, its best figure and its slide."""

from __future__ import annotations

import argparse

from experiments import catalogue


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds nothing."""


def run(options: argparse.Namespace) -> None:
    """Prints one line per experiment."""
    from lab import listing

    print(listing.lines((name, catalogue.about(name)) for name in catalogue.names()))
