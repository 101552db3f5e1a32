"""The run that answers a question: one of the user's, or else one that comes with the project."""

from __future__ import annotations

from pathlib import Path

from foundation.program import PROGRAM
from foundation.user_error import UserError
from lab.runs import RESULTS, Run, complete_runs

REFERENCE = Path(__file__).parents[1] / "results/reference"
"""The runs that come with the project. The smallest have their weights."""
SMALL = "pretrained"
"""The folder beside it, of small networks that were trained to answer, and for no comparison."""


def find_run(where: str, root: Path = RESULTS, reference: Path = REFERENCE) -> Run:
    """Returns a complete run, given its folder or its experiment's name.

    Of an experiment's runs, the one that finished last answers. If there is none, a run of the reference does.

    Args:
        where: A run's folder, or an experiment.
        root: The folder of all results.
        reference: The folder of the runs that come with the project.

    Raises:
        UserError: there is none, it isn't complete, or it comes without its weights.
    """
    if (Path(where) / "settings.yaml").is_file():
        run = Run(Path(where).resolve())
        if not run.complete:
            raise UserError(f"{where} is not complete; finish it with {PROGRAM} run {run.name}")
        if from_reference(run, reference) and not run.weights_file.is_file():
            raise UserError(f"{where} comes without its weights; make {run.name} trains a network that answers")
        return run
    if where.count("/") == 1:
        if finished := complete_runs(where, root):
            return max(finished, key=lambda run: run.metrics_file.lstat().st_mtime)
        kept = [run for root in (reference, reference.parent / SMALL) for run in complete_runs(where, root)]
        if answering := [run for run in kept if run.weights_file.is_file()]:
            return answering[0]
    raise UserError(f"there is no complete run {where!r}; give a run's folder, or an experiment that was run")


def from_reference(run: Run, reference: Path = REFERENCE) -> bool:
    """Returns whether a run comes with the project."""
    return bool({reference.resolve(), reference.resolve().parent / SMALL} & set(run.folder.resolve().parents))


def introduce(run: Run) -> str:
    """Returns which run answers, and what it was trained on, in a line."""
    own = f" It comes with the project; after make {run.name} your own run answers." if from_reference(run) else ""
    return f"{run.folder} answered, trained on {run.metrics()['data']['conditions']}.{own}"
