"""Small settings of experiments from all groups: each trains in seconds."""

from __future__ import annotations

WEATHER = "weather.csv"
"""Ninety days of simulated weather, a row per hour; `bench.py` writes it."""
_SMALL = ("--batch-size", "8", "--jit-compile", "false", "--threads", "1")
_JENA = (
    *("--csv", WEATHER, "--spacing", "60", "--lookback", "24", "--step", "2", "--delay", "6", "--train-end", "0.5"),
    *("--validation-end", "0.75", "--steps-per-epoch", "2", *_SMALL),
)
_IMDB = ("--source", "simulated", "--words", "60", "--embedding", "4", "--steps-per-epoch", "2", *_SMALL)
_SEQUENCES = ("--units", "4", "--layers", "2", "--steps-per-epoch", "2", "--evaluation-batch", "500", *_SMALL)
_RECURRENCE = ("--steps-per-epoch", "2", *_SMALL)

RUNS: dict[str, tuple[str, ...]] = {
    "jena/common_sense": _JENA,
    "jena/dense": (*_JENA, "--units", "4"),
    "jena/gru": (*_JENA, "--units", "4"),
    "jena/dropout_gru": (*_JENA, "--units", "4"),
    "jena/conv1d": (*_JENA, "--lookback", "120", "--step", "1"),
    "jena/hierarchical_attention": _JENA,
    "jena/ridge": (*_JENA, "--lookback", "48"),
    "imdb/lstm": (*_IMDB, "--length", "30", "--units", "4"),
    "imdb/conv1d": (*_IMDB, "--length", "60"),
    "imdb/hierarchical_attention": (*_IMDB, "--length", "30"),
    "sequences/adding": (*_SEQUENCES, "--length", "12"),
    "sequences/copy_memory": (*_SEQUENCES, "--length", "12", "--model", "lstm"),
    "recurrence/gates": (*_RECURRENCE, "--timesteps", "10"),
    "recurrence/vanishing_gradient": (*_RECURRENCE, "--units", "4", "--training-steps", "6", "--descent-updates", "5"),
    "recurrence/unrolled": ("--threads", "1"),
}
"""The flags of each experiment, without `--epochs`."""
SWEEP = ("sweep", "jena/gru", "--grid", "units=3,5", "--epochs", "2", *_JENA[: -len(_SMALL)], *_SMALL[:-2])
"""A small sweep, which chooses the cores of its trials itself."""
UNTRAINED = ("jena/common_sense", "jena/ridge", "recurrence/unrolled")
"""Experiments that have no epochs."""


def words(name: str, epochs: int, *more: str) -> list[str]:
    """Returns the command of an experiment's small run."""
    length = [] if name in UNTRAINED else ["--epochs", str(epochs)]
    return ["run", name, *RUNS[name], *length, *more]


def short(words: list[str]) -> str:
    """Returns a command in one line, without the flags of a small run."""
    text = " ".join(map(repr, words))
    for flags in RUNS.values():
        text = text.replace(" ".join(map(repr, flags)), "…")
    return text if len(text) < 300 else f"{text[:300]}…"
