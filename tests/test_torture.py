"""The torture: it survives a short run of each kind, it can fail, and it goes on where it was killed."""

import json
import random
import shutil
import subprocess
import sys

import pytest

from tests.torture import bench, compare, runner, spoil, table, words
from tests.torture.case import Case, Outcome, by_id
from tests.torture.ended import Ended, problems

KINDS = ("kills", "damage", "words")
PLANTED = "def main(words: Sequence[str] | None = None) -> int:\n"


@pytest.mark.slow  # what it tries depends on how fast the machine is
def test_a_short_torture_is_survived(tmp_path):
    command = [sys.executable, "-m", "tests.torture", "--minutes", "0.3", "-j", "1", "--folder", str(tmp_path)]
    done = subprocess.run([*command, "--kinds", *KINDS], cwd=bench.ROOT, capture_output=True, text=True)
    content = json.loads((tmp_path / "table.json").read_text())
    assert (done.returncode, content["failures"]) == (0, []), done.stdout + done.stderr
    assert {row["kind"] for row in content["kinds"]} == set(KINDS)
    assert all(row["tried"] == row["survived"] > 0 for row in content["kinds"])
    assert content["bytes_compared"] > 0
    for row in content["subjects"]:
        assert f"{row['kind']}" in (tmp_path / "table.md").read_text()


@pytest.fixture(scope="module")
def spoilt_code(tmp_path_factory):
    """The project with a traceback where there is a `--judge`, and a file that `list` writes."""
    folder = tmp_path_factory.mktemp("spoilt")
    for path in bench.ROOT.iterdir():
        if path.is_dir() and not path.name.startswith(".") and path.name not in bench.NOT_COPIED:
            shutil.copytree(path, folder / path.name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "data").mkdir()
    shutil.copy(bench.ROOT / "data/sources.yaml", folder / "data")
    main = folder / "experiments/__main__.py"
    assert PLANTED in main.read_text()
    body = '    if "--judge" in (words or ()):\n        return {}["planted"]\n'
    body += '    if "--seeds" in (words or ()):\n        open("written", "w")\n'
    main.write_text(main.read_text().replace(PLANTED, PLANTED + body))
    return folder


@pytest.mark.slow
def test_planted_faults_are_found_and_repeated_by_their_numbers(tmp_path, spoilt_code):
    worker = bench.Worker(bench.Bench(tmp_path, spoilt_code), 0)
    outcomes = [runner.run(Case("words", 1, number), worker) for number in range(40)]
    failed = [outcome for outcome in outcomes if outcome["problems"]]
    assert any(
        "KeyError: 'planted' (in experiments/__main__.py main)" in str(outcome["problems"]) for outcome in failed
    )
    assert any("refused, but wrote written" in outcome["problems"] for outcome in failed)
    for outcome in failed:
        assert runner.run(by_id(outcome["id"]), worker)["problems"] == outcome["problems"]
    worker.close()


@pytest.mark.parametrize(
    ("code", "stderr", "wrong"),
    [
        (0, "", ""),
        (2, "error: no such run\n", ""),
        (2, "left out: a\nerror: no such run\n", ""),
        (1, "", "exit code 1"),
        (-11, "", "killed by signal 11"),
        (2, "", "without an error line"),
        (0, "error: no such run\n", "with exit code 0"),
        (2, "error: one\nerror: two\n", "2 error lines"),
        (2, "error: one\nand more\n", "not one line"),
        (0, "I0000 00:00:1795666272.8 port.cc:153] oneDNN\n", "noise"),
        (1, 'Traceback (most recent call last):\n  File "/x/code/lab/a.py", line 1, in f\nKeyError: 3\n', "lab/a.py f"),
    ],
)
def test_a_command_that_ends_badly_is_found(code, stderr, wrong):
    found = problems(Ended(("list",), code, "", stderr))
    assert bool(found) == bool(wrong)
    assert wrong in "; ".join(found)


def test_a_byte_that_differs_is_found(tmp_path):
    for name in ("whole", "killed"):
        folder = tmp_path / name / "seed0-00000000"
        folder.mkdir(parents=True)
        (folder / "history.csv").write_text("epoch,loss\n1,0.5\n")
        (folder / "metrics.json").write_text(json.dumps({"seconds": len(name), "mae": 0.5}))
        (folder / "environment.json").write_text(name)
    whole, killed = tmp_path / "whole/seed0-00000000", tmp_path / "killed/seed0-00000000"
    assert compare.differences(whole, killed.parent)[0] == []
    (killed / "history.csv").write_text("epoch,loss\n1,0.6\n")
    (killed / "metrics.json").write_text(json.dumps({"seconds": 1, "mae": 0.6}))
    (killed / "loss.png").write_bytes(b"")
    (killed / ".writing-1-history.csv").write_text("")
    assert compare.differences(whole, killed.parent)[0] == [
        ".writing-1-history.csv is extra",
        *("history.csv differs from the undisturbed run's", "loss.png is extra"),
        "metrics.json differs from the undisturbed run's",
    ]
    assert compare.leftovers(tmp_path) == [".writing-1-history.csv is left over"]
    broken = [line.split(":")[0] for line in compare.broken_files(tmp_path)]
    assert broken == ["environment.json is broken", "loss.png is broken", "environment.json is broken"]
    (killed.parent / "seed1-00000000").mkdir()
    assert "instead of" in compare.differences(whole, killed.parent)[0][0]


