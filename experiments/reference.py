"""The complete reproduction: every run of `configs/reference.yaml`, then tables, pictures, verdicts and the report."""

from __future__ import annotations

import shlex

from experiments import catalogue
from experiments.reporting import report
from experiments.verification import make, verify
from foundation.user_error import UserError
from lab import settings
from lab.claims.judge import Missing
from lab.comparison import groups as comparison
from lab.runs import all_runs

FILE = "reference.yaml"


def runs() -> list[Missing]:
    """The runs that belong to it, in the order of the file.

    Raises:
        UserError: the file names an experiment that doesn't exist, or no number of seeds, or a flag without its value.
    """
    found = []
    for line, seeds in settings.read_yaml(settings.CONFIGS / FILE).items():
        if not isinstance(seeds, int) or seeds < 1:
            raise UserError(f"configs/{FILE}: {line}: {seeds!r} is no number of seeds")
        wanted, *words = shlex.split(line)
        if len(words) % 2:
            raise UserError(f"configs/{FILE}: {line}: after the name come pairs of a flag and its value")
        pairs = list(zip(words[::2], words[1::2], strict=True))
        profiles = tuple(value for flag, value in pairs if flag == "--profile")
        flags = tuple(word for pair in pairs if pair[0] != "--profile" for word in pair)
        found += [
            Missing(name, flags, (), profiles, seed) for name in catalogue.matching(wanted) for seed in range(seeds)
        ]
    return found


def reproduce(jobs: int) -> None:
    """Makes what is missing of it, `jobs` runs at a time, and writes tables, pictures, verdicts and the report.

    Raises:
        UserError: a run didn't come to its end.
    """
    planned = runs()
    failed = make(planned, jobs)
    for group in dict.fromkeys(run.name.split("/")[0] for run in planned):
        if any(run.complete for run in all_runs(group)):
            getattr(catalogue.group_of(group + "/"), "compare", comparison.compare)(group)
    verify([], judge_only=True)
    print(report())
    if failed:
        raise UserError(f"{len(failed)} of the runs did not come to their end; the same command tries them again")
