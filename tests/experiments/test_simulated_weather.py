"""On simulated weather the claims come out as on the measured: a GRU beats common sense, a reversed one does not."""

import json

import pytest

from tests.experiments.commands import succeed


@pytest.mark.slow
def test_a_gru_beats_common_sense_and_a_reversed_one_does_not(tmp_path):
    def error(name, *flags):
        succeed(tmp_path, "run", name, "--profile", "hourly", "--source", "simulated", *flags)
        (folder,) = (tmp_path / name).iterdir()
        return json.loads((folder / "metrics.json").read_text())["validation"]["mae"]

    common_sense = error("jena/common_sense")
    trained = ("--epochs", "4", "--steps-per-epoch", "300")
    assert 0.24 <= common_sense <= 0.34
    assert error("jena/gru", *trained) < 0.97 * common_sense
    assert error("jena/reversed_gru", *trained) > common_sense
