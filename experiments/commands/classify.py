"""Say whether film reviews are positive."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from experiments import trained_run
from foundation.input_file import read_input
from foundation.user_error import UserError

EPILOG = "Without them, the command asks for reviews, or reads one from each line of stdin."
LIMIT = 2**24  # bytes of a file of texts


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the run and the texts."""
    trained_run.add_run(parser)
    texts = parser.add_mutually_exclusive_group()
    texts.add_argument("--text", nargs="+", metavar="TEXT", help="reviews in English, each in quotation marks")
    texts.add_argument("--file", type=Path, metavar="FILE", help="a file with a review on each line")


def run(options: argparse.Namespace) -> None:
    """Prints the run's verdict on each text, and which run answered.

    Raises:
        UserError: a text can't be classified.
    """
    from lab.trained_runs import introduce

    run, group, experiment, config = trained_run.load(options.run)
    in_colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    classifier = group.classify(experiment, config, run, in_colour)
    typed = not options.text and not options.file and sys.stdin.isatty()
    several = not typed and (not options.text or len(options.text) > 1)
    asked = classified = 0
    for text in _texts(options):
        asked += 1
        try:
            answer = classifier(text)
        except UserError as error:
            if not several and not typed:
                raise
            options.print_error(str(error))
            continue
        classified += 1
        heading = f"{text:.60}{'…' if len(text) > 60 else ''}\n" if several else ""
        print(f"{heading}{answer}\n", flush=True)
    if not asked:
        raise UserError("there is no text; give --text 'A great film', --file FILE, or lines on stdin")
    print(f"{introduce(run)}\n{classifier.about()}")
    if classified < asked:
        raise UserError(f"{asked - classified} of {asked} texts could not be classified")


def _texts(options: argparse.Namespace) -> Iterator[str]:
    """Yields the texts that the options name, or else those of stdin; asks for each if that is a terminal."""
    if options.text:
        yield from options.text
    elif options.file:
        yield from filter(str.strip, read_input(options.file, LIMIT).decode(errors="replace").splitlines())
    elif sys.stdin.isatty():
        print("a review, or an empty line to end:")
        while text := _ask():
            yield text
    else:
        lines = (line.decode(errors="replace").rstrip() for line in sys.stdin.buffer)
        yield from filter(str.strip, lines)


def _ask() -> str:
    try:
        return input("> ").strip()
    except EOFError:
        print()
        return ""
