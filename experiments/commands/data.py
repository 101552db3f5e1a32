"""Describe and draw a group's data, or describe a table of yours so that the weather models forecast it."""

from __future__ import annotations

import argparse

from experiments import catalogue, data_file, loading
from foundation.user_error import UserError

EPILOG = (
    "With --csv and no group, the file becomes a data set: the command finds out how it is written and drafts "
    "configs/NAME.yaml, with which every weather model can be trained."
)
DEFAULT = "jena"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the group, and the settings that choose its data."""
    parser.add_argument("group", nargs="?", metavar="GROUP", help="which group or data set (jena)")
    parser.add_argument("--profile", action="append", default=[], help="as for run")
    for flag, metavar, text in (
        ("--csv", "FILE", "a table of yours, plain, .zip or .gz; after a GROUP: a file to look at instead"),
        ("--name", "NAME", "what to call the data set (the file's name)"),
        ("--target", "COLUMN", "the column to forecast"),
        ("--source", "SOURCE", "auto, real or simulated"),
        ("--mirror", "PLACE", "a folder or address to look in before the public one"),
    ):
        parser.add_argument(flag, metavar=metavar, help=text)
    parser.add_argument("--overwrite", action="store_true", help="replace configs/NAME.yaml if it exists")


def run(options: argparse.Namespace) -> None:
    """Describes the data and draws them, or drafts the file of a data set.

    Raises:
        UserError: there is no such group, the data can't be had, or the file is no table.
    """
    if options.csv is not None and not (options.group or options.profile or options.source):
        print("\n".join(data_file.write(options.csv, options.name, options.target, options.overwrite)))
        return
    if options.name or options.target or options.overwrite:
        raise UserError("--name, --target and --overwrite go with --csv and no group, to describe a table of yours")
    name = catalogue.known_group(options.group or DEFAULT)
    given = {key: getattr(options, key) for key in ("csv", "source", "mirror")}
    flags = [word for key, value in given.items() if value is not None for word in (f"--{key}", value)]
    config = loading.config(catalogue.names(name)[0], options.profile, flags)
    loading.group(name).show_data(config)
