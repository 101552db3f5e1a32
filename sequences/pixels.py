"""Sequential MNIST: digits read pixel by pixel, in order or permuted (arXiv 1803.01271, section 4.1)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from foundation.fetch import DATA, fetch
from foundation.user_error import UserError
from sequences.task import Array, Batch, Task, fingerprint, generator, shuffled

FILE = "mnist/mnist.npz"
SIDE = 28  # pixels
MEAN, STD = 0.1307, 0.3081  # of the training pixels between 0 and 1, rounded as in the authors' code


def load(
    *,
    permuted: bool = False,
    pool: int = 1,
    held_out: int = 5_000,
    batch_size: int = 64,
    seed: int = 0,
    permutation_seed: int = 0,
    folder: Path = DATA,
    mirror: str | None = None,
) -> Task:
    """Returns the task, read from the file of digits.

    x is float32, shape (batch, (28 / pool)², 1): normalised pixels, row by row from the top or permuted. y is int32,
    shape (batch,). The paper trains on all 60,000 images and has no validation part. Here, the last `held_out` images
    are the validation part.

    Args:
        permuted: Whether the pixels come in another order, the same one for all images.
        pool: The side of the squares of pixels that are averaged to one pixel; the paper has 1. It divides 28.
        held_out: The number of training images that the best epoch is chosen by instead.
        batch_size: The number of images in a batch.
        seed: The seed of the order of images in each epoch.
        permutation_seed: The seed of the order of pixels.
        folder: The data folder.
        mirror: The folder or address to look in before the public addresses.

    Raises:
        UserError: the file cannot be fetched or is not MNIST, too many images are held out, or `pool` doesn't divide
            28.
    """
    if not 0 < pool <= SIDE or SIDE % pool:
        raise UserError(f"images of {SIDE} × {SIDE} pixels can't be cut into squares of {pool} × {pool}: give --pool 2")
    images, labels, test_images, test_labels = _read(fetch(FILE, folder, mirror))
    count = len(images) - held_out
    if not 0 < held_out < len(images):
        raise UserError(
            f"{held_out} of {len(images)} training images cannot be held out: give a number from 1 to {len(images) - 1}"
        )
    side = SIDE // pool
    order = generator(permutation_seed, 1).permutation(side**2) if permuted else np.arange(side**2)

    def examples(images: Array, labels: Array) -> Batch:
        squares = images.reshape(-1, side, pool, side, pool).mean(axis=(2, 4), dtype=np.float32)
        pixels = squares.reshape(-1, side**2)[:, order, None]
        return (pixels / 255 - MEAN) / STD, labels.astype(np.int32)

    def batches(epoch: int) -> Iterator[Batch]:
        for rows in shuffled(count, batch_size, seed, epoch):
            yield examples(images[rows], labels[rows])

    return Task(
        name="permuted_mnist" if permuted else "sequential_mnist",
        training=batches,
        steps_per_epoch=-(-count // batch_size),
        validation=(examples(images[count:], labels[count:]),),
        test=(examples(test_images, test_labels),),
        inputs=1,
        outputs=10,
        loss="cross_entropy",
        metric="accuracy",
        counts={"images": {"training": count, "validation": held_out, "test": len(test_images)}},
        fingerprint=fingerprint(images, labels, test_images, test_labels, order),
        sources=(FILE,),
        extra={"permutation_seed": permutation_seed, "permutation": order.tolist()} if permuted else {},
    )


def _read(path: Path) -> list[Array]:
    """Returns training images, training labels, test images and test labels: uint8, shape (count, 28, 28) or (count,).

    Raises:
        UserError: the file is damaged, or is not MNIST.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = [file[name] for name in ("x_train", "y_train", "x_test", "y_test")]
    except Exception as error:  # a damaged archive raises a dozen different ones
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise UserError(f"{path} is not an MNIST file ({reason}): delete it and fetch it again") from error
    for x, y in (arrays[:2], arrays[2:]):
        sound = x.dtype == y.dtype == np.uint8 and x.shape == (*y.shape, 28, 28) and y.ndim == 1 and len(y)
        if not sound or y.max() > 9:
            raise UserError(
                f"{path} is not an MNIST file (images {x.shape}, labels {y.shape}): delete it and fetch it again"
            )
    return arrays
