"""Checkpoints, from which an interrupted run continues as if it had never stopped."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import keras
import numpy as np

from foundation.atomic import atomic
from foundation.user_error import UserError

PROGRESS = {"history", "best", "seconds", "quickest"}
"""What `lab.training` saves beside the state."""


def save(path: Path, model: keras.Model, progress: dict[str, Any]) -> None:
    """Writes the weights, the optimizer and every random state of `model`, and `progress`, which must fit JSON."""
    arrays = {f"{i:04d}": keras.ops.convert_to_numpy(v.value) for i, v in enumerate(_state(model))}
    with atomic(path) as beside, beside.open("wb") as stream:
        np.savez(stream, progress=np.array(json.dumps(progress)), **arrays)


def load(path: Path, model: keras.Model) -> dict[str, Any]:
    """Restores the saved state of `model`, and returns the saved progress.

    Raises:
        UserError: the checkpoint is damaged, or belongs to another model.
    """
    state = _state(model)
    try:
        with np.load(path, allow_pickle=False) as saved:
            arrays = [saved[key] for key in sorted(saved.files) if key != "progress"]
            progress = json.loads(str(saved["progress"]))
            complete = set(progress) >= PROGRESS
    except Exception as error:  # a damaged archive raises errors of many kinds
        raise UserError(f"{path} is damaged ({error}); delete it, and the same command starts the run anew") from error
    if not complete or [array.shape for array in arrays] != [tuple(variable.shape) for variable in state]:
        raise UserError(f"{path} belongs to another model; delete it, and the same command starts the run anew")
    for array, variable in zip(arrays, state, strict=True):
        variable.assign(array)
    return dict(progress)


def _state(model: keras.Model) -> list[keras.Variable]:
    # `variables` includes the states of seed generators, `weights` doesn't
    return [*model.variables, *model.optimizer.variables]
