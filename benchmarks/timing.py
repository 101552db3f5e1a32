"""Times functions in turn, so that a machine whose speed drifts is as fair to one as to the other."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable


def in_turn(functions: dict[str, Callable[[], object]], rounds: int = 7) -> dict[str, float]:
    """Median seconds of each function, called once unmeasured and then `rounds` times, all of them in each round."""
    for function in functions.values():
        function()
    seconds: dict[str, list[float]] = {name: [] for name in functions}
    for _ in range(rounds):
        for name, function in functions.items():
            started = time.perf_counter()
            function()
            seconds[name].append(time.perf_counter() - started)
    return {name: statistics.median(values) for name, values in seconds.items()}


def table(title: str, rows: list[dict[str, object]]) -> None:
    """Prints a Markdown table."""
    from tabulate import tabulate

    print(f"\n## {title}\n\n{tabulate(rows, headers='keys', tablefmt='github', floatfmt='.3g')}", flush=True)
