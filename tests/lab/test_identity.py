"""Which settings identify a run, and that no committed run is orphaned."""

from dataclasses import dataclass, field, make_dataclass
from pathlib import Path

import pytest
import yaml

from experiments import loading
from lab import identity
from lab.identity import IN_COMMAND, IN_LABEL, current, differing, digest, setting

REFERENCE = Path(__file__).parents[2] / "results/reference"


@dataclass(frozen=True)
class Config:
    units: int = 3
    seed: int = field(default=0, metadata=setting("repeat"))
    budget: int | None = field(default=None, metadata=setting("length"))
    csv: str | None = field(default=None, metadata=setting("data"))
    threads: int = field(default=1, metadata=setting("working"))


def known(config):
    return digest(config, "data", "tensorflow")


@pytest.mark.parametrize(
    "path", sorted(REFERENCE.glob("*/*/*/settings.yaml")), ids=lambda path: "/".join(path.parts[-4:-1])
)
def test_a_committed_run_keeps_its_folder(path):
    record = yaml.safe_load(path.read_text())
    config_class = loading.config_of("/".join(path.parts[-4:-2]))
    config = config_class(**current(record["settings"], config_class))
    name = f"seed{config.seed}-{digest(config, record['data'], record['backend'])}"
    assert path.parent.name == name


def test_what_changes_the_result_changes_the_folder():
    others = [Config(units=4), Config(seed=1), Config(budget=9)]
    assert len({known(config) for config in [Config(), *others]}) == 4
    assert len({digest(Config(), *rest) for rest in (("a", "jax"), ("b", "jax"), ("a", "torch"))}) == 3


@pytest.mark.parametrize("other", [Config(csv="a.csv"), Config(threads=2)])
def test_how_a_run_works_and_where_its_data_are_does_not(other):
    assert known(other) == known(Config())


def test_a_newer_setting_leaves_earlier_runs_where_they_are():
    newer = make_dataclass(
        "Newer", [("quantiles", list, field(default=None, metadata=setting(before=None)))], bases=(Config,), frozen=True
    )
    assert known(newer()) == known(Config())
    assert known(newer(quantiles=[0.1])) != known(Config())
    assert current({"units": 3}, newer) == {"units": 3, "quantiles": None}


def test_a_renamed_setting_leaves_earlier_runs_where_they_are():
    renamed = make_dataclass("Renamed", [("width", int, field(default=3, metadata=setting(was="units")))], frozen=True)
    plain = make_dataclass("Plain", [("units", int, field(default=3))], frozen=True)
    assert known(renamed()) == known(plain())
    assert current({"units": 5}, renamed) == {"width": 5}


def test_labels_and_commands_have_their_parts():
    settings = {"units": 4, "seed": 1, "budget": 9, "csv": "a.csv", "threads": 2, "gone": True}
    usual = {"units": 3, "seed": 0, "budget": None, "csv": None, "threads": 1}
    assert differing(settings, usual, Config, IN_LABEL) == {"units": 4, "gone": True}
    assert differing(settings, usual, Config, IN_COMMAND) == {
        key: settings[key] for key in settings if key != "threads"
    }
    assert differing({**usual, "units": 3.0}, usual, Config, IN_LABEL) == {}


def test_a_part_that_does_not_exist_is_an_error():
    with pytest.raises(TypeError, match="since"):
        setting(since=1)
    assert identity.part(Config.__dataclass_fields__["units"]) == "result"
