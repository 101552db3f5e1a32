"""Times peers in turn, so that a machine whose speed changes treats all of them alike."""

from __future__ import annotations

import importlib.util
import statistics
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TypeVar

from benchmarks.measuring.processes import died_as_user_error, process

T = TypeVar("T")
Functions = dict[str, Callable[[], object]]
QUICK = "the quick peers"


@dataclass(frozen=True)
class Peer:
    """One side of a comparison, which runs in a process of its own."""

    prepare: Callable[..., Functions]
    """Returns the functions to time, by name. It is called in the peer's process, and defined at a module's level."""
    arguments: tuple[object, ...] = ()
    """What `prepare` is called with."""
    package: str | None = None
    """A Python package that the peer needs and this project does not install."""
    copies: int = 1
    """How many processes run the same function at once, each on its share of the cores."""


def in_turn(peers: Mapping[str, Peer], quick: bool, rounds: int = 7) -> dict[str, dict[str, float]]:
    """Returns the median seconds of each function of each peer; peers whose package is missing are left out.

    Each function is called once to warm up. Then each of the `rounds` calls all functions of all peers once. With
    `quick` there is one round, and peers that need no other package share a process, which saves most of the time.

    Raises:
        UserError: the process of a peer died.
    """
    seconds: dict[str, dict[str, list[float]]] = {}
    with ExitStack() as stack:
        pools: dict[str, list[ProcessPoolExecutor]] = {}
        for name, peer in installed(peers).items():
            home = QUICK if quick and not peer.package else name
            if home not in pools:
                pools[home] = [stack.enter_context(process(peer.copies)) for _ in range(peer.copies)]
            pools[name] = pools[home]
            functions = _all(name, pools[name], _prepare, name, peer.prepare, peer.arguments)[0]
            seconds[name] = {function: [] for function in functions}
        for number in range(2 if quick else 1 + rounds):
            for name, times in seconds.items():
                for function in times:
                    took = _all(name, pools[name], _time, name, function)
                    if number:
                        times[function] += took
    return {
        name: {function: statistics.median(took) for function, took in times.items()} for name, times in seconds.items()
    }


def _all(name: str, pools: list[ProcessPoolExecutor], function: Callable[..., T], *arguments: object) -> list[T]:
    """Returns what a function returns in each of a peer's processes, at the same time."""
    with died_as_user_error(name):
        futures = [pool.submit(function, *arguments) for pool in pools]
        return [future.result() for future in futures]


def installed(peers: Mapping[str, Peer]) -> dict[str, Peer]:
    """Returns the peers that can run here, and names the others."""
    missing = {
        name: peer.package
        for name, peer in peers.items()
        if peer.package and not importlib.util.find_spec(peer.package)
    }
    for name, package in missing.items():
        print(f"\n{name} is left out: it is not installed (pip install {package})", flush=True)
    return {name: peer for name, peer in peers.items() if name not in missing}


_functions: dict[tuple[str, str], Callable[[], object]] = {}  # those of the peers in this process


def _prepare(name: str, prepare: Callable[..., Functions], arguments: tuple[object, ...]) -> list[str]:
    functions = prepare(*arguments)
    _functions.update({(name, function): call for function, call in functions.items()})
    return list(functions)


def _time(name: str, function: str) -> float:
    started = time.perf_counter()
    _functions[name, function]()
    return time.perf_counter() - started
