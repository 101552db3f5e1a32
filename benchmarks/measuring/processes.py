"""Runs functions in fresh processes, so that no library and no measurement disturbs another."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import TypeVar

from foundation.user_error import UserError

T = TypeVar("T")


@contextmanager
def process(copies: int = 1) -> Iterator[ProcessPoolExecutor]:
    """Starts a process that runs the functions submitted to it one after another, and ends it after the block.

    Args:
        copies: How many such processes work side by side; each uses its share of the cores, as under `make -j`.
    """
    # spawn starts a new Python; a forked process would inherit the memory and the libraries of its parent
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, spawn, initializer=_start, initargs=(copies,)) as pool:
        yield pool


def fresh(function: Callable[..., T], *arguments: object) -> T:
    """Returns what a function returns in a fresh process.

    Raises:
        UserError: the process ended before the function did.
    """
    with died_as_user_error(function.__module__), process() as pool:
        return pool.submit(function, *arguments).result()


@contextmanager
def died_as_user_error(name: str) -> Iterator[None]:
    """Reports a process that died in one line."""
    try:
        yield
    except BrokenProcessPool as error:
        raise UserError(f"the process of {name} died; free some memory, then try again") from error


def _start(copies: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C ends the process without a traceback
    if copies > 1:
        os.environ["MAKEFLAGS"] = f"-j{copies}"
