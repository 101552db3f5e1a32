"""Keras layers that Keras does not have, written with `keras.ops` only, so that they run on every backend."""
