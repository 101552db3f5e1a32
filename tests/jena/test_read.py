"""Reading: correct values arrive unchanged, and faults are named in one line."""

import gzip
import os
import re
import time
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from foundation.user_error import UserError
from jena.read import clean, read, spacing_of, thin
from jena.schema import COLUMNS, TIMESTAMP, TIMESTAMP_FORMAT
from jena.series import load
from tests.jena.weather_files import table, write


@pytest.mark.parametrize("ending", [".csv", ".csv.zip", ".csv.gz"])
def test_values_and_times_are_read_from_plain_and_packed_files(tmp_path, ending):
    rows, _ = read(write(tmp_path / f"weather{ending}", table(5)))
    assert rows.shape == (5, 14)
    assert rows.iloc[3]["T (degC)"] == 3.01
    assert rows.index[1] == pd.Timestamp("2009-01-01 00:20")


def test_columns_are_found_by_name_in_any_order(tmp_path):
    frame = table(4)
    frame = frame[frame.columns[::-1]].assign(extra="text")
    reversed_, _ = read(write(tmp_path / "a.csv", frame))
    pd.testing.assert_frame_equal(reversed_, read(write(tmp_path / "b.csv", table(4)))[0])


MORE = [
    "rain (mm)",
    "raining (s)",
    "SWDR (W/m²)",
    "PAR (µmol/m²/s)",
    "max. PAR (µmol/m²/s)",
    "Tlog (degC)",
    "CO2 (ppm)",
]
"""What the station's present files have beside Jena's columns."""


def notes_above(path, frame):
    path.write_text(f"Weather station\nAll times in UTC+1\n\n{frame.to_csv(index=False)}")
    return path


def in_another_notation(path, frame, name=TIMESTAMP, times="%Y-%m-%d %H:%M:%S", **options):
    moments = pd.to_datetime(frame[TIMESTAMP], format=TIMESTAMP_FORMAT).dt.strftime(times)
    frame.assign(**{TIMESTAMP: moments}).rename(columns={TIMESTAMP: name}).to_csv(path, index=False, **options)
    return path


NOTATIONS = {
    "the station's present files": lambda path, frame: in_another_notation(
        path, frame.assign(**dict.fromkeys(MORE, 1.5)), times=TIMESTAMP_FORMAT, encoding="latin-1"
    ),
    "ISO times": in_another_notation,
    "times called date": lambda path, frame: in_another_notation(path, frame, "date"),
    "an offset": lambda path, frame: in_another_notation(path, frame, "timestamp", "%Y-%m-%dT%H:%M:%S+01:00"),
    "no seconds": lambda path, frame: in_another_notation(path, frame, times="%d.%m.%Y %H:%M"),
    "decimal commas": lambda path, frame: in_another_notation(path, frame, sep=";", decimal=","),
    "notes above the header": notes_above,
    "blanks in the names": lambda path, frame: write(path, frame.rename(columns=lambda name: f" {name} ")),
    "a comma after each row": lambda path, frame: (
        path.write_text(frame.to_csv(index=False).replace("\n", ",\n")) and path
    ),
    "the newest row first": lambda path, frame: write(path, frame[::-1]),
}


@pytest.mark.parametrize("notation", NOTATIONS)
def test_the_same_rows_are_read_from_any_notation(tmp_path, notation):
    expected, _ = read(write(tmp_path / "usual.csv", table(60)))
    rows, _ = read(NOTATIONS[notation](tmp_path / "other.csv", table(60)))
    pd.testing.assert_frame_equal(rows, expected)


def test_what_was_found_in_a_users_own_file_is_among_its_faults(tmp_path):
    series = load(csv=str(notes_above(tmp_path / "a.csv", table(60))))
    assert any("above the header (skipped)" in fault for fault in series.report.faults)
    assert series.report.facts["time"] == f"{TIMESTAMP} as {TIMESTAMP_FORMAT}"
    assert load(csv=str(write(tmp_path / "b.csv", table(60)))).report.told() == ()


