"""An LSTM with coupled forget and input gates (deck: "Variants of LSTM"; Greff et al. 2015, where it is CIFG).

C_t = f_t * C_{t-1} + (1 - f_t) * C~_t. The layer has the weights of three gates, Keras's LSTM those of four.
`recurrence/coupled_lstm.py` computes the same in NumPy, step by step.
"""

import keras
from keras import ops

GATES = 3  # forget gate, candidate, output gate: their order along the last axis of every weight


@keras.saving.register_keras_serializable(package="layers")
class CoupledLSTMCell(keras.layers.LSTMCell):
    """Computes one timestep of `CoupledLSTM`.

    The cell takes the arguments of `keras.layers.LSTMCell`. Its weights are `kernel` (features, 3 * units),
    `recurrent_kernel` (units, 3 * units) and `bias` (3 * units,). The bias of the forget gate starts at 1, unless
    `unit_forget_bias` is False. Dropout works as in LSTMCell: it is active in training only, and the mask is the same
    at all timesteps. With recurrent dropout, each gate has its own mask.

    Raises:
        ValueError: If `units` is not a positive integer.
    """

    def __init__(self, units, **kwargs):
        super().__init__(units, **kwargs)
        if self.implementation == 1:  # Keras's code for one dropout mask per gate
            self.dropout_mask_count = GATES

    def build(self, input_shape):
        """Creates the weights for inputs of shape (batch, features)."""

        def initial_bias(shape, dtype=None):
            bias = self.bias_initializer(shape, dtype=dtype)
            if not self.unit_forget_bias:
                return bias
            return ops.concatenate([ops.ones((self.units,), dtype=dtype), bias[self.units :]])

        self.kernel = self.add_weight(
            shape=(input_shape[-1], GATES * self.units),
            name="kernel",
            initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )
        self.recurrent_kernel = self.add_weight(
            shape=(self.units, GATES * self.units),
            name="recurrent_kernel",
            initializer=self.recurrent_initializer,
            regularizer=self.recurrent_regularizer,
            constraint=self.recurrent_constraint,
        )
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                shape=(GATES * self.units,),
                name="bias",
                initializer=initial_bias,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
            )

    def call(self, inputs, states, training=False):
        """Returns h_t and the states [h_t, C_t], all of shape (batch, units).

        Args:
            inputs: x_t, of shape (batch, features).
            states: [h_{t-1}, C_{t-1}], each of shape (batch, units).
            training: Whether to apply dropout.
        """
        h, cell_state = states
        masks = self.get_dropout_mask(inputs) if training else None
        recurrent_masks = self.get_recurrent_dropout_mask(h) if training else None
        z = _product(inputs, self.kernel, masks) + _product(h, self.recurrent_kernel, recurrent_masks)
        if self.bias is not None:
            z = z + self.bias
        z_f, z_c, z_o = ops.split(z, GATES, axis=-1)
        f = self.recurrent_activation(z_f)
        cell_state = f * cell_state + (1 - f) * self.activation(z_c)
        h = self.recurrent_activation(z_o) * self.activation(cell_state)
        return h, [h, cell_state]


@keras.saving.register_keras_serializable(package="layers")
class CoupledLSTM(keras.layers.RNN):
    """An LSTM whose input gate is 1 - its forget gate.

    Input shape: (batch, timesteps, features). Output shape: (batch, units), or (batch, timesteps, units) with
    `return_sequences=True`. For other arguments of the cell, use `keras.layers.RNN(CoupledLSTMCell(...))`.

    Args:
        units: Size of the output and of the cell state.
        dropout: Fraction of the inputs to drop in training, 0 to 1.
        recurrent_dropout: Fraction of the previous output to drop in training, 0 to 1.
        seed: Random seed of both dropouts.
        **kwargs: Arguments of `keras.layers.RNN`, such as `return_sequences`.

    Raises:
        ValueError: If `units` is not a positive integer.
    """

    def __init__(self, units, dropout=0.0, recurrent_dropout=0.0, seed=None, **kwargs):
        cell = CoupledLSTMCell(
            units,
            dropout=dropout,
            recurrent_dropout=recurrent_dropout,
            seed=seed,
            dtype=kwargs.get("dtype"),
            trainable=kwargs.get("trainable", True),
        )
        super().__init__(cell, **kwargs)
        self.input_spec = keras.layers.InputSpec(ndim=3)
        self.supports_masking = True  # Keras 3.16 sets this to False, so that masks get lost

    def get_config(self):
        """Returns the layer's arguments."""
        config = super().get_config()
        del config["cell"]
        cell = self.cell
        return {
            **config,
            "units": cell.units,
            "dropout": cell.dropout,
            "recurrent_dropout": cell.recurrent_dropout,
            "seed": cell.seed,
        }

    @classmethod
    def from_config(cls, config):
        """Builds a layer from the arguments that `get_config` returned."""
        return cls(**config)


def _product(x, kernel, masks):
    """Returns x times the kernels of all gates. There is one dropout mask for all gates, one per gate, or none."""
    if isinstance(masks, list):
        kernels = ops.split(kernel, GATES, axis=-1)
        return ops.concatenate([ops.matmul(x * m, k) for m, k in zip(masks, kernels, strict=True)], axis=-1)
    return ops.matmul(x if masks is None else x * masks, kernel)
