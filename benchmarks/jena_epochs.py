"""Seconds of an epoch of each Jena experiment beside the deck's form of it."""

from __future__ import annotations

from benchmarks import experiments
from benchmarks.epoch import DECK, OURS, title, with_deck, with_ours
from benchmarks.measuring.table import show
from benchmarks.measuring.timing import Peer, in_turn


def main(quick: bool) -> None:
    """Prints the seconds of a tenth of an epoch, training and validation."""
    share, names = (0.004, ["jena/dense"]) if quick else (0.1, experiments.in_the_deck_form("jena"))
    rows: list[dict[str, object]] = []
    for name in names:
        peers = {DECK: Peer(with_deck, (name, share, ())), OURS: Peer(with_ours, (name, share, ()))}
        seconds = {peer: times["epoch"] for peer, times in in_turn(peers, quick, rounds=2).items()}
        columns = {f"{peer}, s": took for peer, took in seconds.items()}
        rows.append({"experiment": name, **columns, "ours / the deck's": seconds[OURS] / seconds[DECK]})
    show(f"A part of an epoch{title(share)}", rows)
