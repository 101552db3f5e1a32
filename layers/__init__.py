"""Keras layers that Keras lacks, written in `keras.ops` alone so that every backend runs them."""
