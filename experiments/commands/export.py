"""Write a trained network for use elsewhere, as ONNX, SavedModel or Keras file."""

from __future__ import annotations

import argparse
from pathlib import Path

from experiments import trained_run

EPILOG = (
    "Inputs and outputs are in the data's own units. What was written is run once, to compare its answers. ONNX and "
    "saved models need nothing of this project. A Keras file of a network with layers that Keras lacks, such as a TCN, "
    "can only be loaded where layers/ can be imported; then a line says so."
)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the run, the format and the place."""
    trained_run.add_run(parser)
    parser.add_argument("--format", choices=("onnx", "saved_model", "keras"), default="onnx", help="format (onnx)")
    parser.add_argument("--to", type=Path, metavar="PATH", help="file or folder to write (in the run's folder)")


def run(options: argparse.Namespace) -> None:
    """Writes the network, and prints where it is, what it takes and gives, and how exactly it agrees."""
    from lab.environment import load_backend

    run, group, experiment, config = trained_run.load(options.run)
    load_backend()
    from lab import export
    from lab.runs import RESULTS
    from lab.trained_runs import from_reference

    folder = RESULTS / run.name if from_reference(run) else run.folder
    path = options.to.expanduser() if options.to else folder / ("network" + export.SUFFIXES[options.format])
    export.check_place(options.format, path)
    exported = group.export(experiment, config, run)
    difference = export.write(exported, options.format, path)
    print(f"{path}\nit takes {exported.about}")
    if options.format == "keras" and (names := export.of_this_project(exported.model)):
        print(f"to load it, Python must find this project's layers/, for {', '.join(names)}")
    print(f"agrees with {run.folder} within {difference:.1g} on {export.QUESTIONS} random inputs")
