"""A description is read from YAML, checked key by key, and drafted from a file."""

import numpy as np
import pandas as pd
import pytest
import yaml

from foundation import fetch as fetching
from foundation.user_error import UserError
from tables.description import Description, described
from tables.draft import draft
from tables.read import read
from tests.tables.table_files import FORMATS, lines, plain, times

FULL = """
file: a.csv
time: [Date, Time]
time_format: "%d/%m/%Y %H.%M.%S"
time_zone: Europe/Rome
targets: T
columns: [CO(GT), T, RH]
spacing: 1h
resample: mean
missing: [-200, trace]
ranges: {T: [-50, 60]}
circular: [RH]
fill: 6h
train_end: 0.5
validation_end: 2005-01-01
test_end: 9000
reach_back: true
"""


def test_every_key_is_read():
    description = described(yaml.safe_load(FULL), "a.yaml")
    assert description == Description(
        file=("a.csv",),
        time=("Date", "Time"),
        time_format="%d/%m/%Y %H.%M.%S",
        time_zone="Europe/Rome",
        targets=("T",),
        columns=("CO(GT)", "T", "RH"),
        spacing=pd.Timedelta("1h"),
        resample="mean",
        missing=(-200, "trace"),
        ranges={"T": (-50, 60)},
        circular=("RH",),
        fill=pd.Timedelta("6h"),
        train_end=0.5,
        validation_end="2005-01-01",
        test_end=9000,
        reach_back=True,
    )
    assert description.marks == (-200,)
    assert description.words == {"trace"}
    assert description.wanted == ("CO(GT)", "T", "RH")


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("tagrets", ["T"], "unknown key 'tagrets'; did you mean targets?"),
        ("zzz", 1, "unknown key 'zzz'; known are file"),
        ("spacing", "soon", "spacing is 'soon' and must be a duration such as 10min"),
        ("spacing", -5, "must be longer than nothing"),
        ("spacing", True, "must be a duration"),
        ("spacing", float("nan"), "must be longer|must be a duration"),
        ("fill", [1], "must be a duration"),
        ("time_zone", "Mars", "'Mars' is no time zone"),
        ("time_zone", "../../etc/passwd", "is no time zone"),
        ("resample", "sum", "resample is 'sum' and must be one of last, mean"),
        ("ranges", [1, 2], "ranges is"),
        ("ranges", {"T": [3, 1]}, r"the range of 'T' is \[3, 1\] and must be"),
        ("ranges", {"T": 3}, "the range of 'T' is 3"),
        ("train_end", "soon", "must be a row, a fraction below 1, or a time"),
        ("train_end", -1, "must be a row"),
        ("train_end", float("inf"), "must be a row"),
        ("reach_back", "yes", "must be true or false"),
        ("targets", [["T"]], "must be a name or a list of names"),
        ("columns", ["T", " T "], "an empty or a repeated name"),
        ("time_format", 5, "must be text"),
    ],
)
def test_a_wrong_value_is_named_with_its_key(key, value, words):
    with pytest.raises(UserError, match=words) as refusal:
        described({key: value}, "bikes.yaml")
    assert str(refusal.value).startswith(("bikes.yaml: ", "time_zone: "))


def test_a_description_is_a_mapping():
    with pytest.raises(UserError, match="must be a mapping"):
        described(["a"], "bikes.yaml")


def test_ranges_and_circular_columns_are_among_the_columns():
    with pytest.raises(UserError, match="ranges names 'p', which is not among `columns`"):
        described({"columns": ["T"], "ranges": {"p": [0, 1]}}, "bikes.yaml")


def test_a_number_of_minutes_is_a_spacing():
    assert described({"spacing": 10}, "x").spacing == pd.Timedelta("10min")


def test_files_or_a_source_must_be_named():
    with pytest.raises(UserError, match="neither a file nor a source"):
        Description().paths()


def test_a_source_is_the_first_packing_that_can_be_had(tmp_path, monkeypatch):
    monkeypatch.delenv(fetching.MIRROR, raising=False)
    mirror = tmp_path / "mirror"
    (mirror / "tables").mkdir(parents=True)
    (mirror / "tables/AirQualityUCI.csv").write_text(plain())
    (mirror / fetching.SUMS).write_text(f"{sha(mirror / 'tables/AirQualityUCI.csv')}  tables/AirQualityUCI.csv\n")
    description = Description(source=("tables/air+quality.zip", "tables/AirQualityUCI.csv"))
    paths = description.paths(mirror, tmp_path / "data")
    assert paths == [tmp_path / "data/tables/AirQualityUCI.csv"]
    assert len(read(description, paths).frame) == 48


def sha(path):
    import hashlib

    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("name", FORMATS)
