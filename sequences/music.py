"""JSB Chorales and Nottingham: which keys sound next, from those before (arXiv 1803.01271, section 4.2)."""

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
    """Reads the piano rolls.

    x is float32, shape (batch, frames, 88), 1 for a key that sounds; y is the same one frame later. The paper trains on
    one piece at a time, of its own length; larger batches are of pieces of like length, padded at their end to the next
    power of two: x with 0, y with `UNSCORED` in all keys. Validation and test are padded so too.

    Args:
        name: The pieces.
        batch_size: Pieces in a batch.
        padded: Whether single pieces are padded too, so that there are few lengths to compile for.
        seed: Of the order within an epoch.
        folder: The data folder.
        mirror: Where to look before the network.

    Raises:
        UserError: the file can't be had or is no such file.
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
    """Each length's next power of two, or itself if it is one."""
    return 2 ** np.ceil(np.log2(lengths)).astype(np.int64)


def _examples(rolls: list[Array], length: int) -> Batch:
    x = np.zeros((len(rolls), length, KEYS), np.float32)
    y = np.full_like(x, UNSCORED)
    for i, roll in enumerate(rolls):
        x[i, : len(roll) - 1], y[i, : len(roll) - 1] = roll[:-1], roll[1:]
    return x, y


def _read(path: Path) -> dict[Part, list[Array]]:
    """Each part's pieces, uint8, shape (frames, 88), 0 or 1.

    Raises:
        UserError: the file is no MATLAB file, or holds something else.
    """
    from scipy.io import loadmat

    try:
        found = loadmat(path, variable_names=tuple(VARIABLES.values()))
        rolls = {part: [np.asarray(roll) for roll in found[name].ravel()] for part, name in VARIABLES.items()}
    except Exception as error:  # so does a damaged one, in a dozen kinds of them
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise UserError(f"{path} is no MATLAB file of piano rolls ({reason}): delete it and fetch it again") from error
    for part, pieces in rolls.items():
        sound = (r.ndim == 2 and len(r) > 1 and r.shape[1] == KEYS and bool(np.isin(r, (0, 1)).all()) for r in pieces)
        if not pieces or not all(sound):
            raise UserError(
                f"{path} holds something else than piano rolls of {KEYS} keys, 0 or 1, as {VARIABLES[part]}: "
                f"delete it and fetch it again"
            )
    return {part: [roll.astype(np.uint8) for roll in pieces] for part, pieces in rolls.items()}
