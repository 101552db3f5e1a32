"""Damaged files: a run is left out by name with the reason, the others are judged, and nothing ends in a traceback."""

import json
import math

import pytest
import yaml
from hypothesis import HealthCheck, given
from hypothesis import settings as options
from hypothesis import strategies as st

from foundation.user_error import UserError
from lab.claims import file, records, table
from lab.claims.verdict import HOLDS, VERDICTS
from tests.lab.claims.finished_claims import claim, finished, judge
from tests.lab.claims.test_file import FILE, GOOD, written

__all__ = ["finished", "written"]

BETTER = claim("sequences/copy_memory --model tcn test.nll", "sequences/copy_memory --model lstm test.nll")
STEPS = {"steps": 7825, "steps_in_full": 7825}
MANY = options(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5) | st.integers(), inner, max_size=3),
    max_leaves=5,
)


def rewrite(path, change):
    content = yaml.safe_load(path.read_text())
    change(content)
    path.write_text(json.dumps(content) + "\n")  # JSON is YAML, too


def put(*keys, value):
    """Changes one value, or removes it if the value is `...`."""

    def change(content):
        for key in keys[:-1]:
            content = content[key]
        if value is ...:
            del content[keys[-1]]
        else:
            content[keys[-1]] = value

    return lambda path: rewrite(path, change)


ANY_FILE = {
    "empty": lambda path: path.write_bytes(b""),
    "cut": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "garbage": lambda path: path.write_bytes(bytes(range(256))),
    "no mapping": lambda path: path.write_text("[1, 2]\n"),
    "one number": lambda path: path.write_text("3\n"),
    "a folder": lambda path: (path.unlink(), path.mkdir()),
    "deeply nested": lambda path: path.write_text("[" * 3000 + "\n"),
}
DAMAGE = [
    *(("settings.yaml", kind, damage) for kind, damage in ANY_FILE.items()),
    *(("metrics.json", kind, damage) for kind, damage in ANY_FILE.items() if kind != "a folder"),
    ("settings.yaml", "missing", lambda path: path.unlink()),
    *(
        ("settings.yaml", f"{'.'.join(keys)}: {value}", put(*keys, value=value))
        for keys, values in {
            ("settings",): (..., [], 3),
            ("profiles",): (..., "quick", [3], [["quick"]], ["no such profile"]),
            ("data",): (..., 3),
            ("backend",): ([],),
            ("settings", "seed"): (..., "0", math.nan, [0]),
            ("settings", "model"): ([], 3),
            ("settings", "units"): (...,),
        }.items()
        for value in values
    ),
    *(
        ("metrics.json", f"{'.'.join(keys)}: {value}", put(*keys, value=value))
        for keys, values in {
            ("data",): (3, [], "here"),
            ("data", "conditions"): ([], 3),
            ("steps",): ("many", math.nan, [], 1.5, -1, 10**400),
            ("steps_in_full",): ("many", math.nan),
            ("test",): (3, [], "good", math.nan),
            ("test", "nll"): (math.nan, "good", [], True),
        }.items()
        for value in values
    ),
]


@pytest.mark.parametrize(("file", "kind", "damage"), DAMAGE, ids=[f"{file} {kind}" for file, kind, _ in DAMAGE])
def test_a_damaged_run_is_left_out_by_name_and_the_others_are_judged(finished, tmp_path, capsys, file, kind, damage):
    for seed in range(4):
        finished("sequences/copy_memory", 0.1 + seed / 1000, seed=seed, model="tcn", metrics=STEPS)
        folder = finished("sequences/copy_memory", 0.2, seed=seed, model="lstm", metrics=STEPS)
    damage(folder / file)
    (verdict,) = judge([BETTER], tmp_path)
    assert (verdict.seeds, verdict.verdict) == ((0, 1, 2), HOLDS)
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("left out: ") and str(folder) in line
    records.write([verdict], tmp_path)


def test_a_run_without_its_figure_is_named(finished, tmp_path, capsys):
    folder = finished("sequences/copy_memory", 0.1, model="tcn", metrics={**STEPS, "test": {}})
    finished("sequences/copy_memory", 0.2, model="lstm", metrics=STEPS)
    (verdict,) = judge([BETTER], tmp_path)
    assert (verdict.seeds, verdict.without) == ((), (0,))
    assert capsys.readouterr().err == f"left out: {folder}: its test.nll is no finite number\n"
    table.write([verdict], tmp_path)


@MANY
@given(key=st.sampled_from(["data", "steps", "steps_in_full", "test", "seconds", "epochs"]), value=ANYTHING)
def test_whatever_a_metric_is_the_verdict_can_be_written(finished, tmp_path, key, value):
    folder = finished("sequences/copy_memory", 0.1, model="tcn", metrics={**STEPS, key: value})
    records.write(judge([BETTER], tmp_path), tmp_path)
    (folder / "metrics.json").unlink()


@MANY
@given(key=st.sampled_from(["seed", "model", "epochs", "steps_per_epoch", "budget_steps", "units"]), value=ANYTHING)
def test_whatever_a_setting_is_the_verdict_can_be_written(finished, tmp_path, key, value):
    folder = finished("sequences/copy_memory", 0.1, metrics=STEPS)
    put("settings", key, value=value)(folder / "settings.yaml")
    records.write(judge([BETTER], tmp_path), tmp_path)
    (folder / "metrics.json").unlink()


@MANY
@given(
    key=st.sampled_from([*GOOD, "data", "over", "confidence", "seeds", "protocol", "long", "claims"]), value=ANYTHING
)
def test_whatever_the_claims_file_holds_it_is_read_or_refused_in_one_line(written, key, value):
    written({**FILE, "claims": [{**GOOD, key: value}]} if key in {*GOOD, "data", "over"} else {**FILE, key: value})
    try:
        assert file.read().claims is not None
    except UserError as error:
        assert "\n" not in str(error)


@pytest.mark.parametrize("text", ["[1", "\x00", "a: 2024-99-99", "- 1", "{{}: 1}", "3"])
def test_a_claims_file_that_is_no_yaml_is_refused_in_one_line(written, text):
    written({}).write_text(text)
    with pytest.raises(UserError, match="claims") as caught:
        file.read()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("damage", [damage for kind, damage in ANY_FILE.items()], ids=list(ANY_FILE))
def test_damaged_verdicts_are_refused_in_one_line_and_written_anew(finished, tmp_path, damage):
    assert records.read(tmp_path) is None
    verdicts = judge([BETTER], tmp_path)
    file = records.write(verdicts, tmp_path)
    assert records.read(tmp_path) == [records.record(verdict) for verdict in verdicts]
    damage(file)
    with pytest.raises(UserError, match="verify") as caught:
        records.read(tmp_path)
    assert str(file) in str(caught.value) and "\n" not in str(caught.value)


@MANY
@given(data=st.data())
def test_a_damaged_record_is_refused_by_the_name_of_its_part(finished, tmp_path, data):
    file = records.write(judge([BETTER], tmp_path), tmp_path)
    (good,) = records.read(tmp_path)
    key, value = data.draw(st.sampled_from(list(good))), data.draw(ANYTHING)
    file.write_text(json.dumps([{**good, key: value}]))
    try:
        (record,) = records.read(tmp_path)
    except UserError as error:
        assert f"{key} of verdict 1 is missing or wrong" in str(error)
    else:  # by chance it was of the right type
        assert isinstance(record[key], type(good[key])) and record["verdict"] in VERDICTS
    file.write_text(json.dumps([{name: good[name] for name in good if name != key}]))
    with pytest.raises(UserError, match=key):
        records.read(tmp_path)
