"""Whatever happens to a file on its way, it is read or refused in one line; nothing else comes out."""

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foundation.user_error import UserError
from tables.description import Description, described
from tables.draft import draft
from tables.read import read
from tests.tables.table_files import FORMATS

ODD = [b"0", b"-1", b"60", b"1600", b"8024", b"99999", b"1e12", b"1e300", b"nan", b"9" * 30, b"0.5"]


def packed(content):
    return content if isinstance(content, bytes) else content.encode()


@st.composite
def damaged(draw):
    """One of the formats with bytes changed, lines lost, doubled, swapped or cut, or foreign bytes put in."""
    content = packed(FORMATS[draw(st.sampled_from(sorted(FORMATS)))][0])
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    for kind in draw(
        st.lists(st.sampled_from(["byte", "number", "lose", "double", "swap", "cut", "foreign", "mark"]), max_size=4)
    ):
        lines = content.split(b"\n")
        at, other = rng.integers(len(lines), size=2)
        if kind == "byte" and content:
            place = rng.integers(len(content))
            content = content[:place] + bytes([rng.integers(256)]) + content[place + 1 :]
        elif kind == "number" and (numbers := list(re.finditer(rb"\d+", content))):
            number = numbers[rng.integers(len(numbers))]
            content = content[: number.start()] + ODD[rng.integers(len(ODD))] + content[number.end() :]
        elif kind == "lose":
            content = b"\n".join(lines[: min(at, other)] + lines[max(at, other) :])
        elif kind == "double":
            content = b"\n".join([*lines, *lines[at:]])
        elif kind == "swap":
            lines[at], lines[other] = lines[other], lines[at]
            content = b"\n".join(lines)
        elif kind == "cut":
            content = content[: rng.integers(len(content) + 1)]
        elif kind == "foreign":
            place = rng.integers(len(content) + 1)
            content = content[:place] + rng.bytes(rng.integers(1, 40)) + content[place:]
        elif kind == "mark":
            place = rng.integers(len(content) + 1)
            content = (
                content[:place]
                + [b",", b";", b'"', b"\r", b"-9999", b"1e999", b"\0", b"\n"][rng.integers(8)]
                + content[place:]
            )
    return content


@given(damaged(), st.sampled_from([{}, {"spacing": "1h"}, {"time_zone": "Europe/Berlin"}]), st.sampled_from([0, 2**28]))
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_file_is_read_or_refused_in_one_line(tmp_path, content, keys, memory):
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    try:
        table = read(described(keys, "test"), [path], memory=memory)
    except UserError as refusal:
        assert "\n" not in str(refusal)
        return
    assert table.frame.index.is_monotonic_increasing
    assert table.frame.index.is_unique
    assert not np.isinf(table.values).any()
    assert table.filled.shape == table.values.shape


@given(st.binary(max_size=300))
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_read_or_refused_in_one_line(tmp_path, content):
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    try:
        read(Description(), [path])
    except UserError as refusal:
        assert "\n" not in str(refusal)


@given(damaged())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_file_is_drafted_or_refused_in_one_line(tmp_path, content):
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    try:
        draft([path])
    except UserError as refusal:
        assert "\n" not in str(refusal)


def test_a_letter_in_another_encoding_far_into_a_file_is_no_reason_to_stop(load):
    rows = "".join(f"2024-01-{1 + i // 1440:02} {i // 60 % 24:02}:{i % 60:02}:00,{i},note\n" for i in range(20_000))
    content = ("date,T,remark\n" + rows).encode() + b"2024-01-14 21:20:00,20000,K\xe4lte\n"
    table = load(content)
    assert len(table.frame) == 20_001
    assert any("bytes that are not utf-8 (read as unknown letters)" in fault for fault in table.report.faults)
    with pytest.raises(UserError, match="line 20002"):
        load(content.replace(b",20000,", b",\xe4,"))


@pytest.mark.parametrize(
    ("column", "cell"),
    [("year", "8024"), ("year", "1e300"), ("month", "13"), ("day", "99999"), ("hour", "25"), ("hour", "1e12")],
)
def test_a_part_of_a_time_that_cannot_be_is_named_with_its_line(tmp_path, column, cell):
    rows = [{"year": 2024, "month": 1, "day": 20 + hour // 24, "hour": hour % 24, "T": hour} for hour in range(48)]
    rows[30][column] = cell
    path = tmp_path / "table.csv"
    pd.DataFrame(rows).to_csv(path, index=False)
    with pytest.raises(UserError, match=r"table\.csv, line 32: .*no time like the others"):
        read(Description(), [path])
