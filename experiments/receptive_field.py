"""Which inputs the last output of a TCN depends on: measured on the built layers, drawn as the dilated stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from lab.runs import Run
    from layers.tcn import TCN

NOISE = 1e-6  # above the rounding of a convolution, below any real effect
AT_A_TIME = 64  # timesteps that are tried at a time: a long window's would not fit into memory


def draw(tcn: TCN, timesteps: int, run: Run) -> None:
    """Writes `receptive_field.png` into the run."""
    from foundation.picture import save

    save(picture(links(tcn, timesteps), tcn.receptive_field, run.name), run.folder / "receptive_field.png", dpi=150)


def links(tcn: TCN, timesteps: int) -> list[np.ndarray]:
    """Returns for each convolution, lowest first, which inputs reach which outputs: bool, shape (inputs, outputs).

    Each timestep in turn is set to ones. It reaches the outputs that then differ from those of zeros.
    """
    import keras

    # the same weights, with an output at every timestep
    whole = type(tcn).from_config({**tcn.get_config(), "return_sequences": True})
    whole.build((None, timesteps, tcn.blocks[0].convolutions[0].v.shape[1]))
    whole.set_weights(tcn.get_weights())
    links = []
    for convolution in (convolution for block in whole.blocks for convolution in block.convolutions):
        features = convolution.v.shape[1]
        zeros = keras.ops.convert_to_numpy(convolution(np.zeros((1, timesteps, features), "float32")))
        reached = []
        for tried in np.split(np.arange(timesteps), range(AT_A_TIME, timesteps, AT_A_TIME)):
            inputs = np.zeros((len(tried), timesteps, features), "float32")
            inputs[np.arange(len(tried)), tried] = 1
            outputs = keras.ops.convert_to_numpy(convolution(inputs))
            reached.append(np.abs(outputs - zeros).max(axis=-1) > NOISE)
        links.append(np.concatenate(reached))
    return links


def seen(stack: list[np.ndarray]) -> list[np.ndarray]:
    """Returns which timesteps the last output depends on, for the inputs and for each convolution's outputs: bool."""
    last = np.zeros(stack[-1].shape[1], bool)
    last[-1] = True
    nodes = [last]
    for passes in reversed(stack):
        nodes.insert(0, (passes & nodes[0]).any(axis=1))
    return nodes


def picture(stack: list[np.ndarray], receptive_field: int, name: str) -> Figure:
    """Draws the stack, one row per convolution, and every link by which an input reaches the last output."""
    from matplotlib.collections import LineCollection
    from matplotlib.figure import Figure

    nodes = seen(stack)
    back = np.arange(len(nodes[0])) - len(nodes[0]) + 1
    size = float(np.clip(900 / len(back), 1.5, 7))
    figure = Figure(figsize=(13, 1.6 + 0.55 * len(nodes)), layout="constrained")
    axes = figure.subplots()
    labels = ["inputs"]
    for row, passes in enumerate(stack):
        colour = f"C{row // 2 % 10}"
        starts, ends = np.nonzero(passes & nodes[row + 1])
        lines = [((back[start], row), (back[end], row + 1)) for start, end in zip(starts, ends, strict=True)]
        axes.add_collection(LineCollection(lines, colors=colour, lw=0.5, alpha=0.6))
        apart = np.diff(np.flatnonzero(passes[:, -1]))
        labels.append(f"level {row // 2 + 1}" + (f", inputs {apart.max()} apart" if len(apart) else ""))
    for row, reached in enumerate(nodes):
        axes.plot(back[~reached], np.full((~reached).sum(), row), "o", ms=size / 2, color="0.85")
        axes.plot(back[reached], np.full(reached.sum(), row), "o", ms=size, color=f"C{max(row - 1, 0) // 2 % 10}")
    axes.set_yticks(range(len(labels)), labels)
    axes.set(xlabel="timesteps back", xlim=(back[0] - 1, 1), ylim=(-0.5, len(nodes) - 0.5))
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_title(
        f"{name}: the last output depends on {nodes[0].sum()} of {len(back)} timesteps\n"
        f"(receptive field {receptive_field})"
    )
    return figure
