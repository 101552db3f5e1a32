"""A run that is to be made, as a command line."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PlannedRun:
    """An experiment with some settings and a seed."""

    name: str
    """The experiment, such as "jena/gru"."""
    flags: tuple[str, ...]
    """Its settings, as `run` takes them."""
    profiles: tuple[str, ...]
    seed: int
    backend: str = ""
    """Keras's backend, such as "jax"; empty for the one that the environment names."""

    @property
    def experiment(self) -> tuple[str, ...]:
        """The words that `run` takes, without the seed."""
        profiles = [word for profile in self.profiles for word in ("--profile", profile)]
        return (self.name, *self.flags, *profiles)

    @property
    def in_words(self) -> str:
        """The run in one line, without the seed."""
        return " ".join((*self.variables, *self.experiment))

    @property
    def variables(self) -> tuple[str, ...]:
        """The environment variables that the run needs, as a shell takes them before a command."""
        return (f"KERAS_BACKEND={self.backend}",) if self.backend else ()

    @property
    def words(self) -> tuple[str, ...]:
        """The words after `python -m experiments` that make the run."""
        return ("run", *self.experiment, "--seed", str(self.seed))
