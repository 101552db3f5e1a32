"""Fixtures of the command line's tests."""

from tests.experiments.commands import weather

__all__ = ["weather"]
