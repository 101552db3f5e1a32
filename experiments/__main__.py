"""The command line: `python -m experiments COMMAND`, see its `--help`."""

from __future__ import annotations

import argparse
import errno
import os
import sys
import typing
from collections.abc import Callable, Sequence
from itertools import takewhile
from typing import Any

from experiments import catalogue
from foundation.user_error import UserError


def main(words: Sequence[str] | None = None) -> int:
    """Runs one command; returns its exit code: 0, 2 after a mistake that the user can put right, 130 after Ctrl-C."""
    words = list(sys.argv[1:] if words is None else words)
    runs = words[:1] in (["run"], ["sweep"])
    goes_on = words[:1] in (["run"], ["verify"], ["sweep"], ["reference"])
    # a run's names come first; the words after them belong to its flags
    names = list(takewhile(lambda word: not word.startswith("-"), words[1:])) if runs else []
    try:
        options, flags = parser().parse_known_args(words[:1] + words[1 + len(names) :])
        if flags and not runs:
            raise UserError(
                f"{flags[0]} is no option of this command ('python -m experiments {words[0]} --help' lists them)"
            )
        if runs:
            options.names, options.flags = names, flags
        options.command(options)
    except UserError as error:
        return failed(str(error), 2)
    except KeyboardInterrupt:
        return failed("stopped" + ("; the same command goes on after the last whole epoch" if goes_on else ""), 130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EROFS):
            raise
        where = f" ({error.filename})" if error.filename else ""
        todo = "make room" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "make it writable"
        return failed(f"{error.strerror}{where}: {todo}, and the same command goes on where it was", 2)
    return 0


def failed(line: str, code: int) -> int:
    """Prints the one line and passes on the exit code."""
    sys.stdout.flush()
    print(f"\nerror: {line}" if code == 130 else f"error: {line}", file=sys.stderr)
    return code


