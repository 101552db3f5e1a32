"""What a module must and may provide: everything else is rejected by its name."""

import inspect
import types
from dataclasses import dataclass

import pytest

from experiments import catalogue, loading, protocol
from experiments.protocol import Experiment, Group, check_experiment, check_group
from foundation.user_error import UserError


@dataclass(frozen=True)
class Config:
    units: int


class Toys(Group):
    optional = ("fit", "draw")


def module(**functions):
    """A module `experiments/toys/one.py` with these functions."""
    made = types.ModuleType("experiments.toys.one")
    made.Config = Config
    for name, function in functions.items():
        function.__module__ = made.__name__
        setattr(made, name, function)
    return made


def check(**functions):
    return check_experiment("toys/one", "A toy.", module(**functions), Toys())


def test_hooks_are_taken_and_others_are_none():
    experiment = check(build=lambda config: config.units, draw=lambda config, network, run, data: None)
    assert experiment.network(Config(3)) == 3
    assert experiment.draw and experiment.fit is None and experiment.perform is None


@pytest.mark.parametrize(
    ("functions", "words"),
    [
        (
            {"build": lambda config: 0, "fits": lambda config, network, data: 0},
            "fits(), which nothing calls.*mean fit?",
        ),
        ({"build": lambda config: 0, "perform": lambda config, run: 0}, "perform(), which nothing calls"),
        ({"build": lambda config: 0, "helper": lambda: 0}, "helper(), which nothing calls.*underscore"),
        ({"build": lambda config: 0, "draw": lambda config, run: 0}, r"draw must take (config, network, run, data)"),
        ({"fit": lambda config, network, data: 0}, r"lacks build(config)"),
    ],
)
def test_a_wrong_hook_is_rejected_by_name(functions, words):
    with pytest.raises(UserError, match=words.replace("(", r"\(").replace(")", r"\)").replace("?", r"\?")):
        check(**functions)


def test_a_module_needs_its_settings():
    bare = types.ModuleType("experiments.toys.one")
    with pytest.raises(UserError, match="no Config"):
        check_experiment("toys/one", "", bare, Toys())


def test_functions_of_one_s_own_begin_with_an_underscore():
    def build(config):
        return 0

    def _size(config):
        return 1

    assert check(build=build, _size=_size).name == "toys/one"


def test_a_layer_that_cannot_be_built_is_the_user_s_error():
    def build(config):
        raise ValueError("kernel of\nsize 9")

    with pytest.raises(UserError, match="toys/one can't be built with these settings: kernel of size 9"):
        check(build=build).network(Config(1))


def test_a_group_is_checked_too():
    class Misspelt(Group):
        def classifies(self):
            return None

    package = types.ModuleType("experiments.toys")
    with pytest.raises(UserError, match="has no GROUP"):
        check_group("toys", package)
    package.GROUP = Misspelt()
    with pytest.raises(UserError, match="Misspelt has classifies, which nothing calls: did you mean classify"):
        check_group("toys", package)
    package.GROUP = Toys()
    assert check_group("toys", package) is package.GROUP


def test_every_hook_is_described_once():
    fields = set(inspect.signature(Experiment).parameters) - {"name", "about", "Config"}
    assert set(protocol.PARAMETERS) == fields


@pytest.mark.parametrize("name", catalogue.names())
def test_every_experiment_follows_the_protocol(name):
    assert loading.experiment(name).name == name


@pytest.mark.parametrize("name", catalogue.groups())
def test_every_hook_of_a_group_is_used(name):
    group = loading.group(name)
    assert set(group.required) | set(group.optional) <= set(protocol.PARAMETERS)
