"""Runs of each group, finished and not, with a sweep, a comparison and verdicts: made once by training, then copied."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import NamedTuple

from tests.torture import small_runs
from tests.torture.bench import Worker
from tests.torture.ended import Ended

EPOCHS = 2


class Finished(NamedTuple):
    """A group's results."""

    folder: Path
    commands: dict[str, list[str]]
    """The command that made each run, by the run's folder."""
    shown: dict[str, str]
    """What each command of `readers` shows of them."""


MADE: dict[str, list[tuple[list[str], str]]] = {
    "recurrence": [
        (small_runs.words("recurrence/unrolled", 0), "end"),
        (small_runs.words("recurrence/gates", EPOCHS), "end"),
        (small_runs.words("recurrence/gates", EPOCHS + 1, "--seed", "1"), "2"),
    ],
    "jena": [
        (small_runs.words("jena/common_sense", 0), "end"),
        (small_runs.words("jena/gru", EPOCHS), "end"),
        (small_runs.words("jena/gru", EPOCHS, "--seed", "1"), "end"),
        (small_runs.words("jena/hierarchical_attention", EPOCHS), "end"),
        (small_runs.words("jena/dense", EPOCHS + 1), "2"),
        (small_runs.words("jena/dense", EPOCHS, "--learning-rate", "1e30"), "end"),
        ([*small_runs.SWEEP], "end"),
    ],
    "imdb": [
        (small_runs.words("imdb/lstm", EPOCHS), "end"),
        (small_runs.words("imdb/lstm", EPOCHS, "--seed", "1"), "end"),
        (small_runs.words("imdb/hierarchical_attention", EPOCHS), "end"),
        (small_runs.words("imdb/conv1d", EPOCHS + 1), "2"),
    ],
    "sequences": [
        (small_runs.words("sequences/adding", EPOCHS), "end"),
        (small_runs.words("sequences/adding", EPOCHS, "--model", "lstm"), "end"),
        (small_runs.words("sequences/copy_memory", EPOCHS), "end"),
        (small_runs.words("sequences/copy_memory", EPOCHS + 1, "--seed", "1"), "2"),
    ],
}
"""The commands, and after how many epochs they are interrupted, see `fork_server`."""


def finished(worker: Worker, group: str) -> Finished:
    """Returns a group's results. The first call makes them."""
    with worker.bench.making(f"finished/{group}") as made:
        if made:
            worker.lay_out(None)
            commands: dict[str, list[str]] = {}
            for words, until in MADE[group]:
                before = _runs(worker.results)
                ended = worker.forks.run(*words, until=until, backend=True, processor_seconds=600)
                if ended.code != {"2": 130}.get(until, 2 if "1e30" in words else 0):
                    raise RuntimeError(f"a run to be damaged failed:\n{ended}")
                commands |= dict.fromkeys(sorted(_runs(worker.results) - before), words)
            output = {words[0]: shown(worker, worker.forks.run(*words)) for words in readers(group)}
            (made / "record.json").write_text(json.dumps([commands, output]))
            shutil.copytree(worker.results, made / "results")
    folder = worker.bench.folder / "finished" / group
    return Finished(folder / "results", *json.loads((folder / "record.json").read_text()))


def readers(group: str) -> list[list[str]]:
    """Returns the commands that read all runs. They must succeed whatever is damaged."""
    return [["verify", "--judge"], ["list"], ["compare", group], ["report"]]


def shown(worker: Worker, ended: Ended) -> str:
    """Returns what a command shows: what it prints, or for the report the page."""
    page = worker.results / "index.html"
    return page.read_text(encoding="utf-8") if ended.words == ("report",) and page.is_file() else ended.stdout


def _runs(results: Path) -> set[str]:
    return {str(path.parent.relative_to(results)) for path in results.glob("*/*/*/settings.yaml")}