class Parser(argparse.ArgumentParser):
    """Tells mistakes in one line."""

    def error(self, message: str) -> None:  # type: ignore[override]
        """Raises a UserError instead of printing the usage."""
        raise UserError(f"{message} ('{self.prog} --help' helps)")


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    top = Parser(
        prog="python -m experiments",
        description="Recurrent networks, tried on real data.",
        allow_abbrev=False,
    )
    commands = top.add_subparsers(metavar="COMMAND", required=True)

    def command(name: str, function: object, text: str, **options: object) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text, allow_abbrev=False, **options)  # type: ignore[arg-type]
        sub.set_defaults(command=function, parser=sub)
        return sub

    command("list", list_all, "name every experiment, its deck page, its state and its best figure")
    sub = command("run", run, "train an experiment, or go on with it", add_help=False)
    sub.usage = "%(prog)s NAME ... [--profile PROFILE] [--flag VALUE ...]"
    sub.epilog = "NAME is an experiment, such as jena/gru, or a group, such as jena."
    sub.add_argument(
        "--profile",
        action="append",
        default=[],
        help="lay a file of configs/ over the settings: quick, hourly, …",
    )
    sub.add_argument("-h", "--help", action="store_true", help="show this, or with a NAME all of its settings")
    sub = command("compare", compare, "compare a group's finished runs: tables and pictures")
    sub.add_argument("group", nargs="?", default="jena", metavar="GROUP", help="which group (jena)")
    sub = command("verify", verify, "judge the deck's claims by their runs, and make those that are missing")
    sub.epilog = (
        "Without a name: all claims. What is going to be run is told first; each run is an ordinary one, under the "
        "profiles that its claim's other runs have, and as long as they where these ended early. Runs that take from "
        "hours to weeks (configs/claims.yaml, long) are made only for a claim or an experiment that is named itself. "
        "All verdicts go to results/claims/."
    )
    sub.add_argument("names", nargs="*", metavar="NAME", help="a claim, an experiment or a group")
    sub.add_argument("--judge", action="store_true", help="judge what is there, run nothing")
    sub.add_argument("--seeds", type=positive, metavar="N", help="so many seeds of each run (as many as decide)")
    sub.add_argument("--profile", action="append", default=[], help="as for run; judge runs under these settings alone")
    sub.add_argument("-j", "--jobs", type=positive, default=1, metavar="N", help="so many runs side by side (1)")
    sub = command("sweep", sweep, "try settings side by side, on this machine or on a Ray cluster", add_help=False)
    sub.usage = "%(prog)s NAME (--grid | --random | --tpe) SETTING=VALUES ... [--flag VALUE ...]"
    sub.epilog = (
        "VALUES are values, units=16,32,64, or, but for --grid, a range, learning_rate=1e-4..1e-2. Any other flag is "
        "a setting that all trials share. Trials end before the test set is looked at. The same command goes on with a "
        "sweep that was stopped, and with more --seeds or --trials adds to it."
    )
    how = sub.add_mutually_exclusive_group()
    for method, text in (
        ("grid", "try each value with each of the others"),
        ("random", "try points drawn at random"),
        ("tpe", "let the points tried so far suggest the next (TPE)"),
    ):
        how.add_argument(f"--{method}", nargs="+", metavar="SETTING=VALUES", help=text)
    sub.add_argument("--trials", type=positive, metavar="N", help="points to try, with --random and --tpe")
    sub.add_argument("--seeds", type=positive, default=1, metavar="N", help="so many runs of each point (1)")
    sub.add_argument("--asha", action="store_true", help="stop trials early that do worse than others (ASHA)")
    sub.add_argument("--test", action="store_true", help="at the end, measure the best by validation on the test set")
    sub.add_argument("--profile", action="append", default=[], help="as for run")
    sub.add_argument("--workers", type=positive, metavar="N", help="so many trials at a time (as many as have room)")
    sub.add_argument("--cpus-per-trial", type=positive, default=1, metavar="N", help="cores of a trial (1)")
    sub.add_argument("--gpus-per-trial", type=share, default=0, metavar="X", help="GPUs of a trial, or a part of one")
    sub.add_argument("--address", metavar="ADDRESS", help="a Ray cluster's, or auto (docs/cluster.md)")
    sub.add_argument("-h", "--help", action="store_true", help="show this, or with a NAME all of its settings")
    sub = command(
        "reference", reference, "make the complete reproduction: runs, tables, pictures, verdicts; takes days"
    )
    sub.epilog = (
        "configs/reference.yaml lists its runs; what is there already, in the folder of results, isn't made again."
    )
    sub.add_argument("-j", "--jobs", type=positive, default=1, metavar="N", help="so many runs side by side (1)")
    command("report", report, "write a page of all that was run, results/index.html")
    sub = command("forecast", forecast, "forecast the temperature after a file's last row")
    sub.add_argument("run", metavar="RUN", help="a run's folder, or an experiment: then its last finished run")
    sub.add_argument("--csv", required=True, metavar="FILE", help="weather with Jena's columns, plain, .zip or .gz")
    sub = command("classify", classify, "say whether a film review is positive")
    sub.add_argument("run", metavar="RUN", help="a run's folder, or an experiment: then its last finished run")
    sub.add_argument("--text", required=True, metavar="TEXT", help="the review, in English")
    sub = command("data", data, "fetch, check and describe a group's data, and draw it")
    sub.add_argument("group", nargs="?", default="jena", metavar="GROUP", help="which group (jena)")
    sub.add_argument("--profile", action="append", default=[], help="as for run")
    for flag, metavar, text in (
        ("--csv", "FILE", "a file to look at instead, plain, .zip or .gz"),
        ("--source", "SOURCE", "auto, real or simulated"),
        ("--mirror", "PLACE", "a folder or address to look in before the public one"),
    ):
        sub.add_argument(flag, metavar=metavar, help=text)
    return top


def positive(word: str) -> int:
    """A number of things, at least one."""
    if not (word.isdecimal() and int(word)):
        raise argparse.ArgumentTypeError(f"{word!r} must be a whole number above 0")
    return int(word)


def share(word: str) -> float:
    """A number of GPUs: whole, or below 1 a part of one."""
    try:
        number = float(word)
    except ValueError:
        number = -1
    if not (0 <= number <= 1 or (number.is_integer() and number > 0)):
        raise argparse.ArgumentTypeError(f"{word!r} must be a whole number, or a part of one GPU, such as 0.5")
    return number


def list_all(options: argparse.Namespace) -> None:
    """Prints a line an experiment."""
    from lab import listing

    print(listing.lines((name, catalogue.about(name)) for name in catalogue.names()))


def run(options: argparse.Namespace) -> None:
    """Runs each experiment named, one after the other; one that can't be run doesn't keep the rest from it.

    Raises:
        UserError: not all came to their end.
    """
    from lab.settings import resolve

    if options.help and not options.names:
        options.parser.print_help()
        return
    if not options.names:
        raise UserError("run what? name an experiment or a group ('python -m experiments list' names them all)")
    names = [name for wanted in options.names for name in catalogue.matching(wanted)]
    if options.help:
        options.flags, names = ["--help"], names[:1]
    configs = {
        name: resolve(name, catalogue.module(name).Config, options.profile, options.flags, catalogue.about(name))
        for name in names
    }
    from lab import environment

    environment.prepare(next(iter(configs.values())).threads)
    left_out = []
    for name, config in configs.items():
        print(f"\n{name}: {catalogue.about(name)}" if len(configs) > 1 else catalogue.about(name))
        try:
            done = catalogue.group_of(name).run(catalogue.module(name), name, config, tuple(options.profile))
        except UserError as error:
            if len(configs) == 1:
                raise
            failed(str(error), 2)
            left_out.append(name)
        else:
            print(f"{catalogue.group_of(name).result(done.metrics())}\n{done.folder}")
    if left_out:
        raise UserError(f"{len(left_out)} of {len(configs)} could not be run to their end: {', '.join(left_out)}")


