"""Recurrent layers from first principles, in NumPy alone, to be read beside the slides.

In the deck's order: `pseudo_rnn`, `simple_rnn`, `lstm` (its four steps), `coupled_lstm`, `gru`. What they
share stands apart: `sigmoid`, `shapes`, `keras_weights` (layout, initial values), `through_time` (backwards).

- Sequences are (timesteps, features), or a batch of them, (batch, timesteps, features); both are written
  (..., timesteps, features). Everything is dimensionless, and float64 so that finite differences resolve it.
- Weights are the deck's: W of shape (outputs, inputs), which multiplies a column, W x. Here a timestep of a
  batch holds its examples as rows, where the same product is written x @ W.T.
- `forward` returns a trace, every value of every timestep. `backward(trace, d_outputs)` takes the loss's
  gradient with respect to the outputs and returns `through_time.Gradients`. d_x stands for d(loss)/d(x).
"""
