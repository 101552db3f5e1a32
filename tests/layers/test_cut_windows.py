"""Windows that the layer cuts on the device."""

import numpy as np

from jena.windows import Windows
from layers.cut_windows import CutWindows

SERIES = np.random.default_rng(0).normal(size=(300, 4)).astype(np.float32)


def test_windows_equal_those_of_the_window_generator():
    windows = Windows(SERIES, 24, 6, step=3)
    layer = CutWindows(SERIES, windows.offsets)
    np.testing.assert_array_equal(layer(windows.rows), windows.samples(windows.rows))
    assert layer.compute_output_shape((None,)) == (None, 8, 4)
    assert layer.count_params() == 0
