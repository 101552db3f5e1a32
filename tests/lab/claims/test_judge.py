"""Judging: figures by hand, and only runs that can be compared."""

import json
import math

import pytest

from lab.claims.evidence import CompleteRun, figure
from lab.claims.judge import best
from lab.claims.records import record
from lab.claims.spec import Rule
from lab.claims.verdict import FAILS, HOLDS, UNDECIDED
from tests.lab.claims.finished_claims import NEGATIVE, claim, finished, judge

__all__ = ["finished"]

BETTER = claim("jena/gru validation.mae", "jena/dense validation.mae")
TCN = claim("sequences/copy_memory --model tcn test.nll", "sequences/copy_memory --model lstm test.nll")


def between(low, high):
    return Rule(low, high, "in words")


def one(tmp_path, about=BETTER, **options):
    (verdict,) = judge([about], tmp_path, **options)
    return verdict


def steps(number, whole):
    return {"steps": number, "steps_in_full": whole}


def test_seeds_are_paired(finished, tmp_path):
    # far apart from seed to seed, and in each seed 0.01 to 0.03 apart
    for seed, (gru, dense) in enumerate([(0.2, 0.21), (0.5, 0.52), (0.9, 0.93)]):
        finished("jena/gru", gru, seed=seed)
        finished("jena/dense", dense, seed=seed)
    verdict = one(tmp_path)
    assert verdict.values == pytest.approx((-0.01, -0.02, -0.03))
    # -0.02 ± 0.01: the interval is -0.02 ± 0.02484
    assert verdict.interval == pytest.approx((-0.04484, 0.00484), abs=1e-5)
    assert verdict.verdict == UNDECIDED
    # 4 seeds: ± 0.0159; a run of each takes a minute
    assert verdict.deciding == "deciding takes 4 seeds or more, if they scatter like these: 2 more runs, about 2 min"
    finished("jena/gru", 0.4, seed=3)
    finished("jena/dense", 0.42, seed=3)
    # four with mean -0.02 and standard deviation 0.008165, t = 3.18245: ± 0.01299
    verdict = one(tmp_path)
    assert verdict.interval == pytest.approx((-0.03299, -0.00701), abs=1e-5)
    assert (verdict.verdict, verdict.deciding, verdict.remarks) == (HOLDS, "", ())
    assert verdict.figure.endswith("-0.02 ± 0.0082 (-0.033 … -0.00701)")


def test_a_seed_that_one_side_lacks_is_missing(finished, tmp_path):
    for seed in (0, 1, 2):
        finished("jena/gru", 0.2, seed=seed)
    finished("jena/dense", 0.3, seed=1)
    verdict = one(tmp_path)
    assert (verdict.seeds, verdict.verdict) == ((1,), UNDECIDED)
    assert [run.words for run in verdict.missing] == [
        ("run", "jena/dense", "--seed", "0"),
        ("run", "jena/dense", "--seed", "2"),
    ]
    assert verdict.remarks == ("deciding takes at least 2 more runs, about 2 min",)
    more = {(run.name, run.seed) for run in one(tmp_path, seeds=4).missing}
    assert more == {("jena/dense", 0), ("jena/dense", 2), ("jena/dense", 3), ("jena/gru", 3)}


def test_missing_runs_are_made_on_the_backend_of_those_that_exist(finished, tmp_path):
    finished("jena/gru", 0.2, backend="jax")
    finished("jena/dense", 0.3, seed=1)
    on_jax, on_tensorflow = judge([claim("jena/gru validation.mae", "jena/dense validation.mae")], tmp_path)
    assert {run.backend for run in on_jax.missing} == {"jax"}
    assert {run.backend for run in on_tensorflow.missing} == {""}
    assert record(on_jax)["missing"][0].startswith("KERAS_BACKEND=jax ")


