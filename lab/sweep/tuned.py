"""The same small search for each model of an experiment, and the profile that holds what the searches found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from filelock import FileLock

from foundation.atomic import atomic
from foundation.user_error import UserError
from foundation.yaml_files import DUMPER
from lab import settings
from lab.runs import RESULTS
from lab.sweep.rows import Row, rows
from lab.sweep.space import text
from lab.sweep.trials import Trial

FILE = "tuning.yaml"
HEAD = """\
# Settings that a search chose, to be laid over {base}.yaml; the same search for all models ({file}).
# `found` says how: the best value on validation, the number of trials, and what was tried.
# `make tune` writes this file.
"""


def models(name: str) -> list[str]:
    """Returns the models of an experiment that `configs/tuning.yaml` has a search for.

    Raises:
        UserError: it has none.
    """
    searched = settings.read_yaml(settings.CONFIGS / FILE)
    if not (found := [model for model in settings.entry(name).models if model in searched]):
        raise UserError(f"configs/{FILE} has no search for {name}; only experiments with several models have one")
    return found


def grid(model: str, own: Mapping[str, Any]) -> list[str]:
    """Returns what a model's search tries, as `sweep --grid` takes it; the profile's own values are among it.

    Args:
        model: One of `models`.
        own: The model's settings under the profile.

    Raises:
        UserError: the file names a setting that there isn't, or a number that isn't one.
    """
    search = settings.read_yaml(settings.CONFIGS / FILE)[model]
    words = []
    try:
        for key, factors in search.get("times", {}).items():
            words.append(f"{key}=" + ",".join(text(float(f"{own[key] * factor:.3g}")) for factor in factors))
        for key, others in search.get("or", {}).items():
            other = next(value for value in others if value != own[key])
            words.append(f"{key}={text(own[key])},{text(other)}")
    except (KeyError, TypeError, ValueError, AttributeError, StopIteration) as error:
        raise UserError(
            f"configs/{FILE}: {model}: {type(error).__name__}: {error}; its head says what it holds"
        ) from error
    return words


def record(
    file: Path, name: str, model: str, profiles: Sequence[str], words: Sequence[str], trials: Sequence[Trial]
) -> Row:
    """Writes the point that is best on validation to a profile, with how it was found, and returns it.

    What the file says about other models stays. Two commands may write to it at the same time.

    Args:
        file: The profile to write.
        name: The experiment.
        model: Its model.
        profiles: Those that the trials were run under.
        words: The grid.
        trials: All of the search.

    Raises:
        UserError: no trial was trained to its end.
    """
    best, failed = rows(trials)[0], [trial.label for trial in trials if trial.state != "trained"]
    if not best.complete:
        raise UserError(f"{name}, {model}: no trial was trained to its end, so there is no best")
    file.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.mkdir(parents=True, exist_ok=True)
    with FileLock(RESULTS / ".lock"):
        content = settings.read_yaml(file) if file.is_file() else {}
        found = {**content.pop("found", {})}
        of_model = {"best": {best.trials[0].metric: best.values[0]}, "trials": len(trials), "grid": list(words)}
        found[name] = {**found.get(name, {}), model: of_model | ({"failed": failed} if failed else {})}
        own = content.get(name, {}).get("models", {})
        content[name] = {"models": {**own, model: dict(best.point)}}
        ordered = {
            **{key: content[key] for key in sorted(content)},
            "found": {key: found[key] for key in sorted(found)},
        }
        with atomic(file) as path:
            head = HEAD.format(base=" and ".join(Path(profile).stem for profile in profiles), file=f"configs/{FILE}")
            path.write_text(head + yaml.dump(ordered, Dumper=DUMPER, sort_keys=False), encoding="utf-8")
    return best
