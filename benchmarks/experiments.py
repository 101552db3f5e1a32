"""Each Jena experiment beside the deck's form of it: a tenth of an epoch, training and validation."""

from __future__ import annotations

import statistics

from benchmarks.epoch import side_by_side
from benchmarks.timing import table
from experiments import catalogue

SHARE = 0.1


def main() -> None:
    """Prints the seconds of a whole epoch, as ten times a tenth."""
    rows: list[dict[str, object]] = []
    for name in catalogue.names("jena"):
        if name == "jena/common_sense":
            continue  # it isn't trained
        deck, ours = (statistics.median(side_by_side([way, name, str(SHARE)])) / SHARE for way in ("deck", "ours"))
        rows.append({"experiment": name, "the deck's, s an epoch": deck, "ours": ours, "ratio": ours / deck})
    table("Each experiment, 420,551 rows", rows)
