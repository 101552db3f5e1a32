"""Speed and memory against peers, each measured beside them in the same run: `python -m benchmarks`."""
