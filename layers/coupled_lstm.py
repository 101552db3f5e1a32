"""The LSTM whose forget and input gates are one (deck: "Variants of LSTM"; Greff et al. 2015, as CIFG).

C_t = f_t * C_{t-1} + (1 - f_t) * C~_t: three gates' weights where Keras's LSTM has four.
`recurrence/coupled_lstm.py` is the same in NumPy, step by step.
"""

import keras
from keras import ops

GATES = 3  # the forget gate, the candidate and the output gate, side by side in every weight, in this order


@keras.saving.register_keras_serializable(package="layers")
class CoupledLSTMCell(keras.layers.LSTMCell):
    """One timestep: inputs (batch, features) and states h, C, each (batch, units), to h and the new states.

    Takes the arguments of `keras.layers.LSTMCell`, and like it raises ValueError unless units is positive.
    Its weights are `kernel` (features, 3 * units), `recurrent_kernel` (units, 3 * units) and `bias`
    (3 * units,); the forget gate's bias starts at 1, unless `unit_forget_bias` is False. Dropout is as in
    LSTMCell: only while training, one mask for all timesteps; with recurrent dropout, a mask for each gate.
    """

    def __init__(self, units, **kwargs):
        super().__init__(units, **kwargs)
        if self.implementation == 1:  # Keras's number for a mask for each gate
            self.dropout_mask_count = GATES

    def build(self, input_shape):
        """Create the weights for inputs of shape (batch, features)."""

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
        """Return h_t and the states [h_t, C_t]."""
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
    """`CoupledLSTMCell` along a sequence (batch, timesteps, features), masked or not.

    Takes units, dropout and recurrent_dropout (shares, 0 to 1), the seed of both, and the arguments of
    `keras.layers.RNN`, such as `return_sequences`. Raises ValueError unless units is positive. To set what
    else the cell knows: `keras.layers.RNN(CoupledLSTMCell(...))`.
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

    def get_config(self):
        """Return the arguments that make this layer again."""
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
        """Make the layer that `get_config` described."""
        return cls(**config)


def _product(x, kernel, masks):
    """Multiply x with all gates' kernels, under one dropout mask for all, or one for each, or none."""
    if isinstance(masks, list):
        kernels = ops.split(kernel, GATES, axis=-1)
        return ops.concatenate([ops.matmul(x * m, k) for m, k in zip(masks, kernels, strict=True)], axis=-1)
    return ops.matmul(x if masks is None else x * masks, kernel)