def test_deciding_takes_as_many_seeds_as_the_file_says_whatever_number_is_asked_for(finished, tmp_path):
    finished("jena/gru", 0.2, metrics={"seconds": 7200})
    finished("jena/dense", 0.3, metrics={"seconds": 60})
    verdict = one(tmp_path, seeds=1)
    assert (verdict.verdict, verdict.missing) == (UNDECIDED, ())
    assert verdict.deciding == "deciding takes at least 4 more runs, about 4.0 h"


def test_without_runs_all_are_missing(tmp_path):
    verdict = one(tmp_path, profiles=("hourly",))
    assert (verdict.verdict, verdict.figure, len(verdict.missing)) == (UNDECIDED, "–", 6)
    assert verdict.missing[0].words == ("run", "jena/gru", "--profile", "hourly", "--seed", "0")
    assert verdict.remarks == ("deciding takes at least 6 runs",)


def test_the_time_is_that_of_the_runs_whose_time_is_known(finished, tmp_path):
    finished("jena/gru", 0.2, metrics={"seconds": 600})
    assert one(tmp_path).deciding == "deciding takes at least 5 more runs, about 20 min for 2 of them"


def test_one_run_of_an_untrained_experiment_stands_for_every_seed(finished, tmp_path):
    about = claim("jena/gru validation.mae", "jena/common_sense validation.mae")
    assert [run.seed for run in one(tmp_path, about).missing if run.name == "jena/common_sense"] == [0]
    finished("jena/common_sense", 0.29, metrics={"parameters": 0, "epochs": 0})
    for seed, error in enumerate((0.25, 0.26, 0.27)):
        finished("jena/gru", error, seed=seed)
    verdict = one(tmp_path, about)
    assert verdict.values == pytest.approx((-0.04, -0.03, -0.02))
    assert (verdict.verdict, verdict.missing) == (HOLDS, ())


def test_one_run_decides_if_the_seed_plays_no_part(finished, tmp_path):
    parameters = claim("jena/gru parameters", measure="figure", rule=between(7, 7))
    assert len(one(tmp_path, parameters).missing) == 1
    finished("jena/gru", 0.26, seed=5)
    assert (one(tmp_path, parameters).verdict, one(tmp_path, parameters).missing) == (HOLDS, ())
    other = claim("jena/gru parameters", measure="figure", rule=between(8, 8))
    assert one(tmp_path, other).verdict == FAILS
    finished("jena/gru", 0.26, seed=6, metrics={"parameters": 8})
    assert "the runs disagree" in one(tmp_path, other).deciding


def test_other_settings_are_another_experiment(finished, tmp_path):
    finished("jena/gru", 0.2)
    finished("jena/gru", 0.1, units=64)
    finished("jena/dense", 0.3, threads=2, evaluation_batch=3, csv="mine.csv")
    assert one(tmp_path).sides == ((0.2,), (0.3,))


def test_whole_trainings_compare_whatever_their_steps(finished, tmp_path):
    finished("sequences/copy_memory", 0.1, model="tcn", metrics=steps(7825, 7825))
    finished("sequences/copy_memory", 0.2, model="lstm", metrics=steps(1565, 1565))
    verdict = one(tmp_path, TCN)
    assert verdict.sides == ((0.1,), (0.2,))
    assert verdict.notes == ("trained to their own ends: 7,825 and 1,565 steps",)


