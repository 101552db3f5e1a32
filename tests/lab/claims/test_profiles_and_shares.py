"""Claims about profiles of their own, and claims that count other claims."""

import dataclasses
import json
import math

import pytest

from lab.claims import judge as judging
from lab.claims import picture, table
from lab.claims.evidence import ONE_CORE
from lab.claims.records import record
from lab.claims.spec import Claim, Rule
from lab.claims.verdict import FAILS, HOLDS, UNDECIDED
from tests.lab.claims.finished_claims import CLAIMS, claim, config_of, finished

__all__ = ["finished"]

IDS = {(): "paper", ("laptop",): "small", ("laptop", "laptop_tuned"): "tuned"}
PAIR = "sequences/adding --model tcn test.mse", "sequences/adding --model lstm test.mse"
WHOLE = {"steps": 10, "steps_in_full": 10}


def judged(root, *chosen, **options):
    file = dataclasses.replace(CLAIMS, claims=chosen, hours={"laptop": 0.5})
    return judging.best(judging.judge(file, chosen, config_of, root=root, **options))


def pairs(sizes=2):
    """The same pair at each size."""
    return [dataclasses.replace(claim(*PAIR), id=name, under=under) for under, name in list(IDS.items())[:sizes]]


@pytest.fixture
def runs(finished):
    """Writes three seeds of both models of adding."""

    def write(tcn, lstm, **options):
        for seed in range(3):
            for model, error in (("tcn", tcn), ("lstm", lstm)):
                metrics = {**WHOLE, "test": {"mse": error + seed / 1000}}
                finished("sequences/adding", 0.1, seed=seed, model=model, metrics=metrics, **options)

    return write


def test_each_size_is_judged_by_its_own_runs(runs, tmp_path):
    runs(0.2, 0.3, profiles=["laptop"])
    assert [verdict.verdict for verdict in judged(tmp_path, *pairs())] == [UNDECIDED, HOLDS]
    runs(0.3, 0.2)
    verdicts = judged(tmp_path, *pairs())
    assert [verdict.verdict for verdict in verdicts] == [FAILS, HOLDS]
    assert [verdict.conditions.profiles for verdict in verdicts] == list(IDS)[:2]
    assert [verdict.missing for verdict in verdicts] == [(), ()]


def test_a_profile_that_says_nothing_about_a_model_decides_nothing(runs, tmp_path):
    runs(0.2, 0.3, profiles=["laptop"])
    tuned = tmp_path / "found.yaml"
    tuned.write_text("sequences/adding: {models: {tcn: {learning_rate: 0.002}}}")  # as it was
    about = dataclasses.replace(claim(*PAIR), under=("laptop", str(tuned)))
    (verdict,) = judged(tmp_path, about)
    assert (verdict.verdict, verdict.missing) == (UNDECIDED, ())
    words = "deciding takes settings first: found.yaml has none of sequences/adding --model lstm"
    assert verdict.remarks == (words,)
    json.dumps(record(verdict), allow_nan=False)
    tuned.write_text("sequences/adding: {models: {tcn: {learning_rate: 0.002}, lstm: {learning_rate: 0.002}}}")
    assert [verdict.verdict for verdict in judged(tmp_path, about)] == [HOLDS]


def test_a_search_s_run_counts_for_the_settings_that_it_found(runs, tmp_path, monkeypatch):
    runs(0.2, 0.3, profiles=["laptop"])
    runs(0.4, 0.3, profiles=["laptop"], learning_rate=0.5)
    tuned = tmp_path / "found.yaml"
    tuned.write_text("sequences/adding: {learning_rate: 0.5}")
    chosen = [*pairs(), dataclasses.replace(claim(*PAIR), id="tuned", under=("laptop", str(tuned)))]
    assert [verdict.verdict for verdict in judged(tmp_path, *chosen)] == [UNDECIDED, HOLDS, FAILS]


def test_without_runs_the_hours_are_the_file_s(tmp_path):
    paper, small = judged(tmp_path, *pairs())
    assert small.deciding == f"deciding takes at least 6 runs, about 3.0 h on {ONE_CORE}"
    assert paper.deciding == "deciding takes at least 6 runs"
    assert {run.words[-4:-2] for run in small.missing} == {("--profile", "laptop")}


