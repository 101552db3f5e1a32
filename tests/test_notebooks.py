"""The notebooks are made from their scripts, and run from top to bottom."""

import subprocess
import sys
from pathlib import Path

import pytest

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