def test_trainings_that_ended_early_are_compared_at_equal_steps_only(finished, tmp_path):
    short, shorter = {"budget_steps": 900, "steps_per_epoch": 300}, {"budget_steps": 600}
    finished("sequences/copy_memory", 0.1, model="tcn", metrics=steps(7825, 7825))
    finished("sequences/copy_memory", 0.4, model="tcn", metrics=steps(900, 7825), **short)
    finished("sequences/copy_memory", 0.7, model="lstm", metrics=steps(600, 1565), **shorter)
    assert one(tmp_path, TCN).sides == ((), ())
    finished("sequences/copy_memory", 0.5, model="lstm", metrics=steps(900, 1565), **short)
    verdict = one(tmp_path, TCN)
    assert verdict.sides == ((0.4,), (0.5,))
    assert verdict.notes == ("budgeted: 900 of 7,825 steps",)
    budget = ("--budget-steps", "900", "--steps-per-epoch", "300")
    assert {(run.flags[1], run.flags[2:], run.seed) for run in verdict.missing} == {
        (model, budget, seed) for model in ("tcn", "lstm") for seed in (1, 2)
    }
    # one whole TCN is there; 2 more take ((60 + 60 · 7825 / 900) / 2) s each, 3 LSTMs (60 · 1565 · (1/600 + 1/900) / 2)
    hours = (2 * (60 + 60 * 7825 / 900) / 2 + 3 * 60 * 1565 * (1 / 600 + 1 / 900) / 2) / 60
    assert verdict.deciding == f"deciding takes at least 5 more runs in full, about {hours:.0f} min"


def test_trainings_that_ended_early_decide_nothing_and_count_less_than_whole_ones(finished, tmp_path):
    for seed, off in enumerate((0, 1e-4, 2e-4)):
        for model, error in (("tcn", 0.4), ("lstm", 0.7)):
            metrics = steps(900, 7825)
            finished("sequences/copy_memory", error + off, seed=seed, model=model, metrics=metrics, budget_steps=900)
    verdict = one(tmp_path, TCN)
    assert (len(verdict.seeds), verdict.verdict) == (3, UNDECIDED)
    finished("sequences/copy_memory", 0.2, model="tcn", metrics=steps(7825, 7825))
    finished("sequences/copy_memory", 0.1, model="lstm", metrics=steps(7825, 7825))
    assert one(tmp_path, TCN).sides == ((0.2,), (0.1,))


def test_missing_runs_are_trained_as_long_as_those_that_exist(finished, tmp_path):
    finished("sequences/copy_memory", 0.7, model="lstm", metrics=steps(600, 1565), budget_minutes=5)
    first, *_ = one(tmp_path, TCN).missing
    assert first.words[1:] == ("sequences/copy_memory", "--model", "tcn", "--budget-steps", "600", "--seed", "0")


def test_a_quick_run_says_how_little_it_was_trained(finished, tmp_path):
    for name in ("jena/gru", "jena/dense"):
        finished(name, 0.2, profiles=["quick", "hourly"])
    (note,) = one(tmp_path).notes
    assert note == "trained little: 4 epochs of 100 steps instead of 20 of 500 steps"
    about = claim("imdb/lstm validation.mae", measure="figure")
    finished("imdb/lstm", 0.2, profiles=["quick"])
    # imdb's own epochs take all reviews
    assert one(tmp_path, about).notes == ("trained little: 3 epochs of 80 steps instead of 10",)
    assert one(tmp_path, claim("jena/gru parameters", measure="figure", rule=between(7, 7))).notes


def test_runs_of_the_usual_length_say_nothing(finished, tmp_path):
    for name in ("jena/gru", "jena/dense"):
        finished(name, 0.2, profiles=["hourly", "third_edition_hourly"])
    assert one(tmp_path).notes == ()


def test_conditions_are_never_mixed_and_the_lecture_s_come_first(finished, tmp_path):
    for seed in range(3):
        for name, error in (("jena/gru", 0.2), ("jena/dense", 0.3)):
            finished(name, error, seed=seed, profiles=["quick"])
            finished(name, error, seed=seed, data={"simulated": True})
    for name, error in (("jena/gru", 0.4), ("jena/dense", 0.3)):
        finished(name, error, profiles=["hourly"])
    verdicts = judge([BETTER], tmp_path)
    assert [(verdict.conditions.words, len(verdict.seeds)) for verdict in verdicts] == [
        ("weather; hourly.yaml", 1),
        ("weather; quick.yaml", 3),
        ("SIMULATED; weather", 3),
    ]
    assert best(verdicts) == verdicts[:1]
    assert [record(verdict)["simulated"] for verdict in verdicts] == [False, False, True]


