"""The deck's claims as data: what is claimed, which runs it is measured on, and what confirms it."""

from __future__ import annotations

import difflib
import itertools
import math
import shlex
from dataclasses import dataclass
from typing import Any

import yaml

from foundation.user_error import UserError
from lab import settings

FILE = "claims.yaml"
TOP = ("confidence", "seeds", "protocol", "long", "claims")
KEYS = ("id", "page", "claim", "measure", "figure", "of", "to", "holds")
MEASURES = ("figure", "factor", "difference", "ratio")
RULES = ("below", "above", "between", "equals", "about", "not_always_below")
FIXED = "parameters"
"""The figure in which the seed plays no part."""


@dataclass(frozen=True)
class Side:
    """The runs of one experiment with some flags, and the figure that is read of each."""

    name: str
    flags: tuple[str, ...]
    figure: str

    @property
    def settings(self) -> dict[str, Any]:
        """The flags' settings."""
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
    """Where the figure has to lie, from `low` to `high`, both of them within."""

    low: float
    high: float
    words: str
    one_is_enough: bool = False
    """Whether one seed there confirms the claim, instead of the mean's whole interval."""


@dataclass(frozen=True)
class Claim:
    """One claim of the deck."""

    id: str
    page: str
    claim: str
    measure: str
    sides: tuple[Side, ...]
    """One, or the two that are compared."""
    rule: Rule

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
        """What has to be run for it."""
        return tuple(dict.fromkeys(side.experiment for side in self.sides))

    @property
    def names(self) -> set[str]:
        """What it can be asked for by: its id, its experiments, their group."""
        return {self.id} | {name for side in self.sides for name in (side.name, side.name.split("/")[0])}

    @property
    def words(self) -> str:
        """What is measured, and what confirms it."""
        first, *others = self.sides
        told = f"{first.figure} of {first.experiment}"
        for other in others:
            between = "less" if self.measure == "difference" else "over"
            of = "that" if other.figure == first.figure else other.figure
            told += f" {between} {of}" + ("" if other.experiment == first.experiment else f" of {other.experiment}")
        return f"{told}: {self.rule.words}"


@dataclass(frozen=True)
class Claims:
    """The whole file."""

    confidence: float
    """Of the mean's interval."""
    seeds: int
    """The fewest that decide."""
    protocol: tuple[str, ...]
    """Profiles that leave the deck's protocol as it is."""
    long: tuple[str, ...]
    """Experiments whose runs take so long that they are made only where they are asked for by name."""
    claims: tuple[Claim, ...]

    def about(self, wanted: list[str]) -> tuple[Claim, ...]:
        """The claims of these ids, and those about these groups or experiments; all, where none is named.

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
        UserError: it holds something else than it may.
    """
    content = settings.read_yaml(settings.CONFIGS / FILE)
    _only(content, TOP, "the file")
    if not (isinstance(content["confidence"], float) and 0 < content["confidence"] < 1):
        raise _wrong(f"confidence must lie between 0 and 1, not {content['confidence']!r}")
    if not (isinstance(content["seeds"], int) and content["seeds"] > 1):
        raise _wrong(f"seeds must be 2 or more, not {content['seeds']!r}")
    for key in ("protocol", "long", "claims"):
        if not isinstance(content[key], list):
            raise _wrong(f"{key} must be a list, not {content[key]!r}")
    claims = [_claim(one) for entry in content["claims"] for one in _each(entry)]
    ids = [claim.id for claim in claims]
    if twice := [name for name in ids if ids.count(name) > 1]:
        raise _wrong(f"two claims have the id {twice[0]!r}")
    return Claims(
        content["confidence"], content["seeds"], tuple(content["protocol"]), tuple(content["long"]), tuple(claims)
    )


