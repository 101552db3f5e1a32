"""A network that doesn't fit in memory is refused before it is built."""

from dataclasses import dataclass

import keras
import pytest

from foundation.user_error import UserError
from lab import memory


@dataclass(frozen=True)
class Config:
    units: int


def build(config):
    return keras.Sequential([keras.Input((3,)), keras.layers.Dense(config.units), keras.layers.Dense(config.units)])


def test_it_says_how_much_a_network_needs():
    units = 10**7
    parameters = 4 * units + units * (units + 1)
    with pytest.raises(UserError, match=f"{parameters:,} parameters and need {parameters * 16 / 2**30:,.0f} GiB"):
        memory.check(build, Config(units))


def test_what_fits_passes():
    memory.check(build, Config(5000))
    memory.check(build, Config(3))


def test_memory_that_runs_out_meanwhile_is_said_too():
    def greedy(config):
        raise MemoryError

    with pytest.raises(UserError, match="doesn't fit in this machine's memory"):
        memory.check(greedy, Config(5000))


def test_a_network_that_cannot_be_asked_passes():
    def reads_its_weights(config):
        raise RuntimeError

    memory.check(reads_its_weights, Config(5000))
