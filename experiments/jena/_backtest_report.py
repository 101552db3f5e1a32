"""What a backtest found, in words and tables."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from experiments.jena import _backtest
from experiments.jena._asked import Asked
from experiments.jena._backtest import Backtest, Difference, unit
from experiments.protocol import Finished
from foundation.atomic import atomic
from foundation.user_error import UserError
from lab.trained_runs import introduce
from tables.bootstrap import BLOCK

LEAD_TIMES = 12
"""Lead times that are printed."""
PROTOCOL = ("every", "lookback", "delay", "horizon", "targets")
"""Settings that runs must share to be compared in the same windows."""


def backtest(asked: Finished, others: Sequence[Finished], csv: str) -> str:
    """Returns how good a run is on a later file, and draws it.

    Args:
        asked: The run.
        others: Runs of other experiments, to check their order.
        csv: The file.

    Raises:
        UserError: the file cannot be read, has no whole window, or is unlike the run's training data.
    """
    from experiments.jena import _backtest_picture
    from lab.environment import load_backend

    table = asked.config.table(csv)
    first = Asked(*asked, table)
    rows, left_out = _backtest.windows(first)
    load_backend()
    own = _backtest.backtest(first, rows, left_out)
    rivals = []
    for other in others:
        if all(getattr(other.config, key) == getattr(asked.config, key) for key in PROTOCOL):
            try:
                rivals.append(_backtest.backtest(Asked(*other, table), rows))
            except UserError as error:
                print(f"left out: {error}", file=sys.stderr)
    picture = _backtest_picture.draw(own)
    with atomic(picture.with_suffix(".csv")) as path:
        number = f"%.{first.error_decimals + 2}f"
        own.by_month().to_csv(path, index=False, lineterminator="\n", float_format=number)
    lines = [
        *report(own, rivals),
        f"The months are in {picture} and {picture.stem}.csv",
        *(f"{table.source}: {phrase}" for phrase in table.report.told()),
    ]
    return "\n".join(lines)


def report(own: Backtest, rivals: Sequence[Backtest]) -> list[str]:
    """Returns the report's lines.

    Args:
        own: The backtest that was asked for.
        rivals: Those of other runs, in the same windows.
    """
    first, last = own.times[[0, -1]]
    lines = [
        f"{len(own.rows):,} windows of {own.asked.table.source}, forecast from {first:%Y-%m-%d %H:%M} to "
        f"{last:%Y-%m-%d %H:%M}",
        introduce(own.asked.run),
        *(f"Warning: {phrase}" for phrase in _warnings(own)),
        "",
        _markdown(_overall(own), own),
        "",
        *(_compared(own, name) for name in list(own.errors)[1:]),
        *_band(own),
        "",
        _markdown(own.by_month(), own),
        "",
    ]
    if len(own.asked.ahead) > 1:
        table = own.by_lead_time()
        places = np.unique(np.linspace(0, len(table) - 1, LEAD_TIMES).astype(int))
        lines += [_markdown(table.iloc[places], own), ""]
    return [*lines, *_ranking(own, rivals)]


def _overall(own: Backtest) -> pd.DataFrame:
    return pd.DataFrame({"forecast": list(own.errors), _with_unit("off on average", own): map(own.error, own.errors)})


def _compared(own: Backtest, name: str) -> str:
    difference = own.beyond(name)
    if np.isnan(difference.mean):
        return f"{name[0].upper()}{name[1:]} is not known for the whole of any window."
    better = "better" if difference.mean > 0 else "worse"
    return f"{own.name} is {better} than {name}, by {_interval(difference, own)}."


def _interval(difference: Difference, own: Backtest) -> str:
    """Returns the size of a difference with its interval, turned so that the size is positive."""
    number = f".{own.asked.error_decimals}f"
    low, high = sorted(np.sign(difference.mean or 1) * np.array([difference.low, difference.high]))
    if np.isnan(low):
        why = f"too few days for an interval, which needs {4 * BLOCK}"
    else:
        why = f"95% confidence: {low:{number}} to {high:{number}}, over blocks of {BLOCK} days"
    return f"{abs(difference.mean):{number}}{unit(own.asked)} ({why})"


def _band(own: Backtest) -> list[str]:
    metrics = own.asked.run.metrics()
    if own.inside is None:
        return [f"{own.name} has no band, as {metrics.get('no_band') or 'it was made before runs had one'}."]
    before = metrics["test"].get("coverage", np.nan)
    here = f"Its band for {own.promised:.0%} holds {own.coverage:.0%} of the values here"
    return [here + ("." if np.isnan(before) else f", and held {before:.0%} on its test period.")]


def _warnings(own: Backtest) -> list[str]:
    """Returns what limits the backtest."""
    phrases = list(own.left_out)
    begins = _test_begins(own.asked)
    early = float((own.times < begins).mean()) if begins is not None else 0.0
    if early:
        phrases.append(
            f"{early:.0%} of the forecasts are for a time before {begins:%Y-%m-%d}, about when the run's test period "
            f"begins: it has learned from such days"
        )
    return phrases


def _test_begins(asked: Asked) -> pd.Timestamp | None:
    """Returns about when a run's test period begins, by its share of the rows; None if no real time is known."""
    data, end = asked.data, asked.config.validation_end
    if data["simulated"] or not {"first", "last", "rows"} <= data.keys():
        return None
    if isinstance(end, str):
        return pd.Timestamp(end)
    first, last = pd.Timestamp(data["first"]), pd.Timestamp(data["last"])
    return first + (last - first) * (end if end < 1 else min(1.0, end / data["rows"]))


def _ranking(own: Backtest, rivals: Sequence[Backtest]) -> list[str]:
    """Returns whether the order of the runs is that of their test period."""
    if not rivals:
        return ["No other run of the group can answer under these conditions, so there is no order to check."]
    every = [own, *rivals]
    test = {one.name: _test(one.asked) for one in every}
    here = {one.name: one.error(one.name) for one in every}
    table = pd.DataFrame(
        {"experiment": test.keys(), "test period": test.values(), _with_unit("here", own): here.values()}
    )
    table = table.sort_values(table.columns[-1])
    lines = [_markdown(table, own), ""]
    swapped = [
        pair
        for pair in combinations(every, 2)
        if (test[pair[0].name] - test[pair[1].name]) * (here[pair[0].name] - here[pair[1].name]) < 0
    ]
    if not swapped:
        return [*lines, "The order of the test period still holds."]
    for one, other in swapped:
        better, worse = sorted((one, other), key=lambda backtest: here[backtest.name])
        difference = better.beyond("", worse.errors[worse.name])
        sure = "" if difference.decided else ", which may be chance"
        lines.append(
            f"The order of the test period does not hold: {better.name} is now better than {worse.name}, by "
            f"{_interval(difference, own)}{sure}."
        )
    return lines


def _test(asked: Asked) -> float:
    """Returns a run's error on its test period, in the unit of a backtest's errors."""
    places = asked.config.places
    size = asked.data["std"][places[0]] if len(places) == 1 else 1
    return float(asked.run.metrics()["test"].get("mae", np.nan) * size)


def _with_unit(words: str, own: Backtest) -> str:
    return ",".join(filter(None, [words, unit(own.asked)]))


def _markdown(table: pd.DataFrame, own: Backtest) -> str:
    """Returns a table of errors and of shares in the band."""
    formats = [".2f" if column == "in band" else f".{own.asked.error_decimals}f" for column in table]
    return table.astype(object).to_markdown(index=False, floatfmt=formats)  # so that whole numbers stay whole