PUBLISHED = claim("jena/common_sense validation.mae", measure="figure", rule=between(0.28, 0.3), data=("public.zip",))


def test_a_published_figure_is_judged_on_its_own_data_only(finished, tmp_path):
    finished("jena/common_sense", 0.9, data={"conditions": "mine.csv: hourly", "source": "mine.csv"}, csv="mine.csv")
    finished("jena/common_sense", 0.9, data={"source": "simulated", "simulated": True})
    verdict = one(tmp_path, PUBLISHED)
    assert (verdict.verdict, verdict.figure, verdict.seeds) == (UNDECIDED, "–", ())
    assert verdict.notes == ("not judged on mine.csv, simulated: the figure belongs to public.zip",)
    assert [run.words for run in verdict.missing] == [("run", "jena/common_sense", "--seed", "0")]
    # any other claim is judged on each
    assert len(judge([claim("jena/common_sense validation.mae", measure="figure")], tmp_path)) == 2
    finished("jena/common_sense", 0.29, data={"conditions": "public", "source": "public.zip"})
    verdict = one(tmp_path, PUBLISHED)
    assert (verdict.verdict, verdict.sides, verdict.notes) == (HOLDS, ((0.29,),), ())


def test_a_user_s_file_with_the_public_name_is_no_public_data(finished, tmp_path):
    finished("jena/common_sense", 0.29, data={"source": "public.zip", "public": False}, csv="public.zip")
    verdict = one(tmp_path, PUBLISHED)
    assert (verdict.seeds, verdict.notes) == (
        (),
        ("not judged on your own public.zip: the figure belongs to public.zip",),
    )


def test_a_profile_s_runs_are_those_with_its_settings(finished, tmp_path):
    about = claim("recurrence/gates right", measure="figure", rule=between(0.5, 1))
    finished("recurrence/gates", 0.1, metrics={"right": 0.9})
    finished("recurrence/gates", 0.1, profiles=["quick"], metrics={"right": 0.3})
    # hourly.yaml has no settings of this experiment
    assert one(tmp_path, about, profiles=("hourly",)).sides == ((0.9,),)
    assert one(tmp_path, about, profiles=("quick",)).sides == ((0.3,),)


def test_ratios_are_averaged_as_logarithms(finished, tmp_path):
    about = claim("jena/gru validation.mae", "jena/dense validation.mae", measure="ratio", rule=between(1.5, 6))
    for seed, times in enumerate((1, 10, 100)):
        finished("jena/gru", 0.1 * times, seed=seed)
        finished("jena/dense", 0.1, seed=seed)
    verdict = one(tmp_path, about)
    assert verdict.values == pytest.approx((0, 1, 2), abs=1e-12)
    assert verdict.figure.startswith("10 times")
    # 1 ± 2.484 in the exponent
    assert verdict.interval == pytest.approx((-1.48414, 3.48414), abs=1e-5)
    assert verdict.verdict == UNDECIDED


def test_growth_is_shown_as_growth(finished, tmp_path):
    rule = Rule(math.nextafter(1000, math.inf), math.inf, "above 1000")
    about = claim("recurrence/gates inverse.fall", measure="factor", rule=rule)
    for seed, fall in enumerate((1e-6, 1e-7, 1e-8)):
        finished("recurrence/gates", 0.1, seed=seed, metrics={"fall": fall})
    verdict = one(tmp_path, about)
    # 7 ± 2.484 in the exponent
    assert (verdict.figure, verdict.verdict) == ("1e+7 (1e+5 … 1e+9)", HOLDS)


