"""`list` names each experiment's state and its best figure, measured data before simulated."""

from lab.listing import lines
from tests.lab.finished_runs import finish


def row(root, name="jena/gru"):
    return lines([(name, "A GRU")], root).splitlines()[1].split("  ")


def cells(root):
    return [cell.strip() for cell in row(root) if cell.strip()]


def test_what_was_not_run_has_no_figure(tmp_path):
    assert cells(tmp_path) == ["jena/gru", "not run", "A GRU"]


def test_the_best_figure_is_that_of_measured_data(tmp_path):
    finish(tmp_path, "jena/gru", 0.1, simulated=True)
    assert cells(tmp_path) == ["jena/gru", "complete", "mae 0.1000 (SIMULATED)", "A GRU"]
    finish(tmp_path, "jena/gru", 0.28, seed=1)
    finish(tmp_path, "jena/gru", 0.26, seed=2, profiles=("hourly",))
    assert cells(tmp_path) == ["jena/gru", "complete", "mae 0.2600 (hourly)", "A GRU"]


def test_an_interrupted_run_is_stopped(tmp_path):
    run = finish(tmp_path, "jena/gru")
    run.metrics_file.unlink()
    assert cells(tmp_path) == ["jena/gru", "stopped", "A GRU"]


def test_a_run_in_progress_is_running(tmp_path):
    run = finish(tmp_path, "jena/gru")
    run.metrics_file.unlink()
    with run.locked():
        assert cells(tmp_path) == ["jena/gru", "running", "A GRU"]
