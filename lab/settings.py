"""Resolves one experiment's settings from YAML files, profiles and flags, and checks their types.

Later values win: `configs/<group>.yaml`, `configs/<group>/<experiment>.yaml`, in that file the section of the chosen
`model` (for an experiment with several models), each profile in turn, the flags. A profile may have such sections too.

A data set is one file, `configs/<name>.yaml`, whose `models` names the group that lends its experiments. Its keys are
settings, and those of `tables.yaml` are its own: neither the lender's files nor its sections of a profile set them.
"""

from __future__ import annotations

import dataclasses
import re
import typing
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from foundation import yaml_files
from foundation.user_error import UserError
from lab.flags import flag_of, given_by, parser_for, plain, user_errors, with_hint
from lab.setting_types import expected, finite

CONFIGS = Path(__file__).parent.parent / "configs"
BASE = "tables"
"""The file in configs/ with the settings that a data set has, and their values where its own file leaves them out."""
NO_PROFILES = {"claims", "reference", "tuning", BASE}  # files in configs/ that are no profiles
NO_SETTINGS = ("models", "about", "published", "settings", "experiments")
"""Keys of a data set's file that are no settings."""


@dataclass(frozen=True)
class Entry:
    """What `configs/<group>/<experiment>.yaml` holds."""

    deck: str
    """The slide that shows the experiment."""
    settings: dict[str, Any]
    """The experiment's values, laid over those of its group."""
    published: dict[str, Any] = field(default_factory=dict)
    """The figure to reach, and its source."""
    models: dict[str, dict[str, Any]] = field(default_factory=dict)
    """For an experiment with several models, the settings of each."""


class Layer(NamedTuple):
    """Settings that one place gives."""

    where: str
    values: dict[str, Any]
    lent: bool = False
    """Whether they are the lender's: those that the data set's `Config` lacks don't count."""


def entry(name: str) -> Entry:
    """Reads the YAML files of the experiment `name`, such as "jena/gru".

    Raises:
        UserError: a file is missing, or isn't YAML of this form.
    """
    group_name, _, experiment = name.partition("/")
    if lent := lender(group_name):
        return _lent_entry(group_name, lent, experiment)
    own = read_yaml(CONFIGS / f"{name}.yaml")
    group = read_yaml(CONFIGS / f"{group_name}.yaml")
    if unknown := set(own) - {"deck", "published", "settings", "models"}:
        raise UserError(f"configs/{name}.yaml: {min(unknown)!r} is none of deck, published, settings, models")
    where = f"configs/{name}.yaml"
    settings = {**group, **_mapping(own.get("settings"), f"{where}: settings")}
    models = _mapping(own.get("models"), f"{where}: models")
    return Entry(
        str(own.get("deck", "")),
        settings,
        _mapping(own.get("published"), f"{where}: published"),
        {model: _mapping(values, f"{where}: models: {model}") for model, values in models.items()},
    )


def lender(group: str) -> str | None:
    """Returns the group that lends a data set its experiments; None for a group with experiments of its own."""
    return None if (CONFIGS / group).is_dir() else _line(group, "models")


def _line(group: str, key: str) -> str | None:
    """Returns the text after a key of a file, without reading the rest: a mistake there is no matter for `list`."""
    try:
        text = (CONFIGS / f"{group}.yaml").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    found = re.search(rf"^{key}:[ \t]+[\"']?([^\n]*?)[\"']?[ \t]*(?:[ \t]#[^\n]*)?$", text, re.MULTILINE)
    return found[1] if found else None


def data_sets() -> list[str]:
    """Returns the data sets that are a file in `configs/`, in alphabetical order."""
    return sorted(path.stem for path in CONFIGS.glob("*.yaml") if lender(path.stem))


def about(data_set: str) -> str:
    """Returns a data set in one line, as its file says it."""
    return _line(data_set, "about") or data_set


def _lent_entry(data_set: str, lent: str, experiment: str) -> Entry:
    """Returns what the lender's files, `tables.yaml` and the data set's file say together."""
    figures = _section(read_yaml(CONFIGS / f"{data_set}.yaml"), "published", f"configs/{data_set}.yaml")
    own = _section(figures, experiment, f"configs/{data_set}.yaml: published")
    layers = _lent_layers(data_set, lent, experiment)
    settings = {key: value for layer in layers for key, value in layer.values.items()}
    return Entry(entry(f"{lent}/{experiment}").deck, settings, {"source": figures.get("source"), **own} if own else {})


