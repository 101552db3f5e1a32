"""Masks reach the next layer, or Keras warns that they are lost."""

import warnings

import keras
import numpy as np
import pytest

from layers.causal_conv import CausalConv1D
from layers.coupled_lstm import CoupledLSTM
from layers.ensemble_mean import EnsembleMean
from layers.gru import GRU
from layers.tcn import TCN
from layers.temporal_block import TemporalBlock

INPUTS = np.array([[1, 2, 0, 0], [3, 0, 0, 0]])


def masked_outputs(layer):
    """Returns the layer's outputs for masked inputs, their mask and the warnings."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        outputs = layer(keras.layers.Embedding(5, 3, mask_zero=True)(INPUTS))
    return outputs, getattr(outputs, "_keras_mask", None), [str(warning.message) for warning in caught]


@pytest.fixture(params=["this version of Keras", "Keras 3.16"])
def _keras_version(request, monkeypatch):
    """Lets `keras.layers.RNN` not support masks, as from Keras 3.16 on."""
    if request.param == "Keras 3.16":
        init = keras.layers.RNN.__init__

        def without_masking(self, *args, **kwargs):
            init(self, *args, **kwargs)
            self.supports_masking = False

        monkeypatch.setattr(keras.layers.RNN, "__init__", without_masking)


@pytest.mark.usefixtures("_keras_version")
@pytest.mark.parametrize("layer", [GRU, CoupledLSTM])
def test_recurrent_layers_use_masks_and_pass_them_on(layer):
    recurrent = layer(3, return_sequences=True)
    outputs, mask, messages = masked_outputs(recurrent)
    np.testing.assert_array_equal(mask, INPUTS != 0)
    np.testing.assert_array_equal(outputs[:, 2], outputs[:, 1])  # a masked timestep repeats the previous output
    assert not messages
    _, mask, messages = masked_outputs(keras.layers.Bidirectional(recurrent))
    # Keras 3.16's Bidirectional does not support masks, and warns
    assert mask is not None or any("does not support masking" in message for message in messages)


def test_ensemble_mean_passes_masks_on():
    _, mask, messages = masked_outputs(EnsembleMean())
    np.testing.assert_array_equal(mask, INPUTS != 0)
    assert not messages


@pytest.mark.parametrize(
    "layer",
    [CausalConv1D(3, 2), TemporalBlock(3, 2), TCN(3, 2, 2), TCN(3, 2, 2, return_sequences=False)],
    ids=lambda layer: layer.name,
)
def test_convolutions_do_not_use_masks_and_keras_warns(layer):
    _, mask, messages = masked_outputs(layer)
    assert mask is None
    assert any("does not support masking" in message for message in messages)
