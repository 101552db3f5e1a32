"""Other people's tables, each in its own format, read without a word of explanation."""

import gzip
import zipfile

import numpy as np
import pandas as pd
import pytest

from foundation.user_error import UserError
from tables.cells import to_numbers, unit_behind
from tables.description import Description, described
from tables.dialect import sniff
from tables.layout import header
from tables.read import read
from tests.tables.table_files import FORMATS, START, STATION, STATION_ROW, lines, plain, times


@pytest.mark.parametrize("name", FORMATS)
def test_reads_the_values_the_times_and_the_spacing(load, name):
    content, step, expected = FORMATS[name]
    table = load(content)
    assert table.spacing == pd.Timedelta(step)
    assert len(table.frame) == 48
    assert table.times[0] == START
    assert table.times[-1] == START + 47 * pd.Timedelta(step)
    for column, values in expected.items():
        assert table.frame[column].iloc[:2].tolist() == pytest.approx(values)
        assert np.isfinite(table.frame[column]).all()


def test_the_fourteen_columns_of_the_lecture_are_read_by_name_from_todays_file(load):
    wanted = STATION.split(",")[1:15]
    content = lines(STATION, [f"{t},{STATION_ROW}" for t in times("%d.%m.%Y %H:%M:%S", step="10min")])
    table = load(content.encode("latin-1"), columns=wanted, targets=["T (degC)"])
    assert table.columns == wanted
    assert table.values[3].tolist() == [float(cell) for cell in STATION_ROW.split(",")[:14]]
    assert table.report.facts["encoding"] == "cp1252"


def test_text_after_the_first_chunk_leaves_a_column_out(load):
    rows = [f"{t},{i},{i if i < 250 else 'north'}" for i, t in enumerate(times("%Y-%m-%d %H:%M:%S", 2000))]
    table = load(lines("date,T,wind", rows))
    assert table.columns == ["T"]
    assert any("wind (left out)" in fault for fault in table.report.faults)


def test_the_header_in_the_middle_of_two_files_put_together_is_left_out(load):
    table = load(plain(30) + plain(30, start=START + pd.Timedelta("30h")))
    assert table.frame["T"].tolist() == [*range(30), *range(30)]
    assert any("1 row empty or a header again in table.csv (left out)" in fault for fault in table.report.faults)


def test_a_last_line_that_is_cut_short_is_left_out(load):
    table = load(plain(48)[:-9])
    assert len(table.frame) == 47
    assert any("cut short" in fault for fault in table.report.faults)


def test_a_whole_last_line_without_an_end_stays(load):
    assert len(load(plain(48).rstrip("\n")).frame) == 48


def test_empty_rows_and_columns_at_the_end_are_left_out(load):
    rows = [f"{t};{i},5;;" for i, t in enumerate(times("%d/%m/%Y;%H.%M.%S"))]
    table = load(lines("Date;Time;T;;", [*rows, *[";;;;"] * 20]))
    assert table.columns == ["T"]
    assert len(table.frame) == 48
    assert any("20 rows empty or a header again in table.csv (left out)" in fault for fault in table.report.faults)


@pytest.mark.parametrize(
    ("cells", "decimal", "values"),
    [
        ([" 1.5", "2 ", "+3", "−4.5", "1e3"], ".", [1.5, 2, 3, -4.5, 1000]),
        (["1,5", "-2,25", "3", "1.234,5"], ",", [1.5, -2.25, 3, 1234.5]),
        (["1,234.5", "12,345", "1 234"], ".", [1234.5, 12345, 1234]),
        (["-", "NA", "n/a", "?", "", "null", "NaN"], ".", [np.nan] * 7),
    ],
)
def test_numbers_in_many_notations(cells, decimal, values):
    read_values, bad = to_numbers(pd.Series(cells), decimal)
    np.testing.assert_array_equal(read_values, values)
    assert not bad.any()


@pytest.mark.parametrize(
    ("cell", "decimal"), [("1.5", ","), ("warm", "."), ("1,5", "."), ("12.3.4", "."), ("5 °C", ".")]
)
def test_what_is_no_number_is_not_guessed(cell, decimal):
    values, bad = to_numbers(pd.Series(["1", cell]), decimal)
    assert bad.tolist() == [False, True]
    assert np.isnan(values[1])


