"""Ray, on this machine alone or on a cluster of machines."""

from __future__ import annotations

import contextlib
import importlib.util
import logging
import os
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from foundation.user_error import UserError
from lab import environment
from lab.runs import RESULTS

OBJECT_STORE = 100_000_000  # bytes; trials pass no data to each other
LOST = 3
"""Workers that a trial or a job may lose before it counts as failed, and times that a sweep starts Ray here."""
INTERVAL = 5.0
"""Seconds between checks that Ray's node on this machine is alive. Without it, a command would wait for ever."""
FOR_WORKERS = ("LAB_DATA_MIRROR", "KERAS_BACKEND")
"""Environment variables that workers get from the command's process."""


class NodeLostError(UserError):
    """Ray's node on this machine died, or didn't start."""


class Watchman:
    """Looks from time to time whether Ray's node on this machine is alive. Ray must be connected."""

    def __init__(self) -> None:
        import ray

        self.node = ray.get_runtime_context().get_node_id()
        self.checked = time.monotonic()

    def check(self) -> None:
        """Looks, if it is time to.

        Raises:
            NodeLostError: the node died.
        """
        import ray

        if time.monotonic() < self.checked + INTERVAL:
            return
        self.checked = time.monotonic()
        if not any(node["NodeID"] == self.node and node["Alive"] for node in ray.nodes()):
            raise NodeLostError("Ray's node on this machine died; run the same command again to continue")


@dataclass(frozen=True)
class Machine:
    """What trials run on."""

    workers: int | None
    """Trials at a time; None for as many as there is room for."""
    cpus: int
    """Cores of each trial."""
    gpus: float
    """GPUs of each trial."""
    address: str | None
    """The address of a Ray cluster; None for this machine alone."""

    @property
    def room(self) -> int:
        """Trials at a time on this machine."""
        return self.workers or max(1, environment.cores() // self.cpus)


def require(what: str, *packages: str) -> None:
    """Makes sure that what a sweep or a cluster needs is installed.

    Raises:
        UserError: a package is not.
    """
    for package in packages:
        if importlib.util.find_spec(package) is None:
            raise UserError(f"{what} needs {package}, which isn't installed; make sweep installs it")


@contextlib.contextmanager
def connected(machine: Machine) -> Iterator[None]:
    """Starts Ray on this machine, or connects to a cluster, until the block is done.

    Raises:
        UserError: there is no cluster at the address.
        NodeLostError: Ray didn't start.
    """
    import ray

    variables = {key: os.environ[key] for key in FOR_WORKERS if key in os.environ}
    variables |= {"LAB_RESULTS": str(RESULTS.absolute()), "PYTHONPATH": str(Path(__file__).parents[2])}
    own = {
        "num_cpus": machine.room * machine.cpus,
        "object_store_memory": OBJECT_STORE,
        "include_dashboard": False,
    }
    if machine.address:
        _check_reachable(machine.address)
    try:
        ray.init(
            address=machine.address or "local",
            runtime_env={"env_vars": variables},
            log_to_driver=False,
            logging_level=logging.CRITICAL,
            **({} if machine.address else own),  # type: ignore[arg-type]
        )
    except ConnectionError as error:
        raise UserError(
            f"the Ray cluster at {machine.address} refuses the connection; set RAY_AUTH_MODE=token and use its token "
            "(docs/cluster.md)"
        ) from error
    except Exception as error:
        if "timed out during startup" not in str(error):  # Ray has no class for it
            raise
        ray.shutdown()
        raise NodeLostError("Ray took too long to start, as on a busy machine; run the same command again") from error
    try:
        yield
    finally:
        ray.shutdown()


def _check_reachable(address: str) -> None:
    """Raises a UserError if nothing answers at a cluster's address; Ray itself would go on trying for ten minutes."""
    from ray._private.services import canonicalize_bootstrap_address

    try:
        host, _, port = (canonicalize_bootstrap_address(address) or "").rpartition(":")
        socket.create_connection((host.strip("[]"), int(port)), timeout=10).close()
    except (OSError, ValueError) as error:
        raise UserError(f"no Ray cluster answers at {address}; docs/cluster.md says how to start one") from error


def trials_at_a_time(machine: Machine, in_turn: bool) -> int | None:
    """Returns how many trials may run at a time; None for as many as the cluster has room for, even if it grows.

    Args:
        machine: What trials run on. Ray must be connected.
        in_turn: Whether later trials depend on the results of earlier ones, so that there must be a limit.
    """
    if machine.address is None or machine.workers:
        return machine.room
    if not in_turn:
        return None
    import ray

    return max(1, int(ray.cluster_resources().get("CPU", 1)) // machine.cpus)
