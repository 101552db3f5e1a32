"""Finished runs to judge, and claims about them."""

import json
import math

import pytest
import yaml

from lab.claims.spec import Claim, Claims, Rule, Side
from lab.settings import defaults

CLAIMS = Claims(confidence=0.95, seeds=3, protocol=("hourly",), long=(), claims=())
NEGATIVE = Rule(-math.inf, math.nextafter(0, -1), "below 0")


def claim(*sides, measure="difference", rule=NEGATIVE):
    """A claim about experiments, each "name figure" or "name --flag value figure"."""
    taken = [(words[0], tuple(words[1:-1]), words[-1]) for words in map(str.split, sides)]
    return Claim("a-claim", "A Page", "One is better", measure, tuple(Side(*one) for one in taken), rule)


@pytest.fixture
def finished(tmp_path):
    """Writes a finished run: `finished("jena/gru", 0.26, seed=1)`, its error on validation 0.26."""

    def write(name, error, *, seed=0, profiles=(), model=None, data=None, metrics=None, **own):
        settings = {**defaults(name, profiles, model), "seed": seed, **own}
        settings |= {"model": model} if model else {}
        folder = tmp_path / name / f"seed{seed}-{len(list(tmp_path.rglob('settings.yaml')))}"
        folder.mkdir(parents=True)
        record = {"profiles": list(profiles), "data": "abc", "backend": "tensorflow", "settings": settings}
        (folder / "settings.yaml").write_text(yaml.safe_dump(record))
        data = {"conditions": "weather", "simulated": False} | (data or {})
        found = {"validation": {"mae": error}, "test": {"nll": error}, "parameters": 7, "seconds": 60.0, "epochs": 2}
        (folder / "metrics.json").write_text(json.dumps({**found, "data": data, **(metrics or {})}))
        return folder

    return write
