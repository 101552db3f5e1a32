"""Runs every benchmark, or those named: `python -m benchmarks [start] [windows] [step] [epoch] …`."""

import importlib
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
ALL = ("start", "windows", "step", "epoch", "experiments", "memory", "reviews", "tcn", "cost")

for name in sys.argv[1:] or ALL:
    if name not in ALL:
        sys.exit(f"error: there is no benchmark {name!r}; there are {', '.join(ALL)}")
    importlib.import_module(f"benchmarks.{name}").main()