def compare(options: argparse.Namespace) -> None:
    """Prints a group's tables and draws its pictures."""
    from lab.comparison import groups as comparison

    group = known_group(options.group)
    getattr(catalogue.group_of(group + "/"), "compare", comparison.compare)(group)


def verify(options: argparse.Namespace) -> None:
    """Prints and writes the claims' verdicts, once what they lack has been run."""
    from experiments import verification

    verification.verify(
        options.names, options.profile, seeds=options.seeds, jobs=options.jobs, judge_only=options.judge
    )


def sweep(options: argparse.Namespace) -> None:
    """Tries an experiment's settings side by side."""
    if options.help:
        run(options) if options.names else options.parser.print_help()
        return
    if len(options.names) != 1 or options.names[0] not in catalogue.names():
        raise UserError("sweep what? name one experiment first, such as jena/gru")
    from lab.sweep.space import Method

    methods: list[Method] = [method for method in typing.get_args(Method) if getattr(options, method)]
    if not methods:
        raise UserError("a sweep needs --grid, --random or --tpe with settings, such as --grid units=16,32")
    (method,) = methods
    if (method == "grid") == bool(options.trials):
        raise UserError(
            f"--{method} needs " + ("no --trials" if options.trials else "--trials N, how many points to try")
        )
    from experiments import sweeping
    from lab.sweep.tuning import Machine

    sweeping.carry_out(
        options.names[0],
        method,
        getattr(options, method),
        Machine(options.workers, options.cpus_per_trial, options.gpus_per_trial, options.address),
        profiles=options.profile,
        flags=options.flags,
        seeds=options.seeds,
        count=options.trials,
        asha=options.asha,
        test=options.test,
    )


def reference(options: argparse.Namespace) -> None:
    """Makes the complete reproduction."""
    from experiments.reference import reproduce

    reproduce(options.jobs)


def report(options: argparse.Namespace) -> None:
    """Writes the page of all that was run, and prints where it lies."""
    from experiments import reporting

    print(reporting.report())


def forecast(options: argparse.Namespace) -> None:
    """Prints a run's forecast."""
    ask("forecast", options.run, options.csv)


def classify(options: argparse.Namespace) -> None:
    """Prints what a run makes of a text."""
    ask("classify", options.run, options.text)


def ask(question: str, where: str, about: str) -> None:
    """Prints a finished run's answer to its group's question.

    Raises:
        UserError: its group answers no such question.
    """
    from lab import environment
    from lab.runs import find_run

    found = find_run(where)
    answer = of_group(found.name, question, f"runs can't {question}")
    environment.prepare()
    experiment = catalogue.module(found.name)
    try:
        config = experiment.Config(**found.settings()["settings"])
    except TypeError as error:
        raise UserError(f"{found.folder} has other settings than {found.name} has now; run it anew") from error
    print(answer(experiment, config, found, about))


def data(options: argparse.Namespace) -> None:
    """Describes and draws a group's data."""
    from lab.settings import resolve

    group = known_group(options.group)
    first = catalogue.names(group)[0]
    show = of_group(first, "show_data", "has no data of its own to show")
    flags = [
        word for key in ("csv", "source", "mirror") if (value := getattr(options, key)) for word in (f"--{key}", value)
    ]
    config = resolve(first, catalogue.module(first).Config, options.profile, flags)
    show(config)


def of_group(name: str, function: str, otherwise: str) -> Callable[..., Any]:
    """A function that not every experiment's group has.

    Raises:
        UserError: this one hasn't.
    """
    found = getattr(catalogue.group_of(name), function, None)
    if found is None:
        raise UserError(f"{name.split('/')[0]} {otherwise}")
    return found  # type: ignore[no-any-return]


def known_group(name: str) -> str:
    """The group of that name.

    Raises:
        UserError: there is none.
    """
    if name not in catalogue.groups():
        raise UserError(f"there is no group {name!r}; groups are {', '.join(catalogue.groups())}")
    return name


if __name__ == "__main__":
    sys.exit(main())
