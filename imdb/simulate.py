"""Simulated film reviews, for where the real ones can't be had: a seeded grammar in which the order of words matters.

A review praises or blams a few things, each in a sentence that may turn its adjective around ("not good") or take
back an expectation ("I expected a dull film but it was good"); most of them agree with its sentiment.
"""

from __future__ import annotations

import numpy as np

SUBJECTS = (
    "the acting",
    "the plot",
    "the music",
    "the ending",
    "the script",
    "the cast",
    "the camera work",
    "the film",
)
GOOD = ("good", "great", "wonderful", "brilliant", "moving", "funny", "clever", "gripping", "charming", "superb")
BAD = ("bad", "awful", "dull", "boring", "weak", "terrible", "silly", "tedious", "clumsy", "poor")
DEGREES = ("", "", "really ", "very ", "quite ")
NOT = ("not ", "never ", "hardly ")
ASIDES = (
    "We saw it on a Friday evening.",
    "It was shot in two weeks in a small town.",
    "The director is known for his earlier work.",
    "It runs for almost two hours.",
    "My brother had seen it before.",
    "There is a dog in it.",
)
NEGATED, AGREEING = 0.3, 0.8


def simulate(count: int, seed: int) -> tuple[list[str], list[int]]:
    """Texts and their sentiments, 1 positive and 0 negative: the sentiment of most of a review's judgements."""
    rng = np.random.default_rng(seed)
    texts, labels = [], []
    for _ in range(count):
        leaning = rng.integers(2)
        judgements = np.where(rng.random(2 * rng.integers(2, 5) + 1) < AGREEING, leaning, 1 - leaning)
        sentences = [_judgement(rng, bool(positive)) for positive in judgements]
        for _ in range(rng.integers(5)):
            sentences.insert(rng.integers(len(sentences) + 1), str(rng.choice(ASIDES)))
        texts.append(" ".join(sentences))
        labels.append(int(2 * judgements.sum() > len(judgements)))
    return texts, labels


def _judgement(rng: np.random.Generator, positive: bool) -> str:
    negated = rng.random() < NEGATED
    adjective = rng.choice(GOOD if positive != negated else BAD)
    claim = f"{rng.choice(SUBJECTS)} was {rng.choice(NOT) if negated else ''}{rng.choice(DEGREES)}{adjective}"
    if rng.random() < NEGATED:
        claim = f"I expected {rng.choice(('a', 'another'))} {rng.choice(BAD if positive else GOOD)} film but {claim}"
    return claim[0].upper() + claim[1:] + "."
