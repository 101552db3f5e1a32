"""Random command lines, profiles and folders: each is accepted, or refused in one line before anything is written.

A command that is accepted ends where its work would begin, in most cases before a run is opened, in some before it is
trained. Some commands are started in processes of their own and stopped after some seconds.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
from itertools import takewhile
from pathlib import Path
from typing import Any

import yaml

from tests.torture import hostile, small_runs
from tests.torture.bench import Bench, Worker
from tests.torture.case import Case, Outcome
from tests.torture.ended import problems
from tests.torture.hostile import misspelt, value

SHARE = 0.22
COMMANDS = ("classify", "compare", "data", "forecast", "list", "reference", "report", "run", "sweep", "verify")
WEIGHTS = (4, 3, 3, 4, 2, 1, 1, 60, 12, 6)
PROFILES = ("quick", "hourly", "plain", "third_edition", "claims", "reference", "jena", "imdb", "laptop")
REAL = 0.02
"""The fraction of commands that are started in a process of their own."""
SECONDS = 15
"""How long such a command may work before it is interrupted."""


def torture(case: Case, worker: Worker) -> Outcome:
    """Runs a random command."""
    rng = case.random()
    if rng.random() < REAL:
        return _real(rng, worker)
    worker.forks  # noqa: B018  it brings the weather
    _clear(worker)
    words = command(rng, worker)
    variables = {}
    if rng.random() < 0.05:
        key = rng.choice(["KERAS_BACKEND", "LAB_DATA_MIRROR", "TF_NUM_INTRAOP_THREADS", "COLUMNS", "MAKEFLAGS", "HOME"])
        variables = {key: (value(rng) or "x").replace("\x00", "")}
    until = "training" if words[:1] == ["run"] and rng.random() < 0.25 else "work"
    before = _everything(worker.folder)
    ended = worker.forks.run(*words, until=until, **variables)
    subject = words[0] if words and words[0] in COMMANDS else "no command"
    outcome = Outcome(subject, _line(variables, words), log=[f"{variables} until {until}\n{ended}"])
    names = list(takewhile(lambda word: not word.startswith("-"), words[1:])) if subject == "run" else []
    outcome.problems = problems(ended, errors=99 if len(names) > 1 or "/" not in "".join(names) else 1)
    if ended.code == 2 and (written := sorted(_everything(worker.folder) ^ before)):
        outcome.problems.append(f"refused, but wrote {written[0][0]}")
    return outcome


def command(rng: random.Random, worker: Worker) -> list[str]:
    """Returns the words of a command, most of them sensible, some not."""
    settings, names = _known(worker.bench)
    name = rng.choice(list(small_runs.RUNS)) if rng.random() < 0.7 else rng.choice(sorted(names))
    kind = rng.choices(COMMANDS, WEIGHTS)[0]
    wanted = rng.choices([name, name.split("/")[0], misspelt(rng, name), value(rng)], (91, 4, 3, 2))[0]
    words: list[str] = {
        "run": lambda: [wanted, *_settings(rng, worker, name)],
        "sweep": lambda: [wanted, *_space(rng, settings[name.split("/")[0]]), *_settings(rng, worker, name)],
        "verify": lambda: [*rng.choices([wanted, "claims", value(rng)], k=rng.randint(0, 2)), "--judge", *_some(rng)],
        "reference": lambda: ["-j", value(rng)],
        "forecast": lambda: [wanted, "--csv", rng.choice(hostile.PATHS)],
        "classify": lambda: [wanted, "--text", rng.choice(hostile.TEXTS)],
        "data": lambda: [rng.choice(["jena", "imdb", "sequences", wanted]), "--csv", rng.choice(hostile.PATHS[2:])],
        "compare": lambda: [wanted.split("/")[0]],
    }.get(kind, lambda: [])()
    words = [kind if rng.random() < 0.98 else misspelt(rng, kind), *words]
    if rng.random() < 0.1:
        _shake(rng, words)
    return [word.replace("\x00", "") for word in words]


def _settings(rng: random.Random, worker: Worker, name: str) -> list[str]:
    """Returns flags: most often the small run's, then random ones, and profiles."""
    known, _ = _known(worker.bench)
    group = name.split("/")[0]
    words = list(small_runs.RUNS.get(name, ())) if rng.random() < 0.9 else []
    for _ in range(rng.choice([0, 1, 1, 1, 2, 3])):
        key = rng.choice(known[group if rng.random() < 0.97 else rng.choice(sorted(known))])
        key = key if rng.random() < 0.98 else misspelt(rng, key)
        flag = "--" + (key.replace("_", "-") if rng.random() < 0.95 else key)
        given = rng.choice(hostile.LEGAL) if rng.random() < 0.6 else value(rng)
        words += rng.choice([[flag, given], [f"{flag}={given}"], [flag, given], [flag, given], [flag]])
    if rng.random() < 0.25:
        (worker.folder / "profile.yaml").write_bytes(
            hostile.profile(rng, [group, name, value(rng), "published"], known[group])
        )
        words += ["--profile", rng.choices(["profile.yaml", rng.choice(PROFILES), value(rng)], (6, 2, 1))[0]]
    return words


