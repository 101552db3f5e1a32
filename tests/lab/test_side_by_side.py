"""Commands side by side: so many at a time, each one's end is told, and none outlives the caller."""

import os
import sys
import time

import pytest

from lab.side_by_side import side_by_side


def python(code, *words):
    return [sys.executable, "-c", code, *map(str, words)]


def test_each_end_is_told():
    commands = [
        python("print('one'); print('two\\n')"),
        python("import sys; print('half'); sys.exit('error: no such thing')"),
        python("pass"),
    ]
    assert sorted(side_by_side(commands, 2)) == [(0, 0, "two"), (1, 1, "error: no such thing"), (2, 0, "")]


@pytest.mark.parametrize("jobs", [1, 3])
def test_so_many_run_at_a_time(tmp_path, jobs):
    code = "import pathlib, sys, time; p = pathlib.Path(sys.argv[1]); p.touch(); print(len(list(p.parent.iterdir())))"
    commands = [python(f"{code}; time.sleep(0.3); p.unlink()", tmp_path / str(number)) for number in range(4)]
    at_once = [int(last) for _, _, last in side_by_side(commands, jobs)]
    assert len(at_once) == 4
    assert max(at_once) <= jobs
    assert jobs == 1 or max(at_once) > 1


def test_what_runs_is_stopped_when_the_caller_goes_no_further(tmp_path):
    code = "import os, pathlib, sys, time; pathlib.Path(sys.argv[1]).write_text(str(os.getpid())); time.sleep(600)"
    commands = [python(code, tmp_path / "child"), python("import time; time.sleep(1)"), python("raise SystemExit(7)")]
    ends = side_by_side(commands, 2)
    assert next(ends)[0] == 1
    before = time.monotonic()
    ends.close()
    assert time.monotonic() - before < 60
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "child").read_text()), 0)
