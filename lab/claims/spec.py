"""The lecture's claims as data: what is claimed, which runs it is measured on, and what confirms it."""

from __future__ import annotations

import difflib
import itertools
import math
import re
import shlex
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import yaml

from foundation.user_error import UserError
from lab import settings
from lab.flags import with_hint

FILE = "claims.yaml"
TOP = ("confidence", "seeds", "protocol", "long", "claims")
KEYS = ("id", "page", "claim", "measure", "figure", "of", "to", "holds", "data")
OPTIONAL = {"to": None, "data": ()}
MEASURES = ("figure", "factor", "difference", "ratio")
RULES = ("below", "above", "between", "equals", "about", "not_always_below")
FIXED = "parameters"
"""The figure in which the seed plays no part."""
MOST_SEEDS = 1000


@dataclass(frozen=True)
class Side:
    """One experiment with some flags, and the figure that is read from each of its runs."""

    name: str
    flags: tuple[str, ...]
    figure: str

    @cached_property
    def settings(self) -> dict[str, Any]:
        """The flags as settings."""
        return {
            flag[2:].replace("-", "_"): yaml.safe_load(value)
            for flag, value in zip(self.flags[::2], self.flags[1::2], strict=True)
        }

    @property
    def experiment(self) -> str:
        """The experiment as the command line takes it, such as "sequences/adding --model tcn"."""
        return shlex.join([self.name, *self.flags])


@dataclass(frozen=True)
class Rule:
    """The range, from `low` to `high` inclusive, in which the figure confirms the claim."""

    low: float
    high: float
    words: str
    one_is_enough: bool = False
    """Whether one seed in the range confirms the claim; otherwise the whole interval of the mean must be in it."""


@dataclass(frozen=True)
class Claim:
    """One claim of the lecture."""

    id: str
    page: str
    claim: str
    measure: str
    sides: tuple[Side, ...]
    """One, or the two that are compared."""
    rule: Rule
    data: tuple[str, ...] = ()
    """Names of the data that a published figure belongs to; runs on other data aren't judged. Empty means any data."""

    @property
    def logarithmic(self) -> bool:
        """Whether figures are averaged as logarithms."""
        return self.measure in ("factor", "ratio")

    @property
    def fixed(self) -> bool:
        """Whether every seed gives the same figure."""
        return all(side.figure == FIXED for side in self.sides)

    @property
    def experiments(self) -> tuple[str, ...]:
        """The experiments to run for it."""
        return tuple(dict.fromkeys(side.experiment for side in self.sides))

    @property
    def names(self) -> set[str]:
        """The words that mean it on the command line: its id, its experiments, their group."""
        return {self.id} | {name for side in self.sides for name in (side.name, side.name.split("/")[0])}

    @property
    def words(self) -> str:
        """What is measured, and what confirms it."""
        first, *others = self.sides
        text = f"{first.figure} of {first.experiment}"
        for other in others:
            between = "less" if self.measure == "difference" else "over"
            of = "that" if other.figure == first.figure else other.figure
            text += f" {between} {of}" + ("" if other.experiment == first.experiment else f" of {other.experiment}")
        return f"{text}: {self.rule.words}"


@dataclass(frozen=True)
class Claims:
    """The whole file."""

    confidence: float
    """The confidence of the mean's interval."""
    seeds: int
    """The smallest number of seeds that decides."""
    protocol: tuple[str, ...]
    """Profiles that keep the lecture's protocol."""
    long: tuple[str, ...]
    """Experiments that take so long that they are run only when asked for by name."""
    claims: tuple[Claim, ...]

    def about(self, wanted: list[str]) -> tuple[Claim, ...]:
        """Returns the claims that these words mean, each an id, a group or an experiment; without words, all claims.

        Raises:
            UserError: a word means no claim.
        """
        chosen: set[str] = set()
        for word in wanted:
            meant = {claim.id for claim in self.claims if word in claim.names}
            if not meant:
                known = {name for claim in self.claims for name in claim.names}
                near = difflib.get_close_matches(word, sorted(known), n=1)
                hint = f"; did you mean {near[0]}?" if near else "; name a group, an experiment or a claim's id"
                raise UserError(f"there is no claim about {word!r}{hint}")
            chosen |= meant
        return tuple(claim for claim in self.claims if claim.id in chosen or not wanted)


def read() -> Claims:
    """Reads `configs/claims.yaml`.

    Raises:
        UserError: the file can't be read, or isn't of the form that its head describes.
    """
    try:
        content = settings.read_yaml(settings.CONFIGS / FILE)
    except (OSError, ValueError, RecursionError) as error:
        raise _wrong(" ".join(str(error).split())) from error
    _check_keys(content, TOP, "the file")
    if not (isinstance(content["confidence"], float) and 0 < content["confidence"] < 1):
        raise _wrong(f"confidence must lie between 0 and 1, not {content['confidence']!r}")
    if not (isinstance(content["seeds"], int) and 1 < content["seeds"] <= MOST_SEEDS):
        raise _wrong(f"seeds must be 2 or more, up to {MOST_SEEDS}, not {content['seeds']!r}")
    for key in ("protocol", "long"):
        _check_texts(content[key], key)
    if not isinstance(content["claims"], list):
        raise _wrong(f"claims must be a list, not {content['claims']!r}")
    claims = [_claim(one) for entry in content["claims"] for one in _each(entry)]
    ids = [claim.id for claim in claims]
    if twice := [name for name in ids if ids.count(name) > 1]:
        raise _wrong(f"two claims have the id {twice[0]!r}")
    return Claims(
        content["confidence"], content["seeds"], tuple(content["protocol"]), tuple(content["long"]), tuple(claims)
    )


