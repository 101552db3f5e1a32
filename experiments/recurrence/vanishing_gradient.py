"""How much of a gradient reaches the first of many timesteps (deck: "Vanishing and Exploding Gradient Problems").

After Hochreiter 1991 and Bengio et al. 1994: each timestep backwards multiplies the gradient by about the same matrix.
Small weights make it vanish, large weights make it explode. The gradients are computed by `recurrence/`, in NumPy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.recurrence._gradient_networks import GradientConfig as Config
from experiments.recurrence._learning import learn

if TYPE_CHECKING:
    from lab.runs import Run

__all__ = ["Config", "perform"]


def perform(config: Config, run: Run) -> dict[str, Any]:
    """Measures gradients before and after training and draws them; then shows clipping."""
    import keras

    from experiments.recurrence import _gradient_pictures
    from experiments.recurrence._gradient_networks import build, examples, labels
    from experiments.recurrence._gradients import descend, fall, norms
    from foundation.picture import save

    model = build(config)
    before = norms(model, config)  # with the initial weights, also in a resumed run
    figures = learn(
        model,
        lambda rng, count: examples(rng, count, config.training_steps),
        config,
        run,
        "mean absolute error of all networks (guessing: 0.5)",
    )
    after = norms(model, config)
    sequences, truth = examples(np.random.default_rng([config.seed, 4]), 512, config.training_steps, marked=0)
    errors = np.abs(keras.ops.convert_to_numpy(model(sequences)) - truth).mean(axis=0)
    error = dict(zip(labels(config), errors.tolist(), strict=True))
    save(_gradient_pictures.draw_gradients(config, before, after, error), run.folder / "gradient.png", dpi=150)
    descents = {str(clip): descend(config, clip) for clip in (None, config.clip_norm)}
    save(_gradient_pictures.draw_descents(config, descents), run.folder / "clipping.png", dpi=150)

    falls = {name: {"initial": fall(before[name]), "trained": fall(after[name])} for name in before}
    more, critical = (falls[name]["initial"] / falls["lstm"]["initial"] for name in ("small", "critical"))
    lines = [
        f"over {config.timesteps} steps back, the gradient at the start of training falls to (and in the end to):",
        *(
            f"  {label:27}  {1 / falls[name]['initial']:.0e}  ({1 / falls[name]['trained']:.0e},"
            f" error {error[name]:.3f} over {config.training_steps - 1} steps; guessing 0.5)"
            for name, label in labels(config).items()
        ),
        f"at the start SimpleRNN falls {more:.0e} times as far as LSTM with bias 1 (weights × {config.small:g}),",
        f"or {critical:.0e} times (weights × {config.critical:g})",
    ]
    return {
        **figures,
        "fall": falls,
        "simple_rnn_falls_more_than_lstm_by": more,
        "error": error,
        "largest_gradient": {clip: float(descent["norm"].max()) for clip, descent in descents.items()},
        "summary": "\n".join(lines),
    }
