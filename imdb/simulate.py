"""Simulates film reviews, in case the real ones cannot be fetched: a seeded grammar in which word order matters.

A review judges a few things, one in each sentence. A sentence may negate its adjective ("not good") or begin with the
opposite expectation ("I expected a dull film but it was good"). Most judgements agree with the review's sentiment.
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
NEGATED, AGREEING = 0.2, 0.8


def simulate(count: int, seed: int) -> tuple[list[str], list[int]]:
    """Returns texts and labels: 1 if most of a review's judgements are positive, otherwise 0."""
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
    negated = random.random() < NEGATED
    adjective = random.choice(GOOD if positive != negated else BAD)
    negation = random.choice(NOT) if negated else ""
    sentence = f"{random.choice(SUBJECTS)} was {negation}{random.choice(DEGREES)}{adjective}"
    if random.random() < NEGATED:
        article, expected = random.choice(("a", "another")), random.choice(BAD if positive else GOOD)
        sentence = f"I expected {article} {expected} film but {sentence}"
    return sentence[0].upper() + sentence[1:] + "."