@pytest.mark.parametrize("seconds", [math.nan, math.inf, None, "fast"])
def test_a_run_without_a_finite_figure_is_left_out_by_name_and_nothing_is_decided(finished, tmp_path, capsys, seconds):
    about = claim("jena/gru speed", "jena/dense speed")
    for seed in (0, 2, 3):
        finished("jena/gru", 0.1, seed=seed, metrics={"speed": 1})
        finished("jena/dense", 0.1, seed=seed, metrics={"speed": 2})
    left_out = finished("jena/gru", 0.1, seed=1, metrics={"speed": seconds})
    finished("jena/dense", 0.1, seed=1, metrics={"speed": 2})
    verdict = one(tmp_path, about)
    assert (verdict.verdict, verdict.seeds, verdict.values) == (UNDECIDED, (0, 2, 3), (-1, -1, -1))
    assert "left out, no finite figure: seed 1" in verdict.remarks
    assert "deciding takes the runs without a figure again: delete their folders first" in verdict.remarks
    assert capsys.readouterr().err == f"left out: {left_out}: its speed is no finite number\n"
    json.dumps(record(verdict), allow_nan=False)


def test_times_of_different_machines_are_not_compared(finished, tmp_path):
    def timed(name, seconds, seed, processor):
        folder = finished(name, 0.3, seed=seed, metrics={"seconds_per_epoch": seconds})
        here = {"device": "cpu", "threads": 1, "cores": 1, "processor": processor, "system": "Linux", "python": "3.11"}
        record = {"backend": "tensorflow", "versions": {}, "commit": "", **here}
        (folder / "environment.json").write_text(json.dumps(record))

    about = claim("jena/gru seconds_per_epoch", "jena/dense seconds_per_epoch", measure="ratio", rule=between(1, 100))
    for seed in range(3):
        timed("jena/gru", 20, seed, "a fast one")
        timed("jena/dense", 10, seed, "a slow one")
    verdict = one(tmp_path, about)
    assert (verdict.verdict, verdict.seeds) == (UNDECIDED, ())
    assert verdict.deciding == "deciding takes runs of both on the same machine"
    for seed in range(3, 6):
        timed("jena/gru", 40, seed, "a slow one")
        timed("jena/dense", 10, seed, "a slow one")
    verdict = one(tmp_path, about)
    assert (verdict.verdict, verdict.seeds, verdict.values) == (HOLDS, (3, 4, 5), pytest.approx([math.log10(4)] * 3))
    assert "left out, made on different machines: seed 0, 1, 2" in verdict.remarks
    assert one(tmp_path).seeds == (0, 1, 2, 3, 4, 5)  # errors don't depend on the machine


def test_figures_are_read_where_the_file_says():
    metrics = {
        "last": {"mae": 0.2, "val_mae": 0.5},
        "huge": 10**400,
        "gates": {"a gate": {"then": 1}},
        "seconds": None,
        "zero": 0,
    }
    assert figure(metrics, "gap.mae") == pytest.approx(0.3)
    assert figure(metrics, "gates.a gate.then") == 1
    assert figure(metrics, "inverse.last.val_mae") == 2
    for name in ("seconds", "last.val_accuracy", "last", "inverse.zero", "huge", "inverse.last.val_loss", ""):
        assert math.isnan(figure(metrics, name))


def test_a_claim_below_zero_is_refuted_by_an_interval_above(finished, tmp_path):
    for seed in range(3):
        finished("jena/gru", 0.4 + seed / 1000, seed=seed)
        finished("jena/dense", 0.3, seed=seed)
    assert one(tmp_path, claim("jena/gru validation.mae", "jena/dense validation.mae", rule=NEGATIVE)).verdict == FAILS


@pytest.mark.parametrize(
    ("metrics", "seconds"),
    [
        ({"seconds": 60, "steps": 10, "steps_in_full": 20}, 120),
        ({"seconds": 60, "seconds_per_epoch": 2, "epochs": 5, "steps": 10, "steps_in_full": 10}, 10),  # a busy machine
        ({"seconds": 60, "seconds_per_epoch": 2, "epochs": 5, "steps": 10, "steps_in_full": 20}, 20),
        ({"seconds": 60, "seconds_per_epoch": None, "epochs": 0}, 60),
    ],
)
def test_a_training_takes_as_long_as_its_quickest_epochs(tmp_path, metrics, seconds):
    assert CompleteRun(tmp_path, metrics).seconds_in_full == seconds