def _space(rng: random.Random, settings: list[str]) -> list[str]:
    """Returns what a sweep tries."""
    words = [f"--{rng.choice(['grid', 'random', 'tpe', 'grid'])}"]
    for _ in range(rng.randint(0, 2)):
        one, other = value(rng), value(rng)
        values = rng.choice([one, f"{one},{other}", f"{one}..{other}", "3,5", "1e-4..1e-2"])
        words.append(rng.choice([f"{rng.choice(settings)}={values}", values]))
    return [*words, *rng.choice([[], ["--trials", value(rng)], ["--seeds", value(rng)], ["--asha"], ["--test"]])]


def _some(rng: random.Random) -> list[str]:
    flag = rng.choice(["", "--seeds", "-j", "--profile", "--profile"])
    return [flag, rng.choice([value(rng), "2", "quick"])] if flag else []


def _shake(rng: random.Random, words: list[str]) -> None:
    """Removes, repeats, swaps or inserts a word."""
    place = rng.randrange(len(words))
    what = rng.choice(["remove", "repeat", "swap", "insert", "help"])
    if what == "remove":
        del words[place]
    elif what == "repeat":
        words.insert(place, words[place])
    elif what == "swap":
        other = rng.randrange(len(words))
        words[place], words[other] = words[other], words[place]
    else:
        words.insert(place + 1, "--help" if what == "help" else value(rng))


def _real(rng: random.Random, worker: Worker) -> Outcome:
    """Runs a command in a process of its own: an odd results folder, or any command for some seconds."""
    results = worker.empty("real") / "results"
    if rng.random() < 0.5:
        hostile.files(results.parent)
        place = rng.choice([*hostile.PATHS, "", " ", "é 雨", "\udcff", "a\nb", "new/deep/folder", "x" * 256])
        place = os.path.join(results.parent, place) if rng.random() < 0.5 and "/" not in place else place  # noqa: PTH118
        words = rng.choice([["list"], ["compare"], ["report"], ["run", "recurrence/unrolled"], ["verify", "--judge"]])
        if place in ("/", "~", "..", ".", "results"):  # these it may write to
            place = "/dev/full"
        variables = {"LAB_RESULTS": place}
    else:
        worker.forks  # noqa: B018  it brings the weather
        _clear(worker)
        words = command(rng, worker)
        for path in worker.folder.glob("*.*"):
            shutil.copy(path, results.parent, follow_symlinks=False)
        variables = {}
    log = results.parent / "stderr.txt"
    process = worker.bench.start(words, results, log, **variables)
    ended = worker.bench.end(process, words, log, SECONDS, signal.SIGINT)
    subject = "odd results folder" if variables else "own process"
    outcome = Outcome(subject, _line(variables, words), log=[f"{variables}\n{ended}"])
    outcome.problems = problems(ended, (0, 2, 130), errors=99)
    if ended.code == 2 and not variables and results.exists():
        outcome.problems.append("refused, but wrote its results folder")
    return outcome


def _line(variables: dict[str, str], words: list[str]) -> str:
    """Returns a command with its environment in one line."""
    given = [f"{key}={text!r:.200}" for key, text in variables.items()]
    return " ".join([*given, small_runs.short(words)])


def _clear(worker: Worker) -> None:
    """Leaves nothing but the files that command lines name."""
    worker.lay_out(None)
    for path in ("loop", "broken", "profile.yaml", "pwned"):
        (worker.folder / path).unlink(missing_ok=True)
    hostile.files(worker.folder)


def _everything(folder: Path) -> set[tuple[str, int]]:
    return {
        (str(path.relative_to(folder)), path.lstat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.name not in ("stdout.txt", "stderr.txt", "server.txt", "profile.yaml") and not path.is_dir()
    }


def _known(bench: Bench) -> tuple[dict[str, list[str]], set[str]]:
    """Returns the settings of each group, and the names of all experiments."""
    if bench.known is None:
        settings: dict[str, set[str]] = {}
        names = set()
        for path in sorted(bench.code.glob("experiments/*/[!_]*.py")):
            if path.parent.name == "commands":
                continue
            group, name = path.parent.name, f"{path.parent.name}/{path.stem}"
            names.add(name)
            own = settings.setdefault(group, set(_read(bench.code / f"configs/{group}.yaml")))
            content = _read(bench.code / f"configs/{name}.yaml")
            own.update(content.get("settings") or {})
            for model in (content.get("models") or {}).values():
                own.update(model)
        bench.known = ({group: sorted(keys) for group, keys in settings.items()}, names)
    return bench.known


def _read(path: Path) -> dict[str, Any]:
    return (yaml.safe_load(path.read_text()) or {}) if path.is_file() else {}
