"""The clock, the processes and the memory gauge."""

import os
import time

import numpy as np
import pytest

from benchmarks.measuring import memory
from benchmarks.measuring.processes import fresh
from benchmarks.measuring.timing import Peer, in_turn
from foundation.user_error import UserError

MEGABYTE = 10**6


def sleeping(**seconds):
    return {name: lambda s=s: time.sleep(s) for name, s in seconds.items()}


def short_and_long():
    return sleeping(short=0.01, long=0.05)


def noting(path, name):
    """Returns a function that appends a name, its process, and its share of the cores to a file."""

    def note():
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{name} {os.getpid()} {os.environ.get('MAKEFLAGS', '')}\n")

    return {"note": note}


def notes(path):
    return [line.split(" ") for line in path.read_text(encoding="utf-8").splitlines()]


def dying():
    return {"die": lambda: os._exit(1)}


def failing():
    raise UserError("this can be put right")


def peak_after(megabytes):
    array = np.ones(megabytes * MEGABYTE // 8)
    return memory.peak(), float(array[-1])


def test_times_are_those_of_the_functions():
    times = in_turn({"one": Peer(short_and_long), "other": Peer(short_and_long)}, quick=False, rounds=3)
    assert list(times) == ["one", "other"]
    for peer in times.values():
        assert list(peer) == ["short", "long"]
        assert 0.01 <= peer["short"] < peer["long"]
        assert peer["long"] >= 0.05


@pytest.fixture(autouse=True)
def not_below_make(monkeypatch):
    """As `make test` and `make test ARGS=-x` have other flags than no make at all."""
    monkeypatch.delenv("MAKEFLAGS", raising=False)


def test_peers_take_turns_each_in_its_own_process_after_a_warm_up(tmp_path):
    path = tmp_path / "notes"
    in_turn({name: Peer(noting, (path, name)) for name in "ab"}, quick=False, rounds=2)
    names, processes, _ = zip(*notes(path), strict=True)
    assert "".join(names) == "ab" * 3
    assert len(set(processes)) == 2
    assert str(os.getpid()) not in processes


def test_quick_peers_share_a_process_unless_they_need_a_package(tmp_path):
    path = tmp_path / "notes"
    packages = {"a": None, "b": None, "c": "numpy"}
    peers = {name: Peer(noting, (path, name), package=package) for name, package in packages.items()}
    in_turn(peers, quick=True)
    names, processes, _ = zip(*notes(path), strict=True)
    assert "".join(names) == "abc" * 2
    first, second, third = processes[:3]
    assert first == second != third


def test_copies_run_at_once_on_their_share_of_the_cores(tmp_path):
    path = tmp_path / "notes"
    in_turn({"a": Peer(noting, (path, "a"), copies=2)}, quick=True)
    _, processes, flags = zip(*notes(path), strict=True)
    assert len(set(processes)) == 2
    assert set(flags) == {"-j2"}


def test_a_peer_whose_package_is_missing_is_named_and_left_out(capsys):
    times = in_turn({"here": Peer(short_and_long), "away": Peer(short_and_long, package="no_such_package")}, quick=True)
    assert list(times) == ["here"]
    assert "away is left out: it is not installed (pip install no_such_package)" in capsys.readouterr().out


def test_a_process_that_dies_is_named():
    with pytest.raises(UserError, match="the process of mortal died"):
        in_turn({"mortal": Peer(dying)}, quick=True)


def test_a_user_error_of_a_peer_arrives_as_one():
    with pytest.raises(UserError, match="this can be put right"):
        in_turn({"peer": Peer(failing)}, quick=True)


def test_a_fresh_process_does_not_count_the_memory_of_its_parent():
    ballast = np.ones(400 * MEGABYTE // 8)
    assert memory.peak() > 400 * MEGABYTE
    small, _ = fresh(peak_after, 1)
    large, _ = fresh(peak_after, 200)
    assert small < 300 * MEGABYTE
    assert 190 * MEGABYTE < large - small < 210 * MEGABYTE
    assert ballast[-1] == 1
