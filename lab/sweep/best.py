"""A sweep's best point, and what it reaches on the test set."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Sequence
from typing import Any

from foundation.user_error import UserError
from lab import environment
from lab.sweep.rows import Row, rows
from lab.sweep.space import label
from lab.sweep.trials import Trial
from lab.sweep.worker import Start


def evaluate_best(trials: Sequence[Trial], threads: int, start: Start, result: Callable[[dict[str, Any]], str]) -> str:
    """Completes the runs of the best point, which evaluates them on the test set, and returns what they reached.

    Args:
        trials: The sweep's.
        threads: Cores of a run.
        start: Runs a point with a seed.
        result: Maps a run's metrics to words.

    Raises:
        UserError: no point was trained with every seed.
    """
    best = best_row(trials)
    environment.prepare(threads)
    lines = [f"the best on validation: {label(best.point)}"]
    for trial in best.trials:
        with contextlib.redirect_stdout(io.StringIO()):
            run = start(trial.point, trial.seed, lambda progress: None)
        lines += [f"{trial.label}:", result(run.metrics()), str(run.folder)]
    return "\n".join(lines)


def best_row(trials: Sequence[Trial]) -> Row:
    """Returns the point that is best on validation among those that were trained to the end with every seed.

    Raises:
        UserError: there is none.
    """
    complete = [row for row in rows(trials) if row.complete]
    if not complete:
        raise UserError("no point was trained to its last epoch with every seed, so there is none to test")
    return complete[0]
