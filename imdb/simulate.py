"""Simulated film reviews, for where the real ones can't be had: a seeded grammar in which the order of words matters.

A review praises or blames a few things, each in a sentence that may turn its adjective around ("not good") or take
back an expectation ("I expected a dull film but it was good"); most of them agree with its sentiment.
"""

from __future__ import annotations

from random import Random

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
TURNED, AGREEING = 0.2, 0.8


def simulate(count: int, seed: int) -> tuple[list[str], list[int]]:
    """Texts and their sentiments, 1 positive and 0 negative: the sentiment of most of a review's judgements."""
    random = Random(seed)
    texts, labels = [], []
    for _ in range(count):
        leaning = random.random() < 0.5
        judgements = [leaning == (random.random() < AGREEING) for _ in range(random.choice((5, 7, 9)))]
        sentences = [_judgement(random, positive) for positive in judgements]
        for _ in range(random.randrange(5)):
            sentences.insert(random.randrange(len(sentences) + 1), random.choice(ASIDES))
        texts.append(" ".join(sentences))
        labels.append(int(2 * sum(judgements) > len(judgements)))
    return texts, labels


def _judgement(random: Random, positive: bool) -> str:
    negated = random.random() < TURNED
    adjective = random.choice(GOOD if positive != negated else BAD)
    turn = random.choice(NOT) if negated else ""
    claim = f"{random.choice(SUBJECTS)} was {turn}{random.choice(DEGREES)}{adjective}"
    if random.random() < TURNED:
        claim = (
            f"I expected {random.choice(('a', 'another'))} {random.choice(BAD if positive else GOOD)} film but {claim}"
        )
    return claim[0].upper() + claim[1:] + "."
