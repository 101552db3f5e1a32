"""Train an experiment, or resume its training."""

from __future__ import annotations

import argparse

from experiments import catalogue, loading
from foundation.user_error import UserError

TAKES_SETTINGS = RESUMES = True
USAGE = "%(prog)s NAME ... [--profile PROFILE] [--flag VALUE ...]"
EPILOG = "NAME is an experiment, such as jena/gru, or a group, such as jena. 'run NAME --help' lists its settings."


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the profiles; settings follow as flags of the experiment."""
    parser.add_argument(
        "--profile",
        action="append",
        default=[],
        help="lay a file of configs/ over the settings: quick, hourly, …; may be given several times",
    )
    parser.add_argument("-h", "--help", action="store_true", help="show this, or with a NAME all of its settings")


def run(options: argparse.Namespace) -> None:
    """Runs the named experiments one after the other; if one fails, the others still run.

    Raises:
        UserError: not all of them finished.
    """
    if options.help and not options.names:
        options.parser.print_help()
        return
    if not options.names:
        raise UserError("run what? name an experiment or a group ('python -m experiments list' names them all)")
    names = [name for wanted in options.names for name in catalogue.matching(wanted)]
    if options.help:
        loading.config(names[0], options.profile, ["--help"])
        return
    configs = {name: loading.config(name, options.profile, options.flags) for name in names}
    from lab import environment

    environment.prepare(next(iter(configs.values())).threads)
    failed = []
    for name, config in configs.items():
        print(f"\n{name}: {catalogue.about(name)}" if len(configs) > 1 else catalogue.about(name))
        try:
            done = loading.run(name, options.profile, config)
            result = loading.result(done)
        except UserError as error:
            if len(configs) == 1:
                raise
            options.print_error(str(error))
            failed.append(name)
        else:
            print(f"{result}\n{done.folder}")
    if failed:
        raise UserError(f"{len(failed)} of {len(configs)} experiments could not finish: {', '.join(failed)}")
