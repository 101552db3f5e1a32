"""The command line as a user starts it, on small weather, writing to a folder of the test's."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHORT = [
    *("--spacing", "60", "--lookback", "24", "--step", "2", "--delay", "6", "--train-end", "0.5"),
    *("--validation-end", "0.75", "--epochs", "3", "--steps-per-epoch", "4", "--batch-size", "16"),
    *("--jit-compile", "false"),
]


def environment(results: Path, **more: str) -> dict[str, str]:
    """The variables that keep a command's writing to `results`."""
    ours = ("LAB_DATA_MIRROR", "MAKEFLAGS", "TF_CPP_MIN_LOG_LEVEL")  # where a test imports JAX, it sets the last
    left = {key: value for key, value in os.environ.items() if key not in ours}
    return {**left, "LAB_RESULTS": str(results), **more}


def command(results: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Runs `python -m experiments` with these words to its end."""
    return subprocess.run(
        [sys.executable, "-m", "experiments", *words],
        cwd=ROOT,
        env=environment(results, **more),
        capture_output=True,
        text=True,
        timeout=300,
    )


def interruptible() -> None:
    """For a process to be started: Ctrl-C reaches it, even where the tests run in the background."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def succeed(results: Path, *words: str, **more: str) -> str:
    """What the command printed; the test fails if the command does."""
    done = command(results, *words, **more)
    if done.returncode:
        pytest.fail(f"{words} exited with {done.returncode}:\n{done.stdout}\n{done.stderr}")
    return done.stdout


@pytest.fixture(scope="session")
def weather(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ninety days of hourly simulated weather, as a file."""
    import pandas as pd

    from jena.schema import TIMESTAMP, TIMESTAMP_FORMAT
    from jena.simulate import simulate

    table = simulate(90 * 24, spacing=pd.Timedelta(hours=1))
    table.insert(0, TIMESTAMP, table.index.strftime(TIMESTAMP_FORMAT))
    path = tmp_path_factory.mktemp("weather") / "weather.csv"
    table.to_csv(path, index=False)
    return path