def test_a_profile_laid_over_a_size_is_judged_apart(runs, tmp_path):
    runs(0.2, 0.3, profiles=["laptop"])
    assert [verdict.verdict for verdict in judged(tmp_path, *pairs(), profiles=("quick",))] == 2 * [UNDECIDED]


def test_words_and_profiles_choose_claims():
    file = dataclasses.replace(CLAIMS, claims=tuple(pairs(3)))
    assert [one.id for one in file.about([])] == list(IDS.values())
    assert [one.id for one in file.about(["sequences"], ["laptop"])] == ["small"]
    assert [one.id for one in file.about([], ["laptop", "laptop_tuned"])] == ["tuned"]
    assert [one.id for one in file.about([], ["quick"])] == list(IDS.values())


def test_sizes_have_their_own_tables_and_pictures(runs, tmp_path):
    runs(0.2, 0.3)
    runs(0.2, 0.3, profiles=["laptop"])
    verdicts = judged(tmp_path, *pairs())
    written = {path.name for path in table.write(verdicts, tmp_path)}
    assert {"sequences.png", "sequences-laptop.png"} < written
    parts = (tmp_path / "claims/table.md").read_text().split("### ")[1:]
    assert ["laptop" in part for part in parts] == [False, True]
    counts = "holds: 1; does not hold: 0; not decided: 0"
    assert table.summary(verdicts) == f"{counts}\n\n{counts} (laptop.yaml)"


ABOVE_HALF = Rule(math.nextafter(0.5, 1), math.inf, "above 0.5")
PARTS = (
    claim("sequences/adding --model tcn test.mse", "sequences/adding --model lstm test.mse"),
    claim("sequences/copy_memory --model tcn test.nll", "sequences/copy_memory --model lstm test.nll"),
    claim("jena/gru validation.mae", "jena/dense validation.mae", measure="ratio", rule=Rule(0, 0.5, "below half")),
)
MOST = Claim("most", "A Page", "On most", "share", sum((p.sides for p in PARTS), ()), ABOVE_HALF, parts=PARTS)


@pytest.mark.parametrize(
    ("wins", "verdict", "figure"),
    [
        ({"adding": 3, "copy_memory": 3}, HOLDS, "2 of 2 hold, 0 don't"),
        ({"adding": 2, "copy_memory": 3}, UNDECIDED, "1 of 2 hold, 0 don't"),  # the open one may yet hold
        ({"adding": 0, "copy_memory": 3}, FAILS, "1 of 2 hold, 1 don't"),  # half aren't most
        ({"adding": 2, "copy_memory": 0}, FAILS, "0 of 2 hold, 1 don't"),  # and whatever comes, it isn't more than half
    ],
)
def test_a_share_follows_from_the_verdicts_on_its_parts(finished, tmp_path, wins, verdict, figure):
    adding, copying = (
        dataclasses.replace(part, id=name) for part, name in zip(PARTS, ("adding", "copying"), strict=False)
    )
    most = dataclasses.replace(MOST, sides=(*adding.sides, *copying.sides), parts=(adding, copying))
    for seed in range(3):
        for task, metric in (("adding", "mse"), ("copy_memory", "nll")):
            for model, error in (("tcn", 0.1 + seed / 1000), ("lstm", 0.2)):
                signed = error if seed < wins[task] else -error
                metrics = {**WHOLE, "test": {metric: signed}}
                data = {"conditions": task}
                finished(f"sequences/{task}", 0.1, seed=seed, model=model, metrics=metrics, data=data)
    (judged_one,) = judged(tmp_path, most)
    assert (judged_one.verdict, judged_one.figure, judged_one.seeds) == (verdict, figure, (0, 1, 2))
    assert judged_one.words == "share of these 2 claims that holds: above 0.5 (adding, copying)"
    assert judged_one.deciding == ("deciding takes verdicts on some of adding" if verdict == UNDECIDED else "")
    json.dumps(record(judged_one), allow_nan=False)
    of_three = dataclasses.replace(MOST, id="of three")
    (judged_one,) = judged(tmp_path, of_three)
    held = figure.split(" hold")[0].split(" of ")[0]
    assert judged_one.figure.startswith(f"{held} of 3 hold")
    assert (judged_one.verdict == HOLDS) == (held == "2"), "the part without runs can't change it"
    assert (judged_one.seeds, len(judged_one.missing)) == ((0, 1, 2), 6)
    assert {run.name for run in judged_one.missing} == {"jena/gru", "jena/dense"}
    settled = ("6 runs missing, which can't change the verdict",)
    assert judged_one.remarks == (settled if held == "2" else (judged_one.deciding,))
    assert picture.forest([judged_one])


