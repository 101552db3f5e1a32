"""Reads `configs/claims.yaml`. Its head explains its keys."""

from __future__ import annotations

import itertools
import math
import re
import shlex
from collections.abc import Sequence
from typing import Any

import yaml

from foundation.user_error import UserError
from lab import settings
from lab.claims.spec import SHARE, Claim, Claims, Rule, Side
from lab.flags import with_hint

FILE = "claims.yaml"
TOP = ("confidence", "seeds", "protocol", "long", "hours", "claims")
KEYS = ("id", "page", "claim", "measure", "figure", "of", "to", "holds", "data", "under")
OPTIONAL = {"to": None, "data": (), "under": ()}
MEASURES = ("figure", "factor", "difference", "ratio", SHARE)
RULES = ("below", "above", "between", "equals", "about", "not_always_below")
MOST_SEEDS = 1000


def read() -> Claims:
    """Reads `configs/claims.yaml`.

    Raises:
        UserError: the file can't be read, or isn't of the form that its head describes.
    """
    try:
        content = settings.read_yaml(settings.CONFIGS / FILE)
    except (OSError, ValueError, RecursionError) as error:
        raise _wrong(" ".join(str(error).split())) from error
    content = {"hours": {}, **content}
    _check_keys(content, TOP, "the file")
    if not (isinstance(content["confidence"], float) and 0 < content["confidence"] < 1):
        raise _wrong(f"confidence must lie between 0 and 1, not {content['confidence']!r}")
    if not (isinstance(content["seeds"], int) and 1 < content["seeds"] <= MOST_SEEDS):
        raise _wrong(f"seeds must be 2 or more, up to {MOST_SEEDS}, not {content['seeds']!r}")
    for key in ("protocol", "long"):
        _check_texts(content[key], key)
    if not isinstance(content["claims"], list):
        raise _wrong(f"claims must be a list, not {content['claims']!r}")
    if not isinstance(content["hours"], dict) or not all(
        isinstance(name, str) and type(value) in (int, float) for name, value in content["hours"].items()
    ):
        raise _wrong(f"hours must be names with numbers, not {content['hours']!r}")
    claims: list[Claim] = []
    for one in [one for entry in content["claims"] for one in _each(entry)]:
        claims.append(_share(one, claims) if one.get("measure") == SHARE else _claim(one))
    ids = [claim.id for claim in claims]
    if twice := [name for name in ids if ids.count(name) > 1]:
        raise _wrong(f"two claims have the id {twice[0]!r}")
    return Claims(
        content["confidence"],
        content["seeds"],
        tuple(content["protocol"]),
        tuple(content["long"]),
        tuple(claims),
        content["hours"],
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
        return [{key: _filled(value, name) for key, value in entry.items()} for name in names]
    except (KeyError, IndexError, ValueError, AttributeError, TypeError) as error:
        raise _wrong(f"{where}: {error} is no name under over") from error


def _filled(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, list):
        return [_filled(one, names) for one in value]
    return value.format_map(names) if isinstance(value, str) else value


def _share(entry: dict[str, Any], before: Sequence[Claim]) -> Claim:
    """Returns the claim about a share of other claims, which stand before it in the file."""
    where = str(entry.get("id"))
    _check_keys({"figure": None, **OPTIONAL, **entry}, KEYS, where)
    _check_texts(entry["of"], f"{where}: of")
    under = _under(where, entry)
    known = {claim.id: claim for claim in before if claim.under == under and not claim.parts}
    for name in entry["of"]:
        if name not in known:
            raise _wrong(f"{where}: of: no claim before it, under the same profiles, is {name!r}")
    parts = tuple(known[name] for name in entry["of"])
    sides = tuple(side for part in parts for side in part.sides)
    if not parts:
        raise _wrong(f"{where}: of: it has no claims")
    return Claim(where, entry["page"], entry["claim"], SHARE, sides, _rule(where, entry["holds"]), (), under, parts)


def _under(where: str, entry: dict[str, Any]) -> tuple[str, ...]:
    profiles = entry.get("under", [])
    _check_texts(profiles, f"{where}: under")
    for profile in profiles:
        settings.profile_file(profile)
    return tuple(profiles)


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
    text = entry["page"], entry["claim"], entry["measure"]
    return Claim(where, *text, tuple(sides), rule, tuple(data), _under(where, entry))


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
