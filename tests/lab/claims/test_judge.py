"""Judging: verdicts by hand-worked intervals, and only of what can be compared."""

import json
import math
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.claims.judge import FAILS, HOLDS, OPEN, best, decide, interval, judge, read
from lab.claims.spec import Rule
from tests.lab.claims.finished_claims import CLAIMS, NEGATIVE, claim, finished

__all__ = ["finished"]

BETTER = claim("jena/gru validation.mae", "jena/dense validation.mae")
TCN = claim("sequences/copy_memory --model tcn test.nll", "sequences/copy_memory --model lstm test.nll")
NUMBERS = st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=6)
BOUNDS = st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)).map(sorted)


def rule(low, high):
    return Rule(low, high, "as told")


def one(tmp_path, about=BETTER, **options):
    (verdict,) = judge(CLAIMS, [about], root=tmp_path, **options)
    return verdict


def test_the_interval_is_student_s():
    # mean 2, standard deviation 1; Student's t of 2 degrees of freedom leaves 2.5 % above 4.30265
    assert interval([1, 2, 3], 0.95) == pytest.approx((2 - 4.30265 / math.sqrt(3), 2 + 4.30265 / math.sqrt(3)), 1e-5)
    assert interval([1], 0.95) == (-math.inf, math.inf)


@pytest.mark.parametrize(
    ("values", "low", "high", "verdict"),
    [
        # -1.1 ± 0.1: the interval is -1.1 ± 0.2484
        ([-1.2, -1.1, -1.0], -math.inf, 0, HOLDS),
        ([-1.2, -1.1, -1.0], 0, math.inf, FAILS),
        ([-1.2, -1.1, -1.0], -1.3, 0, OPEN),
        ([-1.2, -1.1, -1.0], -1.35, -0.85, HOLDS),
        ([-1.2, -1.1, -1.0], -0.85, -0.1, FAILS),
        # -0.1 ± 0.1: -0.1 ± 0.2484
        ([-0.2, -0.1, 0.0], -math.inf, 0, OPEN),
        ([5.0, 5.0, 5.0], 5, 5, HOLDS),
        ([5.0, 5.0, 5.0], 6, 6, FAILS),
    ],
)
def test_the_whole_interval_decides(values, low, high, verdict):
    assert decide(rule(low, high), values, interval(values, 0.95)) == verdict


@pytest.mark.parametrize(
    ("values", "verdict"),
    [([-1.2, -1.1, 0.1], HOLDS), ([-1.2, -1.1, -1.0], FAILS), ([-0.3, -0.1, -0.001], OPEN)],
)
def test_one_seed_is_enough_for_what_needs_one(values, verdict):
    wanted = Rule(0, math.inf, "not below 0 for every seed", one_is_enough=True)
    assert decide(wanted, values, interval(values, 0.95)) == verdict


@given(values=NUMBERS, bounds=BOUNDS)
def test_a_rule_and_its_mirror_judge_alike(values, bounds):
    low, high = bounds
    ends = interval(values, 0.95)
    mirrored = decide(rule(-high, -low), [-value for value in values], (-ends[1], -ends[0]))
    assert decide(rule(low, high), values, ends) == mirrored


@given(values=NUMBERS, bounds=BOUNDS, more=st.floats(0, 1e6))
def test_a_wider_rule_is_no_harder_to_meet(values, bounds, more):
    low, high = bounds
    ends = interval(values, 0.95)
    narrow, wide = (decide(rule(low - by, high + by), values, ends) for by in (0, more))
    order = [FAILS, OPEN, HOLDS]
    assert order.index(wide) >= order.index(narrow)


@given(values=NUMBERS, bound=st.floats(-1e6, 1e6))
def test_what_holds_has_its_mean_there_and_what_fails_has_not(values, bound):
    verdict = decide(rule(-math.inf, bound), values, interval(values, 0.95))
    below = statistics.fmean(values) <= bound
    assert verdict == OPEN or (verdict == HOLDS) == below


def test_seeds_are_paired(finished, tmp_path):
    # far apart from seed to seed, and in each seed 0.01 to 0.03 apart
    for seed, (gru, dense) in enumerate([(0.2, 0.21), (0.5, 0.52), (0.9, 0.93)]):
        finished("jena/gru", gru, seed=seed)
        finished("jena/dense", dense, seed=seed)
    found = one(tmp_path)
    assert found.values == pytest.approx((-0.01, -0.02, -0.03))
    # -0.02 ± 0.01: the interval is -0.02 ± 0.02484
    assert found.interval == pytest.approx((-0.04484, 0.00484), abs=1e-5)
    assert found.verdict == OPEN
    finished("jena/gru", 0.4, seed=3)
    finished("jena/dense", 0.42, seed=3)
    # four of mean -0.02 and standard deviation 0.008165, t = 3.18245: ± 0.01299
    found = one(tmp_path)
    assert found.interval == pytest.approx((-0.03299, -0.00701), abs=1e-5)
    assert found.verdict == HOLDS
    assert found.figure.endswith("-0.02 ± 0.0082 (-0.033 … -0.00701)")


