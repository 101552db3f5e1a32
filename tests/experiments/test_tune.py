"""The tune command as a user starts it: wrong words give one line, and what it finds is a profile."""

import pytest
import yaml

from experiments.__main__ import main
from lab import settings
from tests.experiments.commands import succeed

TINY = {
    "published": {},
    "sequences/adding": {
        **{"length": 12, "epochs": 2, "steps_per_epoch": 3, "batch_size": 8, "evaluation_batch": 500, "units": 4},
        "models": {"tcn": {"layers": 2, "kernel_size": 3}},
    },
}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("tune", "required: NAME, --profile"),
        ("tune sequences/adding", "required: --profile"),
        ("tune sequences/adding --profile none", "there is no profile 'none'"),
        ("tune jena --profile laptop", "profile laptop has no settings of jena to search around"),
        ("tune jena/gru --profile hourly", "no search for jena/gru; only experiments with several models"),
        ("tune sequences --profile laptop --model cnn", "there is no model 'cnn'; did you mean tcn?"),
        ("tune sequences/addin --profile laptop", "did you mean sequences/adding?"),
    ],
)
def test_a_wrong_word_gives_one_line(capsys, line, message):
    assert main(line.split()) == 2
    error = capsys.readouterr().err
    assert message in error
    assert len(error.splitlines()) == 1


@pytest.mark.slow
def test_what_is_found_is_a_profile_and_its_run_is_one_of_the_trials(tmp_path):
    pytest.importorskip("ray", reason="Ray isn't installed; make sweep installs it")
    profile, found, results = tmp_path / "tiny.yaml", tmp_path / "found.yaml", tmp_path / "results"
    profile.write_text(yaml.safe_dump(TINY))
    words = ["tune", "sequences", "--profile", str(profile), "--model", "gru", "--into", str(found), "--workers", "2"]
    printed = succeed(results, *words)
    assert "1/1 sequences/adding, gru" in printed and "6/6 done" in printed and f"written to {found}" in printed
    content = settings.read_yaml(found)
    assert content["found"]["sequences/adding"]["gru"]["trials"] == 6
    assert len(list(results.glob("sequences/adding/seed0-*/history.csv"))) == 6
    assert not list(results.rglob("metrics.json"))  # the test set was never used
    again = succeed(results, *words)
    assert "6/6" not in again
    profiles = ["--profile", str(profile), "--profile", str(found)]
    assert "continuing after epoch 2 of 2" in succeed(results, "run", "sequences/adding", *profiles, "--model", "gru")
    assert len(list(results.rglob("metrics.json"))) == 1
