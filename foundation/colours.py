"""Colours and dashes of lines. Readers with any kind of colour vision can tell them apart, on paper and on a screen."""

from __future__ import annotations

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#992266", "#112255", "#cc66ee", "#6611cc")
DASHES = ("-", "--", "-.", ":")
QUIET = "#6b7280"
"""For what is only there to compare with."""


def look(place: int) -> dict[str, str]:
    """Returns colour and dashes of a line, as Matplotlib's arguments; the first 28 lines all look different."""
    return {"color": COLOURS[place % len(COLOURS)], "ls": DASHES[place // len(COLOURS) % len(DASHES)]}
