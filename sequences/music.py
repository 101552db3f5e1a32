"""JSB Chorales and Nottingham: predicting the keys of the next frame (arXiv 1803.01271, section 4.2)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import numpy as np

from foundation.fetch import DATA, fetch
from foundation.user_error import UserError
from sequences.task import PARTS, UNSCORED, Array, Batch, Part, Task, fingerprint

FILES = {"jsb_chorales": "music/JSB_Chorales.mat", "nottingham": "music/Nottingham.mat"}
VARIABLES: dict[Part, str] = {"training": "traindata", "validation": "validdata", "test": "testdata"}
KEYS = 88


def load(
    name: Literal["jsb_chorales", "nottingham"],
    *,
    batch_size: int = 1,
    padded: bool = False,
    seed: int = 0,
    folder: Path = DATA,
    mirror: str | None = None,
) -> Task:
    """Returns the task, read from a file of piano rolls.

    x is float32, shape (batch, frames, 88), 1 for a key that sounds. y is x one frame later. The paper trains on one
    piece at a time, without padding. In larger batches, pieces are padded at the end to the next power of two, and
    batches hold pieces of one padded length. Padding is 0 in x, and `UNSCORED` for all keys in y. Validation and test
    are padded in the same way.

    Args:
        name: The name of the data set.
        batch_size: The number of pieces in a batch.
        padded: Whether to pad single pieces too, so that a model is compiled for few lengths.
        seed: The seed of the order in each epoch.
        folder: The data folder.
        mirror: The folder or address to look in before the public addresses.

    Raises:
        UserError: the file cannot be fetched, or does not hold piano rolls.
    """
    rolls = _read(fetch(FILES[name], folder, mirror))
    exact = np.array([len(roll) - 1 for roll in rolls["training"]])
    lengths = _powers(exact) if padded or batch_size > 1 else exact

    def batches(epoch: int) -> Iterator[Batch]:
        rng = np.random.default_rng((seed, epoch))
        order = rng.permutation(len(lengths))
        alike = [order[lengths[order] == length] for length in np.unique(lengths)]
        groups = [rows[i : i + batch_size] for rows in alike for i in range(0, len(rows), batch_size)]
        for i in rng.permutation(len(groups)):
            yield _examples([rolls["training"][row] for row in groups[i]], lengths[groups[i][0]])

    def whole(part: Part) -> tuple[Batch, ...]:
        padded = _powers(np.array([len(roll) - 1 for roll in rolls[part]]))
        alike = (np.flatnonzero(padded == length) for length in np.unique(padded))
        return tuple(_examples([rolls[part][row] for row in rows], padded[rows[0]]) for rows in alike)

    return Task(
        name=name,
        training=batches,
        steps_per_epoch=sum(-(-count // batch_size) for count in np.unique(lengths, return_counts=True)[1].tolist()),
        validation=whole("validation"),
        test=whole("test"),
        inputs=KEYS,
        outputs=KEYS,
        loss="frame_nll",
        metric="nll",
        counts={
            "pieces": {part: len(rolls[part]) for part in PARTS},
            "scored frames": {part: sum(len(roll) - 1 for roll in rolls[part]) for part in PARTS},
        },
        fingerprint=fingerprint(*(roll for part in PARTS for roll in rolls[part])),
        sources=(FILES[name],),
    )


def _powers(lengths: Array) -> Array:
    """Returns the smallest power of two that is not below each length."""
    return 2 ** np.ceil(np.log2(lengths)).astype(np.int64)


def _examples(rolls: list[Array], length: int) -> Batch:
    x = np.zeros((len(rolls), length, KEYS), np.float32)
    y = np.full_like(x, UNSCORED)
    for i, roll in enumerate(rolls):
        x[i, : len(roll) - 1], y[i, : len(roll) - 1] = roll[:-1], roll[1:]
    return x, y


def _read(path: Path) -> dict[Part, list[Array]]:
    """Returns the pieces of each part, uint8, shape (frames, 88), 0 or 1.

    Raises:
        UserError: the file is not a MATLAB file, or does not hold piano rolls.
    """
    from scipy.io import loadmat

    try:
        variables = loadmat(path, variable_names=tuple(VARIABLES.values()))
        rolls = {part: [np.asarray(roll) for roll in variables[name].ravel()] for part, name in VARIABLES.items()}
    except Exception as error:  # a damaged file raises a dozen different ones
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise UserError(f"{path} is not a MATLAB file of rolls ({reason}): delete it and fetch it again") from error
    for part, pieces in rolls.items():
        sound = (r.ndim == 2 and len(r) > 1 and r.shape[1] == KEYS and bool(np.isin(r, (0, 1)).all()) for r in pieces)
        if not pieces or not all(sound):
            raise UserError(
                f"{path} holds something else than piano rolls of {KEYS} keys, 0 or 1, as {VARIABLES[part]}: "
                f"delete it and fetch it again"
            )
    return {part: [roll.astype(np.uint8) for roll in pieces] for part, pieces in rolls.items()}
