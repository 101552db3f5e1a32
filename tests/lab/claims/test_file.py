"""The file of claims: what it holds can be run and measured, and what is wrong in it is named in one line."""

import json
import math
from pathlib import Path

import pytest
import yaml

from experiments import catalogue, loading
from foundation.user_error import UserError
from lab import settings
from lab.claims import file as claims
from lab.claims.evidence import figure

CLAIMS = claims.read()
SIDES = {(side.name, side.flags, side.figure): side for claim in CLAIMS.claims for side in claim.sides}
REFERENCE = Path(__file__).parents[3] / "results/reference"
MEASURED = [
    (key, path) for key, side in SIDES.items() for path in sorted((REFERENCE / side.name).glob("*/metrics.json"))[:1]
]

ANEW = {"-laptop": ("laptop",), "-laptop-tuned": ("laptop", "laptop_tuned")}
"""Endings of the ids of claims that are judged anew under profiles."""
GOOD = {
    "id": "one",
    "page": "A Page",
    "claim": "It is so",
    "measure": "difference",
    "figure": "validation.mae",
    "of": "jena/gru",
    "to": "jena/dense",
    "holds": {"below": 0},
}
FILE = {"confidence": 0.95, "seeds": 3, "protocol": ["hourly"], "long": [], "claims": [GOOD]}


@pytest.fixture
def written(tmp_path, monkeypatch):
    """Puts content in the place of `configs/claims.yaml`."""

    def write(content):
        (tmp_path / "jena").mkdir(exist_ok=True)
        for name in ("jena/gru.yaml", "jena/dense.yaml", "jena.yaml"):
            (tmp_path / name).write_text((settings.CONFIGS / name).read_text())
        (tmp_path / "claims.yaml").write_text(yaml.safe_dump(content))
        monkeypatch.setattr(settings, "CONFIGS", tmp_path)
        return tmp_path / "claims.yaml"

    return write


@pytest.mark.parametrize(("name", "flags"), sorted({key[:2] for key in SIDES}), ids=str)
def test_what_a_claim_names_can_be_run(name, flags):
    config = settings.resolve(name, loading.experiment(name).Config, flags=flags)
    given = next(side for key, side in SIDES.items() if key[:2] == (name, flags)).settings
    assert {key: getattr(config, key) for key in given} == given


@pytest.mark.parametrize(("key", "path"), MEASURED, ids=str)
def test_the_reference_has_the_figure(key, path):
    assert math.isfinite(figure(json.loads(path.read_text()), SIDES[key].figure))


def test_tcn_is_compared_if_the_lecture_s_table_has_both_figures():
    tables = {name.split("/")[1]: settings.entry(name).published for name in catalogue.names("sequences")}
    cells = {
        f"tcn-{rival}-{task}"
        for task, table in tables.items()
        for rival in ("lstm", "gru", "rnn")
        if table["tcn"] is not None and table[rival] is not None
    }
    pairs = [claim for claim in CLAIMS.claims if claim.id.startswith("tcn-") and not claim.parts]
    assert {claim.id for claim in pairs if not claim.under} == cells
    here = {cell for cell in cells if not cell.endswith(("text8", "wikitext103", "lambada"))}
    for suffix, under in ANEW.items():
        assert {claim.id for claim in pairs if claim.under == under} == {f"{cell}{suffix}" for cell in here}
    metrics = {task: table["metric"] for task, table in tables.items()}
    for claim in pairs:
        task = claim.sides[0].name.split("/")[1]
        assert {side.figure for side in claim.sides} == {f"test.{metrics[task]}"}
        # a higher accuracy is better, and a lower value of every other metric
        assert (claim.rule.low > 0) == (metrics[task] == "accuracy")


def test_on_most_tasks_is_a_claim_about_all_tasks_that_can_be_had():
    for suffix, under in {"": (), **ANEW}.items():
        shares = [claim for claim in CLAIMS.claims if claim.parts and claim.under == under]
        assert [claim.id for claim in shares] == [f"tcn-{rival}-most{suffix}" for rival in ("lstm", "gru", "rnn")]
        for rival, share in zip(("lstm", "gru", "rnn"), shares, strict=True):
            tasks = {part.id.removeprefix(f"tcn-{rival}-").removesuffix(suffix) for part in share.parts}
            assert len(tasks) == len(share.parts) == 8
            assert {part.sides[1].settings["model"] for part in share.parts} == {rival}


