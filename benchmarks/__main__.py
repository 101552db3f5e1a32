"""The command line: `python -m benchmarks`, see its `--help`."""

from __future__ import annotations

import argparse
import ast
import difflib
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from foundation.user_error import UserError

NAMES = (
    "start",
    "windows",
    "gru_step",
    "lstm_step",
    "tcn_step",
    "rivals",
    "reviews",
    "run_memory",
    "tcn_memory",
    "epoch",
    "jena_epochs",
    "cost",
)
"""Every benchmark, in the order in which all of them run: the longest come last."""


def main(words: Sequence[str] | None = None) -> int:
    """Runs benchmarks; returns 0, 2 after an error that the user can put right, or 130 after Ctrl-C."""
    try:
        options = parser().parse_args(words)
        if options.list:
            print(listing())
            return 0
        return run([known(name) for name in options.names] or NAMES, options.quick)
    except UserError as error:
        return print_error(str(error))
    except KeyboardInterrupt:
        return print_error("stopped", 130)


def run(names: Sequence[str], quick: bool) -> int:
    """Runs benchmarks one after another, and returns the exit code. One that fails does not stop the others."""
    from benchmarks import experiments

    print(f"Measured on {experiments.machine()}.")
    if quick:
        print("Quick: small sizes show that everything runs; do not compare these figures.")
    failed = []
    for name in names:
        print(f"{name}: {about(name)}", file=sys.stderr, flush=True)
        try:
            importlib.import_module(f"benchmarks.{name}").main(quick)
        except UserError as error:
            print_error(f"{name}: {error}")
            failed.append(name)
    if failed and len(names) > 1:
        print_error(f"{len(failed)} of {len(names)} benchmarks failed: {', '.join(failed)}")
    return 2 if failed else 0


def print_error(line: str, code: int = 2) -> int:
    """Prints the line as an error and returns the exit code."""
    sys.stdout.flush()
    print(f"error: {line}", file=sys.stderr)
    return code


class Parser(argparse.ArgumentParser):
    """Raises errors in one line."""

    def error(self, message: str) -> NoReturn:
        """Raises a UserError instead of printing the usage."""
        raise UserError(f"{message} ('{self.prog} --help' lists all options)")


def parser() -> Parser:
    """Returns the parser of the command line."""
    own = Parser(
        prog="python -m benchmarks",
        description="Measures speed and memory, side by side with other code.",
        epilog=f"benchmarks:\n{listing()}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    own.add_argument("names", nargs="*", metavar="NAME", help="which benchmarks to run (all)")
    own.add_argument("--quick", action="store_true", help="use small sizes, to see in seconds that a benchmark runs")
    own.add_argument("--list", action="store_true", help="list the benchmarks and what each of them measures")
    return own


def listing() -> str:
    """Returns one line for each benchmark."""
    width = max(map(len, NAMES))
    return "\n".join(f"  {name:{width}}  {about(name)}" for name in NAMES)


def about(name: str) -> str:
    """Returns the first line of a benchmark's module, without importing it."""
    text = ast.get_docstring(ast.parse(Path(__file__).with_name(f"{name}.py").read_text(encoding="utf-8")))
    return (text or "").split("\n")[0]


def known(name: str) -> str:
    """Returns the name of a benchmark, if there is such a benchmark.

    Raises:
        UserError: there is none.
    """
    if name in NAMES:
        return name
    near = difflib.get_close_matches(name, NAMES, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    raise UserError(f"there is no benchmark {name!r}{hint} ('python -m benchmarks --list' lists them all)")


if __name__ == "__main__":
    sys.exit(main())
