"""Settings come from YAML, then profiles, then flags; what doesn't fit is named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pytest
import yaml
from hypothesis import HealthCheck, given
from hypothesis import settings as settings_of_hypothesis
from hypothesis import strategies as st
from jsonargparse.typing import ClosedUnitInterval, PositiveInt

from foundation.user_error import UserError
from lab import settings


@dataclass(frozen=True)
class Base:
    """Shared."""

    epochs: PositiveInt
    """How long."""
    note: str | None
    """A remark."""


@dataclass(frozen=True)
class Config(Base):
    """Own."""

    units: PositiveInt
    """How wide."""
    dropout: ClosedUnitInterval
    """How forgetful."""
    order: Literal["forward", "backward"]
    """Which way."""


@pytest.fixture
def configs(tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "CONFIGS", tmp_path)
    (tmp_path / "toy").mkdir()
    (tmp_path / "toy.yaml").write_text("{epochs: 20, note: null, units: 1}")
    (tmp_path / "toy/net.yaml").write_text("{deck: A page, settings: {units: 32, dropout: 0.1, order: forward}}")
    (tmp_path / "short.yaml").write_text("{toy: {epochs: 3, units: 5}, toy/net: {units: 7}, other: {unknown: 1}}")
    return tmp_path


def resolve(profiles=(), *flags):
    return settings.resolve("toy/net", Config, profiles, flags)


def test_later_layers_win(configs):
    assert resolve() == Config(epochs=20, note=None, units=32, dropout=0.1, order="forward")
    assert resolve(["short"]) == Config(epochs=3, note=None, units=7, dropout=0.1, order="forward")
    assert resolve(["short"], "--units", "64", "--order=backward").units == 64


def test_a_profile_may_say_what_one_model_has(configs):
    (configs / "toy/net.yaml").write_text(
        "{settings: {units: 32, dropout: 0.1, order: forward, note: wide}, models: {wide: {units: 64, epochs: 9}}}"
    )
    (configs / "small.yaml").write_text("{toy/net: {epochs: 4, models: {wide: {units: 8}, other: {units: 3}}}}")

    def values(*profiles, model="wide"):
        found = settings.defaults("toy/net", profiles, model)
        return found["units"], found["epochs"]

    assert (values(), values("small"), values("small", model="narrow")) == ((64, 9), (8, 4), (32, 4))
    assert values("short", "small") == (8, 4)
    assert values("small", "short") == (7, 3)


def test_a_profile_may_say_nothing_about_an_experiment():
    assert settings.silent(["quick", "laptop"], "jena/gru") == ("laptop",)
    assert settings.silent(["quick", "laptop"], "etth1/gru") == ("laptop",)  # quick speaks of its lender
    assert settings.silent(["quick", "laptop"], "sequences/adding", "tcn") == ()
    assert settings.silent(["hourly"], "sequences/adding", "tcn") == ("hourly",)


def test_a_protocol_of_its_own_has_figures_of_its_own(configs):
    (configs / "other.yaml").write_text("published: {}")
    assert settings.protocols(["short", "other"]) == ("other",)
    (configs / "toy/net.yaml").write_text("{published: {mae: 0.3}}")
    assert settings.published("toy/net", ["short"]) == {"mae": 0.3}
    assert settings.published("toy/net", ["other", "short"]) == {}


def test_values_are_of_plain_types(configs):
    assert {type(v) for v in vars(resolve([], "--units", "64")).values()} == {int, float, str, type(None)}


def test_a_flag_that_says_what_the_file_says_changes_nothing(configs):
    (configs / "toy/net.yaml").write_text("{deck: A page, settings: {units: 32, dropout: 1, order: forward}}")
    for config in (resolve(), resolve([], "--dropout", "1"), resolve([], "--dropout", "1.0")):
        assert (config.dropout, type(config.dropout)) == (1, int)


def test_a_profile_may_be_any_file(configs, tmp_path):
    (tmp_path / "mine.yml").write_text("{toy: {epochs: 2}}")
    assert resolve([str(tmp_path / "mine.yml")]).epochs == 2


def test_every_setting_has_a_flag_with_its_text(configs, capsys):
    with pytest.raises(SystemExit) as stop:
        resolve([], "--help")
    text = capsys.readouterr().out
    assert stop.value.code == 0
    for words in ("--units", "How wide", "default: 32", "--epochs", "How long", "default: 20", "{forward,backward}"):
        assert words in text


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--unit", "3"], ["'--unit'", "did you mean --units"]),
        (["--units", "many"], ["--units", "many"]),
        (["--units", "-1"], ["--units", "'-1' is not a whole number above 0"]),
        (["--dropout", "1.5"], ["--dropout", "'1.5' is not a number from 0 and up to 1"]),
        (["--order", "sideways"], ["--order", "'sideways' is not one of forward, backward"]),
        (["--units"], ["--units needs a value: a whole number above 0"]),
        (["--units", "9" * 20], ["--units", "is too large"]),
        (["3"], ["'3' is out of place"]),
    ],
)
def test_a_wrong_flag_is_one_clear_line(configs, flags, words):
    with pytest.raises(UserError) as caught:
        resolve([], *flags)
    assert "\n" not in str(caught.value)
    for word in [*words, "--help"]:
        assert word in str(caught.value)


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("toy/net.yaml", "{settings: {unit: 3}}", ["configs/toy/net.yaml", "'unit'", "did you mean units"]),
        ("toy/net.yaml", "{settings: {units: wide}}", ["configs/toy/net.yaml", "--units", "wide"]),
        ("toy/net.yaml", "{setting: {units: 3}}", ["configs/toy/net.yaml", "'setting'", "settings"]),
        ("toy/net.yaml", "{settings: {units: 3}}", ["no value for dropout, order"]),
        ("toy/net.yaml", "settings: [", ["net.yaml", "not valid YAML"]),
        ("toy/net.yaml", "- 1", ["must hold names with values"]),
        ("toy/net.yaml", "{settings: [1]}", ["configs/toy/net.yaml: settings must hold names with values"]),
        ("toy/net.yaml", "{models: {a: 3}}", ["models: a must hold names with values"]),
        ("toy/net.yaml", "{settings: {units: 3, dropout: .nan}}", ["--dropout", "nan"]),
        ("short.yaml", "{toy: {epoch: 3}}", ["profile short", "'epoch'", "did you mean epochs"]),
        ("short.yaml", "toy: {units: null}", ["toy/net", "--units", "null is not a whole number above 0"]),
        ("short.yaml", "toy: {model: [wide]}", ["profile short", "'model'"]),
        ("short.yaml", "toy: [1, 2]", ["profile short: toy must hold names with values"]),
        ("short.yaml", "1: {units: 3}", ["short.yaml: 1 is no name"]),
        ("short.yaml", "null: 3", ["short.yaml: None is no name"]),
        ("short.yaml", "toy: {2: 3}", ["toy: 2 is no name"]),
        ("short.yaml", "[" * 100_000, ["short.yaml", "nested"]),
    ],
)
def test_a_wrong_file_is_one_clear_line(configs, file, text, words):
    (configs / file).write_text(text)
    with pytest.raises(UserError) as caught:
        resolve(["short"])
    assert "\n" not in str(caught.value)
    for word in words:
        assert word in str(caught.value)


def test_an_unknown_profile_names_those_there_are(configs):
    with pytest.raises(UserError, match="no profile 'long'; known are short"):
        resolve(["long"])


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=9), st.lists(st.integers(), max_size=2)
)


@settings_of_hypothesis(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.sampled_from(["--units", "--dropout", "--order", "--epochs", "--no"]), VALUES), max_size=3),
    st.dictionaries(st.one_of(st.sampled_from(["toy", "toy/net"]), VALUES.filter(lambda v: not isinstance(v, list))),
                    st.one_of(VALUES, st.dictionaries(st.sampled_from(["units", "order"]), VALUES)), max_size=2),
)  # fmt: skip
def test_random_flags_and_profiles_are_settings_or_one_line(configs, flags, profile):
    (configs / "short.yaml").write_text(yaml.safe_dump(profile), encoding="utf-8")
    try:
        config = resolve(["short"], *(word for flag, value in flags for word in (flag, str(value))))
    except UserError as error:
        assert "\n" not in str(error)
    else:
        assert config.units > 0 and 0 <= config.dropout <= 1 and config.order in ("forward", "backward")
