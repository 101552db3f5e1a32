"""Judges the deck's claims, once what they lack has been run."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Sequence

from foundation.user_error import UserError
from lab import environment, settings
from lab.claims import judge as verdicts
from lab.claims import spec as deck
from lab.claims import table as verdict_table
from lab.claims.judge import Missing
from lab.claims.spec import Claim, Claims
from lab.side_by_side import side_by_side


def verify(
    names: Sequence[str],
    profiles: Sequence[str] = (),
    *,
    seeds: int | None = None,
    jobs: int = 1,
    judge_only: bool = False,
) -> None:
    """Runs what the claims lack, prints their verdicts, and writes those of all claims.

    Args:
        names: Claims, experiments or groups; none: all claims.
        profiles: Judge and make runs under these; none: under whatever the runs that are there have.
        seeds: So many of each run; by default as many as decide.
        jobs: So many runs at a time, each on its share of the cores.
        judge_only: Whether to run nothing.

    Raises:
        UserError: a word means no claim, there is no such profile, or a run didn't come to its end.
    """
    claims = deck.read()
    chosen = claims.about(list(names))
    for profile in profiles:
        settings.profile_file(profile)
    under = tuple(profiles) or None
    failed = [] if judge_only else make(missing(claims, chosen, names, under, seeds), jobs)
    print(f"\n{verdict_table.for_terminal(verdicts.judge(claims, chosen, under, seeds))}\n")
    for path in verdict_table.write(verdicts.judge(claims, claims.claims)):
        print(path)
    if failed:
        raise UserError(f"{len(failed)} of the runs did not come to their end; the same command tries them again")


def missing(
    claims: Claims, chosen: Sequence[Claim], names: Sequence[str], profiles: tuple[str, ...] | None, seeds: int | None
) -> list[Missing]:
    """What the chosen claims lack, but for runs that take long and aren't asked for by name; tells of these."""
    wanted: dict[Missing, None] = {}
    left_out: dict[str, None] = {}
    for verdict in verdicts.best(verdicts.judge(claims, chosen, profiles, seeds)):
        for run in verdict.missing:
            if run.name in claims.long and not {verdict.claim.id, run.name} & set(names):
                left_out[run.name] = None
            else:
                wanted[run] = None
    if left_out:
        print(f"not run, for they take from hours to weeks unless you name them: {', '.join(left_out)}")
    return list(wanted)


def make(runs: Sequence[Missing], jobs: int) -> list[Missing]:
    """Makes the runs, and tells of each as it ends; returns those that failed."""
    if not runs:
        print("nothing to run")
        return []
    jobs = min(jobs, len(runs))
    share = max(1, environment.cores() // jobs)
    print(f"{_runs(len(runs))} to make, {jobs} at a time; Ctrl-C stops, and the same command goes on:")
    seeds: dict[tuple[str, ...], list[int]] = {}
    for run in runs:
        seeds.setdefault(run.experiment, []).append(run.seed)
    for experiment, numbers in seeds.items():
        print(f"  {' '.join(experiment)}, seed {', '.join(map(str, numbers))}")
    # so that an ordinary kill stops the runs too
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    threads = ["--threads", str(share)] if jobs > 1 else []
    commands = [[sys.executable, "-m", "experiments", *run.words, *threads] for run in runs]
    failed, began = [], time.monotonic()
    for done, (place, code, last) in enumerate(side_by_side(commands, jobs), start=1):
        run = runs[place]
        why = f"\n  {last or f'exit code {code}'}" if code else ""
        if code:
            failed.append(run)
        minutes = (time.monotonic() - began) / 60
        told = f"{' '.join(run.experiment)}, seed {run.seed}"
        print(f"{done}/{len(runs)} {'failed' if code else 'done'} at {minutes:.1f} min: {told}{why}", flush=True)
    return failed


def _runs(number: int) -> str:
    return f"{number} {'run' if number == 1 else 'runs'}"
