"""Finished runs to judge, and claims about them."""

import dataclasses
import json
import math
from typing import Any

import pytest
import yaml

from lab.claims import judge as judging
from lab.claims.spec import Claim, Claims, Rule, Side
from lab.identity import setting
from lab.settings import defaults, entry

CLAIMS = Claims(confidence=0.95, seeds=3, protocol=("hourly",), long=(), claims=())
NEGATIVE = Rule(-math.inf, math.nextafter(0, -1), "below 0")
PARTS = {
    "seed": "repeat",
    "csv": "data",
    "source": "data",
    "budget_steps": "length",
    "budget_minutes": "length",
    "threads": "working",
    "mirror": "working",
    "tensorboard": "working",
    "evaluation_batch": "working",
}


def config_of(name):
    """A `Config` with the settings of the YAML files, each of the part that it plays in most groups."""
    keys = {**defaults(name), **{key: None for own in entry(name).models.values() for key in own}}
    parts = {**PARTS, "steps_per_epoch": "length"} if name.startswith("sequences/") else PARTS
    fields = [
        (key, Any, dataclasses.field(metadata=setting(parts.get(key, "result")), default=None)) for key in sorted(keys)
    ]
    return dataclasses.make_dataclass("Config", fields, frozen=True)


def judge(chosen, root, **options):
    """The verdicts on claims by the runs in a folder."""
    return judging.judge(CLAIMS, chosen, config_of, root=root, **options)


def claim(*sides, measure="difference", rule=NEGATIVE, **own):
    """A claim about experiments, each "name figure" or "name --flag value figure"."""
    taken = [(words[0], tuple(words[1:-1]), words[-1]) for words in map(str.split, sides)]
    return Claim("a-claim", "A Page", "One is better", measure, tuple(Side(*one) for one in taken), rule, **own)


@pytest.fixture
def finished(tmp_path):
    """Writes a finished run: `finished("jena/gru", 0.26, seed=1)`, its error on validation 0.26."""

    def write(name, error, *, seed=0, profiles=(), model=None, data=None, metrics=None, backend="tensorflow", **own):
        settings = {**dict.fromkeys(field.name for field in dataclasses.fields(config_of(name)))}
        settings |= {**defaults(name, profiles, model), "seed": seed, **own}
        settings |= {"model": model} if model else {}
        folder = tmp_path / name / f"seed{seed}-{len(list(tmp_path.rglob('settings.yaml')))}"
        folder.mkdir(parents=True)
        record = {"profiles": list(profiles), "data": "abc", "backend": backend, "settings": settings}
        (folder / "settings.yaml").write_text(yaml.safe_dump(record))
        data = {"conditions": "weather", "simulated": False} | (data or {})
        figures = {"validation": {"mae": error}, "test": {"nll": error}, "parameters": 7, "seconds": 60.0, "epochs": 2}
        (folder / "metrics.json").write_text(json.dumps({**figures, "data": data, **(metrics or {})}))
        return folder

    return write
