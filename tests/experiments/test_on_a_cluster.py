"""`verify` on two Ray nodes: a node that dies in the middle costs nothing."""

import json
import os
import signal

import pandas as pd
import pytest
import yaml

from lab.runs import all_runs
from tests.experiments.commands import SHORT, environment
from tests.lab.sweep import processes
from tests.lab.sweep.processes import wait_for

EPOCHS = 150


@pytest.mark.slow
def test_runs_of_a_killed_node_go_on_elsewhere(tmp_path, weather):
    pytest.importorskip("ray", reason="Ray isn't installed; make sweep installs it")
    values = [yaml.safe_load(word) for word in SHORT]
    jena = {flag[2:].replace("-", "_"): value for flag, value in zip(values[::2], values[1::2], strict=True)}
    profile = tmp_path / "tiny.yaml"
    sections = {"jena": {**jena, "csv": str(weather), "epochs": EPOCHS}, "jena/common_sense": {"epochs": 0}}
    profile.write_text(yaml.safe_dump(sections))
    results = tmp_path / "results"

    def histories():
        return sorted(results.glob("jena/gru/*/history.csv"))

    with processes.two_nodes(tmp_path) as (address, token, raylet):
        words = ["verify", "gru-beats-common-sense", "--profile", profile, "--seeds", "2", "--address", address]
        process = processes.start(["-m", "experiments", *words], {**environment(results), **token})
        try:
            wait_for(lambda: len(histories()) == 2 or process.poll() is not None)
            os.kill(raylet, signal.SIGKILL)
            printed = process.communicate(timeout=400)[0]
        finally:
            process.kill()
            process.wait()
    assert process.returncode == 0, printed
    assert f"3 runs to make on {address}, as many at a time as fit" in printed
    assert "lost a process: jena/gru" in printed and "3/3 done" in printed
    assert [pd.read_csv(file)["epoch"].tolist() for file in histories()] == 2 * [list(range(1, EPOCHS + 1))]
    assert all(run.complete for run in all_runs("jena", results))
    verdicts = json.loads((results / "claims/verdicts.json").read_text())
    (verdict,) = [one for one in verdicts if one["id"] == "gru-beats-common-sense"]
    assert verdict["seeds"] == [0, 1]
