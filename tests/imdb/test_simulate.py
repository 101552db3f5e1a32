"""The sentiment of simulated reviews follows from the text, but not from the words without their order."""

import re

import numpy as np

from imdb.corpus import simulated
from imdb.sentences import split
from imdb.simulate import ASIDES, BAD, GOOD, NOT, simulate

TEXTS, LABELS = simulate(2000, seed=1)
NEGATIONS = {word.strip() for word in NOT}


def read_off(text):
    """Returns the label that a reader gives: judgement by judgement, in the order of the words."""
    verdicts = []
    for sentence in re.findall(r"[^.]+\.", text):
        if sentence.strip() in ASIDES:
            continue
        words = sentence.strip(" .").lower().split(" but ")[-1].split()
        negated = bool(NEGATIONS & set(words))
        verdicts.append((words[-1] in GOOD) != negated)
        assert words[-1] in (*GOOD, *BAD)
    assert len(verdicts) % 2
    return int(2 * sum(verdicts) > len(verdicts))


def test_the_label_follows_from_the_text():
    assert [read_off(text) for text in TEXTS] == LABELS
    assert 0.45 < np.mean(LABELS) < 0.55


def test_words_without_their_order_do_not_suffice():
    words = sorted({word for text in TEXTS for sentence in split(text) for word in sentence})
    place = {word: i for i, word in enumerate(words)}
    counts = np.zeros((len(TEXTS), len(words) + 1))
    counts[:, -1] = 1
    for row, text in zip(counts, TEXTS, strict=True):
        for sentence in split(text):
            for word in sentence:
                row[place[word]] += 1
    wanted = 2 * np.array(LABELS) - 1
    train, test = slice(1500), slice(1500, None)
    weights = np.linalg.lstsq(counts[train], wanted[train], rcond=None)[0]
    right = np.mean(np.sign(counts[test] @ weights) == wanted[test])
    assert 0.5 < right < 0.8


def test_the_corpus_is_the_same_each_time_and_says_that_it_is_simulated():
    first, second = simulated(), simulated()
    assert first.fingerprint == second.fingerprint
    assert first.simulated
    assert "simulated" in first.source
    assert (len(first.training), len(first.test)) == (4000, 1000)
