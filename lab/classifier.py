"""What answers questions about texts."""

from __future__ import annotations

from typing import Protocol


class Classifier(Protocol):
    """A trained network that is asked about one text after the other."""

    def __call__(self, text: str) -> str:
        """Returns the answer in a few lines."""

    def about(self) -> str:
        """Returns what to know about all answers."""
