"""Fetch, check, describe and draw a group's data."""

from __future__ import annotations

import argparse

from experiments import catalogue, loading


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the group, and the settings that choose its data."""
    parser.add_argument("group", nargs="?", default="jena", metavar="GROUP", help="which group (jena)")
    parser.add_argument("--profile", action="append", default=[], help="as for run")
    for flag, metavar, text in (
        ("--csv", "FILE", "a file to look at instead, plain, .zip or .gz"),
        ("--source", "SOURCE", "auto, real or simulated"),
        ("--mirror", "PLACE", "a folder or address to look in before the public one"),
    ):
        parser.add_argument(flag, metavar=metavar, help=text)


def run(options: argparse.Namespace) -> None:
    """Describes the data and draws them."""
    name = catalogue.known_group(options.group)
    flags = [
        word
        for key in ("csv", "source", "mirror")
        if (value := getattr(options, key)) is not None
        for word in (f"--{key}", value)
    ]
    config = loading.config(catalogue.names(name)[0], options.profile, flags)
    loading.group(name).show_data(config)
