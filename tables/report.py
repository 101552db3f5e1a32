"""What reading a table met, for the terminal and for a run's record."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


def counted(count: int, noun: str) -> str:
    """Returns a number and its noun, such as 1 line or 2,000 lines."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


@dataclass
class Report:
    """Facts about the files, faults with what was done about them, and what stayed uncertain."""

    facts: dict[str, Any] = field(default_factory=dict)
    """What the files are: encoding, separator, rows, first and last time, and so on."""
    faults: list[str] = field(default_factory=list)
    """What was wrong and what was done about it, one phrase each."""
    doubts: list[str] = field(default_factory=list)
    """What was decided on weak evidence, one phrase each."""

    def fault(self, phrase: str) -> None:
        """Adds a fault, once."""
        if phrase not in self.faults:
            self.faults.append(phrase)

    def doubt(self, phrase: str) -> None:
        """Adds a doubt, once."""
        if phrase not in self.doubts:
            self.doubts.append(phrase)

    def lines(self) -> list[str]:
        """Returns the report as lines for the terminal."""
        facts = [f"{name}: {value}" for name, value in self.facts.items() if not isinstance(value, dict)]
        return [*facts, *self.told()]

    def told(self) -> tuple[str, ...]:
        """Returns the faults, then the doubts, marked as such."""
        return (*self.faults, *(f"not sure: {doubt}" for doubt in self.doubts))

    def record(self) -> dict[str, Any]:
        """Returns the report as plain values for JSON."""
        return {**self.facts, "faults": list(self.faults), "doubts": list(self.doubts)}
