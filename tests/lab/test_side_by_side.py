"""Commands side by side: at most a number at a time, each with its end, and none that outlives the caller."""

import os
import sys
import time
import tracemalloc

import pytest

from lab.side_by_side import side_by_side


def python(code, *words):
    return [sys.executable, "-c", code, *map(str, words)]


@pytest.fixture(params=["buffered", "unbuffered"])
def buffering(request, monkeypatch):
    """Python writes what it buffers for stdout only at its end, after stderr, unless PYTHONUNBUFFERED is set."""
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)
    if request.param == "unbuffered":
        monkeypatch.setenv("PYTHONUNBUFFERED", "1")


@pytest.mark.usefixtures("buffering")
@pytest.mark.parametrize(
    ("code", "exit_code", "last"),
    [
        ("print('one'); print('two\\n')", 0, "two"),
        ("print('printed'); sys.exit('error: no such thing')", 1, "error: no such thing"),
        (
            "print('warning', file=sys.stderr); print('printed'); print('error: no', file=sys.stderr); sys.exit(2)",
            2,
            "error: no",
        ),
        ("print('printed'); print('warning', file=sys.stderr)", 0, "printed"),
        ("print('printed'); sys.exit(3)", 3, "printed"),
        ("pass", 0, ""),
        ("sys.exit(4)", 4, ""),
        ("sys.stderr.buffer.write(b'\\xff broken'); sys.exit(5)", 5, "\ufffd broken"),
    ],
)
def test_the_last_line_of_a_failed_process_is_its_error(code, exit_code, last):
    assert list(side_by_side([python(f"import sys; {code}")], 1)) == [(0, exit_code, last)]


def test_much_output_takes_little_memory():
    code = (
        "import sys; [print('x' * 10**6, file=f) for _ in range(50) for f in (sys.stdout, sys.stderr)]; sys.exit('end')"
    )
    tracemalloc.start()
    try:
        assert list(side_by_side([python(code)], 1)) == [(0, 1, "end")]
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()


def test_every_command_ends_once():
    commands = [python(f"print({number}); raise SystemExit({number})") for number in range(5)]
    assert sorted(side_by_side(commands, 2)) == [(number, number, str(number)) for number in range(5)]


@pytest.mark.parametrize("jobs", [1, 3])
def test_at_most_this_many_run_at_a_time(tmp_path, jobs):
    code = "import pathlib, sys, time; p = pathlib.Path(sys.argv[1]); p.touch(); print(len(list(p.parent.iterdir())))"
    commands = [python(f"{code}; time.sleep(0.3); p.unlink()", tmp_path / str(number)) for number in range(4)]
    at_once = [int(last) for _, _, last in side_by_side(commands, jobs)]
    assert len(at_once) == 4
    assert max(at_once) <= jobs
    assert jobs == 1 or max(at_once) > 1


def test_running_commands_are_terminated_when_the_caller_stops(tmp_path):
    code = "import os, pathlib, sys, time; pathlib.Path(sys.argv[1]).write_text(str(os.getpid())); time.sleep(600)"
    commands = [python(code, tmp_path / "child"), python("import time; time.sleep(1)"), python("raise SystemExit(7)")]
    ends = side_by_side(commands, 2)
    assert next(ends)[0] == 1
    before = time.monotonic()
    ends.close()
    assert time.monotonic() - before < 60
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "child").read_text()), 0)
