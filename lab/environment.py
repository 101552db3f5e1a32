"""What a run works with: backend, cores, devices, versions. Imports no backend until asked for one."""

from __future__ import annotations

import math
import os
import platform
import re
import signal
import subprocess
import tempfile
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

from foundation.user_error import UserError

STEPS = 10  # a tenth less time where a step takes milliseconds; more steps gain nothing


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def share() -> int:
    """This process's share of the cores: all, or, under `make -jN`, an N-th; one where make doesn't tell N."""
    flags = os.environ.get("MAKEFLAGS", "")
    jobs = re.search(r"(?:^|\s)-j\s*(\d+)", flags)
    if jobs:
        return max(1, cores() // int(jobs[1]))
    return 1 if re.search(r"--jobserver|(?:^|\s)-j(?:\s|$)", flags) else cores()


def prepare(threads: int | None = None) -> None:
    """Chooses the backend and its number of threads; call it before Keras is imported."""
    count = str(threads or share())
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    for name in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS"):
        os.environ[name] = count
    if os.environ["KERAS_BACKEND"] == "jax" and count == "1":
        flags = os.environ.get("XLA_FLAGS", "")
        os.environ["XLA_FLAGS"] = f"{flags} --xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1".strip()


def load_backend() -> None:
    """Imports Keras and its backend, which takes seconds, and keeps the backend's chatter to itself.

    Raises:
        UserError: there is no such backend, or it isn't installed.
    """
    with interrupts_kept_back(), _native_stderr_kept_back():
        try:
            import keras  # noqa: F401
        except (ImportError, ValueError) as error:
            wanted = os.environ["KERAS_BACKEND"]
            raise UserError(
                f"KERAS_BACKEND is {wanted!r}, which can't be had ({error}); install or unset it"
            ) from error
        with suppress(ImportError):
            import tensorflow as tf  # Keras's `fit` imports it on other backends too

            tf.config.list_physical_devices()  # it speaks up where it finds no GPU
    warnings.filterwarnings("ignore", "Skipping variable loading")  # of another model's optimizer; an error follows


@contextmanager
def interrupts_kept_back() -> Iterator[None]:
    """Keeps Ctrl-C waiting: it aborts TensorFlow's start, and makes HDF5 print tracebacks."""
    ignored = signal.getsignal(signal.SIGINT) is not signal.default_int_handler
    if threading.current_thread() is not threading.main_thread() or ignored:
        yield
        return
    pressed: list[int] = []
    signal.signal(signal.SIGINT, lambda number, frame: pressed.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if pressed:
        raise KeyboardInterrupt


@contextmanager
def _native_stderr_kept_back() -> Iterator[None]:
    # TensorFlow's C++ part prints to file descriptor 2 whatever its log level says
    with tempfile.TemporaryFile() as kept:
        stderr = os.dup(2)
        os.dup2(kept.fileno(), 2)
        try:
            yield
        except Exception:
            kept.seek(0)
            os.write(stderr, kept.read())
            raise
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)


def jit_compile(wanted: bool) -> bool | str:
    """Whether to compile with XLA: as the settings say for TensorFlow on a CPU; elsewhere Keras knows best."""
    import keras

    return wanted if keras.backend.backend() == "tensorflow" and device() == "cpu" else "auto"


def steps_per_execution(steps_per_epoch: int) -> int:
    """How many steps TensorFlow makes between two returns to Python, which then shows progress and heeds Ctrl-C."""
    import keras

    # measured on TensorFlow only; an epoch must be a whole number of them
    return math.gcd(steps_per_epoch, STEPS) if keras.backend.backend() == "tensorflow" else 1


def describe() -> dict[str, Any]:
    """Backend, device, versions, threads, machine and commit, for the record."""
    import keras

    backend = keras.backend.backend()
    return {
        "backend": backend,
        "device": device(),
        "threads": int(os.environ.get("OMP_NUM_THREADS", cores())),
        "cores": cores(),
        "processor": processor(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "versions": {name: version(name) for name in ("keras", backend, "numpy", "pandas")},
        "commit": commit(),
    }


def device() -> str:
    """The GPU that the backend found, by name, or "cpu"."""
    import keras

    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        gpus = tf.config.list_physical_devices("GPU")
        return tf.config.experimental.get_device_details(gpus[0]).get("device_name", "gpu") if gpus else "cpu"
    if keras.backend.backend() == "jax":
        import jax

        return str(jax.devices()[0].device_kind).lower()
    import torch

    return torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu"


def processor() -> str:
    """The processor's name as the system gives it."""
    try:
        found = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    except OSError:
        found = None
    return found[1] if found else platform.processor() or platform.machine()


def commit() -> str | None:
    """The project's commit, with "+" where files differ from it; none outside a git checkout."""
    command = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty=+", "--abbrev=10"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None