def test_a_draft_reads_the_file_that_it_was_drafted_from(tmp_path, name):
    content, step, expected = FORMATS[name]
    path = tmp_path / "table.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    drafted = draft([path])
    description = described(yaml.safe_load(drafted.yaml), "draft")
    assert description == drafted.description
    assert description.spacing == pd.Timedelta(step)
    table = read(description, description.paths())
    pd.testing.assert_frame_equal(table.frame, drafted.table.frame)
    varying = [column for column, values in expected.items() if values[0] != values[1]]
    assert set(varying) <= set(table.columns)
    for column in varying:
        assert table.frame[column].iloc[:2].tolist() == pytest.approx(expected[column])


def test_a_draft_says_what_it_is_not_sure_about(tmp_path):
    rng = np.random.default_rng(0)
    rows = [
        f"{t},{i},{rng.normal():.2f},{rng.uniform(0, 360):.0f},{-200 if i % 9 == 0 else rng.uniform(5, 9):.1f},"
        f"{'' if i % 3 else i},7"
        for i, t in enumerate(times("%Y-%m-%d %H:%M:%S", 300))
    ]
    (tmp_path / "a.csv").write_text(lines("date,No,x,wind dir,q,sparse,station", rows))
    drafted = draft([tmp_path / "a.csv"])
    assert drafted.description.columns == ("x", "wind dir", "q")
    assert drafted.description.circular == ("wind dir",)
    assert drafted.description.missing == (-200,)
    doubts = "; ".join(drafted.doubts)
    for words in (
        "No (a counter)",
        "sparse (67% missing)",
        "station (constant)",
        "targets: ",
        "circular: ",
        "missing: ",
    ):
        assert words in doubts
    assert drafted.yaml.count("# not sure") == 4


def test_the_target_of_a_known_name_is_sure(tmp_path):
    (tmp_path / "a.csv").write_text(plain())
    drafted = draft([tmp_path / "a.csv"])
    assert drafted.description.targets == ("T",)
    assert not any(doubt.startswith("targets") for doubt in drafted.doubts)


def test_a_draft_names_every_column_that_it_leaves_out_once(tmp_path):
    rows = [f"{t},{i},{'on' if i % 2 else 'off'},,7" for i, t in enumerate(times("%Y-%m-%d %H:%M", 60))]
    (tmp_path / "a.csv").write_text(lines("date,T,state,note,station", rows))
    drafted = draft([tmp_path / "a.csv"])
    said = "columns: left out: state (text or nothing), note (text or nothing), station (constant)"
    assert drafted.doubts == [said]
    assert f"columns: [T]  # not sure: {said.removeprefix('columns: ')}" in drafted.yaml


@pytest.mark.parametrize(("target", "words"), [(None, "kept: T (constant), q (90% missing)"), ("T", "kept: T (const")])
def test_a_draft_says_what_is_wrong_with_the_columns_that_it_keeps(tmp_path, target, words):
    rows = [f"{t},5,{'' if i % 10 else i}" for i, t in enumerate(times("%Y-%m-%d %H:%M", 60))]
    (tmp_path / "a.csv").write_text(lines("date,T,q", rows))
    assert any(words in doubt for doubt in draft([tmp_path / "a.csv"], target).doubts)


def test_a_draft_takes_a_few_words_among_numbers_for_missing_values_and_says_so(tmp_path):
    cells = {7: "offline,1", 9: "No Data,1", 30: "3,fault"}
    rows = [f"{t},{cells.get(i, f'{i},{i % 7}')}" for i, t in enumerate(times("%Y-%m-%d %H:%M", 60))]
    (tmp_path / "a.csv").write_text(lines("date,T,q", rows))
    drafted = draft([tmp_path / "a.csv"])
    said = "missing: 'offline', 'No Data', 'fault' among numbers, taken for a missing value"
    assert drafted.doubts == [said]
    assert f"missing: [offline, No Data, fault]  # not sure: {said.removeprefix('missing: ')}" in drafted.yaml
    assert drafted.table.filled.sum(axis=0).tolist() == [2, 1]


@pytest.mark.parametrize(
    "cells", [["<0.5"], ["12.3.4"], list("abcdef"), ["a word that is too long to be one"]], ids=lambda cells: cells[0]
)
def test_a_draft_refuses_other_text_among_numbers_and_gives_no_advice_that_cannot_be_followed(tmp_path, cells):
    cells = dict(enumerate(cells, 7))
    rows = [f"{t},{cells.get(i, i)}" for i, t in enumerate(times("%Y-%m-%d %H:%M", 100))]
    (tmp_path / "a.csv").write_text(lines("date,T", rows))
    with pytest.raises(UserError, match=r"line 9: .* in column 'T' is no number: mend that line$"):
        draft([tmp_path / "a.csv"])


def test_the_advice_to_list_a_word_is_given_where_there_is_a_list(tmp_path):
    (tmp_path / "a.csv").write_text(plain(values=[*range(20), "warm", *range(27)]))
    with pytest.raises(UserError, match=r"mend that line, or list the word under `missing`$"):
        read(Description(columns=("T",)), [tmp_path / "a.csv"])
