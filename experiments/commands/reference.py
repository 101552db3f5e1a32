"""Make the complete reproduction: runs, tables, pictures, verdicts. Takes days."""

from __future__ import annotations

import argparse
import shlex
from typing import TYPE_CHECKING

from experiments import catalogue, loading, making
from experiments.commands import report, verify
from foundation.user_error import UserError

if TYPE_CHECKING:
    from lab.planned_run import PlannedRun

RESUMES = True
EPILOG = "configs/reference.yaml lists the runs. Runs that are complete in the results folder aren't made again."
FILE = "reference.yaml"
BACKEND = "KERAS_BACKEND="


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds which runs to make, how many at a time, and where."""
    parser.add_argument("--profile", action="append", default=[], help="only the runs with exactly these profiles")
    making.add_options(parser)


def run(options: argparse.Namespace) -> None:
    """Makes the missing runs, then writes tables, pictures, verdicts and the report.

    Raises:
        UserError: there is no such run or cluster, or a run failed.
    """
    from lab.claims import file
    from lab.runs import complete_runs

    planned = [run for run in runs() if not options.profile or run.profiles == tuple(options.profile)]
    if not planned:
        raise UserError(f"configs/{FILE} has no runs with just the profiles {', '.join(options.profile)}")
    planned = with_settings(planned)
    failed = making.make(planned, options)
    for group in dict.fromkeys(run.name.split("/")[0] for run in planned):
        if complete_runs(group):
            loading.group(group).compare(group, loading.config_of)
    verify.write_all(file.read())
    print(report.write())
    if failed:
        raise UserError(f"{len(failed)} of the runs failed; the same command tries them again")


def with_settings(planned: list[PlannedRun]) -> list[PlannedRun]:
    """Returns the runs without those about which a profile of theirs says nothing, and prints which these are."""
    from lab import settings

    kept = []
    left_out: dict[str, dict[str, None]] = {}
    for run in planned:
        model = dict(zip(run.flags[::2], run.flags[1::2], strict=True)).get("--model")
        if unsaid := settings.silent(run.profiles, run.name, model):
            left_out.setdefault(settings.in_words(unsaid), {})[" ".join((run.name, *run.flags))] = None
        else:
            kept.append(run)
    for profiles, lacking in left_out.items():
        print(f"not run, because {profiles} sets nothing for them: {', '.join(lacking)}")
    return kept


def runs() -> list[PlannedRun]:
    """Returns the runs of the reproduction, in the order of the file, each once.

    Raises:
        UserError: the file names an experiment that doesn't exist, no number of seeds, or a flag without its value.
    """
    from lab import settings
    from lab.planned_run import PlannedRun

    planned = []
    for line, seeds in settings.read_yaml(settings.CONFIGS / FILE).items():
        if not isinstance(seeds, int) or seeds < 1:
            raise UserError(f"configs/{FILE}: {line}: {seeds!r} is no number of seeds")
        backend, words = _backend(shlex.split(line))
        wanted, *words = words
        if len(words) % 2:
            raise UserError(f"configs/{FILE}: {line}: pairs of a flag and its value must follow the name")
        pairs = list(zip(words[::2], words[1::2], strict=True))
        profiles = tuple(value for flag, value in pairs if flag == "--profile")
        flags = tuple(word for pair in pairs if pair[0] != "--profile" for word in pair)
        planned += [
            PlannedRun(name, flags, profiles, seed, backend)
            for name in catalogue.matching(wanted)
            for seed in range(seeds)
        ]
    return list(dict.fromkeys(planned))


def _backend(words: list[str]) -> tuple[str, list[str]]:
    """Returns the backend that a line names before the experiment, if it names one, and the words after it."""
    first, *others = words
    return (first.removeprefix(BACKEND), others) if first.startswith(BACKEND) else ("", words)
