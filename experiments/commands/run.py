"""Train an experiment, or resume its training."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from experiments import catalogue, loading
from foundation.program import PROGRAM, PYTHON
from foundation.user_error import UserError

if TYPE_CHECKING:
    from lab.runs import Run

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
        raise UserError(f"run what? name an experiment or a group ('{PROGRAM} list' names them all)")
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
        for warning in loading.warnings(name, options.profile, config):
            print(warning)
        try:
            done = loading.run(name, options.profile, config)
            result = loading.result(done)
        except UserError as error:
            if len(configs) == 1:
                raise
            options.print_error(str(error))
            failed.append(name)
        else:
            print(result)
            _tell_files(done)
    if len(failed) < len(configs):
        print(f"next        {PROGRAM} {' '.join(loading.group(done.name).next_command(done.name))}")
    if failed:
        raise UserError(f"{len(failed)} of {len(configs)} experiments could not finish: {', '.join(failed)}")


def _tell_files(run: Run) -> None:
    """Prints where a run's files are, and how to open the logs for TensorBoard."""
    print(f"files       {_short(run.folder)}")
    for picture in sorted(run.folder.glob("*.png")):
        print(f"picture     {_short(picture)}")
    if (run.folder / "tensorboard").is_dir():
        print(f"TensorBoard {PYTHON} -m tensorboard.main --logdir {_short(run.folder / 'tensorboard')}")


def _short(path: Path) -> Path:
    """Returns a path as it is from here."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
