"""The other code that the experiments are compared with: the deck's, and PyTorch's."""
