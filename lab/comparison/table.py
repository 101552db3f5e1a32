"""The table of a comparison: a row for each model."""

from __future__ import annotations

from statistics import fmean

import pandas as pd

from lab.comparison.entries import Comparison, Entry, mean_and_deviation
from lab.comparison.presentation import Presentation


def table(comparison: Comparison, presentation: Presentation) -> pd.DataFrame:
    """Returns a row for each model, best on validation first; several seeds as mean ± standard deviation."""
    return pd.DataFrame([_row(entry, comparison.metric, presentation) for entry in comparison.entries])


def _row(entry: Entry, metric: str, presentation: Presentation) -> dict[str, object]:
    first = entry.metrics[0]
    figures = {
        f"{split} {presentation.heading(figure)}": mean_and_deviation(
            entry.values(split, figure), f".{presentation.places(figure)}f"
        )
        for split in ("validation", "test")
        for figure in first[split]
    }
    return {
        "experiment": entry.label,
        **figures,
        "published": presentation.published(entry.published, metric),
        "best epoch": "/".join(str(epoch) for epoch in sorted({own["best_epoch"] for own in entry.metrics})),
        "epochs": first["epochs"],
        "seeds": len(entry.runs),
        "parameters": f"{first['parameters']:,}",
        "seconds": f"{fmean(own['seconds'] for own in entry.metrics):.0f}",
    }
