"""The command line as a user types it: what it prints, its exit codes, and what it leaves behind."""

import ast
import json
import re
import resource
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import experiments
from experiments import commands
from foundation import program, user_error
from tests.experiments.commands import ROOT, SHORT, command, environment, succeed
from tests.jena.weather_files import table, write

QUICK_TO_ANSWER = [
    ["list"],
    ["--help"],
    ["run", "--help"],
    ["run", "jena/gru", "--help"],
    ["compare", "--help"],
    ["verify", "--help"],
]


@pytest.mark.parametrize("words", QUICK_TO_ANSWER, ids=" ".join)
def test_answers_in_under_a_second_and_without_a_backend(tmp_path, words):
    def seconds():
        # processor time: what the answer costs, however busy the machine is
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        succeed(tmp_path, *words)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    assert any(seconds() < 0.7 for _ in range(3))
    code = f"import sys; sys.argv[1:] = {words!r}; from experiments.__main__ import main\n"
    code += "try: main()\nexcept SystemExit: pass\nprint({'keras', 'tensorflow', 'jax'} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment(tmp_path), capture_output=True, text=True
    )
    assert done.stdout.endswith("set()\n")


@pytest.fixture(scope="module")
def bad_files(tmp_path_factory):
    """A folder with files that something is wrong with."""
    folder = tmp_path_factory.mktemp("bad")
    write(folder / "hourly.csv", table(900, "1h"))
    write(folder / "short.csv", table(40, "1h"))
    write(folder / "no_wind.csv", table(900, "1h").drop(columns=["wv (m/s)"]))
    (folder / "page.csv").write_text("<html><body>Log in</body></html>\n")
    hole = table(900, "1h")
    hole.loc[7, "rh (%)"] = float("nan")
    write(folder / "hole.csv", hole)
    whole = write(folder / "whole.csv.zip", table(900, "1h")).read_bytes()
    (folder / "half.csv.zip").write_bytes(whole[: len(whole) // 2])
    for name, content in {
        "list": "jena: [1, 2]",
        "number": "1: {a: 2}",
        "null": "null: 3",
        "deep": "[" * 10**5,
    }.items():
        (folder / f"{name}.yaml").write_text(content)
    foreign = folder / "group/foreign/run"
    foreign.mkdir(parents=True)
    (foreign / "settings.yaml").write_text("profiles: []\ndata: none\nsettings: {seed: 0}\n")
    (foreign / "metrics.json").write_text("{}")
    return folder


OLD = """
from experiments.__main__ import main
sys.version_info, sys.version = tuple(map(int, "{python}.1".split("."))), "{python}.1 (main)"
sys.exit(main(["list"]))
"""
MISTAKES = [
    ("run jena/grue", "did you mean jena/gru?"),
    ("run", "name an experiment or a group"),
    ("ruin jena/gru", "invalid choice: 'ruin'"),
    ("run jena/dense --unit 3", "did you mean --units?"),
    ("run jena/dense --units wide", "--units"),
    ("run jena/dense --epochs -1", "--epochs"),
    ("run jena/segment_gru --units 3", "--units must be even"),
    ("run --units 64 jena/dense", "name an experiment"),
    ("run jena/dense --profile quick jena/gru", "'jena/gru'"),
    ("run jena/dropout_gru --dropout 1", "--dropout"),
    ("run jena/dense --learning-rate 0", "--learning-rate"),
    ("run jena/dense --duplicates mend", "'mend' is not one of drop, keep"),
    ("run jena/dense --profile slow", "known are"),
    ("run jena/dense --seed 4294967296", "below 4,294,967,296"),
    ("run jena/dense --train-end inf", "inf is too large"),
    ("run jena/dense --lookback 99999999999999999999", "is too large"),
    ("run jena/dense --batch-size 1000000000000", "--batch-size"),
    ("run jena/dense --csv {folder}/hourly.csv --profile hourly --lookback 7 --step 1000", "give a shorter step"),
    ("run jena/dense --csv {folder}/hourly.csv --profile hourly --units 1000000000", "GiB of memory"),
    ("run sequences/adding --threads 1000000000", "up to 1,024"),
    ("run recurrence/unrolled --timesteps 65535", "up to 50"),
    ("run recurrence/vanishing_gradient --threads 1000000000", "up to 1,024"),
    ("run sequences/adding --layers 1000000000", "up to 100"),
    ("run sequences/adding --model", "--model needs a value: one of tcn, lstm, gru, rnn"),
    ("run jena/dense --profile {folder}/list.yaml", "jena must hold names with values"),
    ("run jena/dense --profile {folder}/number.yaml", "1 is no name"),
    ("run jena/dense --profile {folder}/null.yaml", "None is no name"),
    ("run jena/dense --profile {folder}/deep.yaml", "nested more than 50 levels deep"),
    ("run jena/dense --csv {folder}/nowhere.csv", "No such file"),
    ("run jena/dense --csv {folder}/page.csv", "web page"),
    ("run jena/dense --csv {folder}/half.csv.zip", "damaged"),
    ("run jena/dense --csv {folder}/no_wind.csv", "no column 'wv (m/s)'"),
    ("run jena/dense --csv {folder}/hole.csv --profile hourly --missing keep", "--missing fill"),
    ("run jena/dense --csv {folder}/hourly.csv", "configs/hourly.yaml"),
    ("run jena/dense --csv {folder}/short.csv --profile hourly", "hold no window"),
    ("run jena/dense --csv {folder}/hourly.csv --profile hourly --train-end 5000", "--train-end"),
    ("run jena/dense --mirror {folder}/nowhere", "mirror"),
    ("compare jeana", "groups are"),
    ("compare jena", "no run of jena is complete"),
    ("report", "no run is complete"),
    ("compare jena --all", "--all is no option"),
    ("forecast jena/dense --csv {folder}/hourly.csv", "no complete run"),
    ("forecast jena/dense", "--csv"),
    ("run gru", "or imdb/gru or jena/gru?"),
    ("sweep gru --grid units=2,3", "or imdb/gru or jena/gru?"),
    ("forecast gru --csv {folder}/hourly.csv", "or imdb/gru or jena/gru?"),
    ("classify gru --text good", "or imdb/gru or jena/gru?"),
    ("forecast jena/grue --csv {folder}/hourly.csv", "did you mean jena/gru?"),
    ("forecast {folder} --csv {folder}/hourly.csv", "give a run's folder"),
    ("forecast {folder}/group/foreign/run --csv {folder}/hourly.csv", "no experiment 'group/foreign'"),
    ("data jeana", "groups are"),
    ("data --csv=", "name of the file is empty"),
]


@pytest.mark.parametrize(("line", "words"), MISTAKES, ids=[line for line, _ in MISTAKES])
def test_a_mistake_gets_one_line_a_code_and_writes_nothing(forks, bad_files, tmp_path, line, words):
    results = tmp_path / "results"
    done = forks.command(results, *line.format(folder=bad_files).split())
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1, done.stderr
    assert words in done.stderr
    assert not list(results.iterdir())


def test_a_run_from_first_to_last(forks, tmp_path, weather):
    run = ["run", "jena/dense", *SHORT, "--csv", str(weather)]
    printed = succeed(tmp_path, *run)
    (folder,) = (tmp_path / "jena/dense").iterdir()
    assert str(folder) in printed
    files = {
        "settings.yaml",
        "environment.json",
        "history.csv",
        "loss.png",
        "metrics.json",
        "best.weights.h5",
        "forecasts.csv",
    }
    assert files == {path.name for path in folder.iterdir() if not path.name.startswith(".")}
    assert "is complete" in forks.succeed(tmp_path, *run)

    assert "complete" in forks.succeed(tmp_path, "list")
    printed = forks.succeed(tmp_path, "run", "jena/common_sense", *SHORT, "--epochs", "3", "--csv", str(weather))
    assert "Epoch" not in printed  # there is nothing to train
    printed = forks.succeed(tmp_path, "compare", "jena")
    assert "| jena/dense" in printed
    (comparison,) = (tmp_path / "jena/comparison").iterdir()
    assert {path.name for path in comparison.iterdir()} == {
        "table.md",
        "table.csv",
        "models.png",
        "curves.png",
        "week.png",
    }

    printed = forks.succeed(tmp_path, "forecast", "jena/dense", "--csv", str(weather))
    last = pd.read_csv(weather).iloc[-1]["Date Time"]
    ahead = pd.to_datetime(last, format="%d.%m.%Y %H:%M:%S") + pd.Timedelta(hours=6)
    assert printed.startswith(f"{ahead:%d.%m.%Y %H:%M}")
    assert "°C" in printed
    assert folder.name in printed
    assert json.loads((folder / "metrics.json").read_text())["data"]["file"]["separator"] == "commas"
    short = write(tmp_path / "short.csv", table(24, "1h"))
    done = forks.command(tmp_path, "forecast", "jena/dense", "--csv", str(short))
    assert (done.returncode, "needs 25" in done.stderr) == (2, True)


def test_data_says_how_a_file_was_read(forks, tmp_path, weather):
    path = tmp_path / "own.csv"
    path.write_text("My station\n\n" + weather.read_text().replace(",", ";"))
    printed = forks.succeed(tmp_path, "data", "--csv", str(path), "--profile", "hourly")
    assert "separator: semicolons" in printed
    assert "above the header (skipped)" in printed


def test_a_profile_that_sets_nothing_for_an_experiment_is_told(forks, tmp_path):
    (profile := tmp_path / "reviews.yaml").write_text("imdb: {epochs: 3}\n")
    run = ["run", "jena/common_sense", *SHORT, "--epochs", "0", "--source", "simulated"]
    printed = forks.succeed(tmp_path, *run, "--profile", str(profile))
    assert "Warning: reviews.yaml sets nothing for jena/common_sense; it changes nothing here\n" in printed
    assert "Warning" not in forks.succeed(tmp_path, *run, "--profile", "hourly", "--seed", "1")


def test_simulated_weather_says_so_everywhere(forks, tmp_path):
    printed = forks.succeed(tmp_path, "run", "jena/common_sense", *SHORT, "--epochs", "0", "--source", "simulated")
    assert "simulated" in printed
    assert "SIMULATED" in forks.succeed(tmp_path, "list")
    assert "SIMULATED" in forks.succeed(tmp_path, "compare", "jena")


def test_a_training_that_diverges_says_so_and_keeps_what_was(forks, tmp_path, weather):
    done = forks.command(tmp_path, "run", "jena/dense", *SHORT, "--learning-rate", "1e30", "--csv", str(weather))
    assert done.returncode == 2
    assert "--learning-rate" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_a_backend_that_is_not_there_is_one_line(tmp_path, weather):
    done = command(tmp_path, "run", "jena/dense", *SHORT, "--csv", str(weather), KERAS_BACKEND="theano")
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith("error: KERAS_BACKEND is 'theano'")
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_another_backend_runs_the_same_command(tmp_path, weather):
    pytest.importorskip("jax")
    printed = succeed(tmp_path, "run", "jena/gru", *SHORT, "--csv", str(weather), KERAS_BACKEND="jax")
    assert "common sense: " in printed
    (folder,) = (tmp_path / "jena/gru").iterdir()
    assert '"backend": "jax"' in (folder / "environment.json").read_text()


def start(python, *options, code="from experiments.__main__ import main; sys.exit(main(['list']))"):
    words = [python, *options, "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {code}"]
    return subprocess.run(words, capture_output=True, text=True, check=False)


def test_without_the_packages_one_line_says_how_to_set_up():
    done = start(sys.executable, "-S", "-I")
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(r"error: \w+ isn't installed; run 'make setup', then use \S+ -m experiments\n", done.stderr)


def test_a_package_that_only_some_commands_need_is_missed_in_one_line():
    code = "sys.modules['keras'] = None; from experiments.__main__ import main; "
    for words in (["list"], ["compare", "recurrence"]):
        assert "keras" not in start(sys.executable, code=f"{code} sys.exit(main({words}))").stderr
    done = start(sys.executable, code=f"{code} sys.exit(main(['run', 'recurrence/unrolled']))")
    assert (done.returncode, done.stderr.count("\n"), "keras" in done.stderr) == (2, 1, True), done.stderr


def test_a_module_of_the_project_that_is_missing_is_no_package_to_install():
    code = "sys.modules['lab.listing'] = None; from experiments.__main__ import main; sys.exit(main(['list']))"
    assert "ModuleNotFoundError" in start(sys.executable, code=code).stderr


@pytest.mark.parametrize("python", ["3.7", "3.8", "3.9"])
def test_an_old_python_is_one_line(python):
    own = [Path(module.__file__) for module in (experiments, commands, program, user_error)]
    for path in (*own, ROOT / "experiments/__main__.py"):
        ast.parse(path.read_text("utf-8"), feature_version=(3, int(python[2:])))
    done = start(sys.executable, code=OLD.format(python=python))
    assert done.returncode == 2
    assert done.stderr.startswith(f"error: Python {python}.1 is too old; run 'make setup'")
    assert done.stderr.count("\n") == 1


def test_a_results_folder_in_too_many_folders_is_one_line(monkeypatch):
    monkeypatch.setenv("LAB_RESULTS", "a/" * 1300)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    done = subprocess.run(
        [sys.executable, "-m", "experiments", "run", "recurrence/unrolled"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "too many folders" in done.stderr


def test_what_ctrl_c_broke_off_is_cleared_away_in_silence():
    code = """
from experiments import __main__ as program
from experiments.commands import list as command

class BrokenOff:
    def __del__(self):
        None + 1

def run(options):
    broken_off = BrokenOff()
    raise KeyboardInterrupt

command.run = run
program.keep_interrupts()
code = program.main(["list"])
import signal
assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN  # a second Ctrl-C disturbs nothing
sys.exit(code)
"""
    done = start(sys.executable, code=code)
    assert (done.returncode, done.stderr.strip()) == (130, "error: stopped")


def test_ctrl_c_that_a_library_answers_with_its_own_error_ends_in_one_line(monkeypatch, capsys):
    def run(options):
        try:
            raise KeyboardInterrupt
        finally:
            raise AssertionError

    from experiments.__main__ import main

    monkeypatch.setattr("experiments.commands.list.run", run)
    assert main(["list"]) == 130
    assert capsys.readouterr().err == "\nerror: stopped\n"
