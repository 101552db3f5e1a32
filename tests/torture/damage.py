"""Damages a file of a finished or interrupted run, of claims, of a sweep, or a profile, and runs a command over it."""

from __future__ import annotations

import random
import re
import shutil
from pathlib import Path

from tests.torture import hostile, small_runs
from tests.torture.bench import Worker
from tests.torture.case import Case, Outcome
from tests.torture.ended import Ended, problems
from tests.torture.finished import MADE, Finished, finished, readers, shown
from tests.torture.spoil import spoil

SHARE = 0.2
REAL = 0.03
"""The fraction of commands that are started in a process of their own."""
OUTPUT = {"index.html", "table.md", "table.csv", "bars.png", "curves.png", "week.png"}
"""Files that commands write and don't read, beside everything in `comparison/`."""
READ_BY_NONE = ("checkpoint.npz", "best.weights.h5")
"""Files that only the command that made the run reads, or `forecast` and `classify`."""
ADVICE = re.compile(r"delete (its folder|it)\b")


def torture(case: Case, worker: Worker) -> Outcome:
    """Runs a command over damaged results."""
    rng = case.random()
    group = list(MADE)[case.number % len(MADE)]
    made = finished(worker, group)
    worker.lay_out(made.folder)
    path = _choose(rng, worker)
    what = spoil(rng, path)
    place = str(path.relative_to(worker.folder))
    run = str(path.parent.relative_to(worker.results)) if worker.results in path.parents else ""
    words = _command(rng, group, run, path, made)
    reads_all = words in readers(group)

    def run_command() -> Ended:
        if real:
            return worker.bench.real(words, worker.results)
        return worker.forks.run(*words, backend=not reads_all, processor_seconds=120)

    real = rng.random() < REAL
    ended = run_command()
    subject = run.rpartition("/")[0] if run in made.commands else str(Path(place).parent)
    outcome = Outcome(subject, f"{place}: {what}; {small_runs.short(words)}", log=[str(ended)])
    writes_it = words[0] == "verify" and path.name == "verdicts.json"  # it can't where a folder is in its place
    outcome.problems = problems(ended, (0,) if reads_all and not writes_it else (0, 2))
    if reads_all and not ended.code:
        outcome.problems += _lost(group, words[0], run, ended, made.shown[words[0]], shown(worker, ended))
    if not outcome.problems and (advice := ADVICE.search(ended.stderr)):
        _follow(advice[1], path)
        again = run_command()
        outcome.log.append(f"after following the advice:\n{again}")
        codes = (0,) if reads_all else (0, 2)  # what is asked for may still be impossible
        outcome.problems += [f"the advice doesn't help: {problem}" for problem in problems(again, codes)]
        if ADVICE.search(again.stderr):
            outcome.problems.append("the advice doesn't help: it comes again")
    return outcome


def _choose(rng: random.Random, worker: Worker) -> Path:
    """Returns a file to damage. Every name of a file is as likely as every other."""
    files = [
        path
        for path in sorted(worker.results.rglob("*"))
        if path.is_file() and path.name not in OUTPUT and "comparison" not in path.parts and path.name != ".lock"
    ]
    profile = worker.empty("profile") / "profile.yaml"
    shutil.copy(worker.bench.code / "configs/quick.yaml", profile)
    files.append(profile)
    name = rng.choice(sorted({path.name for path in files}))
    return rng.choice([path for path in files if path.name == name])


def _command(rng: random.Random, group: str, run: str, path: Path, made: Finished) -> list[str]:
    if path.name == "profile.yaml":
        first = small_runs.words(MADE[group][0][0][1], 1)
        return [*first, "--profile", "profile/profile.yaml"]
    if path.name == "trials.json":
        return [*small_runs.SWEEP]
    choices = readers(group)
    if run in made.commands:
        choices = [*(path.name not in READ_BY_NONE) * choices, made.commands[run]]
        name = rng.choice([f"results/{run}", run.rpartition("/")[0]])
        if group == "jena":
            file = rng.choice([*4 * [small_runs.WEATHER], rng.choice(hostile.PATHS)])
            choices += 2 * [["forecast", name, "--csv", file]]
        if group == "imdb":
            text = rng.choice(["a great film, and a long one", rng.choice(hostile.TEXTS)])
            choices += 2 * [["classify", name, "--text", text]]
    return rng.choice(choices)


def _names(group: str, command: str, text: str) -> set[str]:
    """Returns the runs that a command shows: lines of `list`, names in `compare`, folders in `report`."""
    if command == "report":
        return set(re.findall(r"seed\d+-[0-9a-f]{8}", text))
    lines = [" ".join(re.split(r"[ |]+", line)).strip() for line in text.splitlines()]
    if command == "list":
        return set(lines)
    if command == "compare":
        return {match[0] for line in lines if (match := re.match(rf"{group}/\S+", line))}
    return {line.partition(" ")[0] for line in lines if line.startswith("holds: ")}


def _lost(group: str, command: str, run: str, ended: Ended, before: str, after: str) -> list[str]:
    """Returns which sound runs a command no longer shows, and whether the damaged one vanished without a word."""
    names, now = _names(group, command, before), _names(group, command, after)
    experiment, _, folder = run.rpartition("/")
    own = {line for line in names if experiment and experiment in line.split()[:1]} | ({folder} & names)
    result = [f"{command} no longer shows {line!r}" for line in sorted(names - now - own)]
    if own - now and command != "list" and run not in ended.stderr:
        result.append(f"{command} leaves out {run} without a word")
    return result


def _follow(advice: str, path: Path) -> None:
    """Deletes what a command said should be deleted."""
    if advice == "its folder":
        path = path.parent
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
