"""Commands at once: one works on a run, and the others say so; looking at runs keeps none from starting."""

import json
import re
import threading

import pytest

from experiments import catalogue
from lab import listing
from tests.experiments.commands import SHORT

BUSY = r"error: another process is working on \S+; wait for it or stop it\n"


@pytest.mark.parametrize("count", [2, pytest.param(20, marks=pytest.mark.slow)])
def test_one_of_identical_commands_works_and_the_others_say_so(forks, tmp_path, weather, count):
    run = ["run", "jena/dense", *SHORT, "--csv", str(weather)]
    ended = forks.at_once(tmp_path, *[run] * count)
    worked = [done for done in ended if "val_loss" in done.stdout]
    assert [(done.returncode, done.stderr) for done in worked] == [(0, "")]
    for done in ended:
        if done not in worked:
            complete = done.returncode == 0 and "jena/dense is complete" in done.stdout and not done.stderr
            assert complete or (done.returncode == 2 and re.fullmatch(BUSY, done.stderr)), done
    (folder,) = (tmp_path / "jena/dense").iterdir()
    assert not list(folder.glob(".writing-*"))
    assert json.loads((folder / "metrics.json").read_text())["epochs"] == 3
    assert "jena/dense is complete" in forks.succeed(tmp_path, *run)


def test_looking_at_runs_keeps_none_from_starting(forks, tmp_path):
    names = [(name, "") for name in catalogue.names("recurrence")]
    looks, ended = [], threading.Event()

    def look():
        while not ended.is_set():
            looks.append(listing.lines(names, tmp_path))

    lookers = [threading.Thread(target=look) for _ in range(3)]
    for looker in lookers:
        looker.start()
    runs = [["run", "recurrence/unrolled", "--seed", str(seed)] for seed in range(10)]
    started = forks.at_once(tmp_path, *runs)
    ended.set()
    for looker in lookers:
        looker.join()
    assert [(done.returncode, done.stderr) for done in started] == [(0, "")] * 10
    assert any("running" in look for look in looks), "nobody looked while a run was running"
    assert len(list(tmp_path.glob("recurrence/unrolled/*/metrics.json"))) == 10