def test_published_figures_name_their_data():
    published = [
        claim
        for claim in CLAIMS.claims
        if claim.measure == "figure" and not claim.fixed and math.isfinite(claim.rule.high - claim.rule.low)
    ]
    assert {claim.id for claim in published} == {"common-sense-mae", "common-sense-celsius"}
    reference = json.loads(next((REFERENCE / "jena/common_sense").glob("*/metrics.json")).read_text())
    assert all(reference["data"]["source"] in claim.data for claim in published)


def test_a_growth_is_claimed_as_a_number_above_1():
    (grows,) = (claim for claim in CLAIMS.claims if claim.id == "gradient-explodes")
    assert grows.rule.low > 1


def test_long_runs_and_profiles_are_there():
    assert set(CLAIMS.long) <= set(catalogue.names())
    assert all(settings.profile_file(profile).is_file() for profile in CLAIMS.protocol)


def test_claims_are_asked_for_by_id_experiment_and_group():
    ids = {word: {claim.id for claim in CLAIMS.about([word])} for word in ("input-gate", "imdb/lstm", "recurrence")}
    assert ids["input-gate"] == {"input-gate"}
    assert ids["imdb/lstm"] == {"reversed-reviews", "bidirectional-reviews"}
    assert "gradient-vanishes" in ids["recurrence"] > {"input-gate"}
    assert len(CLAIMS.about(["input-gate", "imdb/lstm"])) == 3
    assert CLAIMS.about([]) == CLAIMS.claims
    with pytest.raises(UserError, match="did you mean jena/gru"):
        CLAIMS.about(["jena/grue"])


@pytest.mark.parametrize(
    ("holds", "inside", "outside"),
    [
        ({"below": 2}, [1.999, -1e9], [2, 3]),
        ({"above": 2}, [2.001, 1e9], [2, 1]),
        ({"between": [1, 2]}, [1, 2], [0.99, 2.01]),
        ({"equals": 2}, [2], [1, 3]),
        ({"about": 2, "margin": 0.5}, [1.5, 2.5], [1.4, 2.6]),
        ({"not_always_below": 2}, [2, 3], [1.999]),
    ],
    ids=str,
)
def test_a_rule_is_a_range_of_numbers(written, holds, inside, outside):
    written({**FILE, "claims": [{**GOOD, "holds": holds}]})
    (claim,) = claims.read().claims
    assert all(claim.rule.low <= number <= claim.rule.high for number in inside)
    assert not any(claim.rule.low <= number <= claim.rule.high for number in outside)
    assert claim.rule.one_is_enough == ("not_always_below" in holds)


def test_one_entry_stands_for_many_claims(written):
    entry = {
        **GOOD,
        "id": "{unit}-{cell}",
        "claim": "{CELL} of {unit}",
        "over": {"cell": ["gru", "dense"], "unit": ["a"]},
    }
    written({**FILE, "claims": [{**entry, "of": "jena/{cell}"}]})
    assert [(claim.id, claim.claim, claim.sides[0].name) for claim in claims.read().claims] == [
        ("a-gru", "GRU of a", "jena/gru"),
        ("a-dense", "DENSE of a", "jena/dense"),
    ]


def test_a_share_is_of_claims_before_it_with_names_filled_in(written):
    pair = {**GOOD, "id": "better-{cell}", "of": "jena/{cell}", "over": {"cell": ["gru", "dense"]}}
    share = {key: GOOD[key] for key in ("page", "claim")} | {"id": "most", "measure": "share", "holds": {"above": 0.5}}
    written({**FILE, "claims": [pair, {**share, "over": {"kind": ["better"]}, "of": ["{kind}-gru", "{kind}-dense"]}]})
    *pairs, most = claims.read().claims
    assert most.parts == tuple(pairs)
    assert [side.name for side in most.sides] == ["jena/gru", "jena/dense", "jena/dense", "jena/dense"]


