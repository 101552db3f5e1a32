"""Which run answers: the user's own, or else one that comes with the project."""

import os
import shutil

import pytest

from foundation.user_error import UserError
from lab.runs import Run
from lab.trained_runs import REFERENCE, find_run, from_reference, introduce
from tests.lab.finished_runs import finish


@pytest.fixture
def results(tmp_path):
    return tmp_path / "results"


@pytest.fixture
def reference(tmp_path):
    """Three runs that come with a project; those with the seeds 1 and 2 have their weights."""
    for seed in range(3):
        run = finish(tmp_path / "reference", "jena/gru", seed=seed)
        if seed:
            run.weights_file.write_bytes(b"weights")
    return tmp_path / "reference"


def test_the_run_that_finished_last_answers(results):
    first, second = finish(results, "jena/gru"), finish(results, "jena/gru", seed=1)
    for place, run in enumerate((second, first)):
        os.utime(run.metrics_file, (place, place))
    assert find_run("jena/gru", results) == find_run(str(first.folder), results) == first


def test_the_reference_answers_where_the_user_has_no_complete_run(results, reference):
    own = finish(results, "jena/gru")
    assert find_run("jena/gru", results, reference) == own
    own.metrics_file.unlink()
    found = find_run("jena/gru", results, reference)
    assert found.folder.name.startswith("seed1-")
    assert from_reference(found, reference)
    assert not from_reference(own, reference)


def test_a_run_that_can_t_answer_is_an_error_of_one_line(results, reference):
    own = finish(results, "jena/gru")
    own.metrics_file.unlink()
    with pytest.raises(UserError, match=r"is not complete; finish it with \S+ -m experiments run jena/gru"):
        find_run(str(own.folder), results, reference)
    without = next((reference / "jena/gru").glob("seed0-*"))
    with pytest.raises(UserError, match="comes without its weights; make jena/gru trains a network that answers"):
        find_run(str(without), results, reference)
    with pytest.raises(UserError, match="no complete run 'jena/lstm'"):
        find_run("jena/lstm", results, reference)
    shutil.rmtree(reference)
    with pytest.raises(UserError, match="no complete run 'jena/gru'"):
        find_run("jena/gru", results, reference)


def test_the_run_that_answers_is_introduced(results):
    own = finish(results, "jena/gru", conditions="weather.csv: 5 days back")
    assert introduce(own) == f"{own.folder} answered, trained on weather.csv: 5 days back."
    shipped = Run(next((REFERENCE / "jena/gru").glob("seed0-*")))
    assert introduce(shipped).endswith(" It comes with the project; after make jena/gru your own run answers.")
