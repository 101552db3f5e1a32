"""Judge the lecture's claims by their runs, and make the runs that are missing."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from experiments import loading, making
from experiments.option_types import positive
from foundation.user_error import UserError

if TYPE_CHECKING:
    from lab.claims.spec import Claim, Claims
    from lab.planned_run import PlannedRun

RESUMES = True
EPILOG = (
    "Without a name, all claims are judged. The command first prints what it is going to run. Each run is an ordinary "
    "one, with the profiles and the training length of the claim's other runs. Runs that take hours to years "
    "(configs/claims.yaml, long) are made only for a claim or an experiment that you name. With --profile laptop the "
    "claims about that size are judged. The verdicts on all claims are written to results/claims/."
)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds what to judge, and how many runs to make."""
    parser.add_argument("names", nargs="*", metavar="NAME", help="a claim, an experiment or a group")
    parser.add_argument("--judge", action="store_true", help="judge the runs that exist, and run nothing")
    parser.add_argument("--seeds", type=positive, metavar="N", help="seeds per claim (the fewest that decide: 3)")
    parser.add_argument(
        "--profile", action="append", default=[], help="as for run; only runs with these settings are judged"
    )
    making.add_options(parser)


def run(options: argparse.Namespace) -> None:
    """Prints and writes the verdicts, after making the runs that are missing.

    Raises:
        UserError: a name means no claim, there is no such profile or cluster, or a run failed.
    """
    from lab import settings
    from lab.claims import file, judge, table

    claims = file.read()
    for profile in options.profile:
        settings.profile_file(profile)
    chosen = claims.about(options.names, options.profile)
    profiles = tuple(profile for profile in options.profile if profile not in claims.sizes) or None
    planned = [] if options.judge else missing(claims, chosen, options.names, profiles, options.seeds)
    failed = [] if options.judge else making.make(planned, options)
    verdicts = judge.judge(claims, chosen, loading.config_of, profiles, options.seeds)
    print(f"\n{table.for_terminal(verdicts)}\n")
    write_all(claims)
    if failed:
        raise UserError(f"{len(failed)} of the runs failed; the same command tries them again")


def write_all(claims: Claims) -> None:
    """Writes the verdicts on all claims, and prints the paths of the files."""
    from lab.claims import judge, table

    for path in table.write(judge.judge(claims, claims.claims, loading.config_of)):
        print(path)


def missing(
    claims: Claims, chosen: Sequence[Claim], names: Sequence[str], profiles: tuple[str, ...] | None, seeds: int | None
) -> list[PlannedRun]:
    """Returns the runs that the chosen claims lack. Leaves out some that aren't asked for, and says so.

    These are long ones, and those for claims about profiles of their own if other claims are chosen too.
    """
    from lab.claims import judge

    planned: dict[PlannedRun, None] = {}
    left_out: dict[str, None] = {}
    if sizes := {claim.under: None for claim in chosen if claim.under and any(not other.under for other in chosen)}:
        flags = (" ".join(f"--profile {profile}" for profile in under) for under in sizes)
        print(f"not run, because their claims are about other sizes: runs with {', or with '.join(flags)}")
    chosen = [claim for claim in chosen if not sizes or not claim.under or claim.id in names]
    for verdict in judge.best(judge.judge(claims, chosen, loading.config_of, profiles, seeds)):
        for run in verdict.missing:
            if verdict.claim.parts and names and not {verdict.claim.id, run.name, verdict.group} & set(names):
                continue  # a share is about more experiments than those that were named
            if run.name in claims.long and not verdict.claim.under and not {verdict.claim.id, run.name} & set(names):
                left_out[run.name] = None
            else:
                planned[run] = None
    if left_out:
        print(f"not run, because they take hours to years; name them to run them: {', '.join(left_out)}")
    return list(planned)
