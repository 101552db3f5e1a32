"""One case of torture, and how it went."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Case:
    """A case. Its kind, seed and number determine everything about it that is random, apart from timing."""

    kind: str
    seed: int
    number: int

    @property
    def id(self) -> str:
        """Such as "words-3-17"."""
        return f"{self.kind}-{self.seed}-{self.number}"

    def random(self) -> random.Random:
        """Returns the case's own source of random numbers."""
        return random.Random(self.id)


def by_id(text: str) -> Case:
    """Returns the case with this ID.

    Raises:
        ValueError: the text is no ID.
    """
    match = re.fullmatch(r"([a-z]+)-(\d+)-(\d+)", text)
    if not match:
        raise ValueError(f"{text!r} is no ID, such as words-3-17")
    return Case(match[1], int(match[2]), int(match[3]))


@dataclass
class Outcome:
    """How a case went."""

    subject: str
    """What was tortured: an experiment or a command."""
    what: str
    """What was done to it, in one line."""
    tried: int = 1
    """Kills, full disks, damaged files, commands."""
    problems: list[str] = field(default_factory=list)
    """What went wrong, a line each. Empty if all survived."""
    compared: int = 0
    """Bytes of a run that were compared with those of an undisturbed run."""
    log: list[str] = field(default_factory=list)
    """The commands with their output, kept if something went wrong."""
