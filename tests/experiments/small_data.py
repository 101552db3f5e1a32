"""Small data of every group: real files where a mirror has them, else tiny files of the same format.

The mirror is LAB_DATA_MIRROR, or the project's own data folder.
"""

from __future__ import annotations

import os
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from experiments import catalogue, loading
from foundation import fetch
from imdb import corpus
from jena import series
from lab import settings
from sequences import music
from tests.experiments.commands import ROOT
from tests.sequences import test_characters, test_music, test_passages, test_words

LINES = 200
"""Lines of a long text that are kept for validation and for test."""
SMALL: dict[str, Any] = {
    **{"epochs": 1, "steps_per_epoch": 2, "batch_size": 4, "evaluation_batch": 5000},
    **{"jit_compile": False, "threads": 1},
    **{"units": 3, "layers": 1, "filters": 4, "levels": 2, "members": 2, "training_steps": 6, "descent_updates": 5},
    **{"length": 20, "words": 1000, "embedding": 3, "context": 3, "timesteps": 10, "sentences": 4},
}
"""Of each experiment, the settings that it has."""
OWN: dict[str, dict[str, Any]] = {
    "jena": {"spacing": 240, "lookback": 24, "step": 2, "delay": 6, "train_end": 0.1, "validation_end": 0.2},
    "jena/conv_gru": {"lookback": 60, "step": 1},
    **{f"jena/{name}": {"epochs": 0} for name in ("common_sense", "repeat", "ridge")},
    "jena/conv1d": {"lookback": 120, "step": 1},
    "jena/best": {"step": 1},
    "jena/segment_gru": {"units": 4},
    **{f"imdb/{name}": {"length": 60} for name in ("conv1d", "conv_gru")},
    "imdb/hierarchical_attention": {"source": "simulated"},
    "sequences/jsb_chorales": {"layers": 2},
    "sequences/text8": {"layers": 2, "targets": 20},
    **{f"sequences/{name}": {"symbols": 100, "targets": 20} for name in ("wikitext103", "lambada")},
    **{f"sequences/{name}": {"targets": 20} for name in ("char_ptb", "word_ptb")},
}
"""What groups and experiments need beside."""


def mirror() -> Path:
    """Returns the folder that may have real files."""
    place = Path(os.environ.get(fetch.MIRROR) or ROOT / "data")
    return place if place.is_dir() else ROOT / "data"


def held(name: str) -> bool:
    """Returns whether the mirror has a file."""
    return (mirror() / name).is_file()


def write_data(folder: Path) -> None:
    """Writes the files that the mirror lacks, and the beginnings of long ones that it has."""
    known = yaml.safe_load(fetch.SOURCES.read_text("utf-8"))
    bare = {name: {"what": entry["what"], "licence": "any", "urls": []} for name, entry in known.items()}
    for place in ("text", "mnist", "music"):
        (folder / place).mkdir(parents=True)
    (folder / "sources.yaml").write_text(yaml.safe_dump(bare))
    test_words.write_wikitext(folder)
    test_characters.write_text8(folder, test_characters.prose(2_000))
    test_passages.write(folder)
    test_words.write_penn(folder)
    for part in ("train", "valid", "test"):
        if held(name := f"text/ptb.{part}.txt"):
            with (mirror() / name).open(encoding="utf-8") as lines:
                (folder / name).write_text("".join(islice(lines, None if part == "train" else LINES)), "utf-8")
    for file in music.FILES.values():
        if not held(file):
            test_music.write(folder, test_music.rolls()).rename(folder / file)
    if not held("mnist/mnist.npz"):
        rng = np.random.default_rng(0)
        counts = {"train": 5_010, "test": 20}  # 5,000 are held out
        images = {f"x_{part}": np.zeros((count, 28, 28), np.uint8) for part, count in counts.items()}
        labels = {f"y_{part}": rng.integers(10, size=count, dtype=np.uint8) for part, count in counts.items()}
        np.savez(folder / "mnist/mnist.npz", **images, **labels)


def write_profile(path: Path, weather: Path) -> None:
    """Writes the small settings.

    Args:
        path: The profile's file.
        weather: A file of weather, used if the mirror has none.
    """
    profile = {
        name: {key: value for key, value in SMALL.items() if key in loading.config_of(name).__dataclass_fields__}
        for name in catalogue.names()
        if not settings.lender(name.split("/")[0])
    }
    profile |= {section: profile.get(section, {}) | own for section, own in OWN.items()}
    if not held(series.HOURLY):
        profile["jena"]["csv"] = str(weather)
    if not (held(corpus.RANKS) and held(corpus.INDEX)):
        profile["imdb"] = {"source": "simulated"}
    path.write_text(yaml.safe_dump(profile))
