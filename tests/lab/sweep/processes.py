"""Processes of a sweep: starts one, finds what it started, and waits for what it does."""

import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).parents[3]
RAYLET = r"^\S*raylet/raylet "


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
    matching = []
    for child in psutil.Process(pid).children(recursive=True):
        with suppress(psutil.Error):  # it may have ended meanwhile
            matching += [child.pid] if re.search(pattern, " ".join(child.cmdline())) else []
    return matching


@contextmanager
def two_nodes(folder):
    """Starts two Ray nodes with a core each, in `folder`; yields address, environment, and the second one's process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"127.0.0.1:{port}"
    token = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}
    ray_start = [sys.executable, "-m", "ray.scripts.scripts", "start", "--node-ip-address=127.0.0.1", "--num-cpus=1"]
    ray_start += ["--object-store-memory=100000000", "--disable-usage-stats", "--block"]
    # not in the checkout, so that workers find the project only as on another machine
    elsewhere = {"cwd": folder, "env": {**os.environ, **token}}
    elsewhere |= {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    head = subprocess.Popen([*ray_start, "--head", f"--port={port}", "--include-dashboard=false"], **elsewhere)
    node = None

    def second():
        nonlocal node
        if node is None or node.poll() is not None:  # a busy machine may be too slow for Ray's patience
            node = subprocess.Popen([*ray_start, f"--address={address}"], **elsewhere)
        return below(node.pid, RAYLET)

    try:
        wait_for(lambda: below(head.pid, RAYLET))
        (raylet,) = wait_for(second)
        yield address, token, raylet
    finally:
        if node:
            node.kill()
            node.wait()
        head.terminate()
        head.wait(timeout=30)
