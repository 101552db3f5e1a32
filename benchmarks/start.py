"""Seconds until the command line answers, when nothing is trained."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

from benchmarks.measuring.table import show
from benchmarks.measuring.timing import Functions, Peer, in_turn

COMMANDS = ("list", "--help", "run --help", "run jena/gru --help")


def main(quick: bool) -> None:
    """Prints the seconds of each command."""
    seconds = in_turn({"ours": Peer(commands)}, quick)["ours"]
    show("Start", [{"python -m experiments": command, "seconds": took} for command, took in seconds.items()])


def commands() -> Functions:
    """Returns the commands, each in a process of its own."""

    def command(words: str) -> Callable[[], object]:
        line = [sys.executable, "-m", "experiments", *words.split()]
        return lambda: subprocess.run(line, check=True, capture_output=True)

    return {words: command(words) for words in COMMANDS}
