"""Damages a file of a finished or interrupted run, of claims, of a sweep, or a profile, and runs a command over it."""

from __future__ import annotations

import random
import re
import shutil
from pathlib import Path

from tests.torture import small_runs
from tests.torture.bench import Worker
from tests.torture.case import Case, Outcome
from tests.torture.ended import Ended, problems
from tests.torture.finished import MADE, Finished, finished
from tests.torture.spoil import spoil

SHARE = 0.2
OUTPUT = {"index.html", "table.md", "table.csv", "bars.png", "curves.png", "week.png"}
"""Files that commands write and don't read, beside everything in `comparison/`."""
READERS = (["list"], ["compare"], ["report"], ["verify", "--judge"])
"""Commands that read all runs. They must succeed whatever is damaged."""
ADVICE = re.compile(r"delete (its folder|it)\b")


def torture(case: Case, worker: Worker) -> Outcome:
    """Runs a command over damaged results."""
    rng = case.random()
    group = list(MADE)[case.number % len(MADE)]
    made = finished(worker, group)
    worker.lay_out(made.folder)
    path = _choose(rng, worker, made)
    what = spoil(rng, path)
    place = path.relative_to(worker.folder)
    run = str(path.parent.relative_to(worker.results)) if worker.results in path.parents else ""
    words = _command(rng, group, run, path, made)
    backend = words[0] in ("run", "forecast", "classify", "sweep")
    ended = worker.forks.run(*words, backend=backend, processor_seconds=120)
    subject = run if run in made.commands else str(place.parent)
    outcome = Outcome(subject.rpartition("/")[0] or subject, f"{place}: {what}; {' '.join(words)}", log=[str(ended)])
    outcome.problems = problems(ended, (0,) if words in _readers(group) else (0, 2))
    if words in _readers(group) and not ended.code:
        outcome.problems += _lost(worker, group, words, run, ended, made)
    if not outcome.problems:
        outcome.problems += _advice(worker, outcome, words, run, path, ended, made, backend)
    return outcome


def _readers(group: str) -> list[list[str]]:
    return [[*words, group] if words == ["compare"] else words for words in READERS]


def _choose(rng: random.Random, worker: Worker, made: Finished) -> Path:
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
    choices = [*_readers(group), *_readers(group)]
    if run in made.commands:
        choices += [made.commands[run], made.commands[run]]
        name = rng.choice([f"results/{run}", run.rpartition("/")[0]])
        if group == "jena":
            choices += 3 * [["forecast", name, "--csv", small_runs.WEATHER]]
        if group == "imdb":
            choices += 3 * [["classify", name, "--text", "a great film, and a long one"]]
        if path.name in ("checkpoint.npz", "best.weights.h5"):  # nothing else reads them
            choices = choices[8:]
    return rng.choice(choices)


def _shown(worker: Worker, group: str, words: list[str], ended: Ended) -> set[str]:
    """Returns what a command shows: runs, or for claims the claims."""
    if words == ["report"]:
        page = worker.results / "index.html"
        return set(re.findall(r"seed\d+-[0-9a-f]{8}", page.read_text(encoding="utf-8"))) if page.is_file() else set()
    lines = [" ".join(re.split(r"[ |]+", line)).strip() for line in ended.stdout.splitlines()]
    if words == ["list"]:
        return set(lines)
    if words[0] == "compare":
        return {match[0] for line in lines if (match := re.match(rf"{group}/\S+", line))}
    return {line for line in lines if line.startswith("holds: ")} and {"claims"}


def _lost(worker: Worker, group: str, words: list[str], run: str, ended: Ended, made: Finished) -> list[str]:
    """Returns which undamaged runs a command no longer shows, and whether a damaged one vanished without a word."""
    now = _shown(worker, group, words, ended)
    worker.lay_out(made.folder)
    before = _shown(worker, group, words, worker.forks.run(*words))
    name, _, folder = run.rpartition("/")
    own = {line for line in before if name and name in line.split()[:1]} | ({folder} & before)
    result = [f"{words[0]} no longer shows {line!r}" for line in sorted(before - now - own)]
    if own - now and words != ["list"] and run not in ended.stderr:
        result.append(f"{words[0]} leaves out {run} without a word")
    return result


def _advice(
    worker: Worker,
    outcome: Outcome,
    words: list[str],
    run: str,
    path: Path,
    ended: Ended,
    made: Finished,
    backend: bool,
) -> list[str]:
    """Follows the advice that a command gave, and returns what is wrong if that didn't help."""
    if run not in made.commands and path.name != "trials.json":
        return []
    if not (match := ADVICE.search(ended.stderr)):
        return []
    if words in _readers(outcome.subject.split("/")[0]):  # the results were laid out anew to compare
        return []
    if match[1] == "it":
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    else:
        shutil.rmtree(path.parent)
    again = worker.forks.run(*made.commands.get(run, words), backend=True, processor_seconds=120)
    outcome.log.append(f"after following the advice:\n{again}")
    return [f"the advice doesn't help: {problem}" for problem in problems(again, (0,))]
