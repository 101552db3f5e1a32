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
    """The `initialise` of each recurrence: (features, units, rng) -> recurrence."""
    return request.param


@pytest.fixture(scope="session")
def make(initialise):
    """Builds each recurrence with random biases, because zero biases would hide errors."""

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
    """Returns the arrays of a recurrence by name."""
    return weights_of
