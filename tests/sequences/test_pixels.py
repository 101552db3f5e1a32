"""MNIST pixel by pixel, and files that are not MNIST."""

import numpy as np
import pytest

from foundation.user_error import UserError
from sequences import pixels

RNG = np.random.default_rng(0)
DIGITS = {
    "x_train": RNG.integers(256, size=(23, 28, 28), dtype=np.uint8),
    "y_train": RNG.integers(10, size=23, dtype=np.uint8),
    "x_test": RNG.integers(256, size=(6, 28, 28), dtype=np.uint8),
    "y_test": RNG.integers(10, size=6, dtype=np.uint8),
}


def write(data, **changes):
    arrays = {name: array for name, array in (DIGITS | changes).items() if array is not None}
    np.savez(data / "mnist/mnist.npz", **arrays)
    return data / "mnist/mnist.npz"


def load(data, **settings):
    return pixels.load(folder=data, **{"held_out": 5, "batch_size": 4} | settings)


def test_a_digit_is_read_row_by_row_and_normalised(data):
    write(data)
    ((x, y),) = load(data).test
    assert (x.dtype, x.shape, y.dtype, y.shape) == (np.float32, (6, 784, 1), np.int32, (6,))
    for digit in range(6):
        assert y[digit] == DIGITS["y_test"][digit]
        for row, column in [(0, 0), (0, 27), (1, 0), (13, 5), (27, 27)]:
            value = DIGITS["x_test"][digit, row, column] / 255
            assert x[digit, 28 * row + column, 0] == pytest.approx((value - 0.1307) / 0.3081, abs=1e-5)


@pytest.mark.parametrize("permuted", [False, True])
def test_pooled_pixels_are_means_of_squares(data, permuted):
    write(data)
    task = load(data, pool=4, permuted=permuted)
    ((x, _),) = task.test
    order = task.extra["permutation"] if permuted else range(49)
    assert x.shape == (6, 49, 1)
    for place, square in enumerate(order):
        row, column = 4 * (square // 7), 4 * (square % 7)
        mean = DIGITS["x_test"][2, row : row + 4, column : column + 4].mean() / 255
        assert x[2, place, 0] == pytest.approx((mean - 0.1307) / 0.3081, abs=1e-5)
    assert task.fingerprint != load(data, permuted=permuted).fingerprint


@pytest.mark.parametrize("pool", [3, 28 * 2])
def test_squares_must_fill_an_image(data, pool):
    write(data)
    with pytest.raises(UserError, match="can't be cut into squares"):
        load(data, pool=pool)


def test_the_last_training_images_are_held_out_and_each_other_one_comes_once_an_epoch(data):
    write(data)
    task = load(data)
    ((held, labels),) = task.validation
    assert labels.tolist() == DIGITS["y_train"][18:].tolist()
    batches = list(task.training(2))
    assert [len(x) for x, _ in batches] == [4, 4, 4, 4, 2]
    assert task.steps_per_epoch == 5
    seen = {(image.tobytes(), int(label)) for x, y in batches for image, label in zip(x, y, strict=True)}
    ((whole, whole_labels),) = load(data, held_out=22).validation
    expected = {(i.tobytes(), int(label)) for i, label in zip(whole, whole_labels, strict=True)}
    assert len(seen) == 18
    assert len(seen & expected) == 17  # all but the one image that is not held out there
    assert not seen & {(image.tobytes(), int(label)) for image, label in zip(held, labels, strict=True)}


def test_permuted_pixels_are_the_same_in_the_recorded_order(data):
    write(data)
    plain, permuted, other = load(data), load(data, permuted=True), load(data, permuted=True, permutation_seed=1)
    order = permuted.record["permutation"]
    assert sorted(order) == list(range(784)) != order
    assert order != other.record["permutation"]
    np.testing.assert_array_equal(permuted.test[0][0], plain.test[0][0][:, order])
    np.testing.assert_array_equal(next(permuted.training(0))[0], next(plain.training(0))[0][:, order])
    assert load(data, permuted=True, seed=7).record["permutation"] == order
    assert len({task.fingerprint for task in (plain, permuted, other)}) == 3


class Trap:
    """Leaves a mark when it is unpickled."""

    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return type(self.mark).touch, (self.mark,)


def test_nothing_is_unpickled(data, tmp_path):
    write(data, x_train=np.array([Trap(tmp_path / "mark")], object))
    with pytest.raises(UserError, match=r"mnist\.npz is not an MNIST file \(.*pickle"):
        load(data)
    assert not (tmp_path / "mark").exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"y_test": None},
        {"x_train": DIGITS["x_test"]},
        {"x_test": DIGITS["x_test"][:, :27]},
        {"x_test": DIGITS["x_test"].astype(np.float32)},
        {"y_test": DIGITS["y_test"] + np.uint8(9)},
        {"x_test": DIGITS["x_test"][:0], "y_test": DIGITS["y_test"][:0]},
    ],
)
def test_other_arrays_are_one_clear_line(data, changes):
    write(data, **changes)
    with pytest.raises(UserError, match=r"^[^\n]*mnist\.npz is not an MNIST file[^\n]*fetch it again$"):
        load(data)


@pytest.mark.parametrize("share", [0, 0.1, 0.5, 0.9, 0.999])
def test_a_truncated_file_is_one_clear_line(data, share):
    path = write(data)
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(UserError, match=r"^[^\n]*mnist\.npz is not an MNIST file[^\n]*fetch it again$"):
        load(data)


@pytest.mark.parametrize("held_out", [0, 23, 99])
def test_a_part_of_the_images_must_be_left_to_train_on(data, held_out):
    write(data)
    with pytest.raises(UserError, match=f"{held_out} of 23 training images"):
        load(data, held_out=held_out)


def test_a_missing_file_is_an_error(data):
    with pytest.raises(UserError, match=r"mnist/mnist\.npz cannot be fetched: .*--mirror"):
        load(data)


def test_the_real_digits(real):
    task = pixels.load(**real)
    assert task.counts == {"images": {"training": 55_000, "validation": 5_000, "test": 10_000}}
    ((x, _),) = task.test
    assert x.mean() == pytest.approx(0, abs=0.02)
    assert x.std() == pytest.approx(1, abs=0.02)
