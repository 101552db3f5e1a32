"""Finished runs as experiments leave them, without their trainings."""

import json
from pathlib import Path

import pandas as pd
import yaml

from lab.comparison.presentation import Presentation
from lab.runs import Run
from lab.settings import defaults

PRESENTATION = Presentation(
    baseline="jena/common_sense",
    headings={"mae_celsius": "°C"},
    words={"mae_celsius": "mean absolute error in °C"},
    digits={"mae_celsius": 2},
    unit="°C",
)

ENVIRONMENT = {
    "backend": "tensorflow",
    "device": "cpu",
    "threads": 1,
    "cores": 2,
    "processor": "A Processor",
    "system": "Linux x86_64",
    "python": "3.11.7",
    "versions": {"keras": "3.15.1", "tensorflow": "2.21.0"},
    "commit": "0123456789",
}


def finish(
    root: Path,
    name: str,
    error: float = 0.3,
    *,
    seed: int = 0,
    profiles: tuple[str, ...] = (),
    conditions: str = "weather",
    simulated: bool = False,
    curve: tuple[float, ...] = (0.4, 0.3),
    offset: float | None = None,
    **own: object,
) -> Run:
    """Writes a complete run of an experiment on the weather, and returns it.

    Args:
        root: The folder of all results.
        name: The experiment.
        error: Its mean absolute error on validation and test.
        seed: Its seed.
        profiles: Its profiles.
        conditions: The data and the protocol in words.
        simulated: Whether the data were simulated.
        curve: Its validation error in each epoch; its training error is half of that. Empty for a run without training.
        offset: By how much its forecasts are too high, over 60 days; None for a run without forecasts.
        own: Settings that aren't the profiles'.
    """
    settings = {**defaults(name, profiles), "seed": seed, **own}
    before = len(list((root / name).glob("*")))
    run = Run(root / name / f"seed{seed}-{before:08x}")
    run.folder.mkdir(parents=True)
    record = {"profiles": list(profiles), "data": "abc", "backend": "tensorflow", "settings": settings}
    run.settings_file.write_text(yaml.safe_dump(record, sort_keys=False))
    figures = {"mae": error, "mae_celsius": error * 8}
    metrics = {"name": name, "metric": "mae", "validation": figures, "test": figures, "best_epoch": 1}
    metrics |= {"epochs": len(curve), "parameters": 1234, "seconds": 60.0}
    metrics["last"] = {"epoch": len(curve)} if curve else None
    metrics["data"] = {"conditions": conditions, "simulated": simulated}
    run.metrics_file.write_text(json.dumps(metrics))
    (run.folder / "environment.json").write_text(json.dumps(ENVIRONMENT))
    if curve:
        validation = pd.Series(curve)
        columns = {"epoch": range(1, len(curve) + 1), "loss": validation / 2, "mae": validation / 2}
        table = pd.DataFrame({**columns, "val_loss": validation, "val_mae": validation})
        table.to_csv(run.history_file, index=False)
    if offset is not None:
        time = pd.date_range("2014-09-19 02:20", periods=60 * 24, freq="h")
        truth = pd.Series(range(len(time))) % 24
        table = pd.DataFrame({"time": time, "truth": truth, "forecast": truth + offset})
        table.to_csv(run.folder / "forecasts.csv", index=False)
    return run


def judge(root: Path, *verdicts: dict[str, object]) -> None:
    """Writes verdicts on claims. Each is given by what differs from a claim that a GRU's error confirms."""
    usual = {
        "id": "gru",
        "page": "A page",
        "claim": "A GRU forecasts",
        "experiments": ["jena/gru"],
        "rule": "validation.mae of jena/gru: below 0.3",
        "verdict": "holds",
        "figure": "0.25 ± 0.01 (0.24 … 0.26)",
        "seeds": [0, 1, 2],
        "conditions": "weather",
        "profiles": [],
        "simulated": False,
        "notes": [],
        "missing": [],
        "scale": "plain",
        "values": [0.24, 0.25, 0.26],
        "interval": [0.24, 0.26],
        "bounds": [None, 0.3],
        "under": [],
    }
    (root / "claims").mkdir(parents=True)
    (root / "claims/verdicts.json").write_text(json.dumps([{**usual, **verdict} for verdict in verdicts]))
