"""Processes of a sweep: starts one, finds what it started, and waits for what it does."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


def start(words, env=None):
    """Starts `python WORDS` in a session of its own. Its output can be read, and Ctrl-C reaches it in any shell."""
    return subprocess.Popen(
        [sys.executable, *map(str, words)],
        cwd=ROOT,
        env={**os.environ, **(env or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def wait_for(condition, seconds=240):
    """Returns what the condition returns, once that is true; the test fails if it never is."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if result := condition():
            return result
        time.sleep(0.05)
    return pytest.fail(f"nothing happened in {seconds} s")


def below(pid, pattern):
    """Returns the processes that `pid` started, directly or not, whose command lines match."""
    lines = subprocess.run(["ps", "-ww", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 2) for line in lines.splitlines()[1:]]
    table = {int(child): (int(parent), words) for child, parent, words in rows}

    def ancestors(one):
        while one in table:
            one = table[one][0]
            yield one

    return [one for one, (_, words) in table.items() if re.search(pattern, words) and pid in ancestors(one)]