def test_a_share_counts_each_task_where_it_was_trained_to_the_end(finished, tmp_path):
    cut_short = {**WHOLE, "steps": 1, "steps_in_full": 10}
    for seed in range(3):
        for model, error in (("tcn", 0.1 + seed / 1000), ("lstm", 0.2)):
            run = {"seed": seed, "model": model}
            task = {"data": {"conditions": "adding"}, "backend": "jax"}
            finished("sequences/adding", 0.1, metrics={**WHOLE, "test": {"mse": error}}, **run, **task)
            task = {"data": {"conditions": "copying"}}
            finished("sequences/copy_memory", 0.1, metrics={**WHOLE, "test": {"nll": error}}, **run, **task)
    for seed in range(5):
        for model in ("tcn", "lstm"):
            task = {"data": {"conditions": "adding"}, "metrics": {**cut_short, "test": {"mse": 0.1}}}
            finished("sequences/adding", 0.1, seed=seed, model=model, **task)
    on_both = dataclasses.replace(MOST, sides=sum((part.sides for part in PARTS[:2]), ()), parts=PARTS[:2])
    (verdict,) = judged(tmp_path, on_both)
    assert (verdict.verdict, verdict.figure) == (HOLDS, "2 of 2 hold, 0 don't")
    assert [part.conditions.backend for part in verdict.parts] == ["jax", "tensorflow"]


@pytest.mark.parametrize(("tuned", "verdict"), [(["adding", "copy_memory"], HOLDS), (["adding"], UNDECIDED)])
def test_what_has_no_settings_doesn_t_count_in_a_share(finished, tmp_path, tuned, verdict):
    profile = tmp_path / "found.yaml"
    profile.write_text("".join(f"sequences/{task}: {{clip_norm: 1}}\n" for task in tuned))  # as it was
    under = ("laptop", str(profile))
    third = claim("sequences/nottingham --model tcn test.nll", "sequences/nottingham --model lstm test.nll")
    parts = tuple(
        dataclasses.replace(part, id=name, under=under)
        for part, name in zip((*PARTS[:2], third), ("adding", "copy_memory", "nottingham"), strict=True)
    )
    most = dataclasses.replace(MOST, sides=sum((part.sides for part in parts), ()), parts=parts, under=under)
    for seed in range(3):
        for task, metric in (("adding", "mse"), ("copy_memory", "nll"), ("nottingham", "nll")):
            for model, error in (("tcn", 0.1 + seed / 1000), ("lstm", 0.2)):
                metrics = {**WHOLE, "test": {metric: error}}
                own = {"profiles": ["laptop"], "clip_norm": 1, "data": {"conditions": task}}
                finished(f"sequences/{task}", 0.1, seed=seed, model=model, metrics=metrics, **own)
    (judged_one,) = judged(tmp_path, most)
    assert (judged_one.verdict, judged_one.figure) == (verdict, f"{len(tuned)} of 3 hold, 0 don't")
    assert judged_one.missing == ()


def test_a_share_without_any_run_is_not_drawn(tmp_path):
    (without,) = judged(tmp_path, MOST)
    assert (without.verdict, without.figure, without.values, without.seeds) == (UNDECIDED, "–", (), ())
    json.dumps(record(without), allow_nan=False)
    assert picture.forest([without]) is None
