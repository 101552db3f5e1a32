"""A process that has everything imported, and runs each command in a fork of itself: in milliseconds, not seconds.

It reads one request per line from stdin, as JSON, and answers each with a line. `tests/torture/forks.py` starts it.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import sys
import time
import traceback
from pathlib import Path
from typing import Any

MEMORY = 4 * 2**30  # bytes that a command may take beyond what the server has


class Works(SystemExit):
    """The command was accepted, and its work would begin now."""


def serve() -> None:
    """Answers requests until stdin ends."""
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"  # as the suite sets it, but here TensorFlow is imported before
    from experiments import catalogue, loading
    from experiments.__main__ import main

    for name in catalogue.names():
        loading.experiment(name)
    import bokeh.plotting  # noqa: F401
    import matplotlib.figure  # noqa: F401
    import pandas  # noqa: F401

    answers = os.fdopen(os.dup(1), "w")
    print("ready", file=answers, flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        if request["backend"]:
            import keras  # noqa: F401  starts no threads as long as it computes nothing
        child = os.fork()
        if not child:
            _run(main, request)
        print(json.dumps(_wait(child, request["seconds"])), file=answers, flush=True)


def _wait(child: int, seconds: float) -> int:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.005)
    os.killpg(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _run(main: Any, request: dict[str, Any]) -> None:
    """Runs the command in this process, which ends with it."""
    code: Any = 1
    try:
        os.setsid()
        for number, name in enumerate((os.devnull, request["stdout"], request["stderr"])):
            os.dup2(os.open(name, os.O_RDWR | os.O_CREAT | os.O_TRUNC), number)
        sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", errors="backslashreplace", closefd=False)  # noqa: SIM115
        os.environ.update(request["environment"])
        _limit(request["processor_seconds"])
        _stand_in(request["until"])
        code = main(request["words"])
    except SystemExit as end:
        code = end.code
        if code is not None and not isinstance(code, int):
            print(code, file=sys.stderr)
            code = 1
    except BaseException:
        traceback.print_exc()
    finally:
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        finally:
            os._exit(code or 0)


def _limit(processor_seconds: int) -> None:
    """Bounds memory and time, and takes away the network."""
    size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + MEMORY, size + MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (processor_seconds, processor_seconds + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    def unreachable(*arguments: Any, **named: Any) -> Any:
        raise OSError(101, "Network is unreachable")

    socket.getaddrinfo = socket.socket.connect = unreachable  # type: ignore[method-assign]


def _stand_in(until: str) -> None:
    """Ends the command where its work would begin.

    Args:
        until: "end" for no such place, "work" for where a run is opened, "training" for where it is trained, or a
            number of epochs after which it is interrupted.
    """
    from experiments import making
    from lab import runs
    from lab.sweep import tuning

    def works(*arguments: Any, **named: Any) -> Any:
        print("accepted")
        raise Works(0)

    tuning._tune = _without_ray if until == "end" else works
    if until != "end":
        making.make = works
    if until == "work":
        runs.perform = works
    elif until != "end":
        from lab import training

        if until == "training":
            training.train = works
        else:
            after = training.Progress.on_epoch_end

            def interrupt(progress: Any, epoch: int, logs: Any = None) -> None:
                after(progress, epoch, logs)
                if epoch + 1 == int(until):
                    raise KeyboardInterrupt

            training.Progress.on_epoch_end = interrupt


def _without_ray(plan: Any, machine: Any, start: Any, trials_file: Any, known: Any, remaining: Any, total: int) -> None:
    """Runs a sweep's trials one after the other in this process."""
    from dataclasses import replace

    for trial in remaining:
        run = start(trial.point, trial.seed, lambda progress: None)
        metrics, settings = run.metrics(), run.settings()
        trials_file.write(
            replace(
                trial,
                state="trained",
                folder=str(run.folder),
                metric=metrics["metric"],
                value=metrics["validation"][metrics["metric"]],
                best_epoch=metrics["best_epoch"],
                epochs=metrics["epochs"],
                conditions=metrics["data"]["conditions"],
                data=settings["data"],
            )
        )


if __name__ == "__main__":
    sys.path.pop(0)  # this folder's modules aren't meant
    serve()