def _lent_layers(data_set: str, lent: str, experiment: str) -> list[Layer]:
    file, where = read_yaml(CONFIGS / f"{data_set}.yaml"), f"configs/{data_set}.yaml"
    base = read_yaml(CONFIGS / f"{BASE}.yaml")
    lent_name = f"{lent}/{experiment}"
    model = _section(read_yaml(CONFIGS / f"{lent_name}.yaml"), "settings", f"configs/{lent_name}.yaml")
    experiments = _section(file, "experiments", where)
    return [
        Layer(f"configs/{lent}.yaml", _without(read_yaml(CONFIGS / f"{lent}.yaml"), base), lent=True),
        Layer(f"configs/{BASE}.yaml", base),
        Layer(f"{where}: settings", _section(file, "settings", where)),
        Layer(f"configs/{lent_name}.yaml", _without(model, base), lent=True),
        Layer(where, _without(file, NO_SETTINGS)),
        Layer(f"{where}: experiments: {experiment}", _section(experiments, experiment, f"{where}: experiments")),
    ]


def _without(values: Mapping[str, Any], keys: Collection[str]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key not in keys}


def _section(values: Mapping[str, Any], key: str, where: str) -> dict[str, Any]:
    return _mapping(values.get(key), f"{where}: {key}")


def published(name: str, profiles: Sequence[str] = ()) -> dict[str, Any]:
    """Returns the figures to reach: those of the last profile that has its own, otherwise the experiment's."""
    for profile in reversed(profiles):
        if (figures := read_yaml(profile_file(profile)).get("published")) is not None:
            return _mapping(_mapping(figures, f"profile {profile}: published").get(name), f"profile {profile}: {name}")
    return entry(name).published


def protocols(profiles: Sequence[str]) -> tuple[str, ...]:
    """Returns those profiles that have figures to reach of their own: runs under them follow another protocol."""
    return tuple(profile for profile in profiles if "published" in read_yaml(profile_file(profile)))


def silent(profiles: Sequence[str], name: str, model: str | None = None) -> tuple[str, ...]:
    """Returns those profiles that say nothing about an experiment, or nothing about its model."""
    group, _, experiment = name.partition("/")
    others = [group, *((lent, f"{lent}/{experiment}") if (lent := lender(group)) else ())]

    def says(profile: str) -> bool:
        sections, where = read_yaml(profile_file(profile)), f"profile {profile}"
        own = _section(sections, name, where)
        models = _section(own, "models", f"{where}: {name}")
        by_others = any(_section(sections, other, where) for other in others)
        return by_others or bool(_without(own, ["models"])) or model in models

    return tuple(profile for profile in profiles if not says(profile))


def in_words(profiles: Sequence[str]) -> str:
    """Returns the chain of profiles, the last one first, such as "quick.yaml over hourly.yaml"."""
    return " over ".join(f"{Path(profile).stem}.yaml" for profile in reversed(profiles))


def profile_file(profile: str) -> Path:
    """Returns the file of a profile, given its name in `configs/` or a path.

    Raises:
        UserError: there is no such file.
    """
    for path in (CONFIGS / f"{profile}.yaml", Path(profile)):
        if path.is_file() and _may_be_profile(path):
            return path
    known = sorted(path.stem for path in CONFIGS.glob("*.yaml") if _may_be_profile(path))
    raise UserError(f"there is no profile {profile!r}; known are {', '.join(known)}, or give a YAML file's path")


def _may_be_profile(path: Path) -> bool:
    name = path.stem
    other = (CONFIGS / name).is_dir() or name in NO_PROFILES or lender(name)
    return path != CONFIGS / f"{name}.yaml" or not other


