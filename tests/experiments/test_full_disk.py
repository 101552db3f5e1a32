"""A run on a disk that gets full ends in one line; after room is made, it ends as a run that was never disturbed."""

import json
import subprocess

import pytest

from tests.experiments.commands import SHORT
from tests.experiments.forks import Full

WEIGHTS = "best.weights.h5"


def same(one, other):
    """Asserts that two runs have the same files, apart from times and the environment."""
    names = {path.name for path in one.iterdir() if path.name != ".lock"}
    assert names == {path.name for path in other.iterdir() if path.name != ".lock"}
    for name in names - {"metrics.json", "environment.json"}:
        assert (one / name).read_bytes() == (other / name).read_bytes(), name
    first, second = (json.loads((folder / "metrics.json").read_text()) for folder in (one, other))
    for metrics in (first, second):
        assert metrics.pop("seconds") >= 0
        assert metrics.pop("seconds_per_epoch") > 0
    assert first == second


@pytest.fixture(scope="module")
def words(weather):
    """A run of three epochs."""
    return ["run", "jena/dense", *SHORT, "--csv", str(weather)]


@pytest.fixture(scope="module")
def undisturbed(forks, tmp_path_factory, words):
    """The folder of the run where the disk has room."""
    results = tmp_path_factory.mktemp("undisturbed")
    forks.succeed(results, *words)
    (folder,) = (results / "jena/dense").iterdir()
    return folder


@pytest.fixture
def disk(tmp_path):
    """A small disk of its own, where one can be mounted, and a file to fill it with; else a folder and no such file."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(place)]
    try:
        mounted = not subprocess.run(mount, capture_output=True, check=False).returncode
    except FileNotFoundError:
        mounted = False
    yield place, place / "ballast" if mounted else None
    if mounted:
        subprocess.run(["umount", str(place)], check=True)


@pytest.mark.parametrize(
    ("file", "time"),
    [
        (WEIGHTS, 1),
        ("checkpoint.npz", 2),
        *(
            pytest.param(*one, marks=pytest.mark.slow)
            for one in (("settings.yaml", 1), ("history.csv", 2), ("loss.png", 1), ("metrics.json", 1))
        ),
    ],
)
def test_a_full_disk_is_one_line_and_the_same_command_resumes(forks, disk, words, undisturbed, file, time):
    results, ballast = disk
    done = forks.command(results, *words, full=Full(file, time, str(ballast or "")))
    assert done.returncode == 2, done
    assert done.stderr.startswith("error: ") and done.stderr.count("\n") == 1
    assert "make room, and the same command continues" in done.stderr
    assert str(undisturbed.relative_to(undisturbed.parents[2])) in done.stderr, "it names no file"
    if ballast:
        assert "No space left on device" in done.stderr
        ballast.unlink()
    printed = forks.succeed(results, *words)
    assert ("continuing after epoch" in printed) == (file not in ("settings.yaml", WEIGHTS))
    same(undisturbed, results / undisturbed.relative_to(undisturbed.parents[2]))
