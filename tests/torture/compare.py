"""Compares a run with an undisturbed one, byte for byte."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import yaml
from PIL import Image

TIMES = ("seconds", "seconds_per_epoch")
OWN = ("environment.json",)
"""Files that say where a run ran."""


def differences(whole: Path, experiment: Path) -> tuple[list[str], int]:
    """Returns how an experiment's only run differs from an undisturbed one, and how many bytes were compared.

    Args:
        whole: The folder of the undisturbed run.
        experiment: The folder in which the other run's folder is.
    """
    folders = [path for path in experiment.iterdir() if path.is_dir()] if experiment.is_dir() else []
    if [path.name for path in folders] != [whole.name]:
        return [f"instead of {whole.name} there is {[path.name for path in folders]}"], 0
    (folder,) = folders
    result, compared = [], 0
    names = {path.name for path in (*whole.iterdir(), *folder.iterdir()) if path.name not in (".lock", *OWN)}
    for name in sorted(names):
        if not (folder / name).is_file() or not (whole / name).is_file():
            result.append(f"{name} is {'extra' if (folder / name).exists() else 'missing'}")
            continue
        ours, theirs = (folder / name).read_bytes(), (whole / name).read_bytes()
        compared += len(theirs)
        if name == "metrics.json":
            ours, theirs = (json.dumps(_without_times(json.loads(content))).encode() for content in (ours, theirs))
        if ours != theirs:
            result.append(f"{name} differs from the undisturbed run's")
    return result, compared


def _without_times(metrics: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in metrics.items() if key not in TIMES}


def leftovers(results: Path) -> list[str]:
    """Returns which files should have been cleared away."""
    left = [path for path in results.rglob("*") if path.name.startswith(".writing-") or path.name == "checkpoint.npz"]
    return [f"{path.name} is left over" for path in left]


def broken_files(results: Path) -> list[str]:
    """Returns which files can't be read to their end. Temporary ones don't count."""
    result = []
    for path in sorted(results.rglob("*")):
        if path.is_file() and not path.name.startswith("."):
            try:
                _read(path)
            except Exception as error:
                result.append(f"{path.name} is broken: {error}")
    return result


def _read(path: Path) -> None:
    if path.suffix == ".json":
        json.loads(path.read_text(encoding="utf-8"))
    elif path.suffix == ".yaml":
        yaml.safe_load(path.read_text(encoding="utf-8"))
    elif path.suffix == ".csv":
        text = path.read_text(encoding="utf-8")
        if len({len(row) for row in csv.reader(io.StringIO(text))}) != 1 or not text.endswith("\n"):
            raise ValueError("its rows differ in length, or its end is missing")
    elif path.suffix == ".png":
        with Image.open(path) as image:
            image.load()
    elif path.suffix == ".h5":
        with h5py.File(path) as file:
            file.visititems(lambda _, item: item[()] if isinstance(item, h5py.Dataset) else None)
    elif path.suffix == ".npz":
        with np.load(path) as arrays:
            for key in arrays:
                arrays[key]
