"""Sweeps: many settings of one experiment, tried side by side on Ray Tune."""
