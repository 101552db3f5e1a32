"""What cannot be read is refused in one line that says what to do."""

import gzip
import os
import time
import zipfile

import pandas as pd
import pytest

from foundation.user_error import UserError
from tables import files
from tables.description import Description
from tables.read import read
from tests.tables.table_files import lines, plain, times

WORKBOOK = "[Content_Types].xml"


def day_or_month(rows):
    return lines(
        "date,T", [f"{t},{i}" for i, t in enumerate(times("%d/%m/%Y %H:%M", rows, start=pd.Timestamp("2024-03-01")))]
    )


CONTENTS = {
    "nothing": (b"", "is empty"),
    "a web page": (b"<!DOCTYPE html>\n<html><body>Please log in</body></html>", "is a web page"),
    "a Git LFS pointer": (
        b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12\n",
        "run `git lfs pull`",
    ),
    "bytes": (bytes(range(128, 256)) * 9, "no table of measurements"),
    "zeros": (bytes(5000), "is empty|binary"),
    "Parquet": (b"PAR1\0\0\0", "Parquet file: save it as CSV"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\0\0", "Excel workbook: save the sheet as CSV"),
    "JSON": (b'{"time": [1, 2]}', "JSON file"),
    "prose": (b"hello world\nthis is a note\n", "do not split into columns"),
    "a header": (b"date,T,p\n", "a header and no rows"),
    "commas in one line": (b"," * 2_000_000, "line 1 has more than 65,536 characters"),
    "commas below a header": (b"date,T\n" + b"," * 2_000_000, "line 2 has more than 65,536 characters"),
    "a column twice": (plain().replace("T,p", "T,T", 1).encode(), "the column 'T' more than once: rename or delete"),
    "more fields than names": (plain().replace("T,p", "T", 1).encode(), "3 fields and the header 2 names"),
    "one row with more fields": (
        plain().replace(",20.5", ",20.5,7").encode(),
        "line 22: it has 4 fields where the others have 3",
    ),
    "a word among numbers": (
        plain(values=[*range(20), "warm", *range(27)]).encode(),
        "line 22: 'warm' in column 'T' is no number",
    ),
    "a row without a time": ((plain() + ",1,2\n").encode(), "line 50: it has values and no time in column 'date'"),
    "the year 1": (
        plain(20, "1D").replace("2024-", "0001-").encode(),
        "line 2: '0001-01-20 00:00:00' in column 'date' is no time",
    ),
    "the year 9999": ((plain() + "9999-01-01 00:00:00,1,2\n").encode(), "line 50: '9999-01-01 00:00:00'"),
    "the 30th of February": ((plain() + "2024-02-30 00:00:00,1,2\n").encode(), "line 50: '2024-02-30 00:00:00'"),
    "day or month": (
        day_or_month(24).encode(),
        r"'01/03/2024 00:00' have day or month first.*time_format.*%d/%m/%Y %H:%M",
    ),
    "one time over and over": (
        lines("date,T", ["2024-01-01 00:00:00,1"] * 9).encode(),
        "fewer than two different times",
    ),
    "no time": (lines("a,b", [f"{i},{i / 7}" for i in range(30)]).encode(), "no column with times.*it has a, b"),
    "only words beside the time": (
        lines("date,w", [f"{t},north" for t in times("%Y-%m-%d %H:%M")]).encode(),
        "no column of numbers",
    ),
}


@pytest.mark.parametrize("name", CONTENTS)
def test_a_file_that_is_no_table_is_refused_at_once(tmp_path, name):
    content, words = CONTENTS[name]
    (tmp_path / "table.csv").write_bytes(content)
    start = time.perf_counter()
    with pytest.raises(UserError, match=words) as refusal:
        read(Description(), [tmp_path / "table.csv"])
    assert time.perf_counter() - start < 5
    assert "\n" not in str(refusal.value)
    assert "table.csv" in str(refusal.value)


def packed(path, name):
    if name == "a workbook":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(WORKBOOK, "<xml/>")
    elif name == "no table":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("picture.png", "x")
    elif name == "a zip cut short":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("table.csv", plain(3000))
        path.write_bytes(path.read_bytes()[:4000])
    elif name == "a gzip cut short":
        path.write_bytes(gzip.compress(plain(30000).encode())[:90_000])
    elif name == "a byte changed":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("table.csv", plain(3000))
        content = bytearray(path.read_bytes())
        content[60_000] ^= 1
        path.write_bytes(content)
    elif name == "a folder":
        path.mkdir()
    elif name == "a pipe":
        os.mkfifo(path)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("a workbook", "Excel workbook"),
        ("no table", "no .csv or .txt file.*picture.png"),
        ("a zip cut short", "damaged"),
        ("a gzip cut short", "damaged"),
        ("a byte changed", "damaged"),
        ("a folder", "is a folder"),
        ("a pipe", "pipe or a device"),
        ("nothing", "cannot be read: No such file"),
    ],
)
def test_an_archive_or_place_that_holds_no_table_is_refused(tmp_path, name, words):
    packed(tmp_path / "data.zip", name)
    with pytest.raises(UserError, match=words) as refusal:
        read(Description(), [tmp_path / "data.zip"])
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("paths", [[""], ["  "], []])
def test_an_empty_name_is_refused(paths):
    with pytest.raises(UserError, match=r"empty|no file is named"):
        read(Description(), paths)


@pytest.mark.parametrize("pack", ["zip", "gz"])
def test_an_archive_that_unpacks_to_too_much_is_refused(tmp_path, monkeypatch, pack):
    monkeypatch.setattr(files, "UNPACKED", 100_000)
    monkeypatch.setattr(files, "RATIO", 2)
    path = tmp_path / f"bomb.{pack}"
    content = plain(48) + "2024-01-22 00:00:00,1,1\n" * 50_000
    if pack == "zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("bomb.csv", content)
    else:
        path.write_bytes(gzip.compress(content.encode()))
    with pytest.raises(UserError, match="unpacks to more than"):
        read(Description(), [path])
