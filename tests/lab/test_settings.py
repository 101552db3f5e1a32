"""Settings come from YAML, then profiles, then flags; what doesn't fit is named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pytest
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


def test_values_are_of_plain_types(configs):
    assert {type(v) for v in vars(resolve([], "--units", "64")).values()} == {int, float, str, type(None)}


def test_a_flag_that_says_what_the_file_says_changes_nothing(configs):
    (configs / "toy/net.yaml").write_text("{deck: A page, settings: {units: 32, dropout: 1, order: forward}}")
    for given in (resolve(), resolve([], "--dropout", "1"), resolve([], "--dropout", "1.0")):
        assert (given.dropout, type(given.dropout)) == (1, int)


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
        (["--units", "-1"], ["--units", "v>0"]),
        (["--dropout", "1.5"], ["--dropout", "v<=1"]),
        (["--order", "sideways"], ["--order", "'forward', 'backward'", "sideways"]),
        (["--units"], ["--units", "expected one argument"]),
    ],
)
def test_a_wrong_flag_is_one_clear_line(configs, flags, words):
    with pytest.raises(UserError) as mistake:
        resolve([], *flags)
    assert "\n" not in str(mistake.value)
    for word in [*words, "--help"]:
        assert word in str(mistake.value)


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("toy/net.yaml", "{settings: {unit: 3}}", ["configs/toy/net.yaml", "'unit'", "did you mean units"]),
        ("toy/net.yaml", "{settings: {units: wide}}", ["configs/toy/net.yaml", "--units", "wide"]),
        ("toy/net.yaml", "{setting: {units: 3}}", ["configs/toy/net.yaml", "'setting'", "settings"]),
        ("toy/net.yaml", "{settings: {units: 3}}", ["no value for dropout, order"]),
        ("toy/net.yaml", "settings: [", ["net.yaml", "no valid YAML"]),
        ("toy/net.yaml", "- 1", ["must hold names with values"]),
        ("short.yaml", "{toy: {epoch: 3}}", ["profile short", "'epoch'", "did you mean epochs"]),
    ],
)
def test_a_wrong_file_is_one_clear_line(configs, file, text, words):
    (configs / file).write_text(text)
    with pytest.raises(UserError) as mistake:
        resolve(["short"])
    assert "\n" not in str(mistake.value)
    for word in words:
        assert word in str(mistake.value)


def test_an_unknown_profile_names_those_there_are(configs):
    with pytest.raises(UserError, match="no profile 'long'; known are short"):
        resolve(["long"])