@pytest.mark.parametrize(
    ("text", "encoding", "certain"),
    [
        ("Zeit;Größe (µm²)", "cp1252", True),
        ("Zeit;Größe (µm²)", "utf-8", True),
        ("時刻;気温;湿度;気圧", "shift_jis", False),
    ],
)
def test_the_encoding_of_a_header(text, encoding, certain):
    rows = [f"{t};{i};2;3"[: 30 if ";気" in text else -4] for i, t in enumerate(times("%Y-%m-%d %H:%M"))]
    dialect = sniff(lines(text, rows).encode(encoding), True, "test")
    assert dialect.names == tuple(text.split(";"))
    assert (not dialect.doubts) == certain


@pytest.mark.parametrize("pack", ["zip", "gz"])
def test_reads_packed_files(tmp_path, pack):
    if pack == "gz":
        path = tmp_path / "table.csv.gz"
        path.write_bytes(gzip.compress(plain(20).encode()))
    else:
        path = tmp_path / "table.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("__MACOSX/._table.csv", b"\0\1")
            archive.writestr("readme.txt", "nothing")
            archive.writestr("table.csv", plain(20))
    assert read(Description(), [path]).frame["T"].tolist() == list(range(20))


def test_the_members_of_an_archive_are_joined_by_time_and_the_rest_is_left_out(tmp_path):
    path = tmp_path / "years.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("b.txt", plain(24, start=START + pd.Timedelta("24h")))
        archive.writestr("c.txt", plain(24))
        archive.writestr("station.txt", "Name Jena\nHeight 155 metres above the sea\n")
    table = read(Description(), [path])
    assert len(table.frame) == 48
    assert not len(table.breaks)
    assert any("station.txt is no table like the others" in fault for fault in table.report.faults)


def test_files_with_other_columns_are_joined_side_by_side(tmp_path):
    for name, column in (("a.csv", "T"), ("b.csv", "p")):
        rows = [f"{t},{i}" for i, t in enumerate(times("%Y-%m-%d %H:%M:%S", 20))]
        (tmp_path / name).write_text(lines(f"date,{column}", rows))
    table = read(Description(), [tmp_path / "a.csv", tmp_path / "b.csv"])
    assert table.columns == ["T", "p"]
    np.testing.assert_array_equal(table.values, np.stack([np.arange(20.0)] * 2, axis=1))


def test_files_that_overlap_are_joined_and_their_contradictions_counted(tmp_path):
    (tmp_path / "a.csv").write_text(plain(30))
    (tmp_path / "b.csv").write_text(plain(30, start=START + pd.Timedelta("20h"), values=[20, 99, *range(22, 50)]))
    table = read(described({"columns": ["T"], "targets": ["T"]}, "test"), [tmp_path / "b.csv", tmp_path / "a.csv"])
    assert table.frame["T"].tolist() == [*range(21), 99, *range(22, 50)]
    assert any("10 times in several files (joined, 1 with other values" in fault for fault in table.report.faults)


def test_the_header_alone(tmp_path):
    (tmp_path / "a.csv").write_text(plain(5))
    assert header(tmp_path / "a.csv") == ["date", "T", "p"]


def test_all_missing_columns_are_named_with_those_that_are_there(load):
    with pytest.raises(UserError, match=r"no column 'a', 'b', 'c', 'd'; there are 'date', 'T', 'p'"):
        load(plain(), columns=["a", "b", "c", "d", "T"])


def test_lines_inside_quoted_text_are_told(load):
    rows = [f"{t},{i},{chr(34) if i in (100, 110) else ''}note" for i, t in enumerate(times("%Y-%m-%d %H:%M:%S", 200))]
    table = load(lines("date,T,remark", rows).replace('"note\n', 'note"\n', 0))
    assert any(
        "10 lines inside quoted text (no rows): look for a stray quotation mark" in f for f in table.report.faults
    )


@pytest.mark.parametrize(
    ("cells", "unit"),
    [
        (["79%", "8%"], "%"),
        (["12.3 °C", "-1.234,5 °C"], "°C"),
        (["1013hPa"], "hPa"),
        (["3 kWh/m²", "4 kWh/m²"], "kWh/m²"),
        (["79%", "8"], ""),
        (["79%", "8 ‰"], ""),
        (["1e5", "2e5"], ""),
        (["1e5W", "2e5W"], ""),
        (["12,5-"], ""),
        (["north", "1 north"], ""),
        (["10:30h"], ""),
        ([], ""),
    ],
)
def test_the_unit_behind_numbers(cells, unit):
    assert unit_behind(cells) == unit


