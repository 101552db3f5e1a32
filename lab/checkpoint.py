"""The best weights of a run, and checkpoints, from which it continues as if it had never stopped."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Collection
from pathlib import Path
from typing import Any

import keras
import numpy as np

from foundation.atomic import atomic
from foundation.user_error import UserError

NUMBERS = "biufV"  # NumPy's kinds of numbers; V is bfloat16


def save(path: Path, model: keras.Model, progress: dict[str, Any]) -> None:
    """Writes the weights, the optimizer and every random state of `model`, and `progress`, which must fit JSON."""
    arrays = {f"{i:04d}": keras.ops.convert_to_numpy(v.value) for i, v in enumerate(_state(model))}
    with atomic(path) as beside, beside.open("wb") as stream:
        np.savez(stream, progress=np.array(json.dumps(progress)), **arrays)


class _InMemory(io.BytesIO):
    def __str__(self) -> str:
        return ".weights.h5"  # Keras looks at the end of a file's name


def save_weights(path: Path, network: keras.Model) -> None:
    """Writes the weights of `network`, whole or not at all."""
    file = _InMemory()  # HDF5 crashes if the disk gets full while it writes
    network.save_weights(file)
    with atomic(path) as beside:
        beside.write_bytes(file.getbuffer())


def load(path: Path, model: keras.Model, columns: Collection[str]) -> dict[str, Any]:
    """Restores the saved state of `model`, and returns the saved progress.

    Args:
        path: The checkpoint.
        model: A model built as the saved one was.
        columns: What each row of the saved history has.

    Raises:
        UserError: the checkpoint is damaged, or belongs to another model.
    """
    state = _state(model)
    try:
        with np.load(path, allow_pickle=False) as saved:
            arrays = [saved[key] for key in sorted(saved.files) if key != "progress"]
            progress = json.loads(str(saved["progress"]))
        if not (_sound(progress, columns) and all(map(_numbers, arrays))):
            raise ValueError("a value in it is no number")
    except Exception as error:  # a damaged archive raises errors of many kinds
        why = " ".join(str(error).split())
        raise UserError(f"{path} is damaged ({why}); delete it, and the same command starts the run anew") from error
    if [array.shape for array in arrays] != [tuple(variable.shape) for variable in state]:
        raise UserError(f"{path} belongs to another model; delete it, and the same command starts the run anew")
    for array, variable in zip(arrays, state, strict=True):
        variable.assign(array)
    return dict(progress)


def _sound(progress: Any, columns: Collection[str]) -> bool:
    rows = [*progress["history"], *([] if progress["best"] is None else [progress["best"]])]
    values = [progress["seconds"], progress["quickest"], *(row[column] for row in rows for column in columns)]
    return all(isinstance(value, int | float) and not math.isnan(value) for value in values)


def _numbers(array: np.ndarray) -> bool:
    # a training whose weights are no longer finite has diverged, and saves none
    return array.dtype.kind in NUMBERS and (array.dtype.kind != "f" or bool(np.isfinite(array).all()))


def _state(model: keras.Model) -> list[keras.Variable]:
    # `variables` includes the states of seed generators, `weights` doesn't
    return [*model.variables, *model.optimizer.variables]