def test_a_seed_that_one_side_lacks_is_missing(finished, tmp_path):
    for seed in (0, 1, 2):
        finished("jena/gru", 0.2, seed=seed)
    finished("jena/dense", 0.3, seed=1)
    found = one(tmp_path)
    assert (found.seeds, found.verdict) == ((1,), OPEN)
    assert [run.words for run in found.missing] == [
        ("run", "jena/dense", "--seed", "0"),
        ("run", "jena/dense", "--seed", "2"),
    ]
    more = {(run.name, run.seed) for run in one(tmp_path, seeds=4).missing}
    assert more == {("jena/dense", 0), ("jena/dense", 2), ("jena/dense", 3), ("jena/gru", 3)}


def test_without_runs_all_is_missing(tmp_path):
    found = one(tmp_path, profiles=("hourly",))
    assert (found.verdict, found.figure, len(found.missing)) == (OPEN, "–", 6)
    assert found.missing[0].words == ("run", "jena/gru", "--profile", "hourly", "--seed", "0")


def test_one_run_of_what_learns_nothing_stands_for_every_seed(finished, tmp_path):
    about = claim("jena/gru validation.mae", "jena/common_sense validation.mae")
    assert [run.seed for run in one(tmp_path, about).missing if run.name == "jena/common_sense"] == [0]
    finished("jena/common_sense", 0.29, metrics={"parameters": 0, "epochs": 0})
    for seed, error in enumerate((0.25, 0.26, 0.27)):
        finished("jena/gru", error, seed=seed)
    found = one(tmp_path, about)
    assert found.values == pytest.approx((-0.04, -0.03, -0.02))
    assert (found.verdict, found.missing) == (HOLDS, ())


def test_one_run_decides_what_the_seed_plays_no_part_in(finished, tmp_path):
    parameters = claim("jena/gru parameters", measure="figure", rule=rule(7, 7))
    assert len(one(tmp_path, parameters).missing) == 1
    finished("jena/gru", 0.26, seed=5)
    assert (one(tmp_path, parameters).verdict, one(tmp_path, parameters).missing) == (HOLDS, ())
    other = claim("jena/gru parameters", measure="figure", rule=rule(8, 8))
    assert one(tmp_path, other).verdict == FAILS


def test_settings_of_ones_own_are_another_experiment(finished, tmp_path):
    finished("jena/gru", 0.2)
    finished("jena/gru", 0.1, units=64)
    finished("jena/dense", 0.3, threads=2)
    assert one(tmp_path).sides == ((0.2,), (0.3,))


def steps(number, whole):
    return {"steps": number, "steps_in_full": whole}


def test_whole_trainings_compare_whatever_their_steps(finished, tmp_path):
    finished("sequences/copy_memory", 0.1, model="tcn", metrics=steps(7825, 7825))
    finished("sequences/copy_memory", 0.2, model="lstm", metrics=steps(1565, 1565))
    found = one(tmp_path, TCN)
    assert found.sides == ((0.1,), (0.2,))
    assert found.notes == ("trained to their own ends: 7,825 and 1,565 steps",)


def test_what_ended_early_is_judged_at_equal_steps_only(finished, tmp_path):
    short, shorter = {"budget_steps": 900, "steps_per_epoch": 300}, {"budget_steps": 600}
    finished("sequences/copy_memory", 0.1, model="tcn", metrics=steps(7825, 7825))
    finished("sequences/copy_memory", 0.4, model="tcn", metrics=steps(900, 7825), **short)
    finished("sequences/copy_memory", 0.7, model="lstm", metrics=steps(600, 1565), **shorter)
    assert one(tmp_path, TCN).sides == ((), ())
    finished("sequences/copy_memory", 0.5, model="lstm", metrics=steps(900, 1565), **short)
    found = one(tmp_path, TCN)
    assert found.sides == ((0.4,), (0.5,))
    assert found.notes == ("budgeted: 900 of 7,825 steps",)
    budget = ("--budget-steps", "900", "--steps-per-epoch", "300")
    assert {(run.flags[1], run.budget, run.seed) for run in found.missing} == {
        (model, budget, seed) for model in ("tcn", "lstm") for seed in (1, 2)
    }


