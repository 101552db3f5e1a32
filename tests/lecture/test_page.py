"""The page's file: made from the committed runs, small, and in need of nothing else."""

import hashlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from foundation.user_error import UserError
from lecture import __main__, claims, contents, page

HERE = Path(__file__).parent
VENDORED = [page.HERE / "vendor", HERE / "vendor"]


@pytest.fixture(scope="module")
def text():
    return page.render()


def test_the_committed_page_is_that_of_the_committed_runs(text):
    """Where this fails, `python -m lecture` writes the page anew."""
    assert page.PAGE.read_text(encoding="utf-8") == text


def test_it_is_small_and_needs_no_other_file(text):
    assert len(text.encode()) < 3e6
    markup = re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL)
    assert not re.findall(r'(?:src|action)="[^"#]|<link', markup)
    links = set(re.findall(r'<a href="([^"#]+)"', markup))
    assert set(re.findall(r'href="([^"#]+)"', markup)) == links
    assert not [link for link in links if not (page.PAGE.parent / link).is_file()]
    assert "url(" not in markup and "@import" not in markup


def test_every_claim_with_a_place_is_told_there(text):
    verdicts = claims.read(page.REFERENCE)
    told = set(re.findall(r'id="claim-([^"]+)"', text))
    assert told == {name for name in verdicts if not name.startswith("tcn-")}
    for name in told:
        item = re.search(rf'<li data-verdict="([^"]+)" id="claim-{name}">', text)
        assert item[1] == verdicts[name]["verdict"]


def test_a_changed_verdict_changes_the_page(text, tmp_path):
    shutil.copytree(page.REFERENCE, tmp_path / "reference")
    path = tmp_path / "reference" / claims.FILE
    records = json.loads(path.read_text(encoding="utf-8"))
    next(record for record in records if record["id"] == "forget-gate")["verdict"] = "does not hold"
    path.write_text(json.dumps(records), encoding="utf-8")
    assert '<li data-verdict="does not hold" id="claim-forget-gate">' in page.render(tmp_path / "reference")


def test_every_command_is_a_make_target(text):
    makefile = (page.ROOT / "Makefile").read_text(encoding="utf-8")
    commands = re.findall(r'<code tabindex="0">make ([^<]+)</code>', text)
    assert len(commands) >= len(contents.FIGURES)
    for command in commands:
        for target in command.split(" ARGS")[0].split():
            assert (page.ROOT / f"experiments/{target}.py").exists() or re.search(
                rf"^{target}:", makefile, re.MULTILINE
            )


def test_durations_are_those_of_the_quickest_runs(tmp_path):
    for seed, (seconds, device) in enumerate(((400, "cpu"), (350, "cpu"), (60, "NVIDIA H100"))):
        folder = tmp_path / f"jena/gru/seed{seed}-1"
        folder.mkdir(parents=True)
        (folder / "settings.yaml").write_text("profiles: [hourly]\nsettings: {}\n")
        (folder / "metrics.json").write_text(json.dumps({"seconds": seconds}))
        (folder / "environment.json").write_text(json.dumps({"device": device}))
    command = 'make jena/gru ARGS="--profile hourly"'
    assert contents.duration(tmp_path, command) == "about 6 minutes on one core"
    assert contents.duration(tmp_path, command.replace("jena/gru", "jena/gru jena/gru")) == (
        "about 12 minutes on one core"
    )
    assert contents.duration(tmp_path, "make jena/gru") == contents.duration(tmp_path, "make data") == ""


def test_powers_of_ten_are_written_as_such():
    assert page.powers("1e+26 times (1e-09 … 0.5) < 2e-4") == (
        "10<sup>26</sup> times (10<sup>−9</sup> … 0.5) &lt; 2e-4"
    )


def test_the_loop_is_the_run_s():
    data = contents.loop(page.REFERENCE)
    metrics = contents.metrics(contents.runs(page.REFERENCE, "recurrence/unrolled")[0])
    state, weights = np.zeros(2), {name: np.array(values) for name, values in data["weights"].items()}
    for x, expected in zip(metrics["inputs"], metrics["states"], strict=True):
        state = np.tanh(weights["W"] @ x + weights["U"] @ state + weights["b"])
        np.testing.assert_allclose(state, expected, atol=1e-6)


def test_the_lstm_is_the_run_s():
    """Its gates open and close on this sequence as the committed run's do on its own."""
    from recurrence.lstm import LSTM

    data = contents.lstm(page.REFERENCE)
    weights = dict(data["weights"]["lstm"])
    weights.pop("answer")
    trace = LSTM(**{name: np.array(values) for name, values in weights.items()}).forward(np.array(data["inputs"]))
    stores = trace.inputs[:, 1] > 0
    gates = contents.metrics(contents.runs(page.REFERENCE, "recurrence/gates")[0])["gates"]
    assert trace.f[stores].mean() == pytest.approx(gates["forget gate"]["then"], abs=0.01)
    assert trace.i[stores].mean() == pytest.approx(gates["input gate"]["then"], abs=0.02)
    assert trace.f[~stores].mean() == pytest.approx(gates["forget gate"]["else"], abs=0.01)


def test_the_guessers_forecasts_are_their_runs():
    data = contents.guess(page.REFERENCE)
    hours = len(data["temperature"])
    assert {len(values) for values in data["forecasts"].values()} == {hours - data["lookback"] - data["delay"]}
    # common sense says the last temperature of the window, which ends an hour before its row
    last = data["temperature"][data["lookback"] - 1 : hours - data["delay"] - 1]
    assert data["forecasts"]["common_sense"] == pytest.approx(last, abs=0.01)


@pytest.mark.parametrize("folder", VENDORED, ids=str)
def test_vendored_files_are_those_that_their_readme_names(folder):
    rows = re.findall(r"^\| `([^`]+)` .* ([0-9a-f]{64}) \|$", (folder / "README.md").read_text(), re.MULTILINE)
    assert rows
    for name, digest in rows:
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
        assert (folder / f"{name.split('.')[0]}.LICENSE").exists()


def test_what_is_missing_is_said(tmp_path, capsys, monkeypatch):
    with pytest.raises(UserError, match="verify"):
        page.render(tmp_path)
    assert __main__.main(["--help"]) == 2
    assert "python -m lecture" in capsys.readouterr().err


def test_it_needs_no_backend():
    script = (
        "import sys; from lecture import page; page.render();"
        "sys.exit(' '.join({'keras', 'tensorflow', 'jax', 'torch', 'lab', 'experiments'} & set(sys.modules)) or 0)"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=page.ROOT)
    assert (ended.returncode, ended.stderr.strip()) == (0, "")


def test_it_is_written_where_it_is_asked_for(tmp_path, text, capsys):
    assert __main__.main([str(tmp_path / "a/b.html")]) == 0
    assert (tmp_path / "a/b.html").read_text(encoding="utf-8") == text
    assert capsys.readouterr().out.strip() == str(tmp_path / "a/b.html")