def _each(entry: Any) -> list[dict[str, Any]]:
    """The claims that an entry stands for: one, or one for each combination of the values under `over`."""
    if not isinstance(entry, dict):
        raise _wrong(f"a claim must be names with values, not {entry!r}")
    entry = dict(entry)
    over = entry.pop("over", {})
    names = [dict(zip(over, values, strict=True)) for values in itertools.product(*over.values())]
    names = [{**name, **{key.upper(): value.upper() for key, value in name.items()}} for name in names]
    try:
        return [{k: v.format_map(name) if isinstance(v, str) else v for k, v in entry.items()} for name in names]
    except (KeyError, ValueError) as error:
        raise _wrong(f"{entry.get('id')}: {error} is no name under over") from error


def _claim(entry: dict[str, Any]) -> Claim:
    where = str(entry.get("id"))
    _only({"to": None, **entry}, KEYS, where)
    if entry["measure"] not in MEASURES:
        raise _wrong(f"{where}: measure {settings.with_hint(str(entry['measure']), MEASURES)}")
    figures = entry["figure"] if isinstance(entry["figure"], list) else [entry["figure"]]
    runs = [entry["of"], *([entry["to"]] if "to" in entry else [])]
    for text in (entry["page"], entry["claim"], *figures, *runs):
        if not isinstance(text, str):
            raise _wrong(f"{where}: {text!r} must be text")
    compared = entry["measure"] in ("difference", "ratio")
    if max(len(figures), len(runs)) != 1 + compared or len(figures) > 2:
        needed = "two sides: a second experiment or figure" if compared else "one experiment and one figure"
        raise _wrong(f"{where}: {entry['measure']} needs {needed}")
    sides = [_side(where, runs[i % len(runs)], figures[i % len(figures)]) for i in range(1 + compared)]
    rule = _rule(where, entry["holds"])
    if entry["measure"] in ("factor", "ratio") and not rule.high > 0:
        raise _wrong(f"{where}: a {entry['measure']} is above 0, so {rule.words} can't come true")
    return Claim(where, entry["page"], entry["claim"], entry["measure"], tuple(sides), rule)


def _side(where: str, run: str, figure: str) -> Side:
    name, *flags = shlex.split(run)
    if len(flags) % 2 or not all(flag.startswith("--") for flag in flags[::2]):
        raise _wrong(f"{where}: {run!r} must be an experiment, then --flag value")
    settings.claim(name)  # it must have settings
    return Side(name, tuple(flags), figure)


def _rule(where: str, holds: Any) -> Rule:
    kinds = [kind for kind in RULES if isinstance(holds, dict) and kind in holds]
    if len(kinds) != 1 or set(holds) != {kinds[0], *(["margin"] if kinds[0] == "about" else [])}:
        raise _wrong(f"{where}: holds must be one of {', '.join(RULES)}, and about has a margin beside it")
    kind, bound = kinds[0], holds[kinds[0]]
    numbers = [*(bound if isinstance(bound, list) else [bound]), holds.get("margin", 0)]
    if len(numbers) != 2 + (kind == "between") or not all(type(n) in (int, float) for n in numbers):
        raise _wrong(f"{where}: {kind} needs {'two numbers' if kind == 'between' else 'a number'}, not {bound!r}")
    if kind == "below":
        return Rule(-math.inf, math.nextafter(bound, -math.inf), f"below {bound:g}")
    if kind == "above":
        return Rule(math.nextafter(bound, math.inf), math.inf, f"above {bound:g}")
    if kind == "between":
        return Rule(bound[0], bound[1], f"between {bound[0]:g} and {bound[1]:g}")
    if kind == "equals":
        return Rule(bound, bound, f"equal to {bound:,}")
    if kind == "about":
        margin = holds["margin"]
        return Rule(bound - margin, bound + margin, f"{bound:g} within ± {margin:g}")
    return Rule(bound, math.inf, f"not below {bound:g} for every seed", one_is_enough=True)


def _only(found: dict[str, Any], allowed: tuple[str, ...], where: str) -> None:
    if unknown := set(found) - set(allowed):
        raise _wrong(f"{where}: there is no {settings.with_hint(str(min(unknown, key=str)), allowed)}")
    if lacking := [key for key in allowed if key not in found]:
        raise _wrong(f"{where} lacks {', '.join(lacking)}")


def _wrong(text: str) -> UserError:
    return UserError(f"configs/{FILE}: {text}")
