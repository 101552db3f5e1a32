"""The report goes to the terminal as lines and to the run's record as JSON."""

import json

from tests.tables.table_files import lines, plain, times


def test_the_report_says_what_was_read_and_done(load):
    rows = [f"{t},{-9999 if i in (3, 4) else i / 2}" for i, t in enumerate(times("%d.%m.%Y %H:%M", 48))]
    report = load(lines("Zeit,Größe", [*rows, rows[-1]]).encode("latin-1")).report
    text = report.lines()
    assert text[:5] == [
        "file: table.csv",
        "encoding: cp1252",
        "separator: commas",
        "decimal mark: .",
        "time: Zeit as %d.%m.%Y %H:%M",
    ]
    assert "values of -9999: 2 in Größe (counted as missing)" in text
    assert "1 row repeated (dropped)" in text
    assert "filled with the last value, for at most 1 d: 4.17% of Größe" in text
    record = json.loads(json.dumps(report.record()))
    assert record["filled"] == {"Größe": 0.041667}
    assert record["rows"] == 49
    assert record["rows kept"] == 48
    assert record["first"] == "2024-01-20 00:00:00"
    assert record["spacing"] == "1 h"
    assert len(record["faults"]) == 3


def test_the_fingerprint_follows_values_not_files(load):
    one = load(plain(48)).fingerprint
    assert load(plain(48).replace(",", ";"), name="other.csv").fingerprint == one
    assert load(plain(48).replace(",5,", ",6,"), name="b.csv").fingerprint != one
