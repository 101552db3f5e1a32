"""Speed and memory, side by side with other code: `python -m benchmarks --help`.

Each module of this package is one benchmark, apart from `__main__` (the command line) and `experiments` (the bridge to
this project's own experiments). `measuring/` has the clock, the memory gauge and the processes; `peers/` has the other
code that the experiments are compared with.
"""
