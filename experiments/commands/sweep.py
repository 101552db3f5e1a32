"""Try settings side by side, on this machine or on a Ray cluster."""

from __future__ import annotations

import argparse
import os
import typing
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from experiments import catalogue, loading
from experiments.option_types import positive, share
from foundation.user_error import UserError

if TYPE_CHECKING:
    from lab.runs import Run
    from lab.sweep.space import Method, Point, Space
    from lab.sweep.trials import Trial
    from lab.training import Watch

TAKES_SETTINGS = RESUMES = True
USAGE = "%(prog)s NAME (--grid | --random | --tpe) SETTING=VALUES ... [--flag VALUE ...]"
EPILOG = (
    "VALUES are values, units=16,32,64, or, except with --grid, a range, learning_rate=1e-4..1e-2. Any other flag is a "
    "setting that all trials share. Trials end before the test set is used. The same command resumes a sweep that was "
    "stopped; with more --seeds or --trials it adds to the sweep."
)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds what to try and where; the settings that all trials share follow as flags of the experiment."""
    how = parser.add_mutually_exclusive_group()
    for method, text in (
        ("grid", "try every combination of the values"),
        ("random", "try points drawn at random"),
        ("tpe", "let earlier points suggest the next ones (TPE)"),
    ):
        how.add_argument(f"--{method}", nargs="+", metavar="SETTING=VALUES", help=text)
    parser.add_argument("--trials", type=positive, metavar="N", help="points to try, with --random and --tpe")
    parser.add_argument("--seeds", type=positive, default=1, metavar="N", help="runs of each point (1)")
    parser.add_argument("--asha", action="store_true", help="stop trials early that do worse than others (ASHA)")
    parser.add_argument("--test", action="store_true", help="at the end, evaluate the best point on the test set")
    parser.add_argument("--profile", action="append", default=[], help="as for run")
    add_machine(parser)
    parser.add_argument("-h", "--help", action="store_true", help="show this, or with a NAME all of its settings")


def add_machine(parser: argparse.ArgumentParser) -> None:
    """Adds what the trials run on."""
    parser.add_argument("--workers", type=positive, metavar="N", help="trials at a time (as many as fit)")
    parser.add_argument("--cpus-per-trial", type=positive, default=1, metavar="N", help="cores of a trial (1)")
    parser.add_argument(
        "--gpus-per-trial", type=share, default=0, metavar="X", help="GPUs of a trial, or a part of one"
    )
    parser.add_argument("--address", metavar="ADDRESS", help="address of a Ray cluster, or auto (docs/cluster.md)")


def run(options: argparse.Namespace) -> None:
    """Tries what hasn't been tried, prints and writes the table, and evaluates the best point if asked to.

    Raises:
        UserError: a word or flag is wrong, or a trial failed.
    """
    if options.help and options.names:
        loading.config(options.names[0], options.profile, ["--help"])
    if options.help:
        options.parser.print_help()
        return
    if len(options.names) != 1 or options.names[0] in catalogue.groups():
        raise UserError("sweep what? name one experiment first, such as jena/gru")
    (name,) = catalogue.matching(options.names[0])
    from lab.sweep import best, space

    method = _method(options)
    words = getattr(options, method)
    start = partial(run_point, name, tuple(options.profile), tuple(options.flags), options.cpus_per_trial)
    tried = search(name, method, words, options.profile, options.flags, options)
    different = len({space.label(trial.point) for trial in tried})
    if options.trials and different < options.trials:
        print(f"\n--trials {options.trials}: the space has only {different} different points")
    if options.test:
        print(f"\n{best.evaluate_best(tried, options.cpus_per_trial, start, loading.group(name).result)}")
    if failed := sum(trial.state == "failed" for trial in tried):
        raise UserError(f"{failed} of {len(tried)} trials failed; the same command tries them again")


def search(
    name: str,
    method: Method,
    words: Sequence[str],
    profiles: Sequence[str],
    flags: Sequence[str],
    options: argparse.Namespace,
) -> list[Trial]:
    """Tries what hasn't been tried, prints and writes the table, and returns all trials.

    Args:
        name: The experiment.
        method: How points are chosen.
        words: What is varied, such as "units=16,32".
        profiles: Of all trials.
        flags: Settings that all trials share.
        options: Those of `sweep`: seeds, trials, asha, and those that `add_machine` adds.

    Raises:
        UserError: a word or a flag is wrong, or there is no such cluster.
    """
    from lab.runs import RESULTS
    from lab.sweep import table, trials, tuning
    from lab.sweep.cluster import Machine

    points = _space(name, method, words, profiles, flags)
    config = loading.config(name, profiles, flags)
    if "model" not in points:
        for warning in loading.warnings(name, profiles, config):
            print(warning)
    backend = os.environ.get("KERAS_BACKEND", "tensorflow")
    folder = trials.sweep_folder(RESULTS / name, method, points, config, backend)
    machine = Machine(options.workers, options.cpus_per_trial, options.gpus_per_trial, options.address)
    start = partial(run_point, name, tuple(profiles), tuple(flags), machine.cpus)
    plan = tuning.Plan(folder, method, points, options.seeds, options.trials, options.asha)
    tried = tuning.sweep(plan, machine, start)
    for path in table.write(name, folder, profiles, tried):
        print(path)
    return tried


def run_point(
    name: str, profiles: Sequence[str], flags: Sequence[str], threads: int, point: Point, seed: int, watch: Watch
) -> Run:
    """Runs a point with a seed, or resumes it, as `run` does with the same flags."""
    from lab.sweep import space

    words = [*flags, *space.flags(point), f"--seed={seed}", f"--threads={threads}"]
    return loading.run(name, profiles, loading.config(name, profiles, words), watch)


def _method(options: argparse.Namespace) -> Method:
    from lab.sweep.space import Method

    methods: list[Method] = [method for method in typing.get_args(Method) if getattr(options, method)]
    if not methods:
        raise UserError("a sweep needs --grid, --random or --tpe with settings, such as --grid units=16,32")
    (method,) = methods
    if method == "grid" and options.trials:
        raise UserError("--grid takes no --trials; it tries every combination")
    if method != "grid" and not options.trials:
        raise UserError(f"--{method} needs --trials N, the number of points to try")
    return method


def _space(name: str, method: Method, words: Sequence[str], profiles: Sequence[str], flags: Sequence[str]) -> Space:
    """Returns what is tried, checked against the experiment's settings."""
    from lab.sweep import space

    def value(key: str, text: str) -> object:
        return getattr(loading.config(name, profiles, [*flags, f"--{key.replace('_', '-')}={text}"]), key)

    given = {flag.partition("=")[0].removeprefix("--").replace("-", "_") for flag in flags if flag.startswith("--")}
    points = space.parse(words, method, loading.config_of(name), value)
    for key in points:
        if key in given:
            raise UserError(f"{key} is given as --{key.replace('_', '-')} and in --{method}; leave one out")
    for key, instead in space.INSTEAD.items():
        if key in given:
            raise UserError(f"a sweep takes no --{key}: {instead}")
    return points
