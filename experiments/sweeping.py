"""Tries settings of an experiment side by side, compares them on validation, and tests the best."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial

from experiments import catalogue
from foundation.user_error import UserError
from lab import environment
from lab.runs import RESULTS, Run
from lab.sweep import space as search_space
from lab.sweep import table as sweep_table
from lab.sweep.space import Method, Point, Space
from lab.sweep.table import Row
from lab.sweep.tuning import Machine, Plan, sweep


def carry_out(
    name: str,
    method: Method,
    words: Sequence[str],
    machine: Machine,
    *,
    profiles: Sequence[str] = (),
    flags: Sequence[str] = (),
    seeds: int = 1,
    count: int | None = None,
    asha: bool = False,
    test: bool = False,
) -> None:
    """Tries what hasn't been tried, prints and writes the table, and, if asked, what the best reaches on test.

    Args:
        name: The experiment.
        method: How points are chosen.
        words: What to try, such as `units=16,32`.
        machine: Where.
        profiles, flags: The settings that all points share.
        seeds: Runs of each point.
        count: Points to try; None for a grid.
        asha: Whether to stop poor trials early.
        test: Whether to test the best point.

    Raises:
        UserError: a word or flag is wrong, or a trial failed.
    """
    fixed = {flag.partition("=")[0].removeprefix("--").replace("-", "_") for flag in flags if flag.startswith("--")}
    space = search_space.parse(
        words, method, lambda key, text: _value(name, profiles, [*flags, f"--{key.replace('_', '-')}={text}"], key)
    )
    for key in space:
        if key in fixed:
            raise UserError(f"{key} is given as --{key.replace('_', '-')} and in --{method}; leave one out")
    for key, instead in (("seed", "--seeds N runs each point with seeds 0 to N − 1"), ("threads", "--cpus-per-trial")):
        if key in fixed or key in space:
            raise UserError(f"a sweep takes no {key} ({instead})")
    folder = RESULTS / name / "sweeps" / slug(name, method, space, profiles, flags)
    start = partial(run, name, tuple(profiles), tuple(flags), machine.cpus)
    trials = sweep(Plan(folder, method, space, seeds, count, asha), machine, start)
    for path in sweep_table.write(name, folder, profiles, trials):
        print(path)
    if count and (points := len({search_space.label(trial.point) for trial in trials})) < count:
        print(f"\n--trials {count}: no more than {points} different points were found")
    failed = sum(trial.state == "failed" for trial in trials)
    if test:
        print(f"\n{tested(sweep_table.best(trials), machine, start, name)}")
    if failed:
        raise UserError(f"{failed} of {len(trials)} trials failed; the same command tries them again")


def run(name: str, profiles: Sequence[str], flags: Sequence[str], threads: int, point: Point, seed: int) -> Run:
    """Runs a point with a seed as `run` does with the same flags, or goes on with it."""
    words = [*flags, *search_space.flags(point), f"--seed={seed}", f"--threads={threads}"]
    return catalogue.run_with(name, profiles, words)


def slug(name: str, method: Method, space: Space, profiles: Sequence[str], flags: Sequence[str]) -> str:
    """The sweep's folder: what is tried in words, and a digest of all that tells its trials from others'."""
    settings = asdict(catalogue.settings(name, profiles, flags))
    shared = {key: value for key, value in settings.items() if key not in {"seed", "threads", "mirror", *space}}
    record = [method, repr(space), shared, os.environ.get("KERAS_BACKEND", "tensorflow")]
    return "-".join([method, *space, hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()[:6]])


def tested(best: Row, machine: Machine, start: partial[Run], name: str) -> str:
    """Ends the runs of the best point, which measures them on the test set, and says what they reached."""
    environment.prepare(machine.cpus)
    lines = []
    for trial in best.trials:
        with contextlib.redirect_stdout(io.StringIO()):
            done = start(trial.point, trial.seed)
        lines.append(f"{trial.label}: {catalogue.group_of(name).result(done.metrics())}\n{done.folder}")
    return "\n".join([f"the best on validation: {search_space.label(best.point)}", *lines])


def _value(name: str, profiles: Sequence[str], flags: Sequence[str], key: str) -> object:
    return getattr(catalogue.settings(name, profiles, flags), key)