def test_a_torture_that_was_killed_goes_on(tmp_path):
    record = runner.Record(tmp_path)
    for number in range(3):
        outcome = runner.run(Case("words", 5, number), None)  # without a worker, so that the torture itself fails
        assert outcome["problems"]
        record.add(outcome, spent=number)
    with record.file.open("a") as file:
        file.write('{"id": "words-5-3", "cut')
    again = runner.Record(tmp_path)
    assert [outcome["id"] for outcome in again.outcomes] == ["words-5-0", "words-5-1", "words-5-2"]
    assert again.spent == 2
    assert len(record.file.read_text().splitlines()) == 3
    assert "Traceback" in (tmp_path / "failures/words-5-1.txt").read_text()
    later = runner.Runner(bench.Bench(tmp_path), ["words"], 5, 60)
    assert [later._choose().id for _ in range(2)] == ["words-5-3", "words-5-4"]
    assert runner.Runner(bench.Bench(tmp_path), ["words"], 6, 60)._choose().id == "words-6-0"


def test_the_table_counts_what_was_tried(tmp_path):
    def outcome(kind, number, **own):
        return {
            "id": f"{kind}-1-{number}",
            "kind": kind,
            "seconds": 1.0,
            **vars(Outcome("jena/gru", "nine kills", **own)),
        }

    outcomes = [outcome("kills", 0, tried=9), outcome("kills", 1, tried=4, problems=["traceback: x"], compared=10)]
    path = table.write(tmp_path, [*outcomes, outcome("disk", 0)], {"minutes": 3.0, "code": "a", "machine": "b"})
    content = json.loads(path.with_suffix(".json").read_text())
    assert [list(row.values()) for row in content["kinds"]] == [["disk", "all", 1, 1, 0], ["kills", "all", 13, 12, 1]]
    assert (content["tracebacks"], content["bytes_compared"]) == (1, 10)
    assert 'make torture ARGS="--only kills-1-1"' in path.read_text()
    assert "Mended" not in path.read_text()


def test_what_failed_is_tried_again_and_the_table_says_so(tmp_path):
    record = runner.Record(tmp_path)
    for number, problems_ in enumerate(([], ["traceback: x"], ["exit code 1"])):
        outcome = {"id": f"words-1-{number}", "kind": "words", "seconds": 1.0}
        record.add({**outcome, **vars(Outcome("list", "odd words", problems=problems_))}, spent=1)
    again = {"kind": "words", "seconds": 1.0}
    record.replace({"id": "words-1-1", **again, **vars(Outcome("list", "odd words"))}, "new")
    record.replace({"id": "words-1-2", **again, **vars(Outcome("list", "odd words", problems=["exit code 3"]))}, "new")
    outcomes = runner.Record(tmp_path).outcomes
    path = table.write(tmp_path, outcomes, {"minutes": 1.0, "code": "old", "machine": "b"})
    content = json.loads(path.with_suffix(".json").read_text())
    assert list(content["kinds"][0].values()) == ["words", "all", 3, 2, 1]
    assert [case["problems"] for case in content["failures"]] == [["exit code 3"]]
    assert [(case["problems"], case["code"]) for case in content["mended"]] == [(["traceback: x"], "new")]
    assert "1 cases that failed on this code were tried again on new" in path.read_text()
    assert "survived on later code, new:" in path.read_text()


@pytest.mark.parametrize("suffix", [".json", ".yaml", ".csv"])
def test_every_damage_changes_the_file(tmp_path, suffix):
    from tests.lab.finished_runs import finish

    for seed in range(60):
        root = tmp_path / str(seed)
        finish(root, "jena/gru", 0.2, seed=1)
        run = finish(root, "jena/gru", offset=1.0)
        path = next(path for path in sorted(run.folder.iterdir()) if path.suffix == suffix)
        before = path.read_bytes()
        what = spoil.spoil(random.Random(seed), path)
        assert not path.is_file() or path.read_bytes() != before, what


def test_random_words_are_the_same_for_the_same_case(tmp_path):
    class Worker:
        folder = tmp_path

    worker = Worker()
    worker.bench = bench.Bench(tmp_path / "bench")
    first, second = (
        [words.command(Case("words", 4, number).random(), worker) for number in range(300)] for _ in range(2)
    )
    assert first == second
    assert {command[0] for command in first} >= set(words.COMMANDS)
