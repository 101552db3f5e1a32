"""The lecture's claims as data: what is claimed, which runs it is measured on, and what confirms it.

`lab.claims.file` reads them.
"""

from __future__ import annotations

import difflib
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import yaml

from foundation.user_error import UserError

SHARE = "share"
FIXED = "parameters"
"""The figure in which the seed plays no part."""


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
    """One, or the two that are compared; of a share, those of all its parts."""
    rule: Rule
    data: tuple[str, ...] = ()
    """Names of the data that a published figure belongs to; runs on other data aren't judged. Empty means any data."""
    under: tuple[str, ...] = ()
    """Profiles that it is about. Only runs with their settings are judged by it, and they by no other claims."""
    parts: tuple[Claim, ...] = ()
    """The claims that a share counts."""

    @property
    def logarithmic(self) -> bool:
        """Whether figures are averaged as logarithms."""
        return self.measure in ("factor", "ratio")

    @property
    def compares(self) -> bool:
        """Whether two sides are compared."""
        return self.measure in ("difference", "ratio")

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
        if self.parts:
            parts = ", ".join(part.id for part in self.parts)
            return f"share of these {len(self.parts)} claims that holds: {self.rule.words} ({parts})"
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
    hours: Mapping[str, float] = field(default_factory=dict)
    """Hours that a run takes on one core, by experiment or profile, where no run tells."""

    @property
    def sizes(self) -> set[str]:
        """The profiles that some claim is about."""
        return {profile for claim in self.claims for profile in claim.under}

    def about(self, wanted: list[str], profiles: Sequence[str] = ()) -> tuple[Claim, ...]:
        """Returns the claims that these words mean, each an id, a group or an experiment; without words, all claims.

        Args:
            wanted: The words.
            profiles: If there are claims about some of these, only the claims about just those.

        Raises:
            UserError: a word means no claim, or none about these profiles.
        """
        under = tuple(profile for profile in profiles if profile in self.sizes)
        chosen: set[str] = set()
        for word in wanted:
            meant = {claim.id for claim in self.claims if word in claim.names}
            if not meant:
                known = {name for claim in self.claims for name in claim.names}
                near = difflib.get_close_matches(word, sorted(known), n=1)
                hint = f"; did you mean {near[0]}?" if near else "; name a group, an experiment or a claim's id"
                raise UserError(f"there is no claim about {word!r}{hint}")
            chosen |= meant
        named = tuple(claim for claim in self.claims if claim.id in chosen or not wanted)
        about = tuple(claim for claim in named if claim.under == under) if under else named
        if not about and named:
            raise UserError(f"there is no claim about {', '.join([*wanted, *under])} together; leave one out")
        return about
