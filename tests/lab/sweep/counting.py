"""A sweep on Ray whose runs count instead of training, so it needs seconds and no TensorFlow.

`python -m tests.lab.sweep.counting FOLDER [METHOD] [ADDRESS]`
"""

from __future__ import annotations

import sys
import time
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import yaml

from foundation.atomic import atomic
from lab.runs import Run
from lab.sweep.cluster import Machine
from lab.sweep.space import Choice, label
from lab.sweep.tuning import Plan, sweep

EPOCHS = 30
SECONDS = 0.1


def start(root, point, seed, watch):
    """Counts the epochs of a run, or resumes counting; fewer units are better."""
    run = Run(root / "runs" / f"{label(point)}-seed{seed}")
    run.folder.mkdir(parents=True, exist_ok=True)
    with run.locked():
        run.settings_file.write_text(yaml.safe_dump({"profiles": [], "data": "none", "settings": {"seed": seed}}))
        history = pd.read_csv(run.history_file).to_dict("records") if run.history_file.is_file() else []
        problem = SimpleNamespace(metric="mae", conditions="counted")
        while True:
            watch(SimpleNamespace(run=run, problem=problem, history=history, done=len(history) == EPOCHS))
            time.sleep(SECONDS)
            error = point["units"] + 1 / (len(history) + 1)
            history.append({"epoch": len(history) + 1, "mae": error, "val_mae": error})
            with atomic(run.history_file) as path:
                pd.DataFrame(history).to_csv(path, index=False, lineterminator="\n")


def main(folder, method="grid", address=None):
    """Sweeps over two points with two seeds, or, with TPE and ASHA, over six points."""
    root = Path(folder)
    space, seeds = ({"units": Choice((2, 3))}, 2) if method == "grid" else ({"units": Choice(tuple(range(1, 7)))}, 1)
    plan = Plan(root / "sweep", method, space, seeds, None if method == "grid" else 6, asha=method == "tpe")
    sweep(plan, Machine(workers=2, cpus=1, gpus=0, address=address), partial(start, root))


if __name__ == "__main__":
    main(*sys.argv[1:])
