"""Checkpoints, from which an interrupted run continues as if it had never stopped."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import keras
import numpy as np

from foundation.atomic import atomic
from foundation.user_error import UserError


def save(path: Path, model: keras.Model, progress: dict[str, Any]) -> None:
    """Writes the weights, the optimizer and every random state of `model`, and `progress`, which must fit JSON."""
    arrays = {f"{i:04d}": keras.ops.convert_to_numpy(v.value) for i, v in enumerate(_state(model))}
    with atomic(path) as beside, beside.open("wb") as stream:
        np.savez(stream, progress=np.array(json.dumps(progress)), **arrays)


def load(path: Path, model: keras.Model) -> dict[str, Any]:
    """Restores the saved state of `model`, and returns the saved progress.

    Raises:
        UserError: the checkpoint belongs to another model.
    """
    with np.load(path, allow_pickle=False) as saved:
        state = _state(model)
        keys = sorted(key for key in saved.files if key != "progress")
        if len(keys) != len(state) or any(saved[k].shape != v.shape for k, v in zip(keys, state, strict=True)):
            raise UserError(f"{path} belongs to another model than the code builds; move its folder away to start anew")
        for key, variable in zip(keys, state, strict=True):
            variable.assign(saved[key])
        return dict(json.loads(str(saved["progress"])))


def _state(model: keras.Model) -> list[keras.Variable]:
    # `variables` includes the states of seed generators, `weights` doesn't
    return [*model.variables, *model.optimizer.variables]
