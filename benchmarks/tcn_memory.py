"""How the receptive field and the memory of the TCN grow with its levels and with the sequences' length."""

from __future__ import annotations

import numpy as np

from benchmarks import experiments
from benchmarks.measuring import memory
from benchmarks.measuring.processes import fresh
from benchmarks.measuring.table import show

BATCH, UNITS, KERNEL = 32, 24, 8
SIZES = ((4, 1000), (8, 1000), (8, 2000), (8, 4000), (8, 8000))
QUICK_SIZES = ((4, 1000),)


def main(quick: bool) -> None:
    """Prints the receptive field and the peak memory of a training step."""
    rows: list[dict[str, object]] = []
    for levels, timesteps in QUICK_SIZES if quick else SIZES:
        receptive_field, step = fresh(train_once, levels, timesteps)
        # in each level, the input and the outputs of two convolutions, in float32
        kept = 3 * 4 * BATCH * UNITS * levels * timesteps
        rows.append(
            {
                "levels": levels,
                "timesteps": timesteps,
                "receptive field": receptive_field,
                "step, MB": step / 1e6,
                "kept for the gradient, MB": kept / 1e6,
                "step / kept": step / kept,
            }
        )
    show(f"Memory of a training step of the TCN: {UNITS} filters, kernel {KERNEL}, batches of {BATCH}", rows)


def train_once(levels: int, timesteps: int) -> tuple[int, int]:
    """Returns the receptive field, and by how many bytes a step on long sequences raises the peak of short ones."""
    experiments.start_backend()
    import keras

    from layers.tcn import TCN

    tcn = TCN(UNITS, KERNEL, levels)
    model = keras.Sequential([keras.Input((None, UNITS)), tcn, keras.layers.Dense(1)])
    model.compile("sgd", loss="mse", jit_compile=False)

    def peak_of_a_step(length: int) -> int:
        x = np.zeros((BATCH, length, UNITS), np.float32)
        model.train_on_batch(x, x[..., :1])
        return memory.peak()

    short, long = peak_of_a_step(8), peak_of_a_step(timesteps)
    return tcn.receptive_field, long - short
