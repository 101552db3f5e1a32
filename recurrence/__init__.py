"""Recurrent layers from first principles, in NumPy only, to read beside the slides.

In the deck's order: `pseudo_rnn`, `simple_rnn`, `lstm` (its four steps), `coupled_lstm`, `gru`. Shared code is in
`sigmoid`, `shapes`, `keras_weights` (layout and initial values) and `through_time` (the backward passes).

- A sequence has shape (timesteps, features), a batch of sequences (batch, timesteps, features). Both are written
  (..., timesteps, features). All values are dimensionless. They are float64, because the tests compare gradients with
  finite differences.
- Weights are as in the deck: W has shape (outputs, inputs) and multiplies a column vector, W x. The examples of a batch
  are rows, so the code writes the same product as x @ W.T.
- `forward` returns a trace: every value at every timestep. `backward(trace, d_outputs)` takes the gradient of the loss
  with respect to the outputs and returns `through_time.Gradients`. d_x means d(loss)/d(x).
"""