def resolve(
    name: str,
    config_class: type,
    profiles: Sequence[str] = (),
    flags: Sequence[str] = (),
    about: str | None = None,
) -> Any:
    """Returns one experiment's settings: an instance of its `Config`.

    Args:
        name: The experiment, such as "jena/gru".
        config_class: Its `Config`, a dataclass whose fields each have a type and a docstring.
        profiles: Names of files in `configs/`, or paths. Each file has sections for groups (`jena:`) or experiments,
            and in those, under `models`, for single models.
        flags: Command-line words, such as `["--units", "64"]`. `--help` prints all of them and exits.
        about: The experiment in one line, for `--help`.

    Raises:
        UserError: a key or flag is unknown, or a value has the wrong type.
    """
    parser = parser_for(name, config_class, about)
    hints = typing.get_type_hints(config_class)
    fields = [f.name for f in dataclasses.fields(config_class)]
    values: dict[str, Any] = {}
    for where, layer, lent in _layers(name, profiles, given_by(flags).get("model")):
        if lent:
            layer = {key: value for key, value in layer.items() if key in fields}
        if unknown := set(layer) - set(fields):
            raise UserError(f"{where}: there is no setting {with_hint(min(unknown), fields)}")
        with user_errors(parser, hints, layer, f"{where}: "):
            parser.parse_object(layer, defaults=False)
        values.update(layer)
    parser.set_defaults(values)
    with user_errors(parser, hints, given_by(flags)):
        given = parser.parse_args(list(flags))
    for key in fields:
        if not finite(given[key]):
            text = f"{flag_of(key)}: {given[key]!r} is too large; it must be {expected(hints[key])}"
            raise UserError(f"{text} ('{parser.prog} --help' lists all settings)")
    lent_to = name.partition("/")[0] if lender(name.partition("/")[0]) else ""
    if unset := [key for key in fields if key not in values and given[key] is None]:
        file = lent_to or name
        raise UserError(f"{name}: no value for {', '.join(unset)}; give one in configs/{file}.yaml")
    told = read_yaml(CONFIGS / f"{BASE}.yaml") if lent_to else ()  # a data set says itself what it lacks of these
    for key in (key for key in fields if key not in told):
        if given[key] is None and type(None) not in typing.get_args(hints[key]):  # the parser lets null pass
            raise UserError(f"{name}: {flag_of(key)}: null is not {expected(hints[key])}; mend the profile")
    # --learning-rate 1 and a file's 1.0 must name the same run
    same = {key: values[key] for key in values if plain(given[key]) == values[key]}
    return config_class(**{key: plain(given[key]) for key in fields} | same)


def defaults(name: str, profiles: Sequence[str] = (), model: str | None = None) -> dict[str, Any]:
    """Returns one experiment's settings from `configs/` and profiles alone, without checking them."""
    return {key: value for layer in _layers(name, profiles, model) for key, value in layer.values.items()}


def _layers(name: str, profiles: Sequence[str], model: str | None) -> list[Layer]:
    group, _, experiment = name.partition("/")
    lent = lender(group)
    own = entry(name)
    base = read_yaml(CONFIGS / f"{BASE}.yaml") if lent else {}
    layers: list[Layer] = []
    for profile in profiles:
        sections = read_yaml(profile_file(profile))
        if lent:
            for section in (lent, f"{lent}/{experiment}"):
                values = _section(sections, section, f"profile {profile}")
                layers.append(Layer(f"profile {profile}", _without(values, base), lent=True))
        layers += [
            Layer(f"profile {profile}", _section(sections, section, f"profile {profile}")) for section in (group, name)
        ]
    if lent:
        return [*_lent_layers(group, lent, experiment), *layers]
    parts = [Layer(f"configs/{name}.yaml", {**own.settings, "models": own.models}), *layers]
    for part in parts if model is None else ():
        model = part.values.get("model", model)
    return [layer for part in parts for layer in _by_model(part, model)]


def _by_model(part: Layer, model: str | None) -> list[Layer]:
    """Returns a layer without its sections for single models, and after it the chosen model's section."""
    models, where = _section(part.values, "models", part.where), f"{part.where}, models"
    chosen = isinstance(model, str) and model in models
    own = [Layer(f"{where}: {model}", _section(models, str(model), where))] if chosen else []
    return [part._replace(values=_without(part.values, ["models"])), *own]


def _mapping(content: Any, where: str) -> dict[str, Any]:
    """Returns the names and values that a part of a YAML file holds; none if it is empty.

    Raises:
        UserError: it holds something else.
    """
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise UserError(f"{where} must hold names with values, not {content!r:.40}")
    for key in content:
        if not isinstance(key, str):
            raise UserError(f"{where}: {key!r} is no name; put it in quotes or remove it")
    return content


def read_yaml(path: Path) -> dict[str, Any]:
    """Returns the names and values in a YAML file; none if it is empty.

    Raises:
        UserError: the file is missing, or holds something else.
    """
    return _mapping(yaml_files.read(path), str(path))
