"""An LSTM that reads each review from its end (deck: "Using Reversed Data for Training")."""

from experiments.imdb.lstm import Config, build  # the words are turned around, by `reverse`; the model is the same

__all__ = ["Config", "build"]
