"""Writes notebooks with outputs from the scripts: `python -m notebooks [--into FOLDER] [NAME …]`, without names all."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from foundation.atomic import atomic
from foundation.user_error import UserError

HERE = Path(__file__).parent
SECONDS = 600
"""How long a cell may take."""


def execute(name: str, into: Path) -> Path:
    """Runs a script from its first to its last cell and writes it as a notebook.

    Raises:
        UserError: there is no such script, or a cell fails.
    """
    import jupytext
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    script = HERE / f"{name}.py"
    if not script.is_file():
        raise UserError(f"there is no {script}; there are {', '.join(names())}")
    notebook = jupytext.read(script)
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number}"  # random ones would change with each run
    client = NotebookClient(notebook, timeout=SECONDS, resources={"metadata": {"path": str(HERE)}})
    try:
        with TemporaryDirectory() as results:  # runs that exist would not be trained before the reader's eyes
            os.environ["LAB_RESULTS"] = results
            client.execute()
    except CellExecutionError as error:
        raise UserError(f"{script}: {error.ename}: {' '.join(error.evalue.split()):.300}") from error
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)  # times
        if cell.cell_type == "code":
            # what a backend or a download says about this machine
            cell.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]
    path = into / f"{name}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic(path) as temporary:
        nbformat.write(notebook, temporary)
    return path


def names() -> list[str]:
    """Returns the scripts' names, in the lecture's order."""
    return sorted(path.stem for path in HERE.glob("[0-9]*.py"))


def main(words: list[str]) -> int:
    """Writes the notebooks, two at a time, each in a process of its own."""
    parser = argparse.ArgumentParser(prog="python -m notebooks", description=__doc__)
    parser.add_argument("--into", type=Path, default=HERE, metavar="FOLDER", help="where to write (notebooks/)")
    parser.add_argument("names", nargs="*", metavar="NAME", help="such as 02_weather")
    options = parser.parse_args(words)
    try:
        if len(options.names) == 1:
            print(execute(options.names[0], options.into))
            return 0
        return at_once(options.names or names(), options.into)
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


def at_once(wanted: list[str], into: Path) -> int:
    """Writes several notebooks; returns the exit code."""
    from lab.side_by_side import side_by_side

    commands = [[sys.executable, "-m", "notebooks", name, "--into", str(into)] for name in wanted]
    failed = 0
    for place, code, last_line in side_by_side(commands, jobs=2):
        print(f"{wanted[place]}: {last_line if code else 'written'}", flush=True)
        failed += bool(code)
    return 2 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
