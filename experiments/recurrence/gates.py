"""What the gates of an LSTM do when a number must be kept and recalled (deck: "Long Short-Term Memory (LSTM)")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from jsonargparse.typing import OpenUnitInterval, PositiveInt

from experiments.recurrence import LearningConfig
from experiments.recurrence._learning import learn

if TYPE_CHECKING:
    from lab.runs import Run

TOLERANCE = 0.1  # an answer this close to the true one is right


@dataclass(frozen=True)
class Config(LearningConfig):
    """The sequences, and the size of the LSTM."""

    timesteps: PositiveInt
    """Timesteps of a sequence."""
    store_chance: OpenUnitInterval
    """The probability that a timestep's number is to be stored."""
    recall_chance: OpenUnitInterval
    """The probability that a timestep asks for the number stored last."""
    units: PositiveInt
    """Size of the state of the LSTM; one is enough."""


def perform(config: Config, run: Run) -> dict[str, Any]:
    """Trains the LSTM, reads its gates in NumPy and draws them."""
    from experiments.recurrence import _gates_picture
    from experiments.recurrence._store_and_recall import build, examples, gate_means, through_numpy
    from foundation.picture import save

    def draw(rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
        return examples(rng, count, config.timesteps, config.store_chance, config.recall_chance)

    network = build(config.timesteps, config.units)
    figures = learn(network, draw, config, run, "mean absolute error of an answer")
    sequences, truth = draw(np.random.default_rng([config.seed, 3]), 512)
    trace, answers = through_numpy(network, sequences)
    asked = sequences[..., 2] > 0  # elsewhere the answer is always 0
    right = float((np.abs(answers - truth)[asked] < TOLERANCE).mean())
    means = gate_means(trace)
    title = f"{right:.1%} of recalls within {TOLERANCE}"
    save(_gates_picture.draw(trace, answers, truth, title), run.folder / "gates.png", dpi=150)
    lines = [
        f"{right:.1%} of recalls right within {TOLERANCE}",
        *(f"{gate} {mean['then']:.2f} at {mean['at']}, {mean['else']:.2f} elsewhere" for gate, mean in means.items()),
    ]
    return {**figures, "right": right, "gates": means, "summary": "; ".join(lines)}
