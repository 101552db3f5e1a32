"""Several training steps between two returns to Python train as one by one."""

import itertools

import keras
import numpy as np
import pytest

from experiments import loading
from lab import environment, feeding
from tests.experiments.commands import SHORT

NAME = "jena/dropout_gru"


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="only TensorFlow makes several")
@pytest.mark.parametrize(
    ("steps", "at_once"),
    [(15, 5), *(pytest.param(*one, marks=pytest.mark.slow) for one in ((20, 10), (7, 1)))],
)
def test_the_figures_and_weights_are_the_same(monkeypatch, weather, steps, at_once):
    ends = []
    for most in (1, environment.STEPS):
        monkeypatch.setattr(environment, "STEPS", most)
        keras.utils.set_random_seed(0)
        experiment, group = loading.experiment(NAME), loading.group(NAME)
        flags = [*SHORT, "--csv", str(weather), "--units", "4", "--steps-per-epoch", str(steps)]
        config = loading.config(NAME, flags=flags)
        data = group.load(experiment, config)
        network = experiment.network(config)
        model, problem = group.model(network, data), group.problem(experiment, config, data)
        group.compile(experiment, config, model, problem, data)
        history = model.fit(
            feeding.stream(batch for epoch in itertools.count() for batch in problem.training(epoch)),
            steps_per_epoch=steps,
            epochs=2,
            validation_data=feeding.whole(problem.validation, 16)["x"],
            shuffle=False,
            verbose=0,
        ).history
        ends.append((history, model.get_weights()))
    assert model.steps_per_execution == at_once
    (one_by_one, weights), (history, together) = ends
    assert history == one_by_one
    for one, other in zip(weights, together, strict=True):
        np.testing.assert_array_equal(one, other)