def test_two_figures_can_be_of_one_run(written):
    entry = {key: value for key, value in GOOD.items() if key != "to"}
    written({**FILE, "claims": [{**entry, "figure": ["last.val_mae", "last.mae"], "of": "jena/gru --units 64"}]})
    (claim,) = claims.read().claims
    assert [(side.settings, side.figure) for side in claim.sides] == [
        ({"units": 64}, "last.val_mae"),
        ({"units": 64}, "last.mae"),
    ]
    assert claim.experiments == ("jena/gru --units 64",)


BROKEN = [
    ({"page": None}, "one: None must be text"),
    ({"measur": "ratio"}, "one: there is no 'measur'; did you mean measure?"),
    ({"measure": "diference"}, "one: measure 'diference'; did you mean difference?"),
    ({"to": ...}, "one: difference needs two sides"),
    ({"measure": "figure"}, "one: figure needs one experiment"),
    ({"figure": ["a", "b", "c"]}, "one: difference needs two sides"),
    ({"of": "jena/grue"}, "jena/grue.yaml cannot be read: No such file or directory"),
    ({"of": "jena/gru units"}, "one: 'jena/gru units' must be an experiment"),
    ({"holds": ...}, "one lacks holds"),
    ({"holds": "always"}, "one: holds must be one of below"),
    ({"holds": {"below": 0, "above": 1}}, "one: holds must be one of"),
    ({"holds": {"below": "zero"}}, "one: below needs a number"),
    ({"holds": {"between": 3}}, "one: between needs two numbers"),
    ({"holds": {"about": 3}}, "one: holds must be one of"),
    ({"holds": {"below": 0}, "measure": "ratio"}, "one: a ratio is above 0"),
    ({"holds": {"below": math.nan}}, "one: below needs a number"),
    ({"holds": {"below": 10**400}}, "one: below needs a number"),
    ({"holds": {"between": [1, 0]}}, "one: between needs the smaller number first"),
    ({"claim": "{cell}"}, "one: 'cell' is no name under over"),
    ({"claim": "{}"}, "is no name under over"),
    ({"claim": "{cell.x}", "over": {"cell": ["gru"]}}, "is no name under over"),
    ({"over": ["gru"]}, "one: over must be names with lists"),
    ({"over": {"cell": [1]}}, "one: over: cell must be a list of names"),
    ({"of": "jena/gru 'units"}, "must be an experiment"),
    ({"of": ""}, "one: '' must be an experiment"),
    ({"of": "../configs/jena"}, "must be an experiment"),
    ({"of": "jena/gru --units ["}, "must be an experiment"),
    ({"id": 1}, "1: 1 must be text"),
    ({"data": "jena.zip"}, "one: data must be a list of names"),
    ({"under": "hourly"}, "one: under must be a list of names"),
    ({"under": ["nowhere"]}, "there is no profile 'nowhere'"),
    ({"measure": "share", "figure": ..., "to": ..., "of": ["two"]}, "one: of: no claim before it, under the same"),
    ({"measure": "share", "figure": ..., "to": ..., "of": []}, "one: of: it has no claims"),
    ({"measure": "share", "figure": ..., "to": ..., "of": "two"}, "one: of must be a list of names"),
]


@pytest.mark.parametrize(("change", "message"), BROKEN, ids=[f"{change}"[:60] for change, _ in BROKEN])
def test_a_broken_claim_is_named_in_one_line(written, change, message):
    written({**FILE, "claims": [{key: value for key, value in (GOOD | change).items() if value is not ...}]})
    with pytest.raises(UserError) as caught:
        claims.read()
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"confidence": 95}, "confidence must lie between 0 and 1"),
        ({"seeds": 1}, "seeds must be 2 or more"),
        ({"seeds": 10**30}, "seeds must be 2 or more, up to 1000"),
        ({"protocol": [1]}, "protocol must be a list of names"),
        ({"long": "jena"}, "long must be a list of names"),
        ({"claims": None}, "claims must be a list"),
        ({"claims": ["it is so"]}, "a claim must be names with values"),
        ({"claims": [GOOD, GOOD]}, "two claims have the id 'one'"),
        ({"hours": [1]}, "hours must be names with numbers"),
        ({"budget": 3}, "there is no 'budget'"),
    ],
    ids=str,
)
def test_a_broken_file_is_refused_in_one_line(written, change, message):
    written({**FILE, **change})
    with pytest.raises(UserError, match=message):
        claims.read()