def test_what_ended_early_decides_nothing_and_counts_less_than_whole_trainings(finished, tmp_path):
    for seed, off in enumerate((0, 1e-4, 2e-4)):
        for model, error in (("tcn", 0.4), ("lstm", 0.7)):
            metrics = steps(900, 7825)
            finished("sequences/copy_memory", error + off, seed=seed, model=model, metrics=metrics, budget_steps=900)
    found = one(tmp_path, TCN)
    assert (len(found.seeds), found.verdict) == (3, OPEN)
    finished("sequences/copy_memory", 0.2, model="tcn", metrics=steps(7825, 7825))
    finished("sequences/copy_memory", 0.1, model="lstm", metrics=steps(7825, 7825))
    assert one(tmp_path, TCN).sides == ((0.2,), (0.1,))


def test_what_is_missing_is_trained_as_long_as_what_is_there(finished, tmp_path):
    finished("sequences/copy_memory", 0.7, model="lstm", metrics=steps(600, 1565), budget_minutes=5)
    first, *_ = one(tmp_path, TCN).missing
    assert first.words[1:] == ("sequences/copy_memory", "--model", "tcn", "--budget-steps", "600", "--seed", "0")


def test_conditions_are_never_mixed_and_the_deck_s_come_first(finished, tmp_path):
    for seed in range(3):
        for name, error in (("jena/gru", 0.2), ("jena/dense", 0.3)):
            finished(name, error, seed=seed, profiles=["quick"])
            finished(name, error, seed=seed, data={"simulated": True})
    for name, error in (("jena/gru", 0.4), ("jena/dense", 0.3)):
        finished(name, error, profiles=["hourly"])
    found = judge(CLAIMS, [BETTER], root=tmp_path)
    assert [(one.conditions.words, len(one.seeds)) for one in found] == [
        ("weather; hourly.yaml", 1),
        ("weather; quick.yaml", 3),
        ("SIMULATED; weather", 3),
    ]
    assert best(found) == found[:1]
    assert [one.record()["simulated"] for one in found] == [False, False, True]


def test_a_profile_s_runs_are_those_of_its_settings(finished, tmp_path):
    about = claim("recurrence/gates right", measure="figure", rule=rule(0.5, 1))
    finished("recurrence/gates", 0.1, metrics={"right": 0.9})
    finished("recurrence/gates", 0.1, profiles=["quick"], metrics={"right": 0.3})
    # hourly.yaml says nothing of it
    assert one(tmp_path, about, profiles=("hourly",)).sides == ((0.9,),)
    assert one(tmp_path, about, profiles=("quick",)).sides == ((0.3,),)


def test_ratios_are_averaged_as_logarithms(finished, tmp_path):
    about = claim("jena/gru validation.mae", "jena/dense validation.mae", measure="ratio", rule=rule(1.5, 6))
    for seed, times in enumerate((1, 10, 100)):
        finished("jena/gru", 0.1 * times, seed=seed)
        finished("jena/dense", 0.1, seed=seed)
    found = one(tmp_path, about)
    assert found.values == pytest.approx((0, 1, 2), abs=1e-12)
    assert found.figure.startswith("10 times")
    # 1 ± 2.484 in the exponent
    assert found.interval == pytest.approx((-1.48414, 3.48414), abs=1e-5)
    assert found.verdict == OPEN


@pytest.mark.parametrize("error", [math.nan, math.inf])
def test_what_has_no_figure_decides_nothing_and_says_so(finished, tmp_path, error):
    for seed in range(3):
        finished("jena/gru", error if seed == 1 else 0.1, seed=seed)
        finished("jena/dense", 0.3, seed=seed)
    found = one(tmp_path)
    assert found.verdict == OPEN
    assert "no finite figure: seed 1" in found.remarks
    json.dumps(found.record(), allow_nan=False)


def test_figures_are_found_where_the_file_says():
    metrics = {"last": {"mae": 0.2, "val_mae": 0.5}, "gates": {"a gate": {"then": 1}}, "seconds_per_epoch": None}
    assert read(metrics, "gap.mae") == pytest.approx(0.3)
    assert read(metrics, "gates.a gate.then") == 1
    assert math.isnan(read(metrics, "seconds_per_epoch"))
    assert math.isnan(read(metrics, "last.val_accuracy"))


def test_a_run_whose_settings_are_gone_is_left_out(finished, tmp_path, capsys):
    finished("jena/gru", 0.1, profiles=["hourly"])
    gone = finished("jena/dense", 0.2)
    text = (gone / "settings.yaml").read_text()
    (gone / "settings.yaml").write_text(text.replace("profiles: []", "profiles: [gone]"))
    assert one(tmp_path, claim("jena/dense validation.mae", measure="figure", rule=NEGATIVE)).seeds == ()
    assert "left out" in capsys.readouterr().out
