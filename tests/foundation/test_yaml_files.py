"""YAML files, honest and hostile."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from foundation import yaml_files
from foundation.user_error import UserError

ROOT = Path(__file__).parents[2]


def refused(path, content, *words):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(UserError) as caught:
        yaml_files.read(path)
    line = str(caught.value)
    assert "\n" not in line
    assert [word for word in (str(path), *words) if word not in line] == [], line


def test_a_file_is_read_as_it_is_now_whoever_changed_what_was_read(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text("a: {b: 1}")
    yaml_files.read(path)["a"]["b"] = 2
    assert yaml_files.read(path) == {"a": {"b": 1}}
    path.write_text("a: {b: 3}")
    assert yaml_files.read(path) == {"a": {"b": 3}}


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("", None),
        ("# a comment\n", None),
        ("a: 1\nb: [x, 2.5, null]\n", {"a": 1, "b": ["x", 2.5, None]}),
        ("\ufeffa: caf\u00e9", {"a": "caf\u00e9"}),
        ("a: &x [1, 2]\nb: *x\n", {"a": [1, 2], "b": [1, 2]}),
        ("a: &x {k: 1}\nb: {<<: *x, l: 2}\n", {"a": {"k": 1}, "b": {"k": 1, "l": 2}}),
        ("[" * 50 + "]" * 50, json.loads("[" * 50 + "]" * 50)),
    ],
)
def test_honest_files_are_read(text, content, tmp_path):
    (tmp_path / "a.yaml").write_text(text, "utf-8")
    assert yaml_files.read(tmp_path / "a.yaml") == content


def test_every_committed_file_is_read_as_by_yaml_itself():
    files = [*ROOT.glob("configs/**/*.yaml"), *ROOT.glob("data/*.yaml"), *ROOT.glob("results/**/*.yaml")]
    assert len(files) > 30
    for path in files:
        assert yaml_files.read(path) == yaml.safe_load(path.read_text("utf-8"))


LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)
CHAIN = "- &a0 [x]\n" + "".join(f"- &a{i + 1} [*a{i}]\n" for i in range(60))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("a: b: c", ["not valid YAML", "line 1", "correct it"]),
        ("a: [1\nb: 2\n", ["not valid YAML", "line 2"]),
        ("a: *nothing", ["undefined alias"]),
        ("--- a\n--- b", ["a single document"]),
        ("{[1]: 2}", ["unhashable key"]),
        ("a: \0", ["not valid YAML"]),
        ("a: 2020-13-45", ["month must be in 1..12"]),
        ("!!int x", ["not valid YAML"]),
        ("!!timestamp x", ["does not fit its tag"]),
        ("!!bool x", ["does not fit its tag"]),
        ("!!python/object/apply:os.system [exit]", ["could not determine a constructor"]),
        ("9" * 5000, ["4300 digits"]),
        (b"a: caf\xe9", ["not UTF-8 text (at byte 7)"]),
        (b"\xff\xfea\0", ["not UTF-8 text"]),
        ("&a [*a]", ["*a contains itself"]),
        ("x: &a {k: [1, *a]}", ["*a contains itself"]),
        ("[" * 100_000, ["more than 50 levels"]),
        ("{" * 100_000, ["more than 50 levels"]),
        ("- " * 60_000, ["more than 50 levels"]),
        ("? " * 60_000, ["more than 50 levels"]),
        ("[{a: " * 20_000, ["more than 50 levels"]),
        ("[" * 51 + "]" * 51, ["more than 50 levels"]),
        (CHAIN, ["more than 50 levels"]),
        (LAUGHS, ["more than 100,000 values"]),
        ("a" * 200_000, ["more than 131,072 bytes"]),
    ],
)
def test_other_files_are_one_line_at_once(content, words, tmp_path):
    started = time.process_time()
    refused(tmp_path / "a.yaml", content, *words)
    assert time.process_time() - started < 2


@pytest.mark.parametrize("make", [Path.mkdir, lambda path: None])
def test_a_path_that_is_no_file_is_one_line(make, tmp_path):
    make(tmp_path / "a.yaml")
    with pytest.raises(UserError, match=r"a\.yaml cannot be read: [^\n]*$"):
        yaml_files.read(tmp_path / "a.yaml")


@given(st.text("ab:-?&*![]{}<>|,#%@'\"\\ \n0159._~=/", max_size=60) | st.binary(max_size=40))
@settings(max_examples=400, deadline=None)
def test_any_file_is_read_or_refused_in_one_line(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    try:
        yaml_files.read(path)
    except UserError as error:
        assert "\n" not in str(error)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
@settings(max_examples=200, deadline=None)
def test_what_is_written_is_read_again_in_its_order(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "written.yaml"
    yaml_files.dump(path, content)
    again = yaml_files.read(path)
    assert again == content
    if isinstance(content, dict):
        assert list(again) == list(content)


def test_a_failed_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "a.yaml"
    yaml_files.dump(path, {"b": 1, "a": "caf\u00e9"})
    assert path.read_text("utf-8") == "b: 1\na: caf\u00e9\n"
    with pytest.raises(yaml.YAMLError):
        yaml_files.dump(path, object())
    assert path.read_text("utf-8") == "b: 1\na: caf\u00e9\n"
    assert list(tmp_path.iterdir()) == [path]


def test_the_loader_without_c_refuses_the_same(tmp_path):
    program = (
        "import sys, yaml\n"
        "del yaml.CSafeLoader, yaml.CSafeDumper\n"
        "from pathlib import Path\n"
        "from foundation import yaml_files\n"
        "yaml_files.read(Path(sys.argv[1]))\n"
    )
    (tmp_path / "a.yaml").write_text("[" * 100_000)
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "a.yaml")], cwd=ROOT, capture_output=True, text=True
    )
    assert "UserError" in done.stderr and "more than 50 levels" in done.stderr
