"""Processes that keep to cores of their own."""

import os
import subprocess
import sys

import pytest

KEEP = """
import os, sys
from lab.sweep.cores import keep_to_own
keep_to_own(int(sys.argv[1]))
print(sorted(os.sched_getaffinity(0)), flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="the system keeps no process to a core")
def test_no_two_processes_have_the_same_cores(tmp_path):
    everything = sorted(os.sched_getaffinity(0))
    processes = []

    def keep(count):
        words = [sys.executable, "-c", KEEP, str(count)]
        env = {**os.environ, "TMPDIR": str(tmp_path)}
        process = subprocess.Popen(words, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        processes.append(process)
        return eval(process.stdout.readline())

    try:
        assert sorted(core for _ in everything for core in keep(1)) == everything
        assert keep(1) == everything, "none is left"
        processes[0].kill()
        processes[0].wait()
        freed = keep(1)
        assert len(freed) == 1, "a killed process gives its core up"
        assert keep(2) == everything
    finally:
        for process in processes:
            process.kill()
            process.communicate()
