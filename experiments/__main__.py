"""The command line: `python -m experiments COMMAND`, see its `--help`. Each module in `commands/` is a command."""

from __future__ import annotations

import _thread
import argparse
import contextlib
import errno
import importlib
import os
import pkgutil
import signal
import sys
import threading
import traceback
from collections.abc import Iterator, Sequence
from itertools import takewhile
from pathlib import Path
from types import ModuleType
from typing import NoReturn

from experiments import commands
from foundation.program import IN_ENVIRONMENT, PROGRAM
from foundation.user_error import UserError

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
OLDEST = (3, 10)
alone, stopped = threading.Event(), threading.Event()
"""Set where this module is the whole program; and when Ctrl-C ends it."""
SET_UP = "run 'make setup', then use " + IN_ENVIRONMENT


def main(words: Sequence[str] | None = None) -> int:
    """Runs one command; returns its exit code: 0, 2 after an error that the user can put right, 130 after Ctrl-C."""
    words = list(sys.argv[1:] if words is None else words)
    if sys.version_info < OLDEST:
        return print_error(f"Python {sys.version.split()[0]} is too old; {SET_UP}")
    command = None
    try:
        modules = {name: importlib.import_module(f"{commands.__name__}.{name}") for name in _commands()}
        command = modules.get(words[0]) if words else None
        options = parse(words, modules)
        with interrupts_come_through():
            options.command.run(options)
    except UserError as error:
        return print_error(str(error))
    except ModuleNotFoundError as error:
        package = str(error.name).partition(".")[0]
        if (Path(__file__).parents[1] / package).is_dir():  # the project's own
            raise
        return print_error(f"{package} isn't installed; {SET_UP}")
    except KeyboardInterrupt:
        if alone.is_set():
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # once is enough
        stopped.set()
        resumes = getattr(command, "RESUMES", False)
        print(file=sys.stderr)
        return print_error(
            "stopped" + ("; the same command resumes after the last complete epoch" if resumes else ""), 130
        )
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        if error.errno is None:
            raise
        where = f" ({UserError(error.filename)})" if error.filename else ""
        if error.errno in FULL:
            return print_error(f"{error.strerror}{where}: make room, and the same command continues where it stopped")
        return print_error(f"{error.strerror}{where}: make this path readable and writable, or name another")
    except RecursionError as error:
        if not any("pathlib" in frame.filename for frame in traceback.extract_tb(error.__traceback__)[-3:]):
            raise
        return print_error("a path has too many folders, one in another: name a shorter one")
    except Exception as error:
        from lab import memory  # not at the top, where an old Python would fail before it is told so

        if not memory.ran_out(error):
            raise
        why = " ".join(str(error).split()) or type(error).__name__
        return print_error(f"out of memory ({why:.80}); give smaller settings")
    return 0


@contextlib.contextmanager
def interrupts_come_through() -> Iterator[None]:
    """Raises KeyboardInterrupt where a library answers it with an error of its own, as TensorFlow may."""
    try:
        yield
    except Exception as error:
        before = error.__context__
        while before is not None:
            if isinstance(before, KeyboardInterrupt):
                raise before from error
            before = before.__context__
        raise


def print_error(line: str, code: int = 2) -> int:
    """Prints the line as an error and returns the exit code."""
    sys.stdout.flush()
    print(f"error: {line}", file=sys.stderr)
    return code


def parse(words: Sequence[str], modules: dict[str, ModuleType]) -> argparse.Namespace:
    """Returns the options of a command, with its module and its parser.

    Raises:
        UserError: a word is wrong.
    """
    takes_settings = bool(words) and getattr(modules.get(words[0]), "TAKES_SETTINGS", False)
    # names of experiments come first; the words after them may be their settings
    names = list(takewhile(lambda word: not word.startswith("-"), words[1:])) if takes_settings else []
    options, flags = parser(modules).parse_known_args([*words[:1], *words[1 + len(names) :]])
    if flags and not takes_settings:
        raise UserError(f"{flags[0]} is no option of this command ('{PROGRAM} {words[0]} --help' lists them)")
    if takes_settings:
        options.names, options.flags = names, flags
    options.print_error = print_error
    return options


class Parser(argparse.ArgumentParser):
    """Raises errors in one line."""

    def error(self, message: str) -> NoReturn:
        """Raises a UserError instead of printing the usage."""
        raise UserError(f"{message} ('{self.prog} --help' helps)")


def parser(modules: dict[str, ModuleType]) -> Parser:
    """Returns the parser of all commands."""
    top = Parser(
        prog=PROGRAM,
        description="Recurrent networks, tried on real data.",
        allow_abbrev=False,
    )
    commands = top.add_subparsers(metavar="COMMAND", required=True, parser_class=Parser)
    for name, module in modules.items():
        text = (module.__doc__ or "").split("\n")[0]
        takes_settings = getattr(module, "TAKES_SETTINGS", False)
        own = commands.add_parser(
            name,
            help=text[0].lower() + text[1:].rstrip("."),
            description=text,
            usage=getattr(module, "USAGE", None),
            epilog=getattr(module, "EPILOG", None),
            allow_abbrev=False,
            add_help=not takes_settings,  # with a name, its --help lists the experiment's settings
        )
        module.add_options(own)
        own.set_defaults(command=module, parser=own)
    return top


def _commands() -> list[str]:
    return [module.name for module in pkgutil.iter_modules(commands.__path__)]


def keep_interrupts() -> None:
    """Makes sure that Ctrl-C isn't lost: Python drops a KeyboardInterrupt that is raised during garbage collection."""

    def raise_again(dropped: sys.UnraisableHookArgs) -> None:
        if stopped.is_set():
            return  # what Ctrl-C broke off in a library may complain when it is cleared away
        if dropped.exc_type is not KeyboardInterrupt:
            sys.__unraisablehook__(dropped)
        elif not sys.is_finalizing():
            with contextlib.suppress(RuntimeError):  # no thread starts while the program ends
                threading.Timer(0.01, _thread.interrupt_main).start()

    sys.unraisablehook = raise_again
    alone.set()


if __name__ == "__main__":
    keep_interrupts()
    sys.exit(main())
