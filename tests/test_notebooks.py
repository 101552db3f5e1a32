"""The notebooks are made from their scripts, and run from top to bottom."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from lecture.claims import VERDICTS, what_runs_say
from notebooks.__main__ import HERE, names

jupytext = pytest.importorskip("jupytext")


def test_there_is_one_for_each_part_of_the_lecture():
    assert names() == ["01_recurrence", "02_weather", "03_reviews", "04_convolutions", "05_attention"]
    assert sorted(path.stem for path in HERE.glob("*.ipynb")) == names()


@pytest.mark.parametrize("name", names())
def test_a_notebook_has_its_script_s_cells_and_their_outputs(name):
    script, written = (jupytext.read(HERE / f"{name}{suffix}") for suffix in (".py", ".ipynb"))
    assert [(cell.cell_type, cell.source) for cell in written.cells] == [
        (cell.cell_type, cell.source) for cell in script.cells
    ], f"make notebooks ARGS={name} writes it anew"
    outputs = [output for cell in written.cells if cell.cell_type == "code" for output in cell.outputs]
    assert {"image/png"} & {kind for output in outputs for kind in output.get("data", {})}
    assert not [output for output in outputs if output.output_type == "error" or output.get("name") == "stderr"]
    text = (HERE / f"{name}.ipynb").read_text(encoding="utf-8")
    assert len(text) < 500_000
    assert str(HERE.parent) not in text, "a path of the machine that wrote it"
    assert "SIMULATED" not in text
    exercises = script.cells[-1].source
    assert "## Exercises\n" in exercises
    assert exercises.count("\n1. **") == exercises.count("\n2. **") == exercises.count("\n3. **") == 1


@pytest.mark.parametrize("name", names())
def test_its_verdicts_are_those_of_the_reference(name, capsys):
    written = jupytext.read(HERE / f"{name}.ipynb")
    told, expected = verdicts_of(written, capsys)
    assert told == expected, f"make notebooks ARGS={name} writes it anew"
    assert told or name == "05_attention"


def test_an_outdated_verdict_is_noticed(capsys):
    v4 = pytest.importorskip("nbformat").v4
    what_runs_say("forget-gate", "lstm-keeps-at-start")
    now = capsys.readouterr().out

    def written(*texts):
        cell = v4.new_code_cell(
            'print("t = 3")\nwhat_runs_say("forget-gate", "lstm-keeps-at-start")',
            outputs=[v4.new_output("stream", name="stdout", text=text) for text in texts],
        )
        return v4.new_notebook(cells=[v4.new_markdown_cell("# A lesson"), cell])

    for texts in ([f"t = 3\n{now}"], ["t = 3\n", now]):
        told, expected = verdicts_of(written(*texts), capsys)
        assert told == expected == now.splitlines()
    first, second = now.splitlines(keepends=True)
    figure, verdict = first.replace(": ", ": 9", 1), "NOT DECIDED  " + first[13:]
    for outdated in (figure + second, verdict + second, first, second + first, now + first, ""):
        told, expected = verdicts_of(written(f"t = 3\n{outdated}"), capsys)
        assert told != expected == now.splitlines()


def verdicts_of(notebook, capsys):
    """Returns the verdicts in the outputs of a notebook's cells, line by line, and what its cells would print now."""
    starts = tuple(verdict.upper() for verdict in VERDICTS)
    told = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            text = "".join(output.text for output in cell.outputs if output.output_type == "stream")
            told += [line for line in text.splitlines() if line.startswith(starts)]
            for node in ast.walk(ast.parse(cell.source)):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "what_runs_say":
                    what_runs_say(*map(ast.literal_eval, node.args))
    return told, capsys.readouterr().out.splitlines()


@pytest.mark.slow
def test_all_run_from_top_to_bottom(tmp_path):
    """In a process of its own: nbclient needs an event loop, and the browser's tests have theirs."""
    done = subprocess.run(
        [sys.executable, "-m", "notebooks", "--into", str(tmp_path)],
        cwd=HERE.parent,
        capture_output=True,
        text=True,
    )
    assert not done.returncode, done.stdout + done.stderr
    assert sorted(path.stem for path in Path(tmp_path).glob("*.ipynb")) == names()
