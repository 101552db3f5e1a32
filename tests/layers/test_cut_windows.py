"""Windows that the layer cuts on the device."""

import keras
import numpy as np
import pytest

from layers.cut_windows import CutWindows
from tables.windows import Windows

SERIES = np.random.default_rng(0).normal(size=(300, 4)).astype(np.float32)


def test_windows_equal_those_of_the_window_generator():
    windows = Windows(SERIES, 24, 6, step=3)
    layer = CutWindows(SERIES, windows.offsets)
    np.testing.assert_array_equal(layer(windows.rows), windows.samples(windows.rows))
    assert layer.compute_output_shape((None,)) == (None, 8, 4)
    assert layer.count_params() == 0


@pytest.mark.parametrize("row_dtype", ["uint8", "int32", "int64"])
@pytest.mark.parametrize("offset_dtype", ["int32", "int64"])
def test_rows_and_offsets_may_have_any_integer_dtype(row_dtype, offset_dtype):
    rows, offsets = np.array([7, 200], row_dtype), np.arange(-6, 0, 2, offset_dtype)
    model = keras.Sequential([keras.Input((), dtype=row_dtype), CutWindows(SERIES, offsets)])
    expected = np.stack([SERIES[row - 6 : row : 2] for row in (7, 200)])
    np.testing.assert_array_equal(model.predict_on_batch(rows), expected)


def test_windows_have_the_compute_dtype():
    layer = CutWindows(SERIES, np.arange(-6, 0), dtype="mixed_bfloat16")
    assert layer(keras.KerasTensor((2,), "int32")).dtype == "bfloat16"
    assert keras.backend.standardize_dtype(layer(np.array([7, 8])).dtype) == "bfloat16"


def test_saving_names_the_layer_that_cannot_be_saved(tmp_path):
    model = keras.Sequential([keras.Input((), dtype="int32"), CutWindows(SERIES, np.arange(-6, 0))])
    with pytest.raises(NotImplementedError, match="CutWindows"):
        model.save(tmp_path / "model.keras")
