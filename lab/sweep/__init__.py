"""Sweeps: try many settings of one experiment side by side, on Ray Tune."""
