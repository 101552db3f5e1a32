"""A checkpoint or weights that are damaged: one line says what to do, and doing it works."""

import os
import re
import shutil

import numpy as np
import pytest

from tests.experiments.commands import SHORT
from tests.experiments.forks import Full
from tests.experiments.test_full_disk import same

NAME = "jena/dense"


def cut(path):
    os.truncate(path, path.stat().st_size // 2)


def garbage(path):
    path.write_bytes(b"garbage" * 1000)


def empty(path):
    path.write_bytes(b"")


def nan(path):
    with np.load(path) as saved:
        arrays = dict(saved)
    arrays["0000"][:] = np.nan
    np.savez(path, **arrays)


@pytest.fixture(scope="module")
def words(weather):
    return ["run", NAME, *SHORT, "--csv", str(weather)]


@pytest.fixture(scope="module")
def made(forks, tmp_path_factory, words):
    """Results of a complete run, of one that was interrupted in its last epoch, and of one interrupted at its end."""
    results = tmp_path_factory.mktemp("results")
    forks.succeed(results / "complete", *words)
    for name, full in (("interrupted", Full("checkpoint.npz", 3)), ("trained", Full("metrics.json"))):
        assert forks.command(results / name, *words, full=full).returncode == 2
    return results


@pytest.fixture
def interrupted(made, tmp_path):
    """A copy of the results of the interrupted run."""
    return shutil.copytree(made / "interrupted", tmp_path / "results")


@pytest.fixture
def other_model(forks, words, tmp_path):
    """Puts a larger model's checkpoint in the place of a file."""

    def replace(path):
        larger = [*words, "--units", "5"]
        assert forks.command(tmp_path / "larger", *larger, full=Full("checkpoint.npz", 2)).returncode == 2
        (checkpoint,) = (tmp_path / "larger").rglob("checkpoint.npz")
        checkpoint.replace(path)

    return replace


@pytest.mark.parametrize(
    "damage", [cut, *(pytest.param(one, marks=pytest.mark.slow) for one in (garbage, empty, nan)), "other_model"]
)
def test_a_damaged_checkpoint_is_deleted_and_the_run_starts_anew(forks, words, made, interrupted, damage, request):
    (checkpoint,) = interrupted.rglob("checkpoint.npz")
    (request.getfixturevalue(damage) if isinstance(damage, str) else damage)(checkpoint)
    done = forks.command(interrupted, *words)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done
    place = checkpoint.relative_to(interrupted)
    assert re.match(rf"error: {place} (is damaged|belongs to another model)", done.stderr)
    assert done.stderr.endswith("; delete it, and the same command starts the run anew\n")
    checkpoint.unlink()
    assert "continuing after epoch" not in forks.succeed(interrupted, *words)
    same(made / "complete" / place.parent, checkpoint.parent)


@pytest.mark.parametrize("which", ["complete", "trained"])
def test_damaged_weights_are_moved_away_with_their_run(forks, words, made, tmp_path, weather, which):
    results = shutil.copytree(made / which, tmp_path / "results")
    (weights,) = results.rglob("best.weights.h5")
    cut(weights)
    done = forks.command(results, *(words if which == "trained" else ["forecast", NAME, "--csv", str(weather)]))
    place = weights.relative_to(results)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done
    assert re.match(rf"error: {place} is damaged or belongs to another model", done.stderr)
    assert done.stderr.endswith(f"; move {place.parent} away and run {NAME} again\n")
    weights.parent.rename(tmp_path / "away")
    forks.succeed(results, *words)
    same(made / "complete" / place.parent, weights.parent)
    forks.succeed(results, "forecast", NAME, "--csv", str(weather))