def broken_files(folder):
    header = ",".join([TIMESTAMP, *COLUMNS])
    (folder / "page.csv").write_text("<!DOCTYPE html><html><body>Please log in</body></html>\n<p>now</p>\n")
    (folder / "empty.csv").write_text("")
    (folder / "header.csv").write_text(header + "\n")
    (folder / "commas.csv").write_text("," * 2_000_000)
    (folder / "wide.csv").write_text(f"{header}\n{',' * 13}\n{',' * 2_000_000}\n")
    (folder / "binary.csv").write_bytes(bytes(range(128, 256)) * 9)
    write(folder / "short.csv", table(5).drop(columns="rh (%)"))
    write(folder / "time.csv", table(5).assign(**{TIMESTAMP: ["01.01.2009 00:10:00"] * 3 + ["tomorrow"] * 2}))
    write(folder / "word.csv", table(5).astype({"T (degC)": object}).replace({"T (degC)": {3.01: "warm"}}))
    write(folder / "still.csv", pd.concat([table(1)] * 4))
    whole = write(folder / "whole.csv.zip", table(500)).read_bytes()
    (folder / "truncated.csv.zip").write_bytes(whole[: len(whole) // 2])
    packed = gzip.compress(b"x" * 10_000)
    (folder / "truncated.csv.gz").write_bytes(packed[: len(packed) // 2])
    with zipfile.ZipFile(folder / "two.zip", "w") as archive:
        archive.writestr("a.csv", "1")
        archive.writestr("b.csv", "2")


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("page.csv", ["page.csv", "web page"]),
        ("empty.csv", ["empty.csv is empty"]),
        ("header.csv", ["no rows"]),
        ("binary.csv", ["binary.csv", "no table"]),
        ("commas.csv", ["commas.csv", "line 1 has more than 65,536 characters"]),
        ("wide.csv", ["wide.csv", "line 3 has more than 65,536 characters"]),
        ("short.csv", ["no column 'rh (%)'"]),
        ("time.csv", ["line 5", "'tomorrow'", "no time"]),
        ("word.csv", ["line 5", "'warm'", "'T (degC)'"]),
        ("still.csv", ["fewer than two different times"]),
        ("truncated.csv.zip", ["truncated.csv.zip", "damaged"]),
        ("truncated.csv.gz", ["truncated.csv.gz", "damaged"]),
        ("two.zip", ["two.zip, a.csv", "no table"]),
        ("nowhere.csv", ["nowhere.csv", "No such file"]),
    ],
)
def test_a_bad_file_is_one_clear_line(tmp_path, file, words):
    broken_files(tmp_path)
    started = time.process_time()
    with pytest.raises(UserError) as caught:
        load(csv=str(tmp_path / file))
    assert time.process_time() - started < 2
    line = str(caught.value)
    assert "\n" not in line
    for word in words:
        assert word in line


KINDS = {
    "nothing": lambda path: None,
    "a folder": Path.mkdir,
    "a pipe": os.mkfifo,
    "a device": lambda path: path.symlink_to("/dev/zero"),
    "a loop of links": lambda path: path.symlink_to(path.name),
}


@pytest.mark.parametrize("make", KINDS.values(), ids=KINDS)
def test_a_path_that_is_no_file_is_one_clear_line(tmp_path, make):
    make(tmp_path / "a.csv")
    with pytest.raises(
        UserError, match=rf"^{re.escape(str(tmp_path))}/a\.csv (cannot be read|is a folder|is no regular file)[^\n]*$"
    ):
        load(csv=str(tmp_path / "a.csv"))


def test_spacing_is_read_from_the_timestamps(tmp_path):
    assert spacing_of(read(write(tmp_path / "a.csv", table(9, "1h")))[0].index) == pd.Timedelta(hours=1)


def test_thinning_keeps_every_sixth_row(tmp_path):
    thinned = thin(read(write(tmp_path / "a.csv", table(20)))[0], 60)
    assert thinned["p (mbar)"].tolist() == [900, 906, 912, 918]


def test_hourly_rows_under_ten_minute_settings_name_the_profile(tmp_path):
    with pytest.raises(UserError, match=r"every 1 h, .*every 10 min.*configs/hourly\.yaml"):
        load(csv=str(write(tmp_path / "a.csv", table(9, "1h"))), spacing=10)


def faulty():
    """Ten rows. Rows 4 and 5 come twice, row 7 lacks its wind, and two hours are missing after it."""
    frame = table(12).iloc[[0, 1, 2, 3, 4, 5, 4, 5, 6, 7, 8, 9]].reset_index(drop=True)
    frame.loc[9, "wv (m/s)"] = -9999.0
    times = pd.to_datetime(frame[TIMESTAMP], format="%d.%m.%Y %H:%M:%S")
    times[10:] += pd.Timedelta(hours=2)
    return frame.assign(**{TIMESTAMP: times.dt.strftime("%d.%m.%Y %H:%M:%S")})


def test_by_default_repeats_are_dropped_gaps_are_filled_and_both_are_reported(tmp_path):
    path = write(tmp_path / "a.csv", faulty())
    series = load(csv=str(path))
    assert series.frame["p (mbar)"].tolist() == [*range(900, 908), *[907] * 12, 908, 909]
    assert np.flatnonzero(series.filled[:, COLUMNS.index("wv (m/s)")]).tolist() == list(range(7, 20))
    assert len(series.breaks) == 0
    report = "; ".join(series.report.faults)
    assert "2 rows repeated (dropped)" in report
    assert "values of -9999: 1 in wv (m/s) (counted as missing)" in report
    assert "12 rows missing in holes of up to 1 d (inserted)" in report


def frame_of(path, **treatments):
    """The rows of a file as the public series is treated, which of them were filled, and what was said."""
    rows, _ = read(path)
    return clean(rows, **{"duplicates": "drop", "missing": "fill"} | treatments)


def test_the_public_series_is_filled_from_the_past_or_as_the_reference_was_from_both_sides(tmp_path):
    path = write(tmp_path / "a.csv", faulty())
    filled, where, said = frame_of(path)
    wind = filled["wv (m/s)"]
    assert wind.iloc[7] == wind.iloc[6]
    assert where.to_numpy().sum() == 1
    assert where["wv (m/s)"].iloc[7]
    assert "2 repeated times (dropped)" in said[0]
    assert "1 missing values in wv (m/s) (the last value before holds)" in said[1]
    interpolated, _, said = frame_of(path, missing="interpolate")
    assert interpolated["wv (m/s)"].iloc[7] == pytest.approx((wind.iloc[6] + wind.iloc[8]) / 2)
    assert "(interpolated)" in said[1]


def test_all_rows_can_be_kept_as_they_are(tmp_path):
    series = load(csv=str(write(tmp_path / "a.csv", faulty())), duplicates="keep", gaps="keep", missing="keep")
    assert len(series.frame) == 12
    assert not series.filled.any()
    assert series.frame["wv (m/s)"].iloc[9] == -9999.0


def test_empty_cells_are_filled_or_refused(tmp_path):
    frame = table(6)
    frame.loc[2, "rh (%)"] = np.nan
    path = write(tmp_path / "a.csv", frame)
    assert np.isfinite(load(csv=str(path)).values).all()
    with pytest.raises(UserError, match=r"'rh \(%\)'.*--missing fill"):
        load(csv=str(path), missing="keep")


def test_rows_out_of_order_are_sorted(tmp_path):
    rows, _ = read(write(tmp_path / "a.csv", table(6).iloc[[1, 0, 2, 3, 5, 4]]))
    table_, _, faults = clean(rows, duplicates="drop", missing="keep")
    assert table_.index.is_monotonic_increasing
    assert "out of order" in faults[0]


def test_the_fingerprint_depends_on_values_not_on_files(tmp_path):
    def fingerprint(frame, name):
        return load(csv=str(write(tmp_path / name, frame))).fingerprint

    changed = table(5)
    changed.loc[2, "T (degC)"] += 0.01
    assert fingerprint(table(5), "a.csv") == fingerprint(table(5), "b.csv.gz")
    assert fingerprint(table(5), "a.csv") != fingerprint(changed, "c.csv")
