"""Each experiment takes its share of the cores."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lab import environment

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("flags", "cores", "share"),
    [
        ("", 8, 8),
        (" -j2 --jobserver-auth=3,4", 8, 4),
        ("-j 4", 8, 2),
        ("s -j16 --jobserver-auth=3,4", 8, 1),
        (" --jobserver-fds=3,4 -j", 8, 1),  # make 3.81, on macOS, keeps the number to itself
        ("s", 8, 8),
    ],
)
def test_under_make_j_a_process_takes_its_share(monkeypatch, flags, cores, share):
    monkeypatch.setenv("MAKEFLAGS", flags)
    monkeypatch.setattr(environment, "cores", lambda: cores)
    assert environment.share() == share


def test_ctrl_c_waits_until_the_backend_is_loaded(tmp_path):
    (tmp_path / "keras.py").write_text(
        "import os, signal\nos.kill(os.getpid(), signal.SIGINT)\nfor _ in range(1000): pass\nloaded = True\n"
    )
    (tmp_path / "tensorflow.py").write_text("raise ImportError\n")
    code = (
        "import sys\nfrom lab import environment\n"
        "try: environment.load_backend()\n"
        "except KeyboardInterrupt: print(sys.modules['keras'].loaded)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    assert done.stdout == "True\n", done.stderr