def test_numbers_with_a_unit_behind_them_are_read_and_the_unit_is_told(load):
    rows = [f"{t};{i % 10},5 %;{'' if i == 3 else f'{i} °C'};{i}" for i, t in enumerate(times("%Y-%m-%d %H:%M"))]
    content = lines("date;hum;T;p", rows)
    for table in (load(content), load(content, columns=["hum", "T", "p"])):
        assert table.values[[0, 1, 3]].tolist() == [[0.5, 0, 0], [1.5, 1, 1], [3.5, 2, 3]]
        assert "numbers with a unit behind them: % in hum, °C in T (left off)" in table.report.faults


def test_a_later_number_without_its_unit_is_refused(load):
    rows = [f"{t},{i}{'' if i == 250 else '%'}" for i, t in enumerate(times("%Y-%m-%d %H:%M", 300))]
    with pytest.raises(UserError, match="line 252: '250' in column 'hum' is no number with % behind it: mend"):
        load(lines("date,hum", rows))


@pytest.mark.parametrize(
    ("time", "separator"),
    [("2024-01-20 {:02}:00 CET", ","), ('"20.01.2024 {0:02}:00 - 20.01.2024 {0:02}:30"', ","),
     ('"Jan 20, 2024 {:02}:00 AM"', ","), ("Sat 20 Jan 2024 {:02}:00 h", ";")],
)  # fmt: skip
def test_a_sign_in_every_line_separates_rather_than_the_blanks_of_times_in_words(time, separator):
    rows = [f"{time.format(hour)}{separator}{hour}.25" for hour in range(12)]
    dialect = sniff(lines(f"time{separator}value", rows).encode(), True, "test")
    assert (dialect.separator, dialect.names) == (separator, ("time", "value"))


def test_the_lines_below_a_header_are_skipped_and_told(load):
    table = load(lines("Time,Turbidity\nUTC,NTU", [f"{t},{i}" for i, t in enumerate(times("%Y-%m-%d %H:%M"))]))
    assert table.report.faults == ["1 line of units or kinds below the header: UTC, NTU (skipped)"]
    two = load(lines("Price,Close\nTicker,AAPL\nDate,", [f"{t},{i}" for i, t in enumerate(times("%Y-%m-%d %H:%M"))]))
    assert (two.frame.index.name, two.columns) == ("Date", ["Close"])


@pytest.mark.parametrize("line", ["# a comment", "---------"])
def test_a_line_between_header_and_rows_hides_no_header(load, line):
    header, *rows = plain().splitlines()
    table = load("\n".join([header, line, *rows]))
    assert table.columns == ["T", "p"]
    assert table.report.faults == [f"1 line of units or kinds below the header: {line} (skipped)"]


def test_a_first_row_without_a_time_is_no_header(load):
    with pytest.raises(UserError, match="line 1: it has values and no time"):
        load("\n".join([",10.5,3", *(f"{t},{i},3" for i, t in enumerate(times("%Y-%m-%d %H:%M")))]))


@pytest.mark.parametrize("last", ["", "\n"])
@pytest.mark.parametrize("end", ["Total,9,9", "Source: a weather service", "\n# the end\nTotal,9,9"])
def test_comments_and_a_footer_are_skipped_and_told(load, end, last):
    rows = plain().splitlines()
    table = load("\n".join([*rows[:20], "# sensor changed", *rows[20:], end]) + last)
    assert table.frame["T"].tolist() == list(range(48))
    assert not any("cut short" in fault for fault in table.report.faults)
    (told,) = [fault for fault in table.report.faults if "of text among or below the rows" in fault]
    assert told.startswith(f"{3 if '# the' in end else 2} lines of text among or below the rows: '# sensor changed', ")
    assert told.endswith(" (skipped)")


@pytest.mark.parametrize(("line", "place"), [("Total,9,9", 20), ("tomorrow,9,9", 49)])
def test_a_word_in_place_of_a_time_is_no_footer_if_it_may_be_a_row(load, line, place):
    rows = plain().splitlines()
    with pytest.raises(UserError, match=f"line {place + 1}: '{line.split(',')[0]}' in column 'date' is no time"):
        load("\n".join([*rows[:place], line, *rows[place:]]) + "\n")
