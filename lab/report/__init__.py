"""The report: one page of all that was run, `results/index.html`, which needs no network and no other file."""
