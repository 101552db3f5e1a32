import dataclasses
from functools import partial

import pytest

from recurrence.coupled_lstm import CoupledLSTM
from recurrence.gru import GRU
from recurrence.lstm import LSTM
from recurrence.simple_rnn import SimpleRNN

INITIALISERS = {
    "simple_rnn": SimpleRNN.initialise,
    "lstm": LSTM.initialise,
    "coupled_lstm": CoupledLSTM.initialise,
    "gru": GRU.initialise,
    "gru_reset_before": partial(GRU.initialise, reset_after=False),
}


@pytest.fixture(params=INITIALISERS.values(), ids=INITIALISERS, scope="session")
def initialise(request):
    """Each recurrence's initialiser: (features, units, rng) -> recurrence."""
    return request.param


@pytest.fixture(scope="session")
def make(initialise):
    """Each recurrence with no weight at zero: biases that start at zero would hide mistakes."""

    def make(features, units, rng):
        recurrence = initialise(features, units, rng)
        for weight in weights_of(recurrence).values():
            weight += 0.3 * rng.standard_normal(weight.shape)
        return recurrence

    return make


def weights_of(recurrence):
    weights = {field.name: getattr(recurrence, field.name) for field in dataclasses.fields(recurrence)}
    return {name: weight for name, weight in weights.items() if weight is not None}


@pytest.fixture(scope="session", name="weights_of")
def weights_of_fixture():
    """The arrays of a recurrence, by name."""
    return weights_of