def _each(entry: Any) -> list[dict[str, Any]]:
    """Returns the claims that an entry stands for: one, or one for each combination of the values under `over`."""
    if not isinstance(entry, dict):
        raise _wrong(f"a claim must be names with values, not {entry!r}")
    entry = dict(entry)
    where, over = entry.get("id"), entry.pop("over", {})
    if not isinstance(over, dict) or not all(isinstance(key, str) for key in over):
        raise _wrong(f"{where}: over must be names with lists, not {over!r}")
    for key, values in over.items():
        _check_texts(values, f"{where}: over: {key}")
    names = [dict(zip(over, values, strict=True)) for values in itertools.product(*over.values())]
    names = [{**name, **{key.upper(): value.upper() for key, value in name.items()}} for name in names]
    try:
        return [{k: v.format_map(name) if isinstance(v, str) else v for k, v in entry.items()} for name in names]
    except (KeyError, IndexError, ValueError, AttributeError, TypeError) as error:
        raise _wrong(f"{where}: {error} is no name under over") from error


def _claim(entry: dict[str, Any]) -> Claim:
    where = str(entry.get("id"))
    _check_keys({**OPTIONAL, **entry}, KEYS, where)
    if entry["measure"] not in MEASURES:
        raise _wrong(f"{where}: measure {with_hint(str(entry['measure']), MEASURES)}")
    figures = entry["figure"] if isinstance(entry["figure"], list) else [entry["figure"]]
    runs = [entry["of"], *([entry["to"]] if "to" in entry else [])]
    for text in (entry["id"], entry["page"], entry["claim"], *figures, *runs):
        if not isinstance(text, str):
            raise _wrong(f"{where}: {text!r} must be text")
    compared = entry["measure"] in ("difference", "ratio")
    if max(len(figures), len(runs)) != 1 + compared or not figures:
        needed = "two sides: a second experiment or figure" if compared else "one experiment and one figure"
        raise _wrong(f"{where}: {entry['measure']} needs {needed}")
    sides = [_side(where, runs[i % len(runs)], figures[i % len(figures)]) for i in range(1 + compared)]
    rule = _rule(where, entry["holds"])
    if entry["measure"] in ("factor", "ratio") and not rule.high > 0:
        raise _wrong(f"{where}: a {entry['measure']} is above 0, so {rule.words} can't come true")
    data = entry.get("data", [])
    if "data" in entry:
        _check_texts(data, f"{where}: data")
    return Claim(where, entry["page"], entry["claim"], entry["measure"], tuple(sides), rule, tuple(data))


def _side(where: str, run: str, figure: str) -> Side:
    try:
        name, *flags = shlex.split(run)
        if len(flags) % 2 or not all(flag.startswith("--") for flag in flags[::2]):
            raise ValueError("flags and values come in pairs")
        if not re.fullmatch(r"\w+/\w+", name):
            raise ValueError("an experiment has a group")
        side = Side(name, tuple(flags), figure)
        _ = side.settings  # the values must be YAML
    except (ValueError, yaml.YAMLError) as error:
        raise _wrong(f"{where}: {run!r} must be an experiment, group/name, then --flag value") from error
    settings.entry(name)  # it must have settings
    return side


def _rule(where: str, holds: Any) -> Rule:
    kinds = [kind for kind in RULES if isinstance(holds, dict) and kind in holds]
    if len(kinds) != 1 or set(holds) != {kinds[0], *(["margin"] if kinds[0] == "about" else [])}:
        raise _wrong(f"{where}: holds must be one of {', '.join(RULES)}, and about has a margin beside it")
    kind, bound = kinds[0], holds[kinds[0]]
    numbers = [*(bound if isinstance(bound, list) else [bound]), holds.get("margin", 0)]
    if len(numbers) != 2 + (kind == "between") or not all(type(n) in (int, float) and abs(n) < 1e300 for n in numbers):
        raise _wrong(f"{where}: {kind} needs {'two numbers' if kind == 'between' else 'a number'}, not {bound!r}")
    if kind == "below":
        return Rule(-math.inf, math.nextafter(bound, -math.inf), f"below {bound:g}")
    if kind == "above":
        return Rule(math.nextafter(bound, math.inf), math.inf, f"above {bound:g}")
    if kind == "between":
        low, high = bound
        if low > high:
            raise _wrong(f"{where}: between needs the smaller number first, not {bound!r}")
        return Rule(low, high, f"between {low:g} and {high:g}")
    if kind == "equals":
        return Rule(bound, bound, f"equal to {bound:,}")
    if kind == "about":
        margin = abs(holds["margin"])
        return Rule(bound - margin, bound + margin, f"{bound:g} within ± {margin:g}")
    return Rule(bound, math.inf, f"not below {bound:g} for every seed", one_is_enough=True)


def _check_keys(content: dict[str, Any], allowed: tuple[str, ...], where: str) -> None:
    if unknown := set(content) - set(allowed):
        raise _wrong(f"{where}: there is no {with_hint(str(min(unknown, key=str)), allowed)}")
    if lacking := [key for key in allowed if key not in content]:
        raise _wrong(f"{where} lacks {', '.join(lacking)}")


def _check_texts(values: Any, where: str) -> None:
    if not (isinstance(values, list) and all(isinstance(value, str) for value in values)):
        raise _wrong(f"{where} must be a list of names, not {values!r}")


def _wrong(text: str) -> UserError:
    return UserError(f"configs/{FILE}: {text}")
