"""Which settings identify a run: the one answer that folders, tables, claims, sweeps and commands share.

A field of a `Config` says what part it plays. A field that says nothing is an ordinary hyperparameter ("result").

| part    | such as                     | folder | label in tables | command that repeats the run |
|---------|-----------------------------|--------|-----------------|------------------------------|
| result  | units, learning_rate        | yes    | yes             | yes                          |
| repeat  | seed                        | yes    | no              | yes                          |
| length  | budget_steps                | yes    | no              | yes                          |
| data    | csv, source                 | no     | no              | yes                          |
| working | threads, mirror             | no     | no              | no                           |

The folder's digest also holds the data's fingerprint and the backend.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Literal

Part = Literal["result", "repeat", "length", "data", "working"]
IN_FOLDER: tuple[Part, ...] = ("result", "repeat", "length")
IN_LABEL: tuple[Part, ...] = ("result",)
IN_COMMAND: tuple[Part, ...] = ("result", "repeat", "length", "data")
ConfigOf = Callable[[str], type]
"""Returns the `Config` of the experiment with this name, such as "jena/gru"; raises a UserError if there is none."""


def setting(part: Part = "result", **history: Any) -> dict[str, Any]:
    """Returns the metadata of a field that is more than an ordinary hyperparameter: `field(metadata=setting(…))`.

    Args:
        part: The part that it plays, see above.
        was: The name under which earlier runs recorded it. Their folders stay theirs.
        before: For a setting that is newer than some runs: the value that describes what those runs did. With this
            value the setting doesn't change the folder, so those runs are still found.
    """
    if unknown := set(history) - {"was", "before"}:
        raise TypeError(f"setting() takes no {min(unknown)}")
    return {"part": part, **history}


def part(field: dataclasses.Field[Any]) -> Part:
    """Returns the part that a field plays."""
    return field.metadata.get("part", "result")  # type: ignore[no-any-return]


def digest(config: Any, fingerprint: str, backend: str) -> str:
    """Returns eight hexadecimal digits that tell this run from every other run of its experiment.

    Args:
        config: The resolved settings, an instance of the experiment's `Config`.
        fingerprint: The data's.
        backend: Keras's backend, such as "tensorflow".
    """
    record = {"settings": identifying(config, IN_FOLDER), "data": fingerprint, "backend": backend}
    return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()[:8]


def identifying(config: Any, parts: Collection[Part], without: Collection[str] = ()) -> dict[str, Any]:
    """Returns the settings that a digest is made of, under the names that earlier runs recorded.

    Args:
        config: The resolved settings, an instance of the experiment's `Config`.
        parts: The parts that count, such as `IN_FOLDER`.
        without: Settings to leave out, such as those that a sweep varies.
    """
    values = dataclasses.asdict(config)
    return {
        field.metadata.get("was") or field.name: values[field.name]
        for field in dataclasses.fields(config)
        if part(field) in parts and field.name not in without and not _as_before(field, values[field.name])
    }


def current(settings: Mapping[str, Any], config_class: type) -> dict[str, Any]:
    """Returns the settings that a run recorded; renames old ones and fills in those added later."""
    result = dict(settings)
    for field in dataclasses.fields(config_class):
        former = field.metadata.get("was")
        if former in result:
            result[field.name] = result.pop(former)
        elif field.name not in result and "before" in field.metadata:
            result[field.name] = field.metadata["before"]
    return result


def differing(
    settings: Mapping[str, Any], usual: Mapping[str, Any], config_class: type, parts: Collection[Part]
) -> dict[str, Any]:
    """Returns the settings of these parts whose values aren't the usual ones.

    Args:
        settings: A run's, as `current` returns them. A setting that the `Config` no longer has counts as "result".
        usual: Those of the YAML files and profiles, see `lab.settings.defaults`.
        config_class: The experiment's `Config`.
        parts: The parts that count, such as `IN_LABEL`.
    """
    kept = _names(dataclasses.fields(config_class), parts)
    gone = set(settings) - {field.name for field in dataclasses.fields(config_class)}
    return {key: value for key, value in settings.items() if key in kept | gone and value != usual.get(key)}


def _as_before(field: dataclasses.Field[Any], value: Any) -> bool:
    return "before" in field.metadata and bool(value == field.metadata["before"])


def _names(fields: Iterable[dataclasses.Field[Any]], parts: Collection[Part]) -> set[str]:
    return {field.name for field in fields if part(field) in parts}
