"""Fixtures of the command line's tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.experiments import small_data
from tests.experiments.commands import weather
from tests.experiments.forks import Forks

__all__ = ["forks", "profile", "weather"]


@pytest.fixture(scope="session")
def forks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forks]:
    """Runs commands in forks of one process, on small data."""
    data = tmp_path_factory.mktemp("data")
    small_data.write_data(data)
    process = Forks(data, str(small_data.mirror()))
    yield process
    process.close()


@pytest.fixture(scope="session")
def profile(tmp_path_factory: pytest.TempPathFactory, weather: Path) -> str:
    """A file of small settings for every experiment."""
    path = tmp_path_factory.mktemp("profile") / "small.yaml"
    small_data.write_profile(path, weather)
    return str(path)
