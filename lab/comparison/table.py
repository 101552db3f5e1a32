"""The table of a comparison: a row for each model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from statistics import fmean

import pandas as pd

from lab.comparison.entries import Comparison, Entry, mean_and_deviation
from lab.comparison.presentation import Presentation


def table(comparison: Comparison, presentation: Presentation) -> pd.DataFrame:
    """Returns a row for each model, best on validation first; several seeds as mean ± standard deviation.

    It has a column for each figure that any of the runs has; other models' cells are empty there.
    """
    every = [metrics for entry in comparison.entries for metrics in entry.metrics]
    places = [(split, figure) for split in ("validation", "test") for own in every for figure in own[split]]
    columns = list(dict.fromkeys(places))
    formats = {}
    for _, figure in columns:
        values = [own[split][figure] for own in every for split in ("validation", "test") if figure in own[split]]
        formats[figure] = f".{presentation.places(figure, values)}f"
    return pd.DataFrame(
        [_row(entry, columns, formats, comparison.metric, presentation) for entry in comparison.entries]
    )


def _row(
    entry: Entry,
    columns: Iterable[tuple[str, str]],
    formats: Mapping[str, str],
    metric: str,
    presentation: Presentation,
) -> dict[str, object]:
    first = entry.metrics[0]
    figures = {}
    for split, figure in columns:
        values = entry.values(split, figure)
        text = mean_and_deviation(values, formats[figure]) if len(values) else ""
        figures[f"{split} {presentation.heading(figure)}"] = text
    return {
        "experiment": entry.title,
        **figures,
        "published": presentation.published(entry.published, metric),
        "best epoch": "/".join(str(epoch) for epoch in sorted({own["best_epoch"] for own in entry.metrics})),
        "epochs": first["epochs"],
        "seeds": len(entry.runs),
        "parameters": f"{first['parameters']:,}",
        "seconds": f"{fmean(own['seconds'] for own in entry.metrics):.0f}",
    }
